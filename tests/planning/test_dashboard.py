"""The dashboard: what it tells, in which order, what it leaves out, what strangers cannot do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Case, Entry
from runner.cases.opening import case_path, open_case
from runner.cases.summary import CaseSummary, summarise
from runner.clocks.pinning import first_clocks
from runner.errors import ExitCode
from runner.figures.today import count_today
from runner.model import Mention, Urgency
from runner.planning.actions import Held, HeldBy, Plan
from runner.planning.dashboard import Dashboard, survey
from runner.planning.dashboard_words import LIMIT, Pages, render_dashboard
from runner.planning.deliveries import ChannelState, Failure, Trouble
from runner.planning.failure_words import render_failure
from runner.planning.observation import Branch, Cursor, Observation, Pull
from runner.planning.own_page import OwnPage
from runner.planning.run_record import RunRecord, record_run, record_scheduled_run
from runner.planning.turns import Turn
from runner.policies.values import Configuration
from runner.report.blocks import Listings
from runner.report.presenting import Presenting
from runner.report.today_pages import today_page
from runner.report.wording import Wording
from runner.text.language import Language
from runner.triage.judge import judge

DETECTED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOW = DETECTED + timedelta(hours=2)
LATE = DETECTED + timedelta(days=3, hours=2)
FILES = {
    "policies/clocks.yaml": """\
version: 1
zone: Europe/Paris
clocks:
- {id: first-reply, starts: [detected], stops: [replied],
   targets: [{within: 1 civil day, urgency: high}, {within: 3 civil days}]}
""",
}
PAGES = Pages(
    "https://forge.example.org/lumen/pull/{}".format,
    "https://forge.example.org/lumen/blob/main/{}".format,
)
HOSTILE = "Broken @everyone #1 ](https://evil.example.org) <!-- c --> `rm` | cell | closes #2"


@pytest.fixture(scope="module")
def watched_desk(configured: Callable[[Mapping[str, str]], Configuration]) -> Configuration:
    return configured(FILES)


@pytest.fixture
def opened(mention: Callable[..., Mention], watched_desk: Configuration) -> Callable[..., Case]:
    def make(number: int, text: str = "My lamp is broken.") -> Case:
        message = mention(number, text, detected_at=DETECTED, author="@attacker", title=HOSTILE)
        judgement = judge(message, watched_desk)
        clocks = first_clocks(message, judgement, watched_desk)
        return open_case(message, judgement, watched_desk, (), clocks=clocks)

    return make


@pytest.fixture
def board(
    watched_desk: Configuration, seen: Callable[..., Observation]
) -> Callable[..., Dashboard]:
    def make(*summaries: CaseSummary, at: datetime = NOW, **changes: object) -> Dashboard:
        known = ("held", "cursors", "channels", "runs", "stopped")
        told = {name: changes.pop(name) for name in known if name in changes}
        observation = seen(now=at, configuration=watched_desk, open_cases=summaries, **changes)
        left = Plan("0" * 40, at, (), told.pop("held", ()), (), "")  # type: ignore[arg-type]
        given = {"cursors": {}, "channels": {}, "runs": {}} | told
        return survey(observation, left, **given)  # type: ignore[arg-type]

    return make


def summary(case: Case, **changes: object) -> CaseSummary:
    return replace(summarise(case, case_path(case)), **changes)  # type: ignore[arg-type]


def branch(case: Case) -> Branch:
    name = f"doleances/{case.id}/open"
    return Branch(name, case.id, "open", "1" * 40, False, False, case_path(case), case)


def page(board: Dashboard, pages: Pages | None = PAGES, language: str = "en") -> OwnPage:
    return render_dashboard(board, Language(language, board.configuration.instance.zone), pages)


def test_crisis_comes_first_then_what_is_overdue_then_urgency_then_what_is_due(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    late, soon, urgent, crisis = (opened(number) for number in range(4))
    rows = board(
        summary(soon),
        summary(urgent, urgency=Urgency.HIGH),
        summary(crisis, crisis="suicide"),
        summary(late, urgency=Urgency.LOW, courses=summarise(
            replace(late, log=tuple(_earlier(entry) for entry in late.log)), ""
        ).courses),
    ).cases  # fmt: skip
    assert [case.summary.id for case in rows] == [crisis.id, late.id, urgent.id, soon.id]
    assert [case.is_overdue for case in rows] == [False, True, False, False]


def _earlier(entry: Entry) -> Entry:
    days = timedelta(days=7)
    clocks = tuple(
        replace(clock, started_at=clock.started_at - days, due_at=clock.due_at - days)
        for clock in entry.clocks
    )
    return replace(entry, at=entry.at - days, recorded_at=entry.recorded_at - days, clocks=clocks)


def test_whose_turn_it_is_is_counted(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    proposed = opened(1)
    pull = Pull(12, branch(proposed).name, "Title", "Body", NOW, "1" * 40)
    made = board(
        summary(opened(2)),
        summary(opened(3), state="awaiting-customer"),
        summary(opened(4), state="handed-off"),
        summary(opened(5), state="answered"),
        branches=(branch(proposed),),
        pulls=(pull,),
    )
    assert sorted(case.turn for case in made.cases) == sorted(
        [Turn.QUALIFY, Turn.TEAM, Turn.CUSTOMER, Turn.BRAND_CARE, Turn.TEAM]
    )
    body = page(made).body
    assert "**4 open cases, 1 more proposed, none overdue.**" in body
    assert "To accept or refuse: 1 · The team's turn: 2 · The customer's turn: 1 · Brand" in body
    assert "Accept or refuse pull request [12](https://forge.example.org/lumen/pull/12)." in body
    assert f"[{proposed.id}](https://forge.example.org/lumen/pull/12) | normal | to qualify" in body
    assert "#12" not in body


@pytest.mark.parametrize(
    ("at", "reminders", "turn", "step"),
    [
        (NOW, 2, Turn.CUSTOMER, "Wait for the customer"),
        (LATE, 0, Turn.TEAM, "Send reminder 1 now."),
        (LATE, 9, Turn.TEAM, "Resolve it without news: the last reminder has had no answer."),
    ],
    ids=["silence just begun", "a reminder is due", "the last reminder had no answer"],
)
def test_a_customer_silent_for_too_long_is_waited_for_no_more(
    opened: Callable[..., Case],
    board: Callable[..., Dashboard],
    at: datetime,
    reminders: int,
    turn: Turn,
    step: str,
) -> None:
    asked = summary(opened(3), state="awaiting-customer", reminders=reminders)
    courses = tuple(
        replace(each, clock=replace(each.clock, stops=("reminded", "resolved")))
        for each in asked.courses
    )
    made = board(replace(asked, courses=courses), at=at)
    (case,) = made.cases
    assert case.turn is turn
    body = page(made).body
    assert step in body
    assert ("The team's turn: 1" if turn is Turn.TEAM else "The customer's turn: 1") in body
    turns = count_today(made.cases, at).turns
    assert [row.key for row in turns.rows] == [turn.value]


def test_what_waits_for_review_is_linked_and_takes_the_place_of_the_next_step(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    case, noted = opened(2), opened(3)
    forge = board().configuration
    forge = replace(forge, instance=replace(forge.instance, forge="github"))
    steps = [step(case, "replied"), step(noted, "noted")]
    pulls = [Pull(n, b.name, "", "", NOW, "1" * 40) for n, b in enumerate(steps, 7)]
    made = board(summary(case), summary(noted), proposed=tuple(steps), proposals=tuple(pulls))
    body = page(replace(made, configuration=forge)).body
    waits = "Pull request [{0}](https://forge.example.org/lumen/pull/{0}) ({1}) waits for review: "
    merge = "merge it on the forge."
    assert f"| {waits.format(7, 'answered in public')}{merge} |" in body
    assert f"| {waits.format(8, 'note')}{merge} Answer in public: the request is taken" in body


def test_the_report_leads_to_what_waits_and_puts_people_first_in_a_crisis(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    crisis, case = replace(opened(1), crisis="suicide"), opened(2)
    branches = (branch(crisis), step(case, "replied"))
    pulls = [Pull(n, b.name, "", "", NOW, "1" * 40) for n, b in enumerate(branches, 7)]
    at = DETECTED + timedelta(days=2, hours=12)
    made = board(
        summary(case), at=at, branches=branches[:1], proposed=branches[1:], pulls=pulls[:1],
        proposals=pulls[1:],
    )  # fmt: skip
    language = Language("en", made.configuration.instance.zone)
    wording = Wording(language, made.configuration.team, {})
    show = Presenting(wording, pulls=PAGES.pull)
    told = today_page(count_today(made.cases, at), {}, made.configuration, at, show)
    assert told.lead.endswith("1 open case, 1 more proposed.")
    blocks = (block for part in told.parts for block in part.blocks)
    listed = [each for block in blocks if isinstance(block, Listings) for each in block.listings]
    assert [(step.text, step.href) for each in listed for step in each.steps] == [
        ("People first: see pull request 7.", PAGES.pull(7)),
        ("Pull request 8 (answered in public) waits for review: doleances accept 8", PAGES.pull(8)),
    ]


def step(case: Case, kind: str) -> Branch:
    entry = Entry(kind=kind, at=NOW, recorded_at=NOW, by="ines", to=None)
    held = replace(case, log=(*case.log, entry))
    name = f"desk/{case.id}/{kind}-2"
    return Branch(name, case.id, f"{kind}-2", "1" * 40, False, False, case_path(case), held)


def test_nothing_that_a_customer_wrote_stands_on_it(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    case = opened(1, HOSTILE)
    run = record_run(RunRecord("run", NOW), NOW, [("open x", f"the forge answered 422: {HOSTILE}")])
    sick = Cursor("forum", None, None, NOW, "", (), 0, problem=HOSTILE, tried_at=NOW)
    mail = ChannelState("mail", NOW, None, (Failure("k", Trouble.REFUSED, HOSTILE, HOSTILE),))
    made = board(
        summary(case), branches=(branch(opened(2, HOSTILE)),), runs={"run": run},
        cursors={"forum": sick}, channels={"mail": mail},
    )  # fmt: skip
    body = page(made).body
    assert "attacker" not in body
    assert "evil.example.org" in body
    for harm in ("@everyone", "#1", "#2", "](https://evil", "<!-- c", "`rm`"):
        assert harm not in body
    assert all(line.count("|") == 7 for line in body.splitlines() if line.startswith("| [c-"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_500_open_cases_fit_and_the_rest_is_counted(
    opened: Callable[..., Case], board: Callable[..., Dashboard], language: str
) -> None:
    pages = Pages(PAGES.pull, ("https://forge.example.org/" + "o" * 60 + "/blob/main/{}").format)
    case = summary(opened(1))
    cases = tuple(
        replace(case, id=f"c-{number:012d}", path=f"cases/2026/11/23/c-{number:012d}.yaml")
        for number in range(500)
    )
    undone = tuple(Held(f"doleances/c-{n:012d}/x", HeldBy.PERSON, "why " * 99) for n in range(99))
    made = page(board(*cases, held=undone), pages, language)
    assert len(made.body) <= LIMIT
    shown = len(re.findall(r"^\| \[c-", made.body, re.MULTILINE))
    assert shown > 150
    assert re.search(rf"^{500 - shown} (cases have|dossiers ne)", made.body, re.MULTILINE)
    assert "<details><summary>" in made.body
    small = render_dashboard(board(*cases[:3]), Language("en", board().configuration.instance.zone))
    assert "<details>" not in small.body


def test_the_digest_stays_while_only_time_passes_and_changes_with_what_people_must_know(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    case = summary(opened(1))
    read = Cursor("forum", None, None, NOW, "rules", (), 3)
    runs = {"run": record_scheduled_run(RunRecord("run", NOW), NOW, ExitCode.DONE)}
    before = page(board(case, cursors={"forum": read}, runs=runs))
    at = NOW + timedelta(minutes=30)
    later = {"run": record_scheduled_run(runs["run"], at, ExitCode.DONE)}
    again = replace(read, read_at=at)
    after = page(board(case, at=at, cursors={"forum": again}, runs=later))
    assert after.digest == before.digest
    assert after.body != before.body
    assert page(board(case, at=LATE, cursors={"forum": again})).digest != before.digest
    sick = replace(read, problem="it answered 403", tried_at=at)
    assert page(board(case, cursors={"forum": sick}, runs=runs)).digest != before.digest
    moved = replace(case, state="handed-off")
    assert page(board(moved, cursors={"forum": read}, runs=runs)).digest != before.digest


def test_equal_boards_give_equal_pages(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    cases = [summary(opened(number)) for number in range(5)]
    assert page(board(*cases)) == page(board(*reversed(cases)))


def test_the_backlog_is_counted_and_its_first_named(
    opened: Callable[..., Case], board: Callable[..., Dashboard]
) -> None:
    waiting = [opened(number) for number in range(12)]
    held = tuple(Held(branch(case).name, HeldBy.CAP, "room") for case in waiting)
    flooded = Held("forum", HeldBy.CAP, "1,000 new cases of forum wait")
    made = board(branches=tuple(map(branch, waiting)), held=(*held, flooded))
    assert made.backlog == tuple(case.id for case in waiting)
    body = page(made).body
    assert "12 cases wait on their branches: at most 3 pull requests are open at once." in body
    assert f"The most urgent: `{waiting[0].id}`" in body
    assert "- `forum`: 1,000 new cases of forum wait" in body


def test_sources_and_channels_that_fail_say_so_in_words(board: Callable[..., Dashboard]) -> None:
    read_at, rest_until = NOW - timedelta(days=2), NOW + timedelta(hours=1)
    read = Cursor("forum", None, None, read_at, "rules", (), 3)
    sick = replace(read, problem="it answered 403", tried_at=NOW, not_before=rest_until)
    mail = ChannelState(
        "mail", NOW, None, (Failure("k", Trouble.NO_LOGIN, "mail.example.org", "535"),) * 3
    )
    body = page(board(cursors={"forum": sick}, channels={"mail": mail})).body
    assert "Cannot be read: 1 of 1." in body
    assert (
        "| `forum` | **cannot be read**: it answered 403 | Sat 21 Nov 2026, 11:00 | "
        "Mon 23 Nov 2026, 12:00 |"
    ) in body
    assert "- `mail` (× 3): mail.example.org does not let us in" in body
    assert "No open case: nobody waits." in body


def test_the_schedule_is_measured_by_what_it_did(board: Callable[..., Dashboard]) -> None:
    record = RunRecord("run", NOW)
    for minutes in (0, 30, 61, 240):
        at = NOW + timedelta(minutes=minutes)
        record = record_scheduled_run(record, at, ExitCode.DONE)
    body = page(board(runs={"run": record})).body
    assert "The last 4 scheduled runs began 31 minutes apart in general, 2 hours 59 minutes" in body
    two = replace(record, scheduled=record.scheduled[:2])
    assert "After three scheduled runs this says" in page(board(runs={"run": two})).body


def test_stopped_it_says_so_and_without_pages_nothing_of_labels(
    board: Callable[..., Dashboard],
) -> None:
    assert (
        "**The program is stopped** by the label `doleances: stop`"
        in page(board(stopped=True)).body
    )
    plain = page(board(), None).body
    assert "doleances: stop" not in plain
    assert "overwrites" not in plain


def test_people_are_told_of_failures_from_the_second_on_and_by_hand_counts_nothing() -> None:
    record = record_scheduled_run(RunRecord("run", NOW), NOW, ExitCode.OUTSIDE)
    assert not record.is_failing
    record = record_run(record, NOW)
    record = record_scheduled_run(record, LATE, ExitCode.BUG)
    assert (record.is_failing, record.failing_since, record.exit_code) == (True, NOW, ExitCode.BUG)
    assert record_scheduled_run(record, LATE, ExitCode.DONE).failing_since is None


def test_the_failure_issue_holds_places_and_no_words_of_others() -> None:
    record = RunRecord("run", NOW)
    for code in (ExitCode.OUTSIDE, ExitCode.FAULTS):
        record = record_scheduled_run(record, NOW, code, [("cases/x.yaml:3:1", HOSTILE)])
    language = Language("en", ZoneInfo("Europe/Paris"))
    made = render_failure([record], "https://forge.example.org/lumen/actions/runs/7", language)
    assert "2 runs have failed one after the other" in made.body
    assert "- `cases/x.yaml:3:1`" in made.body
    assert "everyone" not in made.body
    outside = replace(record, exit_code=ExitCode.OUTSIDE)
    assert "x.yaml" not in render_failure([outside], "", language).body
