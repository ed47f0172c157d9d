"""Seeing the world once: what it shows, forge and cases, frozen into an observation."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from runner.cases.summary import CaseSummary
from runner.cli.desk import Desk
from runner.cli.drafting import recent_cases
from runner.cli.looking import looks_at_hand
from runner.cli.publishing import publications_at_hand
from runner.cli.reading import Reading, World, read_world
from runner.cli.surveying import surveys_at_hand
from runner.clocks.business_time import OpenTime
from runner.errors import FaultyFiles
from runner.forges.port import Forge
from runner.model import Mention
from runner.planning.branches import INTAKE
from runner.planning.closing_wishes import cases_to_close
from runner.planning.commanded import cases_commanded
from runner.planning.heard import cases_spoken_of
from runner.planning.incident_links import cases_to_read, link_change
from runner.planning.observation import Branch, Observation
from runner.policies.incidents import Incident
from runner.repo.cases_index import CasesIndex, open_index
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_open_times
from runner.repo.past_answers import read_past_answers
from runner.repo.receipts import EVERY, ReceiptKey


def observe(
    desk: Desk,
    forge: Forge,
    reading: Reading,
    world: World | None = None,
    *,
    forms: tuple[Mention, ...] = (),
    opened_already: int = 0,
    rewritten_already: int = 0,
    past_faults: bool = False,
) -> Observation:
    """Look at everything; what the world shows is read unless `world` is there already.

    `forms` are messages for which people ask for a case.  With `past_faults` cases of the base
    that cannot be read are left out.

    Raises:
        FaultyFiles: for faults in the desk's files or in the cases of the base.
        Refused: when the repository has no base to work on.
        UsageError: when the mentions file is none, or of other sources.
    """
    configuration = desk.configuration()
    snapshot = forge.snapshot()
    index = open_index(desk.root, snapshot.base)
    if index.faults and not past_faults:
        raise FaultyFiles(index.faults)
    for remark in snapshot.ignored:
        desk.terminal.note(f"ignored: {remark}")
    if world is None:
        world = read_world(desk, forge, snapshot, index, reading)

    mentions = [*forms, *(mention for read in world.reads for mention in read.mentions)]
    mentions += [mention for read in world.conversations for mention in read.mentions]
    new = [mention for mention in mentions if index.case_of(mention.key) is None]
    since = desk.now() - timedelta(days=configuration.instance.watch.reopen_days)
    closed = tuple(case for case in index.closed_cases if case.closed_at >= since)
    branches = (*snapshot.branches, *snapshot.proposed)

    looked, wanting = looks_at_hand(desk, index, world.looks)
    postings, _, approved = publications_at_hand(desk, snapshot.base, index)
    surveys, surveyed = surveys_at_hand(configuration.sources, world.reads, forge, index)
    linkable = cases_to_read(index.open_cases, configuration)
    in_question = {
        **cases_spoken_of(new, index.open_cases, closed),
        **wanting,
        **cases_to_close(index.open_cases),
        **cases_commanded(
            snapshot.remarks,
            (*snapshot.pulls, *snapshot.proposals),
            (*index.open_cases, *index.closed_cases),
            index.case_of,
        ),
    }
    paths = {*in_question.values(), *approved.values(), *surveyed}
    paths.update(case.path for case in linkable)
    paths.update(b.path for b in snapshot.branches if b.change != INTAKE and b.path is not None)
    keys = {(mention.key, INTAKE) for mention in mentions}
    keys.update((branch.case_id, branch.change) for branch in branches)
    keys.update(_links(linkable, configuration.incidents))
    keys.update((case_id, EVERY) for case_id in (*in_question, *postings))
    return Observation(
        now=desk.now(),
        base=snapshot.base,
        configuration=configuration,
        reads=world.reads,
        conversations=world.conversations,
        looks=world.looks,
        forms=forms,
        cursors=snapshot.cursors,
        case_of=index.case_of,
        open_cases=index.open_cases,
        closed_cases=closed,
        case_files=_case_files(desk, snapshot.base, paths),
        recent_cases=lambda sites: recent_cases(desk, snapshot.base, sites),
        past_answers=lambda: read_past_answers(desk.root, snapshot.base),
        branches=snapshot.branches,
        pulls=snapshot.pulls,
        proposed=snapshot.proposed,
        proposals=snapshot.proposals,
        decided=forge.decided(keys) if keys else {},
        remarks=snapshot.remarks,
        doubles=snapshot.doubles,
        heard_until=snapshot.heard_until,
        open_times=_open_times(desk, index, branches),
        looked=looked,
        postings=postings,
        surveys=surveys,
        opened_already=opened_already,
        rewritten_already=rewritten_already,
    )


def _links(cases: Iterable[CaseSummary], incidents: Iterable[Incident]) -> set[ReceiptKey]:
    """Return the changes that might link each case to an incident."""
    changes = [link_change(incident.id) for incident in incidents]
    return {(case.id, change) for case in cases for change in changes}


def _open_times(
    desk: Desk, index: CasesIndex, branches: Iterable[Branch]
) -> Mapping[str, OpenTime]:
    """Return the calendars by which the promises of all open and proposed cases count."""
    clocks = [course.clock for case in index.open_cases for course in case.courses]
    cases = (branch.case for branch in branches if branch.case is not None)
    clocks += (clock for case in cases for entry in case.log for clock in entry.clocks)
    return read_open_times(desk.root, clocks, desk.configuration())


def _case_files(desk: Desk, base: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of case files on the base, as far as they are there."""
    wanted = sorted(paths)
    if not wanted:
        return {}
    with ObjectReader(open_repository(desk.root)) as reader:
        return reader.read_files(base, wanted)
