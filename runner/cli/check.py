"""`doleances check`: every file of the desk, and all that is wrong with it."""

import gc
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from runner.cli.desk import Desk
from runner.errors import ExitCode, Fault, Severity, UsageError
from runner.repo.change import begin_change
from runner.repo.files import CASES_FOLDER

if TYPE_CHECKING:
    from runner.repo.judge import Checked


@click.command(short_help="Check every file of the desk and name all faults.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--base", metavar="REV", help="Judge only what has changed since REV, and how.")
@click.option(
    "--actor",
    "actors",
    metavar="LOGIN",
    multiple=True,
    help="Who proposes or approves the change; new entries must be by one of them. With --base.",
)
@click.option(
    "--awaiting-approval",
    is_flag=True,
    help="Others may still approve: a warning, and no fault, for entries by them. With --actor.",
)
@click.option(
    "--annotations",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write what was found to this file, as a forge's CI shows it beside the lines.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as data.")
@click.pass_obj
def command(
    desk: Desk,
    *,
    paths: tuple[Path, ...],
    base: str | None,
    actors: tuple[str, ...],
    awaiting_approval: bool,
    annotations: Path | None,
    as_json: bool,
) -> int:
    """Check every file of the desk and name all faults.

    Reads sources.yaml, policies/, templates/ and cases/, or only PATHS among them.
    Ends with 1 when there is a fault; a warning alone does not count as one.

    With --base, reads what differs from where the branch left REV: each changed case
    by itself, and by what it was. Its log may only have grown, places stay, the one
    who decides must be allowed to. Logins and e-mail addresses of --actor are those
    of policies/team.yaml.

    \b
    Example:  doleances check
              doleances check policies/team.yaml cases/2026
              doleances check --base origin/main --actor ines-c
    """
    if awaiting_approval and not actors:
        raise UsageError("--awaiting-approval goes with --actor", "say who proposes the change")
    if base is None:
        if actors:
            raise UsageError("--actor judges a change", "say since when: --base REV")
        only = tuple(_inside(desk.root, path) for path in paths)
        found = _check(desk, () if "" in only else only)
    elif paths:
        raise UsageError("--base finds the files by itself", "leave the paths out")
    else:
        known = frozenset(actors) if actors else None
        found = _check_since(desk, base, known, approvals_known=not awaiting_approval)
    if annotations is not None:
        from runner.cli.annotations import render_annotations
        from runner.repo.files import write_file

        write_file(annotations, render_annotations(found.faults).encode())
    if as_json:
        desk.print_json(
            {"files": found.files, "faults": [_fault_data(fault) for fault in found.faults]}
        )
    else:
        for fault in found.faults:
            desk.say(_shown(fault))
        desk.say(_summary(found))
    faulty = any(fault.severity is Severity.ERROR for fault in found.faults)
    return ExitCode.FAULTS if faulty else ExitCode.DONE


def _check(desk: Desk, only: tuple[str, ...]) -> "Checked":
    from runner.repo.check import check_cases, check_configuration
    from runner.repo.judge import Checked

    def wanted(file: str) -> bool:
        return not only or any(file == path or file.startswith(f"{path}/") for path in only)

    files = 0
    faults: tuple[Fault, ...] = ()
    if not only or any(not _in_cases(path) for path in only):
        configuration = check_configuration(desk.root, desk.now())
        files += configuration.files
        faults += tuple(fault for fault in configuration.faults if wanted(fault.file))
    if not only or any(_in_cases(path) for path in only):
        with ExitStack() as stack:

            def begin(total: int) -> Callable[[int], None]:
                return stack.enter_context(desk.terminal.progress("Checking the cases", total)).step

            cases = check_cases(desk.root, wanted, begin)
        files += cases.files
        faults += cases.faults
    return Checked(files, _in_order(faults))


def _check_since(
    desk: Desk, base: str, actors: frozenset[str] | None, *, approvals_known: bool
) -> "Checked":
    # What is loaded and made here stays to the end: nothing to collect, and 4 ms to look for it.
    gc.disable()
    try:
        reading = begin_change(desk.root, base)
        from runner.repo.amended import check_change
        from runner.repo.judge import Checked, prepare_judge

        prepare_judge()
        change = reading()
        if desk.trial:
            change = replace(change, timed=False)
        cases = check_change(desk.root, change, desk.now(), actors, approvals_known=approvals_known)
    finally:
        gc.enable()
    if not change.configuration:
        return cases
    from runner.repo.check import check_configuration

    configuration = check_configuration(desk.root, desk.now())
    return Checked(
        cases.files + configuration.files, _in_order((*cases.faults, *configuration.faults))
    )


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults by file and place, what is missing before what that may have led to."""
    return tuple(sorted(faults, key=lambda fault: (fault.rule != "missing-file", fault)))


def _inside(root: Path, path: Path) -> str:
    """Return a path as the faults name it, relative to the repository.

    Raises:
        UsageError: when it is not there, or outside.
    """
    # The path itself may be a symbolic link, which is a fault to name and not to follow.
    full = path.parent.resolve() / path.name if path.name not in {"", ".."} else path.resolve()
    if not full.exists() and not full.is_symlink():
        raise UsageError(f"there is no {path}", "name files or folders of the desk")
    if full == root:
        return ""
    if not full.is_relative_to(root):
        raise UsageError(f"{path} is not in {root}", "name files or folders of the desk")
    return PurePath(full.relative_to(root)).as_posix()


def _in_cases(path: str) -> bool:
    return path == CASES_FOLDER or path.startswith(f"{CASES_FOLDER}/")


def _shown(fault: Fault) -> str:
    if fault.severity is Severity.ERROR:
        return str(fault)
    place = f"{fault.file}:{fault.line}:{fault.column}: "
    return f"{place}warning: {str(fault).removeprefix(place)}"


def _summary(found: "Checked") -> str:
    errors = [fault for fault in found.faults if fault.severity is Severity.ERROR]
    warnings = len(found.faults) - len(errors)
    besides = f" {_count(warnings, 'warning')}." if warnings else ""
    if not errors:
        return f"{_count(found.files, 'file')}, no fault.{besides}"
    faulty = len({fault.file for fault in errors})
    return f"{_count(len(errors), 'fault')} in {_count(faulty, 'file')}.{besides}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _fault_data(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "rule": fault.rule,
        "severity": fault.severity.value,
        "message": fault.message,
        "hint": fault.hint,
    }
