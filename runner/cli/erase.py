"""`doleances erase`: a customer's words and names go, what happened stays."""

from collections.abc import Iterator

import click

from runner.cases.case import Case
from runner.cases.erasure import KEPT, erase_case
from runner.cases.file import render_case
from runner.cases.instants import render_instant
from runner.cases.lifecycle import KINDS
from runner.cli.case_ids import case_argument
from runner.cli.daily import Manner, manner_options, refuse_illegal, said_so
from runner.cli.desk import Desk
from runner.cli.recording import (
    Standing,
    judged,
    keep,
    parse_moment,
    read_actor,
    read_standing,
    tell,
)
from runner.model import State
from runner.planning.next_entry import Step, plan_step
from runner.repo.case_files import read_case
from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER, read_yaml_file
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader


@click.command(short_help="Take a customer's names and words out of a case.")
@case_argument
@click.option(
    "--ground",
    type=click.Choice(KINDS["erased"].choices["ground"]),
    required=True,
    help="Why it has to be.",
)
@click.option("--requested", metavar="INSTANT", help="When the customer asked for it.")
@click.option("--receipt", help="Where the request is filed.")
@manner_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    case_id: str,
    ground: str,
    requested: str | None,
    receipt: str | None,
    how: Manner,
) -> None:
    """Take a customer's names and words out of a case that is closed, dismissed or merged.

    The file becomes a tombstone. Git keeps what earlier commits hold: this says which, and
    names the cases that hold the same messages since cases were merged.

    \b
    Example:  doleances erase c-7f3k2m9x4q5t --ground request --requested 2026-11-20T10:00
    """
    at, by = parse_moment(desk, how.at), read_actor(desk, how.by)
    standing = read_standing(desk, case_id, propose=how.propose)
    refuse_illegal(desk, "erased", standing)
    requested_at = render_instant(parse_moment(desk, requested)) if requested else None
    facts = {"ground": ground, "kept": list(KEPT), "requested_at": requested_at, "receipt": receipt}
    step = Step("erased", facts, by.id, at, desk.now())
    (entry,) = plan_step(standing.case, step, desk.configuration()).entries
    data = render_case(erase_case(standing.case, entry)).encode()
    files = {standing.path: judged(desk, standing, data)}
    recorded = keep(desk, standing, "erase", files, propose=how.propose)
    tell(
        desk, recorded, said_so(desk.language, "erased", standing.case), as_json=how.as_json, by=by
    )
    _tell_what_other_cases_hold(desk, standing)
    _tell_what_git_holds(desk, standing.path)


def _tell_what_other_cases_hold(desk: Desk, standing: Standing) -> None:
    """Name the cases that hold the same messages, as merging copies them, and how to erase them."""
    say = desk.language.say
    for path, other in _copies(desk, standing):
        if other is None:
            step = say("It cannot be read: `doleances check` says why.")
        elif KINDS["erased"].moves.get(other.state):
            step = say(
                "Erase it too: {command}", command=f"doleances erase {other.id} --ground ..."
            )
        else:
            step = say(
                "It can be erased once it is closed: {command}",
                command=f"doleances erase {other.id} --ground ...",
            )
        held = say("{path} holds messages of this case too, with words and names.", path=path)
        desk.terminal.warn(f"{held} {step}")


def _copies(desk: Desk, standing: Standing) -> Iterator[tuple[str, Case | None]]:
    """Yield the other cases that hold a message of this one and have not been erased.

    None stands for one that names such a message and cannot be read.
    """
    keys = {place.key for place in standing.case.places}
    repository = open_repository(desk.root)
    patterns = (word for key in sorted(keys) for word in ("-e", key))
    # Git looks through the tree that the case was read from, the files as they lie without one.
    tree = [] if standing.base is None else [standing.base]
    _, listed = repository.run_status(
        "grep", "-l", "-z", "-F", *patterns, *tree, "--", CASES_FOLDER, accept=(0, 1)
    )
    with ObjectReader(repository) as reader:
        for name in listed.decode("utf-8", "replace").split("\0"):
            path = name.removeprefix(f"{standing.base}:")
            if parse_case_path(path) in {None, standing.case.id}:
                continue
            stored = None if standing.base is None else reader.read(name)
            data = stored.data if stored is not None else read_yaml_file(desk.root, path)
            other = read_case(data, path) if isinstance(data, bytes) else None
            if not isinstance(other, Case):
                yield path, None
            elif other.state is not State.ERASED and any(p.key in keys for p in other.places):
                yield path, other


def _tell_what_git_holds(desk: Desk, path: str) -> None:
    listed = open_repository(desk.root).text("log", "--format=%h", "HEAD", "--", path)
    commits = listed.split()
    language = desk.language
    desk.terminal.note(
        language.say_n(
            "Git still holds what was written: {count} commit changed this file ({commits}), and "
            "every clone has it. Only rewriting the history of all of them takes it away.",
            "Git still holds what was written: {count} commits changed this file ({commits}), and "
            "every clone has it. Only rewriting the history of all of them takes it away.",
            len(commits),
            commits=", ".join(commits[:5]) + ("…" if len(commits) > 5 else ""),
        )
    )
