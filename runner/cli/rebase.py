"""`doleances rebase`: a proposal that met another in the same log is put below it."""

import click

from runner.cases.rebasing import CannotRebase, plan_rebase
from runner.cli.deciding import open_local_forge
from runner.cli.desk import Desk
from runner.cli.recording import Standing, amended, propose_files, read_standing, tell
from runner.errors import FaultyFiles, Refused
from runner.forges.decide import Verdict, find_pull, reject_pull
from runner.repo.case_paths import parse_case_path
from runner.repo.git import is_ancestor
from runner.repo.objects import ObjectReader
from runner.text.document import Document
from runner.text.strict_yaml import read_document


@click.command(short_help="Put a proposal below what was accepted since in the same log.")
@click.argument("pull", metavar="N")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(desk: Desk, pull: str, as_json: bool) -> None:
    """Put pull request N below what was accepted since in the same case's log.

    Both entries stay, in order. A new pull request takes the place of the old one.

    \b
    Example:  doleances rebase 7
    """
    forge = open_local_forge(desk)
    found = find_pull(forge.snapshot().proposals, pull)
    base, head = forge.base(), str(found.head)
    if is_ancestor(forge.repository, base, head):
        desk.say(desk.language.say("Nothing to do: the base has not moved since."))
        return
    parted = forge.repository.text("merge-base", base, head)
    listed = forge.repository.text("diff", "--name-only", "-z", "--no-renames", parted, head)
    paths = [path for path in listed.split("\0") if parse_case_path(path)]
    _, case_id, change = found.branch.split("/")
    files: dict[str, bytes] = {}
    with ObjectReader(forge.repository) as reader:
        for path in paths:
            at_start = _read(reader, parted, path)
            ours = _read(reader, head, path)
            standing = read_standing(desk, str(parse_case_path(path)), propose=True)
            files[path] = _respliced(desk, at_start, ours, standing)
    own = next(path for path in paths if parse_case_path(path) == case_id)
    recorded = propose_files(desk, change, base, own, files, instead_of=found.number)
    reject_pull(forge, found, Verdict("", desk.now(), f"rebased as {recorded.branch}"))
    tell(desk, recorded, case_id, as_json=as_json)


def _respliced(desk: Desk, at_start: Document, ours: Document, standing: Standing) -> bytes:
    try:
        amendment = plan_rebase(at_start, ours, standing.document, desk.now())
    except CannotRebase as error:
        raise Refused(f"{standing.path}: {error}", "merge the two branches by hand") from None
    return amended(desk, standing, amendment)


def _read(reader: ObjectReader, commit: str, path: str) -> Document:
    stored = reader.read(f"{commit}:{path}")
    if stored is None or stored.data is None:
        raise Refused(
            f"{path} was not there when the branch began", "merge the two branches by hand"
        )
    document = read_document(stored.data, path)
    if not isinstance(document, Document):
        raise FaultyFiles(document)
    return document
