"""Where the targets of promises are written, in the very versions that the promises name."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from runner.cases.case import PinnedClock
from runner.planning.clock_accounts import Origin, find_line
from runner.policies.clocks import ClockPolicy, Matter, parse_clocks
from runner.policies.values import Configuration
from runner.repo.git import Repository, open_repository
from runner.repo.objects import ObjectReader
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document


def read_origins(
    root: Path,
    clocks: Iterable[PinnedClock],
    matter: Matter,
    configuration: Configuration,
    base: str,
) -> tuple[Origin, ...]:
    """Return where each target is written, and by which commit of the base it came in.

    Each blob and its commit are looked for once.
    """
    file = configuration.clocks.file
    repository = open_repository(root)
    policies: dict[str, ClockPolicy | None] = {}
    commits: dict[str, str | None] = {}
    if blob_now := configuration.blobs.get(file):
        policies[blob_now] = configuration.clocks
    origins = []
    with ObjectReader(repository) as reader:
        for clock in clocks:
            origin = Origin(file, blob=clock.policies.get(file))
            if origin.blob is not None:
                blob = origin.blob
                if blob not in policies:
                    policies[blob] = _read_policy(reader, blob, file)
                if blob not in commits:
                    commits[blob] = _commit_of(repository, base, blob, file)
                policy = policies[blob]
                line = find_line(policy, clock, matter) if policy is not None else None
                origin = replace(origin, line=line, commit=commits[blob])
            origins.append(origin)
    return tuple(origins)


def _read_policy(reader: ObjectReader, blob: str, file: str) -> ClockPolicy | None:
    stored = reader.read(blob)
    if stored is None or stored.data is None:
        return None
    document = read_document(stored.data, file)
    if not isinstance(document, Document) or check_document("clocks", document):
        return None
    return parse_clocks(document)[0]


def _commit_of(repository: Repository, base: str, blob: str, file: str) -> str | None:
    """Return the first commit up to the base in which a file was this blob."""
    if len(blob) != len(repository.zero):
        return None  # promises name blobs by SHA-1, this repository its objects by SHA-256
    found = repository.text(
        "log",
        "--format=%H",
        f"--find-object={blob}",
        "--diff-filter=AM",
        "--reverse",
        "--root",
        base,
        "--",
        file,
    )
    return found.split("\n", 1)[0] or None
