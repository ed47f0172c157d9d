"""What the verbs share that publish approved replies: where each stands, intents, receipts."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from runner.cases.case import Case
from runner.cli.desk import Desk
from runner.forges.port import Forge
from runner.planning.observation import Branch
from runner.planning.postings import Order, Posting, Step
from runner.planning.publishing import Publication, plan_publications
from runner.policies.publishing import publishing_variables
from runner.repo.case_files import read_case
from runner.repo.cases_index import CasesIndex, open_index
from runner.repo.git import open_repository, read_refs
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_open_times
from runner.repo.posted import PUBLISHING, Posted, read_postings
from runner.repo.receipts import RECEIPTS

_APPROVED = b"publication"
"""Without this word in its file a case holds nothing that is to be published."""


def publications_at_hand(
    desk: Desk, base: str, index: CasesIndex
) -> tuple[dict[str, tuple[Posting, ...]], dict[str, Case], dict[str, str]]:
    """Return receipts, cases that hold something to be published, and where those lie, by case.

    Where no source publishes, and nothing was ever published, no case is read.
    """
    repository = open_repository(desk.root)
    publishes = any(source.publish for source in desk.configuration().sources)
    paths = {case.id: case.path for case in index.open_cases}
    open_ids = frozenset(paths)
    paths |= {case.id: case.path for case in index.closed_cases}
    with ObjectReader(repository) as reader:
        receipts = read_refs(repository, RECEIPTS).get(RECEIPTS)
        has_some = receipts is not None and reader.read(f"{receipts}:{PUBLISHING}") is not None
        if not publishes and not has_some:
            return {}, {}, {}
        postings = read_postings(reader, receipts, paths)
        wanted = {
            case_id: path
            for case_id, path in paths.items()
            if case_id in postings or (publishes and case_id in open_ids)
        }
        files = reader.read_files(base, wanted.values())
    cases: dict[str, Case] = {}
    for path, data in files.items():
        if _APPROVED not in data:
            continue
        case = read_case(data, path)
        if isinstance(case, Case):
            cases[case.id] = case
    return postings, cases, {case_id: paths[case_id] for case_id in cases}


def read_publications(desk: Desk, forge: Forge) -> tuple[Publication, ...]:
    """Return all approved replies that no log tells the end of, and where each stands."""
    snapshot = forge.snapshot()
    postings, cases, _ = publications_at_hand(
        desk, snapshot.base, open_index(desk.root, snapshot.base)
    )
    return publications_of(desk, cases.values(), postings, (*snapshot.branches, *snapshot.proposed))


def publications_of(
    desk: Desk,
    cases: Iterable[Case],
    postings: Mapping[str, tuple[Posting, ...]],
    branches: Iterable[Branch],
) -> tuple[Publication, ...]:
    """Return where the approved replies of some cases stand."""
    configuration = desk.configuration()
    return plan_publications(
        cases,
        postings,
        branches,
        configuration=configuration,
        open_times=read_open_times(desk.root, (), configuration),
        now=desk.now(),
    )


def intend(desk: Desk, forge: Forge, publications: Iterable[Publication]) -> tuple[Order, ...]:
    """Write down that what is ready is going to be posted; return what this run may post.

    Of two runs at once, one intends each try: whose intent stands where all writers meet.
    """
    ready = [each.order for each in publications if each.order is not None]
    if not ready:
        return ()
    run, now = os.urandom(16).hex(), desk.now()
    intents = [_intent(order, run, now) for order in ready]
    new = forge.keep([Posted(intent) for intent in intents], now)
    known = _intents(desk, {order.case_id for order in ready})
    # All tries are by the first intent's instant: a key that is made of it must stay the same.
    return tuple(
        replace(order, intended_at=known[order.key, 1].at)
        for order, is_new in zip(ready, new, strict=True)
        if is_new and known[order.key, order.tried].run == run
    )


def _intents(desk: Desk, case_ids: Iterable[str]) -> dict[tuple[str, int], Posting]:
    """Return the intents of some cases that stand now, by key and try."""
    repository = open_repository(desk.root)
    with ObjectReader(repository) as reader:
        chain = read_refs(repository, RECEIPTS).get(RECEIPTS)
        known = read_postings(reader, chain, case_ids)
    return {
        (each.key, each.tried): each
        for postings in known.values()
        for each in postings
        if each.step is Step.INTENDED
    }


def _intent(order: Order, run: str, now: datetime) -> Posting:
    return Posting(order.case_id, order.key, order.tried, Step.INTENDED, now, run)


def record(desk: Desk, forge: Forge, postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """Keep the receipts of tries that were intended, and return those; the others are left out."""
    told = tuple(postings)
    if not told:
        return ()
    intended = _intents(desk, {each.case_id for each in told})
    kept = tuple(
        each
        for each in told
        if (intent := intended.get((each.key, each.tried))) and intent.case_id == each.case_id
    )
    if kept:
        forge.keep([Posted(each) for each in kept], desk.now())
    return kept


def publishing_secrets(desk: Desk) -> dict[str, str]:
    """Return the secrets of accounts that write, those that the environment holds."""
    names = publishing_variables(source.publish for source in desk.configuration().sources)
    return {name: os.environ[name] for name in names if name in os.environ}
