"""What the verbs share that send messages: the options, and the secrets of the environment."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from runner.channels.deliver import Means
from runner.channels.webhook import Reach
from runner.cli.desk import Desk
from runner.cli.reach import loopback_option, private_option


def reach_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that say where webhooks may lead, as one argument `reach`."""

    @wraps(function)
    def with_reach(
        *positional: Any, allow_loopback: bool, allow_private: bool, **named: Any
    ) -> None:
        function(*positional, reach=Reach(allow_loopback, allow_private), **named)

    return loopback_option("webhooks")(private_option("webhooks")(with_reach))


def means_of(desk: Desk, reach: Reach) -> Means:
    """Return what sending takes: the present, the secrets of the environment, whom to name."""
    return Means(desk.now(), os.environ, desk.configuration().instance.contact, reach)
