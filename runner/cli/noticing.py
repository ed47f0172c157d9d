"""What the verbs share that tell the team: who is due to be told, and who was."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.observing import observe
from runner.cli.reading import Reading
from runner.clocks.escalation import Acknowledged, History
from runner.errors import Fault
from runner.forges.port import Forge
from runner.planning.deliveries import ChannelState, Failure, Setback, render_setback
from runner.planning.notices import NoticePlan, WatchedCase, plan_notices, watched_cases
from runner.planning.page import Line, Section
from runner.planning.words import clock_name, person_name
from runner.repo.cases_index import open_index
from runner.repo.git import read_refs
from runner.repo.ledger import LEDGER, read_ledger
from runner.repo.objects import ObjectReader
from runner.repo.receipts import RECEIPTS
from runner.repo.told import Acknowledgement, TeamReceipts, Told, read_team_receipts

_IN_FULL = 3
"""Comments of a case that are printed with all their words, the newest."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Who is to be told now and who was, of all cases whose customers wait.

    `faults` are of case files that cannot be read, about which nobody can be told.
    """

    cases: tuple[WatchedCase, ...]
    plan: NoticePlan
    receipts: TeamReceipts
    states: Mapping[str, ChannelState]
    faults: tuple[Fault, ...]


def notice(desk: Desk, forge: Forge) -> Noticed:
    """Look at cases, receipts and channels, and decide who is to be told now.

    A case that cannot be read keeps nobody from being told of the others.

    Raises:
        FaultyFiles: for faults in the desk's files, but for cases.
    """
    observation = observe(desk, forge, Reading(offline=True), past_faults=True)
    cases = watched_cases(observation)
    # After the cases: what another run tells meanwhile is known here, or is found on sending.
    receipts, states = read_past(forge, (case.facts.id for case in cases))
    plan = plan_notices(
        cases,
        observation.now,
        observation.configuration,
        observation.open_times,
        history_of(receipts),
    )
    return Noticed(cases, plan, receipts, states, open_index(desk.root, observation.base).faults)


def read_past(
    forge: Forge, case_ids: Iterable[str]
) -> tuple[TeamReceipts, Mapping[str, ChannelState]]:
    """Return who was told of some cases, and how the channels fare."""
    refs = read_refs(forge.repository, RECEIPTS, LEDGER)
    with ObjectReader(forge.repository) as reader:
        receipts = read_team_receipts(reader, refs.get(RECEIPTS), case_ids)
        return receipts, read_ledger(reader, refs.get(LEDGER)).channels


def history_of(receipts: TeamReceipts) -> History:
    """Return receipts as deciding needs them."""
    return History(
        {told.key: told.at for told in receipts.told},
        tuple(
            Acknowledged(each.case_id, each.clock, each.started_at, each.by, each.at, each.until)
            for each in receipts.acknowledged
        ),
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What a list of cases says of messages: `comments` by case, `unsent` of all cases."""

    comments: Mapping[str, int]
    unsent: tuple[Failure, ...]

    def mark(self, case_id: str) -> str:
        """Return a case's id, with the number of its comments if it has any."""
        count = self.comments.get(case_id, 0)
        return f"{case_id} ({count})" if count else case_id


def read_marks(forge: Forge, case_ids: Iterable[str]) -> Marks:
    """Return what a list of these cases says of messages."""
    receipts, states = read_past(forge, case_ids)
    return Marks(
        Counter(told.case_id for told in receipts.told if told.comment),
        tuple(failure for state in states.values() for failure in state.failures),
    )


def print_marks(desk: Desk, marks: Marks) -> None:
    """Say what the marks of a list mean, and what could not be sent."""
    language = desk.language
    if marks.comments:
        desk.say(language.say("(1): a comment on the case; `doleances show CASE` reads it."))
    if marks.unsent:
        desk.terminal.warn(
            language.say_n(
                "{count} message could not be sent: `doleances notices` says why.",
                "{count} messages could not be sent: `doleances notices` says why.",
                len(marks.unsent),
            )
        )


def print_problems(desk: Desk, failed: Iterable[tuple[str, Setback | Failure]]) -> None:
    """Say what went wrong, each thing once for all messages of a channel."""
    problems = Counter((channel, render_setback(each, desk.language)) for channel, each in failed)
    for (channel, problem), count in problems.items():
        many = f" (× {count})" if count > 1 else ""
        desk.terminal.warn(f"{channel}{many}: {problem}")


def told_sections(desk: Desk, receipts: TeamReceipts) -> tuple[Section, ...]:
    """Return who was told of a case, with the comments on it, and who has it in hand."""
    say = desk.language.say
    lines: list[Line] = []
    comments = [told for told in receipts.told if told.comment][-_IN_FULL:]
    for told in receipts.told:
        lines.append(Line(_told_line(desk, told)))
        if told.comment and told in comments:
            body = (line.strip() for line in told.comment.body.splitlines())
            lines += [Line(f"  {line}") for line in body if line]
    in_hand = tuple(Line(acknowledged_line(desk, each)) for each in receipts.acknowledged)
    return (
        *((Section(say("Told"), tuple(lines)),) if lines else ()),
        *((Section(say("In hand"), in_hand),) if in_hand else ()),
    )


def _told_line(desk: Desk, told: Told) -> str:
    language = desk.language
    line = language.say(
        "{instant}, {name} by {channel}: {clock}, tier {tier}",
        instant=language.instant(told.at),
        name=person_name(told.person, desk.configuration().team, language),
        channel=told.channel,
        clock=clock_name(told.clock, language),
        tier=told.tier,
    )
    return f"{line}: {told.comment.subject}" if told.comment else line


def acknowledged_line(desk: Desk, told: Acknowledgement) -> str:
    """Return who has what in hand since when, in a line."""
    language = desk.language
    line = language.say(
        "{name} has it in hand since {instant} ({clock})",
        name=person_name(told.by, desk.configuration().team, language),
        instant=language.instant(told.at),
        clock=clock_name(told.clock, language),
    )
    return f"{line}: {told.note}" if told.note else line


def told_data(told: Told) -> dict[str, object]:
    """Return a message that went out as JSON-like data."""
    return {
        "key": told.key,
        "case": told.case_id,
        "clock": told.clock,
        "tier": told.tier,
        "channel": told.channel,
        "person": told.person,
        "at": render_instant(told.at),
        "comment": {"subject": told.comment.subject, "body": told.comment.body}
        if told.comment
        else None,
    }


def acknowledged_data(told: Acknowledgement) -> dict[str, object]:
    """Return an acknowledgement as JSON-like data."""
    return {
        "case": told.case_id,
        "clock": told.clock,
        "started_at": render_instant(told.started_at),
        "by": told.by,
        "at": render_instant(told.at),
        "until": render_instant(told.until) if told.until else None,
        "note": told.note,
    }
