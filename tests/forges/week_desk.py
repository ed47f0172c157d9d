"""A desk that watches three sites, and its runs: in processes, killed, harmed, two at once."""

import os
import shutil
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from desk_on_github import ESCALATION, TEAM
from fake_server import Call, FakeServer, Harm
from forked_verbs import Verb
from trial import TOKEN
from week_messages import SITES, Feeds
from week_people import People

HERE = Path(__file__).resolve().parents[2]
Git = Callable[..., str]
SOURCES = """\
version: 1
name: Essai
language: en
zone: Europe/Paris
base: main
forge: {forge}
contact: mailto:veille@example.org
limits: {{open_pulls: {open}, pulls_per_run: {per_run}}}
watch: {{per_run: 0}}
brands:
- {{id: lumen, name: Lumen, names: [Lumen]}}
sources:
"""
SOURCE = """\
- id: {site}
  kind: feed
  category: {category}
  site: {site}.example.org
  contact: {{public: manual, private: none}}
  ignore_authors: [Lumen SAV]
  may_be_empty: true
  url: {url}
"""
CATEGORIES = ("forum", "social-network", "advice-site")
SAM = "- {id: sam, name: Sam Diallo, roles: [watcher], emails: [sam@example.org], logins: [sam-d]}"
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- {id: own, when: {author: own}, then: {after_sales: no}}
- id: life
  when: {says: [veux mourir]}
  then: {after_sales: yes, category: complaint, crisis: suicide}
- {id: trouble, when: {says: [souci]}, then: {after_sales: yes, category: complaint}}
"""
MAY_END_WITH = {0, 4, -signal.SIGKILL}
"""Exit codes of runs that are harmed: done, the outside failed, killed."""


def write_desk(folder: Path, git: Git, feeds_at: str, forge: str, pulls_per_run: int) -> None:
    folder.mkdir()
    sources = "".join(
        SOURCE.format(site=site, category=category, url=feeds_at + site)
        for site, category in zip(SITES, CATEGORIES, strict=True)
    )
    said = SOURCES.format(forge=forge, open=pulls_per_run * 2, per_run=pulls_per_run)
    (folder / "sources.yaml").write_text(said + sources)
    (folder / "policies").mkdir()
    for name in ("privacy", "clocks"):
        shutil.copy(HERE / "policies" / f"{name}.yaml", folder / "policies")
    shutil.copytree(HERE / "policies" / "calendars", folder / "policies" / "calendars")
    team = TEAM.replace("routes:", f"{SAM}\nroutes:")
    (folder / "policies" / "team.yaml").write_text(team)
    (folder / "policies" / "triage.yaml").write_text(TRIAGE)
    (folder / "policies" / "escalation.yaml").write_text(ESCALATION)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")


@dataclass
class Ended:
    """How a run ended."""

    how: str
    code: int
    said: str


@dataclass
class Runs:
    """Starts runs of a desk in clones, and harms them."""

    fake: FakeServer[Any]
    feeds: Feeds
    people: People
    folder: Path
    git: Git
    random: Random
    ended: list[Ended] = field(default_factory=list)

    def clone(self, name: str) -> Path:
        """A clone such as CI has it, up to date with the base."""
        here = self.folder / name
        there = str(self.fake.hub.git_dir)
        if not here.exists():
            self.git(self.folder, "clone", "-q", there, str(here))
            self.git(here, "remote", "set-url", "origin", self.fake.url)
        self.git(here, "fetch", "-q", there, "main")
        self.git(here, "reset", "-q", "--hard", "FETCH_HEAD")
        return here

    def start(self, clone: Path, *verb: str) -> Verb:
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "DOLEANCES_ALLOW_LOOPBACK": "1",
            "DOLEANCES_FORGE_TOKEN": TOKEN,
            **{name: value for name, value in os.environ.items() if name.startswith("GIT_")},
        }
        now = f"{self.feeds.now:%Y-%m-%dT%H:%M:%SZ}"
        return Verb(["-C", str(clone), "--now", now, *verb], variables)

    def finish(self, how: str, process: Verb) -> Ended:
        out, err = process.communicate(timeout=300)
        ended = Ended(how, process.wait(), out + err)
        self.ended.append(ended)
        return ended

    def plainly(self, *verb: str, clone: str = "a") -> Ended:
        return self.finish("plain", self.start(self.clone(clone), *(verb or _RUN)))

    def killed(self) -> Ended:
        """Kill a run some time after it began."""
        process = self.start(self.clone(self._some()), *_RUN)
        timer = threading.Timer(self.random.uniform(0.1, 2.5), process.kill)
        timer.start()
        ended = self.finish("killed by the clock", process)
        timer.cancel()
        return ended

    def killed_at_a_request(self) -> Ended:
        """Kill a run when it has sent its nth request, which is answered or not."""
        nth, is_done = self.random.randint(1, 60), self.random.random() < 0.5
        process: list[Verb] = []
        begun = len(self.fake.calls)

        def harm(number: int, _: Call) -> Harm | None:
            if number - begun + 1 != nth or not process:
                return None
            process[0].kill()
            return None if is_done else Harm.REFUSED

        self.fake.harm = harm
        process.append(self.start(self.clone(self._some()), *_RUN))
        ended = self.finish(f"killed at request {nth}", process[0])
        self.fake.harm = lambda _number, _call: None
        return ended

    def harmed(self) -> Ended:
        """Harm some of a run's requests, in any way."""
        share = self.random.choice((0.02, 0.1, 0.3))
        ways = tuple(Harm)

        def harm(_: int, __: Call) -> Harm | None:
            return self.random.choice(ways) if self.random.random() < share else None

        self.fake.harm = harm
        ended = self.finish("harmed", self.start(self.clone(self._some()), *_RUN))
        self.fake.harm = lambda _number, _call: None
        return ended

    def stale(self) -> Ended:
        """Let the lists of a run lag behind."""
        with self.fake.lock:
            self.fake.pages.make_stale()
        self.people.act(3)
        ended = self.finish("stale", self.start(self.clone(self._some()), *_RUN))
        with self.fake.lock:
            self.fake.pages.make_fresh()
        return ended

    def at_once(self) -> Ended:
        """Two runs at once, mostly in two clones."""
        other = self.random.choice(("a", "b", f"fresh-{len(self.ended)}"))
        clones = self.clone("a"), self.clone(other)
        first, second = (self.start(clone, *_RUN) for clone in clones)
        self.finish("two at once", first)
        return self.finish("two at once", second)

    def among_people(self) -> Ended:
        """People go on working on the pages while a run is under way."""
        moments = self.random.sample(range(3, 60), 6)
        begun = len(self.fake.calls)

        def harm(number: int, _: Call) -> Harm | None:
            if number - begun in moments:
                self.people.act(1)
            return None

        self.fake.harm = harm
        ended = self.finish("among people", self.start(self.clone(self._some()), *_RUN))
        self.fake.harm = lambda _number, _call: None
        return ended

    def notify(self) -> Ended:
        process = self.start(self.clone(self._some()), "notify", "--scheduled")
        timer = threading.Timer(self.random.uniform(0.3, 6.0), process.kill)
        timer.start()
        ended = self.finish("notify", process)
        timer.cancel()
        return ended

    def some(self) -> Ended:
        ways = (
            (self.plainly, 4), (self.killed, 5), (self.killed_at_a_request, 5), (self.harmed, 3),
            (self.stale, 2), (self.at_once, 2), (self.among_people, 4),
        )  # fmt: skip
        weights = [weight for _, weight in ways]
        way: Callable[[], Ended] = self.random.choices([each for each, _ in ways], weights)[0]
        return way()

    def _some(self) -> str:
        """A clone that other runs have left, or a fresh one as CI makes it."""
        if self.random.random() < 0.5:
            return self.random.choice(("a", "b"))
        return f"fresh-{len(self.ended)}"


_RUN = ("run", "--scheduled")
