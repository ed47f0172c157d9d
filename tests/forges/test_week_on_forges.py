"""A full week of a desk on the strict fakes, held against what people wrote and did.

Always played is a short one: as many messages, and few runs, since most of a week's time goes to
processes and requests.  `DOLEANCES_WEEKS=12` plays twelve more, with ten runs and what those leave
to others, every fourth on Gitea; `DOLEANCES_WEEK=gitea-4711` one alone.
What was done, and how each run ended that did not end well, stands in `week.txt` of the test's
folder (`--basetemp`).
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fake_gitea.server import fake_gitea
from fake_github.server import fake_github
from fake_server import FakeServer
from week_desk import MAY_END_WITH, Ended, Git, Runs, write_desk
from week_messages import MONDAY, Feeds, serving_feeds, week_of_messages
from week_model import differences
from week_people import People

LASTS = timedelta(hours=170)
ACTS = 100
SHORT = "github-short"
FAKES: dict[str, Callable[[Path], AbstractContextManager[FakeServer[Any]]]] = {
    "github": fake_github,
    "gitea": fake_gitea,
}


def weeks() -> list[str]:
    if "DOLEANCES_WEEK" in os.environ:
        return [os.environ["DOLEANCES_WEEK"]]
    more = range(100, 100 + int(os.environ.get("DOLEANCES_WEEKS", "0")))
    return [SHORT, *(f"{'github' if seed % 4 else 'gitea'}-{seed}" for seed in more)]


@pytest.mark.parametrize("week", weeks())
def test_a_week_of_runs_killed_at_random_loses_doubles_and_overwrites_nothing(
    tmp_path: Path, git: Git, own_git_settings: None, week: str
) -> None:
    forge, _, seed = week.partition("-")
    random = Random(seed)  # noqa: S311 - nothing is kept secret here
    feeds = Feeds(list(week_of_messages(random)))
    with serving_feeds(feeds) as feeds_at, FAKES[forge](tmp_path / "served") as fake:
        write_desk(tmp_path / "desk", git, feeds_at, forge, 5 if week == SHORT else 12)
        git(tmp_path / "desk", "push", "-q", str(fake.hub.git_dir), "main")
        people = People(fake.hub, random, tmp_path)
        runs = Runs(fake, feeds, people, tmp_path, git, random)
        ways = (runs.killed_at_a_request, runs.among_people, runs.killed)
        play(runs, people, feeds, ways if week == SHORT else (runs.some,) * 10)
        remarks = fake.unexpected()
        wrong = differences(runs, people, feeds)
    shown = "\n".join(
        [*people.memory.acts, *(f"{e.how}: {e.code}\n{e.said}" for e in runs.ended if e.code)]
    )
    (tmp_path / "week.txt").write_text(shown)
    assert not remarks, "\n".join(remarks)
    assert not wrong, "\n".join(wrong)


def play(runs: Runs, people: People, feeds: Feeds, ways: Sequence[Callable[[], Ended]]) -> None:
    hub, random, steps = runs.fake.hub, runs.random, len(ways)
    for step, way in enumerate(ways, start=1):
        hub.now = feeds.now = MONDAY + LASTS * step / steps
        for nth in random.sample([m.nth for m in feeds.messages if m.posted_at < feeds.now], 2):
            feeds.edit(nth)
        feeds.ill = {random.choice(("forum", "agora"))} if random.random() < 0.1 else set()
        with runs.fake.lock:
            people.act(ACTS // steps)
        ended = way()
        assert ended.code in MAY_END_WITH, ended
        if ended.code:
            # Left in peace, the next one takes up all that was begun, and has nothing left to do.
            assert runs.plainly().code == 0 or feeds.ill, runs.ended[-1]
        if step % 5 == 0:
            assert runs.notify().code in MAY_END_WITH, runs.ended[-1]
    feeds.ill = set()
    for _ in range(12):
        hub.now = feeds.now = feeds.now + timedelta(minutes=20)
        if "Nothing to do" in runs.plainly().said:
            break
