"""What an IMAP server says (RFC 3501), as values.  Pure.

Of the grammar only what reading needs: lists, texts, the structure of a mail, names of folders.
Whatever a server says ends in values or in `OddAnswer`.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

Value: TypeAlias = Union[bytes, "tuple[Value, ...]", None]
"""A text, nothing (`NIL`), or a list."""

Answer: TypeAlias = tuple[bytes, ...]
"""One answer as it came: text and literals in turn, a text first and last."""

DEPTH_LIMIT = 60
"""Lists in lists.  Each part in a part is one; mails in use have up to 10."""
VALUES_LIMIT = 20_000
"""Values of one answer.  A part has some 12, so a mail may have 1,600 of them."""

_TOKEN = re.compile(rb'[ ]*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|([^ ()"\r\n]+))')
_SECTION = re.compile(r"BODY\[([0-9.]*|HEADER|TEXT)\](?:<\d+>)?")


class OddAnswer(ValueError):
    """An answer that makes no sense."""


@dataclass(frozen=True, slots=True)
class TextSection:
    """A part of a mail that is text: where it stands, and how it is written.

    It may be inside another mail, which was forwarded or bounced.
    """

    section: str
    media_type: str
    charset: str
    encoding: str
    is_inside: bool


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """What a server says of one mail: its sections by name, such as `HEADER` or `1.2`."""

    uid: int
    structure: Value
    sections: dict[str, bytes]


def parse_values(answer: Answer) -> tuple[Value, ...]:
    """Return the values of an answer.

    Raises:
        OddAnswer: when its brackets do not match, or there are too many.
    """
    levels: list[list[Value]] = [[]]
    count = 0
    for nth, piece in enumerate(answer):
        if nth % 2:
            levels[-1].append(piece)
            continue
        at = 0
        while (found := _TOKEN.match(piece, at)) is not None:
            at = found.end()
            count += 1
            opens, closes, quoted, atom = found.groups()
            if count > VALUES_LIMIT or len(levels) > DEPTH_LIMIT:
                raise OddAnswer("too many values")
            if opens:
                levels.append([])
            elif closes:
                done = tuple(levels.pop())
                if not levels:
                    raise OddAnswer("a bracket too many")
                levels[-1].append(done)
            elif atom is not None:
                levels[-1].append(None if atom.upper() == b"NIL" else atom)
            else:
                levels[-1].append(re.sub(rb"\\(.)", rb"\1", quoted))
        if piece[at:].strip():
            raise OddAnswer("a quote is not closed")
    if len(levels) != 1:
        raise OddAnswer("a bracket is not closed")
    return tuple(levels[0])


def parse_fetch(answer: Answer) -> FetchedMail | None:
    """Return what `* 1 FETCH (UID 7 …)` says, None where it names no UID.

    Raises:
        OddAnswer: when it makes no sense.
    """
    values = parse_values(answer)
    data = values[3] if len(values) == 4 else None
    if not isinstance(data, tuple):
        raise OddAnswer("FETCH without a list")
    said = dict(zip(map(_word, data[::2]), data[1::2], strict=False))
    uid = _word(said.get("UID"))
    if not is_number(uid):
        return None
    sections = {
        found[1]: value
        for name, value in said.items()
        if (found := _SECTION.fullmatch(name)) and isinstance(value, bytes)
    }
    return FetchedMail(int(uid), said.get("BODYSTRUCTURE"), sections)


def text_sections(structure: Value) -> tuple[TextSection, ...]:
    """Return the parts of a mail that are text and no attachment, those of mails in it last."""
    found = _texts(structure, "", is_inside=False)
    return tuple(sorted(found, key=lambda part: part.is_inside))


def _texts(part: Value, section: str, *, is_inside: bool) -> Iterator[TextSection]:
    if not isinstance(part, tuple) or not part:
        return
    if isinstance(part[0], tuple):
        for nth, inner in enumerate(part, start=1):
            if not isinstance(inner, tuple):
                return
            yield from _texts(inner, f"{section}.{nth}".lstrip("."), is_inside=is_inside)
        return
    here = section or "1"
    match [_word(value) for value in part[:2]]:
        case ["TEXT", "PLAIN" | "HTML" as kind] if not _is_attached(part):
            yield TextSection(
                here,
                f"text/{kind.lower()}",
                _parameter(part[2] if len(part) > 2 else None, "CHARSET"),
                _word(part[5]).lower() if len(part) > 5 else "",
                is_inside,
            )
        case ["MESSAGE", "RFC822" | "GLOBAL"] if len(part) > 8:
            inner = part[8]
            single = isinstance(inner, tuple) and inner and not isinstance(inner[0], tuple)
            yield from _texts(inner, f"{here}.1" if single else here, is_inside=True)


def _is_attached(part: Sequence[Value]) -> bool:
    """Tell whether a text part is to be saved rather than shown; its 10th value says so."""
    disposition = part[9] if len(part) > 9 else None
    return isinstance(disposition, tuple) and _word(disposition[:1]) == "ATTACHMENT"


def _parameter(parameters: Value, name: str) -> str:
    if not isinstance(parameters, tuple):
        return ""
    words = list(zip(parameters[::2], parameters[1::2], strict=False))
    return next((_plain(value) for key, value in words if _word(key) == name), "")


def _word(value: Value) -> str:
    """Return a word in capitals; of a list its first one; empty for nothing."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    return _plain(value).upper()


def _plain(value: Value) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else ""


def is_number(text: str) -> bool:
    """Tell whether a text is a number of IMAP: 32 bits, in digits."""
    return text.isascii() and text.isdigit() and len(text) <= 10


def encode_folder(name: str) -> bytes:
    """Return a folder's name in the UTF-7 of IMAP (RFC 3501, 5.1.3), quoted."""
    said = re.sub(
        r"[^\x20-\x7e]+|&", lambda run: f"&{_packed(run[0])}-" if run[0] != "&" else "&-", name
    )
    return quoted(said)


def quoted(text: str) -> bytes:
    """Return printable ASCII as a quoted string."""
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'


def _packed(run: str) -> str:
    coded = base64.b64encode(run.encode("utf-16-be", "surrogatepass")).decode("ascii")
    return coded.rstrip("=").replace("/", ",")
