"""YAML as the desk reads it: strict, bounded, nothing guessed.

One document of mappings, sequences and scalars.  No aliases, anchors, tags,
merge keys or duplicate keys; keys are text.  A plain scalar is `true`/`false`,
null (`null` or nothing), an integer (`0`, `-7`, at most 18 digits), a decimal
(`1.5`), and otherwise text: `no`, `012`, `12:30`, `+33612345678`, `1e3`,
`0x1F`, `.inf`, `2026-01-01` stay as they are written.

There are two readers.  `read_value` hands what is plainly fine to ryaml; a
pre-check keeps from it what it would accept or guess (tags, anchors, signs,
exponents).  `read_document` walks libyaml's events, knows where everything
stands and has the last word.  Whatever `read_value` returns, `read_document`
returns too: a property test says so.
"""

import functools
from typing import Any

from runner.errors import Fault
from runner.text.document import Document, Path, Position
from runner.text.yaml_composer import DEPTH_LIMIT, FORBIDDEN, VALUES_LIMIT, Composer

__all__ = [
    "BYTES_LIMIT",
    "Document",
    "Path",
    "Position",
    "read_document",
    "read_shapeless",
    "read_value",
    "too_large",
]

BYTES_LIMIT = 1 << 20
"""Bytes of one file.  Cases weigh 2.5 KB, policies some tens; 1 MiB is a mistake or an attack."""


def read_document(data: bytes, file: str) -> Document | tuple[Fault, ...]:
    """Read carefully, with positions: the document, or every fault that can be told."""
    if len(data) > BYTES_LIMIT:
        return (too_large(file, len(data)),)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return (_undecodable(data, error, file),)
    composer = Composer(file)
    composer.check_characters(text)
    # What stands for a forbidden character lets the rest be read for more faults; only a lone
    # carriage return cannot be replaced, since it may have been meant to end a line.
    document = composer.compose(FORBIDDEN.sub(lambda c: "\n" if c.group() == "\r" else "_", text))
    if not composer.faults:
        return document
    if (line := _line_of_conflict(text)) is not None:
        return (_conflicting(file, line),)
    return tuple(sorted(composer.faults))


def read_value(data: bytes) -> object:
    """Read fast, without positions.

    Raises:
        ValueError: where the bytes are anything but plainly fine; `read_document`
            then says what is wrong, or reads what only looked odd.
    """
    value = read_shapeless(data)
    _check_shape(value, 1, [VALUES_LIMIT])
    return value


def read_shapeless(data: bytes) -> object:
    """Read fast what a schema will give its shape: keys that are text, and so many levels.

    Raises:
        ValueError: where the bytes are anything but plainly fine.
    """
    if len(data) > BYTES_LIMIT:
        raise ValueError("too large")
    if data.count(b"[") + data.count(b"{") > _BRACKETS_LIMIT:
        raise ValueError("many brackets")
    if _fast_reader_doubts().search(data):
        raise ValueError("not plainly fine")
    value: object = _ryaml().loads(data.decode())
    return value


def _line_of_conflict(text: str) -> int | None:
    """Return the line on which git begins to tell two changes of the same lines apart."""
    lines = text.splitlines()
    begun = (at for at, line in enumerate(lines, 1) if line.startswith("<<<<<<< "))
    return next(begun, None) if any(line.startswith(">>>>>>> ") for line in lines) else None


def _conflicting(file: str, line: int) -> Fault:
    return Fault(
        file,
        line,
        1,
        "merge-conflict",
        "git left a conflict here: two changes of the same lines",
        "keep both sides, in a log the entry first that was recorded first, and remove git's "
        "marks; of a proposal `doleances rebase` does it",
    )


def too_large(file: str, size: int) -> Fault:
    """Return the fault of a file of `size` bytes, more than `BYTES_LIMIT`."""
    return Fault(
        file,
        1,
        1,
        "yaml-too-large",
        f"the file has {size} bytes; at most {BYTES_LIMIT} are read",
        "split it, or remove what does not belong there",
    )


_BRACKETS_LIMIT = 1000
"""Opening brackets that ryaml is given.  Its time grows with the square of those left open:
3 ms for a thousand, 27 s for the `{a: ` of 100,000."""

# Where a scalar may start, for the fast reader's pre-check: too often does no harm.
_START = r"(?:^|[\[{,:?]|- )[ ]*"
_END = r"[ ]*(?:[\r\n,\]}:#]|\z)"
_DOUBTS = "|".join(
    (
        # Properties and aliases, in block and flow, but not the ` !!` of an angry customer; `? `
        # and `%` because hardly anyone needs them.
        _START + r"(?:!(?:[^!]|!\S|\z)|[&*][0-9A-Za-z_-]|\? )",
        r"^%",
        # Plain scalars that ryaml resolves and our rule does not, or the other way round.
        _START
        + r"(?:"
        + "|".join(
            (
                r"[+-]?0[box][0-9A-Fa-f]+",
                r"\+[0-9.]+(?:[eE][+-]?[0-9]+)?",
                r"-0",
                r"-?[0-9]*\.?[0-9]*[eE][+-]?[0-9]+",
                r"-?0[0-9]+\.[0-9]*",
                r"-?[0-9]+\.",
                r"-?\.[0-9]+",
                r"-?[0-9]{19,}(?:\.[0-9]*)?",
                r"-?[0-9]+\.[0-9]{19,}",
                r"[+-]?\.(?:inf|Inf|INF|nan|NaN|NAN)",
                r"~|Null|NULL|True|TRUE|False|FALSE|<<",
            )
        )
        + r")"
        + _END,
        # Tabs, and carriage returns that end no line.
        r"\t|\r[^\n]|\r\z",
        # Escapes that could make a forbidden character: nothing is one before a double quote.
        r"(?s:\".*)\\[0abefvxuUNLPr]",
        # NEL, line and paragraph separators, bidi controls, the byte order mark, noncharacters.
        r"\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]",
    )
)


@functools.cache
def _fast_reader_doubts() -> Any:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    return re2.compile(f"(?m:{_DOUBTS})".encode(), options)


@functools.cache
def _ryaml() -> Any:
    import ryaml

    return ryaml


def _check_shape(value: object, depth: int, left: list[int]) -> None:
    """Raise ValueError for keys that are no text, and beyond the limits of depth and number."""
    # Written for speed: this runs for every value of ten thousand cases.
    if type(value) is dict:
        left[0] -= 2 * len(value)
        for key, child in value.items():
            if type(key) is not str:
                raise ValueError("a key is not text")
            if type(child) is dict or type(child) is list:
                _check_shape(child, depth + 1, left)
    elif type(value) is list:
        left[0] -= len(value)
        for child in value:
            if type(child) is dict or type(child) is list:
                _check_shape(child, depth + 1, left)
    else:
        return
    if depth > DEPTH_LIMIT or left[0] < 0:
        raise ValueError("too deep or too many values")


def _undecodable(data: bytes, error: UnicodeDecodeError, file: str) -> Fault:
    before = data[: error.start]
    line_start = before.rfind(b"\n") + 1
    return Fault(
        file,
        before.count(b"\n") + 1,
        len(before[line_start:].decode()) + 1,
        "yaml-encoding",
        f"the byte 0x{data[error.start]:02x} is not UTF-8",
        "save the file as UTF-8",
    )
