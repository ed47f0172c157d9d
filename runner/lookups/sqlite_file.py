"""A table or view of an SQLite file as a look-up, opened for reading only.

The query is made of names that the file itself lists; what is asked by is bound, never pasted.
Compared without regard to capitals (ASCII) and to spaces around the value that is asked by.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from runner.cases.customer import Absent, Came, Found, Key
from runner.lookups.registers import (
    FIELDS,
    RECORDS_LIMIT,
    Ask,
    Unusable,
    Vicinity,
    open_ordinary,
)
from runner.policies.customers import SqliteFile
from runner.text.language import Language

FILE_LIMIT = 64 * 2**30
"""Bytes.  The file is not read whole; an index on the column keeps questions cheap."""
_TEXT_LIMIT = 2**20
"""Bytes of one value that SQLite may hand over."""
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock, some ten a millisecond."""


async def open_file(register: SqliteFile, seconds: float, vicinity: Vicinity) -> Ask:
    """Look at the file and return how to ask it.

    Raises:
        Unusable: when it is no such file, or lacks the table or a column.
    """
    path = vicinity.outside(register.path)
    os.close(open_ordinary(path, register.path, FILE_LIMIT, vicinity.language))
    base = _Base(path, register, seconds, vicinity.language)
    await asyncio.to_thread(base.check_columns)

    async def ask(key: Key) -> Came:
        return await asyncio.to_thread(base.find, key)

    return ask


def render_query(register: SqliteFile, by: str) -> tuple[str, tuple[str, ...]]:
    """Return the query by a column, and the names of the values to bind to it."""
    columns = register.columns
    wanted = [columns[name] for name in FIELDS if name in columns]
    narrowed = [name for name in ("site", "brand") if name in columns and name != by]
    clauses = [f"{_quoted(columns[by])} = ? COLLATE NOCASE"]
    clauses += [f"coalesce({_quoted(columns[n])}, '') IN ('', ?)" for n in narrowed]
    query = (
        f"SELECT {', '.join(map(_quoted, wanted)) or '1'} FROM {_quoted(register.table)} "  # noqa: S608 - names that the file lists, quoted
        f"WHERE {' AND '.join(clauses)} LIMIT {RECORDS_LIMIT}"
    )
    return query, (by, *narrowed)


@dataclass(frozen=True, slots=True)
class _Base:
    path: Path
    register: SqliteFile
    seconds: float
    language: Language

    def find(self, key: Key) -> Found | Absent:
        columns = self.register.columns
        query, names = render_query(self.register, key.by)
        values = {key.by: key.value, "site": key.site, "brand": key.brand}
        told = [name for name in FIELDS if name in columns]
        rows = self.rows(query, [values[name] for name in names])
        records = tuple(dict(zip(told, row, strict=False)) for row in rows)
        return Found(key.by, records) if records else Absent()

    def check_columns(self) -> None:
        # SQLite takes a quoted name that no column has for a text, so each is looked up first.
        rows = self.rows("SELECT name FROM pragma_table_info(?)", [self.register.table])
        known = {str(row[0]) for row in rows}
        say = self.language.say
        path, table = self.register.path, self.register.table
        if not known:
            raise Unusable(say("{path} has no table “{table}”", path=path, table=table))
        for column in self.register.columns.values():
            if column not in known:
                raise Unusable(say("{path} has no column “{column}”", path=path, column=column))

    def rows(self, query: str, values: Sequence[str]) -> list[tuple[object, ...]]:
        say = self.language.say
        deadline = time.monotonic() + self.seconds
        address = f"{self.path.as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=self.seconds)) as base:
                base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _TEXT_LIMIT)
                base.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
                base.execute("PRAGMA trusted_schema = OFF")
                return base.execute(query, values).fetchall()
        except sqlite3.Error as error:
            if time.monotonic() > deadline:
                seconds = f"{self.seconds:g}"
                raise Unusable(say("no answer within {seconds} s", seconds=seconds)) from None
            # The name of the error, not its message, which may quote what is in the file.
            why = getattr(error, "sqlite_errorname", type(error).__name__)
            path = self.register.path
            raise Unusable(say("{path} cannot be read: {why}", path=path, why=why)) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
