"""A CSV as a look-up, read once a run.

Compared without regard to capitals and to spaces around.  Of each row only the mapped columns
are kept.
"""

import asyncio
import csv
import io
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

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
_NARROWS = ("site", "brand")
_DELIMITERS = ",;\t|"

Row = Mapping[str, str]


async def open_file(register: CsvFile, vicinity: Vicinity) -> Ask:
    """Read the file and return how to ask it.

    Raises:
        Unusable: when it cannot be read, or lacks a column.
    """
    rows = await asyncio.to_thread(_read, register, vicinity)
    by_value: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for by in ("order", "handle", "brand"):
            if value := row.get(by):
                by_value[by, value].append(row)

    async def ask(key: Key) -> Came:
        return find_rows(by_value.get((key.by, _plain(key.value)), ()), key)

    return ask


def find_rows(rows: Sequence[Row], key: Key) -> Found | Absent:
    """Return those of the rows under a value that are of the question's site and brand too."""
    asked = {"site": _plain(key.site), "brand": _plain(key.brand)}
    fit = [
        {name: row[name] for name in FIELDS if name in row}
        for row in rows
        if all(row.get(name, "") in {"", asked[name]} for name in _NARROWS)
    ]
    return Found(key.by, tuple(fit[:RECORDS_LIMIT])) if fit else Absent()


def parse_rows(data: bytes, register: CsvFile, language: Language) -> Iterator[Row]:
    """Return each row's mapped columns, by what they mean; what is asked by is made plain.

    UTF-8 with or without a byte order mark, else Windows-1252; parted by whichever of comma,
    semicolon, tab and bar the header line holds most of.

    Raises:
        Unusable: when a column is missing, or a row cannot be read.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count))
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
            row = {name: cells[at] for name, at in places.items() if at < len(cells)}
            yield {n: text if n in FIELDS else _plain(text) for n, text in row.items()}
    except csv.Error:
        raise Unusable(
            language.say(
                "{path}:{line} cannot be read as CSV", path=register.path, line=reader.line_num
            )
        ) from None


def _read(register: CsvFile, vicinity: Vicinity) -> list[Row]:
    path = vicinity.outside(register.path)
    descriptor = open_ordinary(path, register.path, FILE_LIMIT, vicinity.language)
    with os.fdopen(descriptor, "rb") as file:
        return list(parse_rows(file.read(FILE_LIMIT), register, vicinity.language))


def _plain(text: str) -> str:
    return text.strip().casefold()
