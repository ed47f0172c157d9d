"""Tables as CSV, as lines of JSON, as a workbook.  A customer's words are never a formula.

CSV is for spreadsheets, which take cells that begin with certain signs for formulas and run
them.  An apostrophe before the sign stops that, so that CSV is not always what was written;
the other formats are.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol
from zipfile import BadZipFile, ZipFile

from runner.errors import UsageError
from runner.exports.rows import Row
from runner.exports.tables import VERSION, Column, Kind, Table, render_cell

if TYPE_CHECKING:
    from types import ModuleType

_FORMULA = re.compile(
    r"""\A(?=[\t\r])|(?:\A|(?<=[;\t\r\n]))(?=(?:[^\S\t\r\n]|["'])*[=+\-@＝＋－＠])"""
)
"""Signs that begin a formula, also where a spreadsheet of other habits begins a cell: after a
semicolon, which parts cells in French, after a tab, and in a new line."""
_ROWS = 1_048_576
_CELL = 32_767
"""The most rows of a sheet and characters of a cell (Excel's limits)."""
_FIRST_DAY = date(1900, 3, 1)
"""Spreadsheets take 1900 for a leap year; days before it are text."""
_MARK = "doleances"
"""The property of a workbook by which an export is known."""


class Writer(Protocol):
    """Takes rows, those of a table that is referred to first."""

    def write(self, table: Table, row: Row) -> None:
        """Add a row; its cells are those of the table's columns."""


@contextmanager
def csv_files(folder: Path, tables: Sequence[Table]) -> Iterator[Writer]:
    """Write a file for each table, as RFC 4180 says, in UTF-8 with a byte order mark.

    Without the mark Excel takes UTF-8 for the code page of its machine.
    """
    with ExitStack() as stack:
        yield _CsvFiles(
            {
                table.name: stack.enter_context(
                    (folder / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="")
                )
                for table in tables
            },
            tables,
        )


class _CsvFiles:
    def __init__(self, files: dict[str, IO[str]], tables: Sequence[Table]) -> None:
        self._writers = {name: csv.writer(file) for name, file in files.items()}
        for table in tables:
            self._writers[table.name].writerow([column.name for column in table.columns])

    def write(self, table: Table, row: Row) -> None:
        self._writers[table.name].writerow(map(_csv_cell, row))


def _csv_cell(value: object) -> object:
    match value:
        case None | int() | float():
            return int(value) if isinstance(value, bool) else value
        case _:
            return defuse(render_cell(value))


def defuse(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, whatever parts its cells."""
    return _FORMULA.sub("'", text)


@contextmanager
def json_lines(folder: Path, tables: Sequence[Table]) -> Iterator[Writer]:
    """Write a file for each table, an object in each line, in ASCII."""
    with ExitStack() as stack:
        yield _JsonLines(
            {
                table.name: stack.enter_context(
                    (folder / f"{table.name}.jsonl").open("w", encoding="ascii", newline="\n")
                )
                for table in tables
            }
        )


class _JsonLines:
    def __init__(self, files: dict[str, IO[str]]) -> None:
        self._files = files

    def write(self, table: Table, row: Row) -> None:
        names = (column.name for column in table.columns)
        record = dict(zip(names, map(_json_value, row), strict=True))
        self._files[table.name].write(json.dumps(record, separators=(",", ":")) + "\n")


def _json_value(value: object) -> object:
    return render_cell(value) if isinstance(value, date) else value


def is_workbook(file: Path) -> bool:
    """Return whether a file is a workbook that an export made."""
    with (
        suppress(BadZipFile, KeyError, OSError),
        ZipFile(file) as opened,
        opened.open("docProps/custom.xml") as properties,
    ):
        return f'name="{_MARK}"'.encode() in properties.read(10_000)
    return False


def check_workbooks() -> "ModuleType":
    """Return the library that writes workbooks.

    Raises:
        UsageError: when it is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError(
            "workbooks are written by the library XlsxWriter, which is not installed",
            f"{sys.executable} -m pip install 'xlsxwriter>=3.1'",
        ) from None
    module: ModuleType = xlsxwriter
    return module


@contextmanager
def workbook(file: Path, tables: Sequence[Table]) -> Iterator[Writer]:
    """Write a workbook with a sheet for each table; rows go to the disk as they come.

    Raises:
        UsageError: when a table has more rows than a sheet.
    """
    library = check_workbooks()
    options = {"constant_memory": True, "tmpdir": str(file.parent)}
    book = library.Workbook(str(file), options)
    book.set_custom_property(_MARK, VERSION)
    # What the program was not told cannot differ: equal exports are equal files.
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - it knows no zones
    writer = _Workbook(book, tables)
    try:
        yield writer
    except BaseException:
        writer.abandon()
        raise
    book.close()


class _Workbook:
    def __init__(self, book: Any, tables: Sequence[Table]) -> None:
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        heading = book.add_format({"bold": True})
        self._sheets: dict[str, Any] = {}
        self._next = {table.name: 1 for table in tables}
        for table in tables:
            sheet = self._sheets[table.name] = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            for number, column in enumerate(table.columns):
                sheet.set_column(number, number, _width(column))
                sheet.write_string(0, number, column.name, heading)

    def write(self, table: Table, row: Row) -> None:
        number = self._next[table.name]
        if number >= _ROWS:
            raise UsageError(
                f"{table.name} has more than the {_ROWS - 1:,} rows that a sheet can hold",
                "take --format sqlite, or begin later with --since",
            )
        self._next[table.name] = number + 1
        sheet = self._sheets[table.name]
        for at, value in enumerate(row):
            self._cell(sheet, number, at, value)

    def _cell(self, sheet: Any, row: int, column: int, value: object) -> None:
        match value:
            case None:
                return
            case bool():
                sheet.write_boolean(row, column, value)
            case int() | float():
                sheet.write_number(row, column, value)
            case datetime() if value.date() >= _FIRST_DAY:
                sheet.write_datetime(row, column, value.replace(tzinfo=None), self._instant)
            case date() if not isinstance(value, datetime) and value >= _FIRST_DAY:
                sheet.write_datetime(row, column, value, self._day)
            case _:
                # A string by type, whatever it begins with; no address becomes a link.
                sheet.write_string(row, column, _cut(render_cell(value)))

    def abandon(self) -> None:
        """Let go of the files of the sheets."""
        for sheet in self._sheets.values():
            sheet.row_data_fh.close()
            Path(sheet.row_data_filename).unlink(missing_ok=True)


def _width(column: Column) -> int:
    return {Kind.INSTANT: 19, Kind.DAY: 11, Kind.FLAG: 8, Kind.WHOLE: 9}.get(column.kind, 16)


def _cut(text: str) -> str:
    # Excel counts in units of UTF-16, of which a character beyond U+FFFF has two.
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _CELL:
        return text
    return units[: 2 * (_CELL - 1)].decode("utf-16-le", "ignore") + "…"
