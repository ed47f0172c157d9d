"""What the daily verbs share: the case as it stands, the change spliced in, judged, proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime

from runner.cases.authority import Authority
from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.cases.splicing import Amendment, splice_case
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.pasted import fact_of, flag_of
from runner.errors import Fault, FaultyFiles, Refused, Severity, UsageError
from runner.forges.decide import read_person
from runner.forges.port import Forge, Proposal
from runner.planning.branches import case_of_branch
from runner.planning.proposed_steps import proposed_line, proposed_steps
from runner.policies.team import Person
from runner.repo.amended import judge_amendment
from runner.repo.case_paths import find_case_file_at, find_case_files, parse_case_path
from runner.repo.files import read_yaml_file, write_file
from runner.repo.git import open_repository, parse_desk_branch
from runner.repo.judge import judge_case
from runner.repo.objects import ObjectReader
from runner.schemas import check_document
from runner.text.document import Document, Position
from runner.text.strict_yaml import read_document

_FIRST_YEAR = 1990
"""There was no web before, so an earlier instant is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case file as it stands before a verb changes it.

    `base` is the commit that it was read from, None for the file of the working tree.
    """

    path: str
    data: bytes
    document: Document
    case: Case
    base: str | None


def read_standing(desk: Desk, case_id: str, *, propose: bool) -> Standing:
    """Return a case as it stands on the base, or in the working tree where nothing is proposed.

    Raises:
        UsageError: when there is no such case there.
        FaultyFiles: when its file cannot be read.
    """
    if not propose:
        file = next(iter(find_case_files(desk.root, case_id)), None)
        if file is None:
            raise _no_such_case(case_id)
        data = read_yaml_file(desk.root, file)
        if isinstance(data, Fault):
            raise FaultyFiles((data,))
        return _standing(file, data, None)
    forge = open_forge(desk)
    base = forge.base()
    file = find_case_file_at(forge.repository, base, case_id)
    with ObjectReader(forge.repository) as reader:
        stored = reader.read(f"{base}:{file}") if file else None
    if file is None or stored is None or stored.data is None:
        raise _no_such_case(case_id)
    return _standing(file, stored.data, base)


def read_actor(desk: Desk, by: str | None) -> Person:
    """Return the person of the team who acts: `by`, else whose e-mail address git uses.

    `by` is an id, a login or an e-mail address of `policies/team.yaml`.

    Raises:
        UsageError: when the team has nobody of that name.
        Refused: when neither says who acts.
    """
    team = desk.configuration().team
    if by is None:
        email = read_person(open_repository(desk.root)).email
        person = team.who_goes_by(email)
        if person is None:
            raise Refused(
                f"policies/team.yaml has nobody with the address {email}, which git uses",
                "say who you are with --by NAME, or add the address to your entry there",
            )
        return person
    person = team.person(by.casefold()) or team.who_goes_by(by)
    if person is None:
        names = ", ".join(person.id for person in team.people) or "nobody"
        raise UsageError(f"policies/team.yaml has no {by}", f"it names {names}")
    return person


def parse_moment(desk: Desk, text: str | None, *, ahead: bool = False) -> datetime:
    """Return the instant that a person means, in the desk's zone where none is named; now for None.

    Raises:
        UsageError: for what is no instant, lies ahead unless that is meant, or before there was a
            web to read.
    """
    if text is None:
        return desk.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no instant", "such as 2026-11-21T09:30 or 2026-11-21T08:30:00Z"
        ) from None
    # Before the zone counts: the first and last hours of the calendar exist in few of them.
    if at.year < _FIRST_YEAR:
        raise UsageError(f"{text} lies before {_FIRST_YEAR}", "mind the year")
    if at.year == MAXYEAR:
        raise UsageError(f"{text} lies ahead", "`--at` is when it happened")
    zone = desk.configuration().instance.zone
    at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)
    if at > desk.now() and not ahead:
        raise UsageError(f"{text} lies ahead", "`--at` is when it happened")
    return at


def amended(desk: Desk, standing: Standing, amendment: Amendment) -> bytes:
    """Return the file with an amendment, judged; warnings are told.

    Raises:
        FaultyFiles: for what the check refuses.
        Refused: where the file is written in a way that no splice can follow.
    """
    try:
        data = splice_case(standing.document, standing.data, amendment)
    except ValueError as error:
        raise Refused(str(error), "write the change by hand, then `doleances check`") from None
    return judged(desk, standing, data)


def judged(desk: Desk, standing: Standing, data: bytes) -> bytes:
    """Return the bytes that a case becomes, once the check finds nothing against them.

    Raises:
        UsageError: for what no such fact can be, naming its option.
        FaultyFiles: for what the check refuses besides.
    """
    configuration = desk.configuration()
    faults = judge_case(data, standing.path, configuration.privacy)
    after = read_document(data, standing.path)
    if faults and isinstance(after, Document):
        _refuse_typed(after, since=len(standing.case.log))
    if not faults and isinstance(after, Document):
        authority = Authority(
            configuration.team, configuration.delegation, incident=configuration.incident
        )
        now = max(desk.now(), standing.case.log[-1].recorded_at)
        for fault in judge_amendment(standing.document, after, authority, now):
            if fault.severity is Severity.ERROR:
                faults += (fault,)
            else:
                desk.terminal.warn(f"warning: {fault}")
    if faults:
        raise FaultyFiles(faults)
    return data


def _refuse_typed(after: Document, *, since: int) -> None:
    """Raise UsageError for a fact of a new entry that has not its form, or is too long.

    Who typed it has never seen the line of the file that holds it.
    """
    facts = {
        position: fact_of(path)
        for path, position in after.positions.items()
        if len(path) > 2 and path[0] == "log" and isinstance(path[1], int) and path[1] >= since
    }
    for fault in check_document("case", after):
        if fact := facts.get(Position(fault.line, fault.column)):
            raise UsageError(f"{flag_of(fact)}: {fault.message}", fault.hint)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a change went: the number and branch of its pull request, or the files themselves.

    `url` is the pull request's page, "" where it has none.
    """

    paths: tuple[str, ...]
    number: int | None = None
    branch: str | None = None
    url: str = ""


def keep(
    desk: Desk, standing: Standing, verb: str, files: Mapping[str, bytes], *, propose: bool
) -> Recorded:
    """Write changed files, or commit them on a branch of their own with a pull request."""
    paths = tuple(files)
    if not propose or standing.base is None:
        for path, data in files.items():
            write_file(desk.root / path, data)
        return Recorded(paths)
    case = standing.case
    change = f"{verb}-{len(case.log) + 1}"
    return propose_files(desk, change, standing.base, standing.path, files)


def propose_files(
    desk: Desk,
    change: str,
    base: str,
    path: str,
    files: Mapping[str, bytes],
    *,
    instead_of: int | None = None,
) -> Recorded:
    """Commit files on a branch named for the change of the case at `path`; open a pull request.

    `instead_of` is the number of the pull request that this one takes the place of.
    """
    case_id = str(parse_case_path(path))
    forge = open_forge(desk)
    branch = parse_desk_branch(f"desk/{case_id}/{change}")
    if branch is None:
        raise UsageError(f"{case_id!r} is no case id", "such as c-7f3k2m9x4q5t")
    proposed = _standing(path, files[path], base).case
    if instead_of is None:
        _warn_again(desk, forge, proposed)
    _note_others(desk, forge, case_id, instead_of)
    title = f"{case_id} · {desk.language.term('entry', proposed.log[-1].kind)}"
    proposal = Proposal(branch, base, path, files, title, "")
    pull = forge.propose(proposal, read_person(forge.repository), desk.now())
    return Recorded(tuple(files), pull.number, pull.branch.name, pull.url)


def waiting_changes(desk: Desk, case_id: str) -> tuple[str, ...]:
    """Return what changes of a case wait to be accepted, and how each is: in English."""
    has_pages = desk.configuration().instance.has_pages
    snapshot = open_forge(desk).snapshot()
    pulls = sorted((*snapshot.proposals, *snapshot.pulls), key=lambda pull: pull.number)
    return tuple(
        f"pull request {pull.number} ({pull.branch}) changes this case and waits: "
        + ("merge it first" if has_pages else f"`doleances accept {pull.number}` first")
        for pull in pulls
        if case_of_branch(pull.branch) == case_id
    )


def _warn_again(desk: Desk, forge: Forge, case: Case) -> None:
    """Warn of a step of the same kind that waits for the case: it may well be the same one."""
    snapshot, kind = forge.snapshot(), case.log[-1].kind
    has_pages = desk.configuration().instance.has_pages
    for step in proposed_steps(snapshot.proposals, snapshot.proposed).get(case.id, ()):
        if step.kind == kind and kind != "noted":
            waits = proposed_line(step, desk.language, has_pages=has_pages)
            desk.terminal.warn(desk.language.say("Was it recorded already? {waits}", waits=waits))


def _note_others(desk: Desk, forge: Forge, case_id: str, instead_of: int | None) -> None:
    for pull in forge.snapshot().proposals:
        if pull.branch.split("/")[1] == case_id and pull.number != instead_of:
            desk.terminal.note(
                desk.language.say(
                    "Pull request {number} changes this case too: the second to be accepted "
                    "needs `doleances rebase`.",
                    number=pull.number,
                )
            )


def tell(
    desk: Desk, recorded: Recorded, what: str, *, as_json: bool, by: Person | None = None
) -> None:
    """Say where a change went, and who can accept it; `by` is the person in whose name it is."""
    absent = by if by is not None and recorded.number is not None and _is_absent(desk, by) else None
    if absent is not None:
        desk.terminal.note(
            desk.language.say(
                "It is in the name of {name}: it can be accepted only where git uses {address}. To "
                "record what you were told, leave --by out (with `answer`: --decided-by {id}).",
                name=absent.name,
                address=next(iter(absent.emails), absent.id),
                id=absent.id,
            )
        )
    if as_json:
        desk.print_json(
            {
                "pull": recorded.number,
                "branch": recorded.branch,
                "paths": list(recorded.paths),
            }
        )
        return
    say = desk.language.say
    if recorded.number is None:
        desk.say(say("{what}: written to {path}.", what=what, path=", ".join(recorded.paths)))
        return
    desk.say(say("{what}: proposed in pull request {number}.", what=what, number=recorded.number))
    accept = recorded.url or f"doleances accept {recorded.number}"
    if absent is not None:
        desk.say(say("For {name} to accept: {command}", name=absent.name, command=accept))
    else:
        desk.say(say("Accept it: {command}", command=accept))


def _is_absent(desk: Desk, person: Person) -> bool:
    """Whether nobody here can accept for a person: on git alone the approval is git's address."""
    if desk.configuration().instance.has_pages:
        return False
    return not person.goes_by(read_person(open_repository(desk.root)).email)


def _standing(path: str, data: bytes, base: str | None) -> Standing:
    document = read_document(data, path)
    if not isinstance(document, Document):
        raise FaultyFiles(document)
    if faults := check_document("case", document):
        raise FaultyFiles(faults)
    return Standing(path, data, document, parse_case(document.value, path), base)


def _no_such_case(case_id: str) -> UsageError:
    return UsageError(
        f"there is no case {case_id} that was accepted",
        "`doleances status` lists the cases, `doleances pulls` what waits to be accepted",
    )
