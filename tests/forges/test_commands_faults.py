"""Commands in comments, harmed at any write: done once, answered once, no word of people lost."""

from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path

from contract import NOW, CaseText, open_of, push_of
from fake_github.model import INES, SAM
from fake_github.server import Call, Harm
from test_github_faults import Trials, end_of
from trial import TriedGithub, configuration, open_forge, tried

from runner.errors import DoleancesError
from runner.forges.apply import Applied, apply
from runner.forges.hosted import HostedForge
from runner.planning.observation import Observation
from runner.planning.plan import plan

__all__ = ("tried",)
ASSIGNED, DISMISSED, EDITED = (f"c-{letter * 12}" for letter in "abc")


def prepare(tried: TriedGithub, case_text: CaseText) -> None:
    forge, hub = tried.forge, tried.fake.hub
    cases = (ASSIGNED, DISMISSED, EDITED)
    forge.push_branches([push_of(case_text, case) for case in cases], forge.base(), NOW)
    for case in cases:
        forge.open_pull(open_of(case), NOW)
    hub.say(1, INES, "/assign sam\n/crisis")
    hub.say(2, SAM, "/dismiss not ours")
    hub.pulls[3].body = "Written by a person."
    hub.say(3, INES, "/assign sam")
    tried.fake.calls.clear()


def run_once(forge: HostedForge) -> Applied:
    """Look, plan and apply, until there is nothing left to do."""
    for _ in range(6):
        seen = forge.snapshot()
        keys = {(branch.case_id, branch.change) for branch in seen.branches}
        made = plan(
            Observation(
                now=NOW,
                base=seen.base,
                configuration=configuration(),
                reads=(),
                cursors=seen.cursors,
                case_of=lambda _: None,
                open_cases=(),
                branches=seen.branches,
                pulls=seen.pulls,
                decided=forge.decided(keys),
                remarks=seen.remarks,
                doubles=seen.doubles,
                heard_until=seen.heard_until,
            )
        )
        applied = apply(made, forge, NOW)
        if not made.actions or applied.failures:
            break
    return applied


def harm_at(nth: int, harm: Harm) -> Callable[[int, Call], Harm | None]:
    return lambda number, _: harm if number == nth else None


def prepare_reopening(tried: TriedGithub, case_text: CaseText) -> None:
    """A page that was closed, where somebody says that it is a crisis; a duplicate of another."""
    forge, hub = tried.forge, tried.fake.hub
    cases = (ASSIGNED, DISMISSED, EDITED)
    forge.push_branches([push_of(case_text, case) for case in cases], forge.base(), NOW)
    for case in cases:
        forge.open_pull(open_of(case), NOW)
    hub.close(1, INES, "Not ours.")
    run_once(open_forge(tried.folder))
    assert f"doleances/{ASSIGNED}/open" not in hub.heads()
    hub.say(1, SAM, "/crisis death-threat")
    hub.say(2, INES, "/duplicate #3")
    tried.fake.calls.clear()


def test_a_crisis_and_a_duplicate_broken_off_at_any_write_end_as_if_nothing_had_been(
    tried: TriedGithub, tmp_path: Path, case_text: CaseText
) -> None:
    prepare_reopening(tried, case_text)
    trials = Trials(tried, tmp_path)
    with trials.next() as unharmed:
        assert run_once(open_forge(unharmed.folder)).failures == ()
        calls, expected = list(unharmed.fake.calls), end_of(unharmed)
        pulls = unharmed.fake.hub.pulls
        assert [pulls[number].is_open for number in (1, 2, 3)] == [True, False, True]
        assert pulls[1].title.startswith("CRISIS")
        assert [len(pulls[number].comments) for number in (1, 2, 3)] == [3, 2, 0]
    writes = [
        nth
        for nth, call in enumerate(calls)
        if call.method in {"POST", "PATCH"} and call.what != "git-upload-pack"
    ]
    assert len(writes) > 10
    # All of them hold; so many are tried each time.
    for nth in writes[:12:3]:
        with trials.next() as harmed:
            harmed.fake.harm = harm_at(nth, Harm.LOST)
            with suppress(DoleancesError):
                run_once(open_forge(harmed.folder))
            harmed.fake.harm = lambda _number, _call: None
            assert run_once(open_forge(harmed.folder)).failures == (), calls[nth]
            assert end_of(harmed) == expected, calls[nth]


def test_broken_off_at_any_write_the_next_run_ends_as_an_unharmed_one(
    tried: TriedGithub, tmp_path: Path, case_text: CaseText
) -> None:
    prepare(tried, case_text)
    trials = Trials(tried, tmp_path)
    with trials.next() as unharmed:
        assert run_once(open_forge(unharmed.folder)).failures == ()
        calls, expected = list(unharmed.fake.calls), end_of(unharmed)
        pulls = unharmed.fake.hub.pulls
        assert not pulls[2].is_open
        assert pulls[1].title.startswith("CRISIS")
        assert pulls[3].body == "Written by a person."
        assert [len(pulls[number].comments) for number in (1, 2, 3)] == [2, 2, 3]
    writes = [
        nth
        for nth, call in enumerate(calls)
        if call.method in {"POST", "PATCH"} and call.what != "git-upload-pack"
    ]
    assert len(writes) > 12
    first_two = [
        nth
        for place, nth in enumerate(writes)
        if sum(calls[earlier].what == calls[nth].what for earlier in writes[:place]) < 2
    ]
    # A write that is never begun is as the one before it, unheard; some are tried all the same.
    for nth, harm in zip(first_two, cycle((Harm.LOST, Harm.LOST, Harm.REFUSED)), strict=False):
        with trials.next() as harmed:
            harmed.fake.harm = harm_at(nth, harm)
            with suppress(DoleancesError):
                run_once(open_forge(harmed.folder))
            harmed.fake.harm = lambda _number, _call: None
            assert run_once(open_forge(harmed.folder)).failures == (), calls[nth]
            assert end_of(harmed) == expected, calls[nth]
