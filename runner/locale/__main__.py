"""`python -m runner.locale`: bring the catalogues up to date with the code."""

import click

from runner.locale import (
    catalogue_file,
    check_catalogue,
    extract_messages,
    read_catalogue,
    render_catalogue,
    update_catalogue,
)
from runner.text.language import LANGUAGES


@click.command()
def command() -> None:
    """Write every message of the code into every catalogue, and drop those that are gone."""
    messages = extract_messages()
    for language in LANGUAGES[1:]:
        path = catalogue_file(language)
        updated = update_catalogue(read_catalogue(path), messages)
        path.write_bytes(render_catalogue(updated))
        click.echo(f"{language}: {len(updated)} messages")
        for finding in check_catalogue(updated, messages):
            click.echo(f"    {finding}")


command()
