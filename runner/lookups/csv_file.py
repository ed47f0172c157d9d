"""A CSV as a look-up, read once a run.

Compared without regard to capitals and to spaces around.  Of each row only what is told of a
customer is kept, under what is asked by.
"""

import asyncio
import csv
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from runner.cases.customer import Absent, Came, Found, Key
from runner.lookups.registers import (
    FIELDS,
    RECORDS_LIMIT,
    Ask,
    Unusable,
    Vicinity,
    open_ordinary,
)
from runner.policies.customers import CsvFile
from runner.text.language import Language

FILE_LIMIT = 64 * 2**20
"""Bytes: half a million customers of 100 bytes."""
_ASKED = ("order", "handle", "brand")
_NARROWS = ("site", "brand")
_DELIMITERS = ",;\t|"

Row = tuple[str | None, ...]
"""What `_KEPT` names, None for what has no column."""
_KEPT = (*_NARROWS, *FIELDS)
Index = Mapping[tuple[str, str], Sequence[Row]]
"""Rows by what is asked by and its value."""


async def open_file(register: CsvFile, vicinity: Vicinity) -> Ask:
    """Read the file and return how to ask it.

    Raises:
        Unusable: when it cannot be read, or lacks a column.
    """
    index = await asyncio.to_thread(_read, register, vicinity)

    async def ask(key: Key) -> Came:
        return find_rows(index, key)

    return ask


def find_rows(index: Index, key: Key) -> Found | Absent:
    """Return those of the rows under a value that are of the question's site and brand too."""
    asked = (_plain(key.site), _plain(key.brand))
    fit = [
        {
            name: cell
            for name, cell in zip(_KEPT, row, strict=True)
            if name in FIELDS and cell is not None
        }
        for row in index.get((key.by, _plain(key.value)), ())
        if all(not own or own == wanted for own, wanted in zip(row, asked, strict=False))
    ]
    return Found(key.by, tuple(fit[:RECORDS_LIMIT])) if fit else Absent()


def index_rows(lines: Iterable[str], register: CsvFile, language: Language) -> Index:
    """Return the rows of a CSV with a header line by what they can be asked by.

    Parted by whichever of comma, semicolon, tab and bar the header line holds most of.

    Raises:
        Unusable: when a column is missing, or a row cannot be read.
    """
    index: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for cells in _rows(lines, register, language):
        kept = tuple(
            cell if cell is None or name in FIELDS else _plain(cell)
            for name, cell in ((name, cells.get(name)) for name in _KEPT)
        )
        for by in _ASKED:
            if value := _plain(cells.get(by, "")):
                index[by, value].append(kept)
    return index


def _rows(
    lines: Iterable[str], register: CsvFile, language: Language
) -> Iterator[Mapping[str, str]]:
    ahead = iter(lines)
    first = next(ahead, "")
    reader = csv.reader(chain([first], ahead), delimiter=max(_DELIMITERS, key=first.count))
    try:
        header = [name.strip() for name in next(reader, [])]
        for column in register.columns.values():
            if column not in header:
                raise Unusable(
                    language.say(
                        "{path} has no column “{column}”", path=register.path, column=column
                    )
                )
        places = {name: header.index(column) for name, column in register.columns.items()}
        for cells in reader:
            yield {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
    except csv.Error:
        raise Unusable(
            language.say(
                "{path}:{line} cannot be read as CSV", path=register.path, line=reader.line_num
            )
        ) from None


def _read(register: CsvFile, vicinity: Vicinity) -> Index:
    # UTF-8 with or without a byte order mark, else what Excel writes on Windows.
    try:
        return _read_as("utf-8-sig", "strict", register, vicinity)
    except UnicodeDecodeError:
        return _read_as("cp1252", "replace", register, vicinity)


def _read_as(encoding: str, errors: str, register: CsvFile, vicinity: Vicinity) -> Index:
    path = vicinity.outside(register.path)
    descriptor = open_ordinary(path, register.path, FILE_LIMIT, vicinity.language)
    with os.fdopen(descriptor, encoding=encoding, errors=errors, newline="") as file:
        return index_rows(file, register, vicinity.language)


def _plain(text: str) -> str:
    return text.strip().casefold()
