"""From the bytes of an answer to the JSON that it holds, whatever it is made of."""

import json
import math
from contextlib import suppress
from json import JSONDecodeError

from runner.sources.problems import Problem, Trouble
from runner.text.charset import decode

BODY_LIMIT = 5 * 1024 * 1024
"""Bytes of one page: 5 MB of brackets become 125 MB of lists; 100 reviews have 0.2 MB."""

_LONGEST_NUMBER = 40
"""Digits of a number: longer ones are kept as they are written."""


def parse_json(body: bytes, url: str) -> object:
    """Return what a body says, `Problem` when that is no JSON.

    UTF-8, UTF-16 or UTF-32, else Windows-1252, as `text.charset` tells them apart.  Of a key
    that comes twice the last one counts, as in browsers.  What no file can hold is nothing:
    `NaN` and numbers beyond all bounds.  Values one a line (NDJSON) are a list.
    """
    if not body.strip():
        return Problem(Trouble.EMPTY, url)
    if len(body) > BODY_LIMIT:
        return Problem(Trouble.TOO_LARGE, url, f"{BODY_LIMIT / 2**20:g}")
    charset = json.detect_encoding(body)
    text = (
        decode(body, "charset=utf-8")
        if charset.startswith("utf-8")
        else body.decode(charset, "replace").removeprefix("\ufeff")
    )
    try:
        return _read(text)
    except JSONDecodeError as error:
        lines = text.split("\n")
        if error.msg == "Extra data" and text[: error.pos].count("\n") == 1:
            with suppress(JSONDecodeError, RecursionError):
                return [_read(line) for line in lines if line.strip()]
        if text.lstrip().startswith(("{", "[")) and _ends_at(error, text):
            return Problem(Trouble.BROKEN_OFF, url, "JSON")
        return Problem(Trouble.NO_JSON, url, text.lstrip()[:60])
    except RecursionError:
        return Problem(Trouble.NO_JSON, url, text.lstrip()[:60])


def _read(text: str) -> object:
    return json.loads(text, parse_int=_whole, parse_float=_broken, parse_constant=_nothing)


def _ends_at(error: JSONDecodeError, text: str) -> bool:
    """Tell whether it is the end that is missing."""
    return error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _broken(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _nothing(_: str) -> None:
    return None
