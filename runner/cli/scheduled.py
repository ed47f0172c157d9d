"""What the verbs share that a schedule starts: they rest where `sources.yaml` says so."""

import click

from runner.cli.desk import Desk

scheduled_option = click.option(
    "--scheduled", is_flag=True, help="Rest when sources.yaml says `suspend: true`, as CI should."
)


def rests(desk: Desk, *, scheduled: bool) -> bool:
    """Return whether a run that the schedule started has to rest, and say so where it has."""
    must_rest = desk.configuration().instance.suspend and scheduled
    if must_rest:
        say = desk.language.say
        desk.say(say("Suspended: sources.yaml says `suspend: true`. Nothing was done."))
    return must_rest
