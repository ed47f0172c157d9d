"""`doleances test`: the stories that policy authors tell, and what the policies make of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.desk import Desk
from runner.errors import ExitCode, Fault, FaultyFiles

if TYPE_CHECKING:
    from runner.planning.expectations import Failure
    from runner.policies.policy_tests import PolicyTests


@click.command(short_help="Tell the stories of policies/tests/, and compare.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what came out as data.")
@click.pass_obj
def command(desk: Desk, paths: tuple[Path, ...], as_json: bool) -> int:
    """Tell the stories of policies/tests/, and compare.

    A story says what happened and what must come of it: when a promise is due, how it
    stands, what the triage rules make of a message. `doleances schema policy-test` is the
    form. PATHS are other files or folders with stories; they need not belong to the desk.
    Ends with 1 when a story comes out otherwise.

    \b
    Example:  doleances test
              doleances test stories/deadlines.yaml
    """
    from runner.planning.expectations import run_policy_tests

    configuration = desk.configuration()
    told = tuple(_read(paths)) if paths else configuration.tests
    stories = sum(len(tests.stories) for tests in told)
    failures: list[Failure] = []
    with desk.terminal.progress(desk.language.say("Telling the stories"), stories) as progress:
        for tests in told:
            failures += run_policy_tests(tests, configuration)
            progress.step(len(tests.stories))
    if as_json:
        desk.print_json({"stories": stories, "failures": [_data(each) for each in failures]})
    else:
        for failure in failures:
            _print(desk, failure)
        desk.say(_summary(desk, stories, failures))
    return ExitCode.FAULTS if failures else ExitCode.DONE


def _read(paths: tuple[Path, ...]) -> Iterator["PolicyTests"]:
    """Yield the stories of files and folders.

    Raises:
        FaultyFiles: with the faults of all of them.
    """
    from runner.policies.policy_tests import parse_policy_tests
    from runner.repo.files import list_yaml_files, read_yaml_file
    from runner.schemas import check_document
    from runner.text.strict_yaml import Document, read_document

    faults: list[Fault] = []
    files: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            listed, odd = list_yaml_files(path, ".")
            files += ((path, name) for name in listed)
            faults += odd
        else:
            files.append((path.parent, path.name))
    for folder, name in files:
        data = read_yaml_file(folder, name)
        shown = (folder / name).as_posix()
        document = data if isinstance(data, Fault) else read_document(data, shown)
        if not isinstance(document, Document):
            faults += (document,) if isinstance(document, Fault) else document
            continue
        if shape := check_document("policy-test", document):
            faults += shape
            continue
        tests, found = parse_policy_tests(document)
        faults += found
        if tests is not None:
            yield tests
    if faults:
        raise FaultyFiles(tuple(faults))


def _print(desk: Desk, failure: "Failure") -> None:
    of = f"{failure.subject}, " if failure.subject else ""
    desk.say(f"{failure.file}:{failure.line}:{failure.column}: {failure.story}")
    if failure.aspect:
        desk.say(f"    {of}{failure.aspect}")
        desk.say(f"      expected  {failure.expected}")
        desk.say(f"      got       {failure.got}")
    else:
        desk.say(f"    {failure.got}")
    for number, line in enumerate(failure.why):
        desk.say(f"      {'why       ' if number == 0 else '          '}{line}")


def _summary(desk: Desk, stories: int, failures: "list[Failure]") -> str:
    say_n = desk.language.say_n
    if not failures:
        return say_n(
            "{count} story, all as expected.", "{count} stories, all as expected.", stories
        )
    return say_n(
        "{count} story, {wrong} not as expected.",
        "{count} stories, {wrong} not as expected.",
        stories,
        wrong=len({(each.file, each.story) for each in failures}),
    )


def _data(failure: "Failure") -> dict[str, object]:
    return {
        "file": failure.file,
        "line": failure.line,
        "column": failure.column,
        "story": failure.story,
        "clock": failure.subject or None,
        "aspect": failure.aspect or None,
        "expected": failure.expected or None,
        "got": failure.got,
        "why": list(failure.why),
    }
