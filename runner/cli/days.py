"""Days as people type them."""

from datetime import date, datetime, time
from typing import Any

import click


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day such as `2026-11-21`: its first instant, without a zone."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the day, or refuse what is none."""
        try:
            return datetime.combine(date.fromisoformat(value), time())
        except ValueError:
            self.fail(f"{value!r} is no day: such as 2026-11-21", param, ctx)
