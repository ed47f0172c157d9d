"""`doleances incident`: what is known of a fault, and how each of its cases was treated."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from runner.cases.treatment import Told, Treatment, Unequal, find_unequal
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.pages import print_text
from runner.errors import UsageError
from runner.forges.port import ForgeSnapshot
from runner.model import State
from runner.planning.incident_words import terms_lines
from runner.planning.words import person_name
from runner.policies.incidents import Incident
from runner.repo.incident_cases import read_treatments
from runner.text.wording import did_you_mean

if TYPE_CHECKING:
    from runner.forges.port import Forge


def _complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from pathlib import Path

    from runner.cli.terminal import Terminal
    from runner.errors import DoleancesError

    try:
        desk = Desk(Path(ctx.find_root().params.get("directory") or Path()), Terminal())
        incidents = desk.configuration().incidents
    except DoleancesError:
        return []
    return [
        CompletionItem(each.id, help=each.title)
        for each in incidents
        if each.id.startswith(incomplete)
    ]


@click.command(short_help="List the cases of an incident, and how each was treated.")
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=_complete)
@click.option("--json", "as_json", is_flag=True, help="Print it as data.")
@click.pass_obj
def command(desk: Desk, incident_id: str | None, as_json: bool) -> None:
    """List the cases of an incident: state, what each was told and given.

    A case that was given something else than the others, and whose log does not say why,
    stands out. Without ID, list the incidents.

    \b
    Example:  doleances incident
              doleances incident bouilloire-brume-fuite
    """
    forge = open_forge(desk)
    snapshot = forge.snapshot()
    if incident_id is None:
        _list(desk, forge, snapshot, as_json=as_json)
        return
    incident = desk.configuration().incident(incident_id)
    if incident is None:
        known = [each.id for each in desk.configuration().incidents]
        raise UsageError(
            f"there is no incident {incident_id}",
            did_you_mean(incident_id, known, "policies/incidents/ holds none yet"),
        )
    treatments = read_treatments(forge.repository, snapshot.base, incident)
    unequal = find_unequal(incident, treatments)
    proposed = _proposed(snapshot, incident, treatments)
    if as_json:
        desk.print_json(_data(incident, treatments, unequal, proposed))
    else:
        _print(desk, incident, treatments, unequal, proposed)


def _proposed(
    snapshot: ForgeSnapshot, incident: Incident, linked: Iterable[Treatment]
) -> dict[str, int | None]:
    """Return the cases whose link is proposed, each with its pull request where there is one.

    A case that is linked on the base may wait for something else.
    """
    numbers = {pull.branch: pull.number for pull in (*snapshot.pulls, *snapshot.proposals)}
    known = {one.case_id for one in linked}
    return {
        branch.case_id: numbers.get(branch.name)
        for branch in (*snapshot.branches, *snapshot.proposed)
        if branch.case is not None
        and branch.case.incident == incident.id
        and not branch.merged
        and branch.case_id not in known
    }


def _list(desk: Desk, forge: "Forge", snapshot: ForgeSnapshot, *, as_json: bool) -> None:
    incidents = desk.configuration().incidents
    say = desk.language.say
    found = [
        (each, treated, find_unequal(each, treated), _proposed(snapshot, each, treated))
        for each in incidents
        for treated in [read_treatments(forge.repository, snapshot.base, each)]
    ]
    if as_json:
        desk.print_json({"incidents": [_summary(*one) for one in found]})
        return
    if not incidents:
        desk.say(say("No incident is known."))
        return
    desk.terminal.table(
        (say("incident"), say("since"), say("until"), say("cases"), say("proposed"), say("unequal"),
         say("about")),
        [
            (each.id, each.since.isoformat(), each.until.isoformat() if each.until else "",
             str(len(treated)), str(len(proposed)), str(len(unequal)), each.title)
            for each, treated, unequal, proposed in found
        ],
        ["red" if unequal else None for _, _, unequal, _ in found],
        below=1,
    )  # fmt: skip


def _print(
    desk: Desk,
    incident: Incident,
    treatments: list[Treatment],
    unequal: tuple[Unequal, ...],
    proposed: dict[str, int | None],
) -> None:
    say, say_n = desk.language.say, desk.language.say_n
    print_text(desk.terminal, f"{incident.id}: {incident.title}")
    since, until = incident.since.isoformat(), incident.until
    desk.say(
        say("From {since} to {until}", since=since, until=until.isoformat())
        if until
        else say("Since {since}", since=since)
    )
    for line in terms_lines(incident, None, desk.language):
        print_text(desk.terminal, line)
    if treatments:
        expected = {one.treatment.case_id: one.expected for one in unequal}
        desk.say()
        desk.terminal.table(
            (say("case"), say("state"), say("owner"), say("wording"), say("given"), say("remark")),
            [_row(desk, one, expected.get(one.case_id)) for one in treatments],
            ["red" if one.case_id in expected else None for one in treatments],
            below=1,
        )
    desk.say(say_n("{count} case is linked.", "{count} cases are linked.", len(treatments)))
    if proposed:
        desk.say(
            say_n(
                "{count} more link waits to be accepted.",
                "{count} more links wait to be accepted.",
                len(proposed),
            )
        )
    if unequal:
        desk.terminal.warn(
            say_n(
                "{count} case was treated otherwise, and nothing says why.",
                "{count} cases were treated otherwise, and nothing says why.",
                len(unequal),
            )
        )


def _row(desk: Desk, one: Treatment, expected: str | None) -> tuple[str, ...]:
    say = desk.language.say
    told = {
        Told.TOLD: say("told"),
        Told.OTHERWISE: say("told otherwise"),
        Told.NOT_YET: say("not told yet"),
    }
    remark = one.departs or ""
    if expected is not None:
        remark = say("others: {given}", given=expected)
    given = say("refused") if one.outcome == "refused" else one.words
    state = desk.language.word(State(one.state))
    team = desk.configuration().team
    owner = person_name(one.owner, team, desk.language) if one.owner else say("nobody yet")
    return (one.case_id, state, owner, told[one.told], given, remark)


def _summary(
    incident: Incident,
    treatments: list[Treatment],
    unequal: tuple[Unequal, ...],
    proposed: dict[str, int | None],
) -> dict[str, object]:
    return {
        "incident": incident.id,
        "title": incident.title,
        "since": incident.since.isoformat(),
        "until": incident.until.isoformat() if incident.until else None,
        "linked": len(treatments),
        "proposed": len(proposed),
        "unequal": len(unequal),
    }


def _data(
    incident: Incident,
    treatments: list[Treatment],
    unequal: tuple[Unequal, ...],
    proposed: dict[str, int | None],
) -> dict[str, object]:
    gesture = incident.gesture
    expected = {one.treatment.case_id: one.expected for one in unequal}
    return {
        **_summary(incident, treatments, unequal, proposed),
        "file": incident.file,
        "wording": dict(incident.wording),
        "gesture": None
        if gesture is None
        else {
            "text": gesture.text,
            "amount": None if gesture.amount is None else str(gesture.amount),
            "currency": gesture.currency,
        },
        "approved_by": incident.approved_by,
        "cases": [
            {
                "case": one.case_id,
                "path": one.path,
                "state": one.state,
                "owner": one.owner,
                "wording": one.told.value,
                "outcome": one.outcome,
                "given": one.given.text if one.given else None,
                "amount": str(one.given.amount) if one.given and one.given.amount else None,
                "currency": one.given.currency if one.given else None,
                "departs": one.departs,
                "unequal": one.case_id in expected,
                "expected": expected.get(one.case_id),
            }
            for one in treatments
        ],
        "waiting": [{"case": case, "pull": number} for case, number in sorted(proposed.items())],
    }
