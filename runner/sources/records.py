"""Records of an export: rows of a CSV, lines of JSON, entries of YAML -> items.

A record that cannot be read is a remark with file and line; the others are read.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice

from runner.cases.instants import plausible
from runner.model import Item, Rating
from runner.sources.adapter import ITEM_LIMIT
from runner.sources.moments import parse_instant
from runner.sources.wording import has_words, web_address, without_addresses
from runner.text.document import Document
from runner.text.strict_yaml import read_document
from runner.text.wording import did_you_mean, one_of, shown
from runner.text.words import fold

DEFAULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "texte", "message", "commentaire", "comment", "avis", "review", "body",
             "content", "contenu", "corps", "verbatim", "description"),
    "title": ("title", "titre", "objet", "subject", "sujet", "intitule"),
    "author": ("author", "auteur", "pseudo", "pseudonyme", "user", "username", "utilisateur",
               "name", "nom", "client", "customer", "reviewer"),
    "posted_at": ("posted_at", "date", "published_at", "published", "publie_le", "created_at",
                  "created", "cree_le", "date_de_publication", "time", "horodatage"),
    "rating": ("rating", "note", "stars", "etoiles", "score", "nombre_d_etoiles"),
    "best": ("best", "bareme", "note_max", "best_rating"),
    "url": ("url", "lien", "link", "permalink", "permalien", "adresse"),
    "native_id": ("native_id", "id", "identifiant", "review_id", "message_id", "reference"),
    "language": ("language", "langue", "lang", "locale"),
    "thread_url": ("thread_url", "thread", "fil", "discussion"),
}  # fmt: skip
"""What the columns of exports are called, in English and French, compared without accents,
capitals and punctuation.  The first that an export has is taken."""

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 20
_RATING = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:(?:/|sur|out of|of)\s*(\d{1,3}))?\s*(?:[★*]|stars?|étoiles?)?",
    re.IGNORECASE,
)
_FULL_STARS = re.compile(r"(★+)(☆*)")


@dataclass(frozen=True, slots=True)
class Form:
    """How an export is to be understood.

    `columns` maps fields of an item to the export's own names, before `DEFAULT_COLUMNS`.
    `best` is the top of the rating's scale where the export does not tell.  `zone` is where
    times without a zone are from.  Records without a word count where they are `answers` to a
    survey.
    """

    columns: Mapping[str, str]
    best: float
    zone: tzinfo
    now: datetime
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record, where it starts, and its values as text."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Extract:
    """The items of an export, and what could not be read, as `file:line: what, what to do`."""

    items: tuple[Item, ...]
    remarks: tuple[str, ...]


def parse_csv(data: bytes, file: str, form: Form) -> Extract:
    """Return the items of a CSV with a header line.

    UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252, which is
    remarked.  Parted by comma, semicolon, tab or bar, whichever cuts the first rows into most
    columns alike; the line `sep=;` of Excel is obeyed.
    """
    text, remarks = _decode(data, file)
    rows = _rows(text)
    header, start = next(((cells, line) for line, cells in rows if cells), ([], 1))
    if not header:
        return Extract(
            (),
            (
                *remarks,
                f"{file}:1: no header line: name the columns in the first",
            ),
        )
    names = [cell.strip() for cell in header]
    records: list[Record] = []
    for line, cells in rows:
        if cells is None:
            limit = csv.field_size_limit()
            remarks.append(f"{file}:{line}: a value has more than {limit} characters: shorten it")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            remarks.append(
                f"{file}:{line}: {len(cells)} values under {len(names)} headings: "
                "put quotes around values that hold the separator"
            )
            continue
        records.append(Record(line, dict(zip(names, cells, strict=False))))
    return _extract(records, names, f"{file}:{start}", form, remarks)


def parse_json_lines(data: bytes, file: str, form: Form) -> Extract:
    """Return the items of a file with one JSON object on each line."""
    text, remarks = _decode(data, file)
    records = []
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            remarks.append(f"{file}:{line}: no JSON: each line must be one object")
            continue
        if not isinstance(value, dict):
            remarks.append(f"{file}:{line}: no object: write {{...}} on each line")
            continue
        records.append(Record(line, _as_text(value)))
    return _extract(records, _names(records), f"{file}:1", form, remarks)


def parse_yaml(data: bytes, file: str, form: Form) -> Extract:
    """Return the items of a YAML list of mappings, read strictly."""
    document = read_document(data, file)
    if not isinstance(document, Document):
        return Extract((), tuple(str(fault).replace("\n    ", "; ") for fault in document))
    if not isinstance(document.value, list):
        return Extract((), (f"{file}:1: no list: start each message with `- `",))
    records, remarks = [], []
    for index, value in enumerate(document.value):
        place = document.positions.get((index,))
        line = place.line if place else 1
        if isinstance(value, dict):
            records.append(Record(line, _as_text(value)))
        else:
            remarks.append(f"{file}:{line}: no mapping: write name: value")
    return _extract(records, _names(records), f"{file}:1", form, remarks)


def parse_rating(text: str, best: float) -> Rating | None:
    """Return the stars that `4`, `3,5`, `4/5`, `7 sur 10` or `★★★☆☆` mean, else None."""
    text = text.strip()
    if found := _FULL_STARS.fullmatch(text):
        given, best = float(len(found[1])), float(max(len(text), 5))
    elif found := _RATING.fullmatch(text):
        given = float(found[1].replace(",", "."))
        best = float(found[2]) if found[2] else best
    else:
        return None
    return Rating(given, best) if 0 <= given <= best and best > 0 else None


def _decode(data: bytes, file: str) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        remark = f"{file}:1: not UTF-8, read as Windows-1252: save it as UTF-8 if accents are wrong"
        return data.decode("cp1252", "replace"), [remark]


def _rows(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Give each row with the line that it starts on; None for one that cannot be cut."""
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE)
    delimiter, offset = (told[1], 1) if told else (_delimiter(text), 0)
    reader = csv.reader(io.StringIO(rest if told else text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1 + offset
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None


def _delimiter(text: str) -> str:
    def alike(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths: list[int] = []
        with suppress(csv.Error):
            widths.extend(len(row) for row in islice(reader, _SAMPLE_ROWS) if row)
        if not widths or widths[0] == 1:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    return max(_DELIMITERS, key=alike)


def _as_text(value: Mapping[str, object]) -> dict[str, str]:
    return {
        # JSON can spell half a character ("\ud800"), which no file can hold.
        str(name): str(held).encode("utf-8", "replace").decode()
        for name, held in value.items()
        if isinstance(held, str | int | float) and not isinstance(held, bool)
    }


def _names(records: Iterable[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record.values))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "_", fold(name)).strip("_")


def _column_names(names: Sequence[str], form: Form, where: str) -> tuple[dict[str, str], list[str]]:
    """Return which of the export's names holds each field, and remarks on those not found."""
    by_fold = {_folded(name): name for name in reversed(names)}
    chosen: dict[str, str] = {}
    remarks = []
    for field, defaults in DEFAULT_COLUMNS.items():
        if wanted := form.columns.get(field):
            if wanted in names:
                chosen[field] = wanted
            elif _folded(wanted) in by_fold:
                chosen[field] = by_fold[_folded(wanted)]
            else:
                remarks.append(
                    f"{where}: no column {shown(wanted)} for {field}: {did_you_mean(wanted, names)}"
                )
        elif found := next((by_fold[name] for name in defaults if name in by_fold), None):
            chosen[field] = found
    return chosen, remarks


def _extract(
    records: Sequence[Record], names: Sequence[str], where: str, form: Form, remarks: list[str]
) -> Extract:
    """Make items of records; `where` is the file and line of the names."""
    file, _, _ = where.rpartition(":")
    columns, lost = _column_names(names, form, where)
    remarks = [*remarks, *lost]
    if records and not form.answers and "text" not in columns and "title" not in columns:
        if not lost:
            remarks.append(
                f"{where}: no column holds the text: name it under columns.text of the source; "
                f"{one_of(names)}"
            )
        return Extract((), tuple(remarks))
    if len(records) > ITEM_LIMIT:
        remarks.append(f"{file}:{records[ITEM_LIMIT].line}: only {ITEM_LIMIT} are read: split it")
    items = []
    for record in records[:ITEM_LIMIT]:
        values = {field: record.values.get(name, "") for field, name in columns.items()}
        item, said = _item(values, form)
        remarks.extend(f"{file}:{record.line}: {remark}" for remark in said)
        if item is not None:
            items.append(item)
    return Extract(tuple(items), tuple(remarks))


def _item(values: Mapping[str, str], form: Form) -> tuple[Item | None, list[str]]:
    remarks = []
    title, text = values.get("title", ""), values.get("text", "")
    text = text if has_words(text) else title
    if not form.answers and not has_words(text):
        return None, ["no text: the row was left out"]
    best = parse_rating(values.get("best", ""), 1000)
    stars, date = values.get("rating", "").strip(), values.get("posted_at", "").strip()
    rating = parse_rating(stars, best.value if best and best.value else form.best)
    if stars and rating is None:
        remarks.append(f"{shown(stars)} is no rating out of {form.best:g}: set best of the source")
    posted_at = plausible(parse_instant(date, form.zone), form.now)
    if date and posted_at is None:
        remarks.append(f"{shown(date)} is no date that a message can have")
    return (
        Item(
            native_id=values.get("native_id", "").strip() or None,
            url=web_address(values.get("url", "")),
            author=without_addresses(values.get("author", "")),
            title=title,
            text=text,
            posted_at=posted_at,
            rating=rating,
            language=values.get("language", "").strip() or None,
            thread_url=web_address(values.get("thread_url", "")),
        ),
        remarks,
    )
