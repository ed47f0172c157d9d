"""`python -m runner.workflows [gitea]`: write the workflows of a desk that carries the program."""

from dataclasses import replace
from pathlib import Path

import click

from runner.errors import FaultyFiles, Severity
from runner.policies.load import load_configuration
from runner.repo.files import read_configuration_files, write_file
from runner.workflows import carried, render_workflows


@click.command()
@click.argument("actions_of", type=click.Choice(["github", "gitea"]), required=False)
def command(actions_of: str | None) -> None:
    """Write .github/workflows of the desk in the current folder.

    Says `github` or `gitea` whose actions carry files from job to job; by itself, as the forge
    in sources.yaml.
    """
    desk = Path.cwd()
    files, unread = read_configuration_files(desk)
    configuration, faults = load_configuration(files)
    wrong = tuple(fault for fault in (*unread, *faults) if fault.severity is Severity.ERROR)
    if configuration is None or wrong:
        raise FaultyFiles(wrong)
    setting = carried(configuration)
    match actions_of:
        case "github" | "gitea":
            setting = replace(setting, actions_of=actions_of)
        case _:
            pass
    for path, text in render_workflows(setting).items():
        write_file(desk / path, text.encode())
        click.echo(path)


command()
