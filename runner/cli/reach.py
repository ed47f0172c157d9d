"""How far the program may reach beside the public internet: the options of verbs."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Verb = TypeVar("Verb", bound=Callable[..., Any])


def loopback_option(what: str) -> Callable[[Verb], Verb]:
    """Return the option that lets `what` be on this very machine."""
    return click.option(
        "--allow-loopback",
        is_flag=True,
        envvar="DOLEANCES_ALLOW_LOOPBACK",
        help=f"Let {what} be on this very machine, for trials.",
    )


def private_option(what: str) -> Callable[[Verb], Verb]:
    """Return the option that lets `what` be in the company's own network."""
    return click.option(
        "--allow-private",
        is_flag=True,
        envvar="DOLEANCES_ALLOW_PRIVATE",
        help=f"Let {what} be in the company's own network.",
    )
