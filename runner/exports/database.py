"""Tables as a database that plain `sqlite3` opens, with views for common questions."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from runner.exports.rows import Row
from runner.exports.sheets import Writer
from runner.exports.tables import VERSION, Kind, Table, render_cell

APPLICATION = 0x444F4C45
"""`DOLE`, at byte 68 of the file: by it an export is known."""
_MAGIC = b"SQLite format 3\x00"
_TYPES = {Kind.WHOLE: "INTEGER", Kind.FLAG: "INTEGER", Kind.REAL: "REAL"}
_INDICES = (
    ("cases", "state"),
    ("cases", "detected_day"),
    ("places", "source"),
    ("entries", "kind"),
    ("clocks", "clock, verdict"),
    ("findings", "case_id"),
)

VIEWS: Mapping[str, str] = {
    "open_cases": """
        SELECT case_id, state, urgency, category, product, detected_at, since, waited_seconds
        FROM cases
        WHERE state NOT IN ('closed', 'dismissed', 'merged', 'erased')
        ORDER BY detected_at""",
    "overdue": """
        SELECT case_id, clock, due_at, late_seconds, state, urgency
        FROM clocks JOIN cases USING (case_id)
        WHERE verdict = 'overdue'
        ORDER BY late_seconds DESC""",
    "first_replies_by_month": """
        SELECT substr(detected_day, 1, 7) AS month,
               count(*) AS cases,
               count(reply_seconds) AS replied,
               sum(reply_seconds <= 3600) AS within_an_hour,
               sum(reply_seconds <= 86400) AS within_a_day,
               sum(reply_seconds <= 259200) AS within_three_days,
               CAST(avg(reply_seconds) AS INTEGER) AS mean_seconds
        FROM cases
        WHERE state NOT IN ('dismissed', 'merged')
        GROUP BY month
        ORDER BY month""",
    "promises_by_month": """
        SELECT clock,
               substr(started_at, 1, 7) AS month,
               sum(verdict = 'met') AS met,
               sum(verdict = 'missed') AS missed,
               sum(verdict = 'overdue') AS overdue,
               sum(verdict IN ('running', 'due-soon', 'paused')) AS running,
               sum(verdict = 'cancelled') AS cancelled
        FROM clocks JOIN cases USING (case_id)
        WHERE state NOT IN ('dismissed', 'merged')
        GROUP BY clock, month
        ORDER BY clock, month""",
    "autonomy_by_month": """
        SELECT substr(detected_day, 1, 7) AS month,
               count(*) AS settled,
               sum(asked_brand = 0) AS alone
        FROM cases
        WHERE state IN ('resolved', 'closed', 'erased') AND was_crisis = 0
        GROUP BY month
        ORDER BY month""",
    "cases_by_source": """
        SELECT source, category, count(*) AS cases, sum(contested) AS contested,
               sum(cycle > 1) AS reopened
        FROM cases
        WHERE state NOT IN ('dismissed', 'merged')
        GROUP BY source, category
        ORDER BY cases DESC""",
}
"""Views by their names; they use no personal column, so that public exports have them too."""


def is_database(file: Path) -> bool:
    """Return whether a file is a database that an export made."""
    with file.open("rb") as opened:
        head = opened.read(72)
    return head.startswith(_MAGIC) and head[68:72] == APPLICATION.to_bytes(4)


@contextmanager
def database(file: Path, tables: Sequence[Table], about: Mapping[str, str]) -> Iterator[Writer]:
    """Write a database with a table for each; `about` goes to a table of its own."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        # Nobody else opens it before it is complete, and half a file is thrown away.
        for setting in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "foreign_keys = OFF",
            f"application_id = {APPLICATION}",
            f"user_version = {VERSION}",
        ):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        for statement in schema(tables):
            connection.execute(statement)
        connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())
        yield _Database(connection, tables)
        for table, columns in _INDICES:
            name = "_".join((table, *columns.split(", ")))
            connection.execute(f"CREATE INDEX {name} ON {table} ({columns})")
        for name, query in VIEWS.items():
            connection.execute(f"CREATE VIEW {name} AS{query}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")


def schema(tables: Sequence[Table]) -> Iterator[str]:
    """Yield the statements that create the tables."""
    yield "CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)"
    for table in tables:
        lines = [
            f'"{column.name}" {_TYPES.get(column.kind, "TEXT")}'
            + (" NOT NULL" if column.always else "")
            for column in table.columns
        ]
        lines.append(f"PRIMARY KEY ({', '.join(table.key)})")
        lines += (
            f"FOREIGN KEY ({', '.join(own)}) REFERENCES {other} ({', '.join(there)})"
            for own, other, there in table.refers
        )
        yield f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(lines) + "\n)"


class _Database:
    def __init__(self, connection: sqlite3.Connection, tables: Sequence[Table]) -> None:
        self._connection = connection
        self._inserts = {
            table.name: f"INSERT INTO {table.name} "  # noqa: S608 - our own names
            f"VALUES ({', '.join('?' * len(table.columns))})"
            for table in tables
        }

    def write(self, table: Table, row: Row) -> None:
        self._connection.execute(self._inserts[table.name], tuple(map(_cell, row)))


def _cell(value: object) -> str | int | float | None:
    match value:
        case None | int() | float():
            return value
        case _:
            return render_cell(value)
