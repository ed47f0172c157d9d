"""The tables of an export: what each column means.  `docs/exports.md` says the same to people.

Names and meanings are a contract: columns are added at the end, never renamed or taken away.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from runner.cases.instants import render_instant

VERSION = 1
"""The version of the tables.  It rises when a column changes its meaning or goes."""


class Kind(StrEnum):
    """What the cells of a column are.

    `text`; `whole` numbers; `real` numbers; `flag`, yes or no; `instant`, in UTC to the second;
    `day`, in the desk's zone; `data`, JSON.
    """

    TEXT = "text"
    WHOLE = "whole"
    REAL = "real"
    FLAG = "flag"
    INSTANT = "instant"
    DAY = "day"
    DATA = "data"


def render_cell(value: object) -> str:
    """Return what a cell holds as text: instants and days as files have them, the rest as JSON."""
    match value:
        case str():
            return value
        case datetime():
            return render_instant(value)
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.  `always` says that no cell is empty; `personal` ones are not for everybody.

    Personal is what names somebody of the desk or the customers, was written by them, leads to
    their page, or is free words of anybody.
    """

    name: str
    kind: Kind
    always: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, the columns that tell its rows apart, and what they refer to.

    `refers` holds columns, another table, and the columns there.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()

    def public(self) -> "Table":
        """Return the table without its personal columns."""
        return Table(
            self.name,
            tuple(column for column in self.columns if not column.personal),
            self.key,
            self.refers,
        )


def _maybe(name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind)


def _always(name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, always=True)


def _personal(name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, personal=True)


_OF_A_CASE = (("case_id",), "cases", ("case_id",))

CASES = Table(
    "cases",
    (
        _always("case_id"),
        _always("path"),
        _always("state"),
        _always("since", Kind.INSTANT),
        _always("cycle", Kind.WHOLE),
        _always("brand"),
        _maybe("language"),
        _always("category"),
        _always("urgency"),
        _maybe("topic"),
        _maybe("product"),
        _maybe("crisis"),
        _always("was_crisis", Kind.FLAG),
        _personal("owner"),
        _personal("handle"),
        _always("customer_known"),
        _personal("distributor"),
        _personal("reference"),
        _maybe("incident"),
        _always("source"),
        _always("detected_at", Kind.INSTANT),
        _always("detected_day", Kind.DAY),
        _maybe("reply_seconds", Kind.WHOLE),
        _maybe("waited_seconds", Kind.WHOLE),
        _always("asked_brand", Kind.FLAG),
        _always("contested", Kind.FLAG),
        _always("turned_round", Kind.FLAG),
        _maybe("survey"),
        _maybe("satisfaction", Kind.REAL),
        _personal("root_cause"),
        _personal("procedure"),
        _personal("asked", Kind.DATA),
        _personal("offered", Kind.DATA),
        _always("duplicates", Kind.DATA),
    ),
    ("case_id",),
)
PLACES = Table(
    "places",
    (
        _always("case_id"),
        _always("place"),
        _always("source"),
        _always("site"),
        _personal("key"),
        _personal("url"),
        _personal("thread_url"),
        _personal("native_id"),
        _personal("author"),
        _maybe("posted_at", Kind.INSTANT),
        _always("detected_at", Kind.INSTANT),
        _maybe("stars", Kind.REAL),
        _maybe("stars_best", Kind.REAL),
        _personal("title"),
        _personal("text"),
        _always("sealed", Kind.FLAG),
    ),
    ("case_id", "place"),
    (_OF_A_CASE,),
)
ENTRIES = Table(
    "entries",
    (
        _always("case_id"),
        _always("entry", Kind.WHOLE),
        _always("kind"),
        _always("at", Kind.INSTANT),
        _always("recorded_at", Kind.INSTANT),
        _personal("by"),
        _maybe("to_state"),
        _personal("text"),
        Column("facts", Kind.DATA, always=True, personal=True),
    ),
    ("case_id", "entry"),
    (_OF_A_CASE,),
)
CLOCKS = Table(
    "clocks",
    (
        _always("case_id"),
        _always("course", Kind.WHOLE),
        _always("clock"),
        _always("cycle", Kind.WHOLE),
        _always("target"),
        _maybe("calendar"),
        _always("zone"),
        _always("started_at", Kind.INSTANT),
        _always("due_at", Kind.INSTANT),
        _maybe("stopped_at", Kind.INSTANT),
        _maybe("ending"),
        _always("verdict"),
        _always("late_seconds", Kind.WHOLE),
        _always("pauses", Kind.WHOLE),
        _always("paused_seconds", Kind.WHOLE),
        _always("lacks_calendar", Kind.FLAG),
        _always("started_entry", Kind.WHOLE),
        _maybe("stopped_entry", Kind.WHOLE),
    ),
    ("case_id", "course"),
    (
        _OF_A_CASE,
        (("case_id", "started_entry"), "entries", ("case_id", "entry")),
        (("case_id", "stopped_entry"), "entries", ("case_id", "entry")),
    ),
)
FINDINGS = Table(
    "findings",
    (
        _always("finding", Kind.WHOLE),
        _always("weight"),
        _always("rule"),
        _maybe("case_id"),
        _maybe("file"),
        _maybe("line", Kind.WHOLE),
        _always("commit_id"),
        _maybe("committed_at", Kind.INSTANT),
        Column("message", Kind.TEXT, always=True, personal=True),
        _personal("hint"),
    ),
    ("finding",),
)
TABLES = (CASES, PLACES, ENTRIES, CLOCKS, FINDINGS)
"""All tables; one that refers to another comes after it."""
