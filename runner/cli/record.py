"""The merged record that a desk keeps in git, with a working tree or without one."""

from contextlib import suppress
from dataclasses import dataclass

from runner.cli.desk import Desk
from runner.errors import Fault, FaultyFiles, Severity, UsageError
from runner.policies.instance import build_instance, check_sources
from runner.policies.values import Instance
from runner.repo.files import SOURCES, read_yaml_file
from runner.repo.git import Repository, check_top, open_repository
from runner.repo.mainline import find_tip
from runner.repo.objects import ObjectReader
from runner.schemas import check_document, check_value
from runner.text.language import Language
from runner.text.strict_yaml import Document, read_document, read_value


@dataclass(frozen=True, slots=True)
class Record:
    """A repository, the commit that its base branch is at, and the top of `sources.yaml`.

    The other files of the desk are not read: what they say today decides nothing here.
    """

    repository: Repository
    tip: str
    instance: Instance

    @property
    def language(self) -> Language:
        """What the team reads."""
        return Language(self.instance.language, self.instance.zone)


def open_record(desk: Desk) -> Record:
    """Return the record of a desk; in a bare repository `sources.yaml` is that of its `HEAD`.

    Raises:
        UsageError: when there is no desk, or it is not the top of its repository.
        FaultyFiles: when `sources.yaml` has faults.
    """
    repository = open_repository(desk.start.resolve())
    if repository.worktree is not None:
        check_top(desk.root)
        repository = open_repository(desk.root)
        data = read_yaml_file(desk.root, SOURCES)
    else:
        data = _sources_of_head(repository)
    instance = _instance(data)
    return Record(repository, find_tip(repository, instance.base), instance)


def _sources_of_head(repository: Repository) -> bytes:
    with ObjectReader(repository) as reader:
        stored = reader.read(f"HEAD:{SOURCES}")
    if stored is None or stored.data is None:
        raise UsageError(
            f"no sources.yaml in HEAD of {repository.start}",
            "go into a desk's repository, or name one with -C DIR",
        )
    return stored.data


def _instance(data: bytes | Fault) -> Instance:
    if isinstance(data, Fault):
        raise FaultyFiles((data,))
    with suppress(ValueError):
        # What is fine is read fast; what is not, once more with care, to say where.
        plain = Document(SOURCES, read_value(data), {}, {})
        if check_value("sources", plain.value) and not any(check_sources(plain)):
            return build_instance(plain)
    document = read_document(data, SOURCES)
    if not isinstance(document, Document):
        raise FaultyFiles(document)
    faults = check_document("sources", document) or tuple(check_sources(document))
    errors = tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    if errors:
        raise FaultyFiles(errors)
    return build_instance(document)
