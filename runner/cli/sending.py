"""What the verbs share that send messages: the options, and the secrets of the environment."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from runner.channels.deliver import Means
from runner.channels.webhook import Reach
from runner.cli.desk import Desk

_REACH_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.option(
        "--allow-loopback",
        is_flag=True,
        envvar="DOLEANCES_ALLOW_LOOPBACK",
        help="Let webhooks be on this very machine, for trials.",
    ),
    click.option(
        "--allow-private",
        is_flag=True,
        envvar="DOLEANCES_ALLOW_PRIVATE",
        help="Let webhooks be in the company's own network.",
    ),
)


def reach_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that say where webhooks may lead, as one argument `reach`."""

    @wraps(function)
    def with_reach(
        *positional: Any, allow_loopback: bool, allow_private: bool, **named: Any
    ) -> None:
        function(*positional, reach=Reach(allow_loopback, allow_private), **named)

    decorated: Callable[..., None] = with_reach
    for option in reversed(_REACH_OPTIONS):
        decorated = option(decorated)
    return decorated


def means_of(desk: Desk, reach: Reach) -> Means:
    """Return what sending takes: the present, the secrets of the environment, whom to name."""
    return Means(desk.now(), os.environ, desk.configuration().instance.contact, reach)
