"""What reading networks and forums has in common.  Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from runner.policies.recipes import Auth
from runner.sources.adapter import Unknown
from runner.sources.json_items import plain_text
from runner.sources.problems import Problem, Trouble

_HOST = re.compile(r"(?=.{1,200}$)[a-z0-9]+(?:[.-]+[a-z0-9]+)*")
_CLOSED = ("401", "403", "422")
"""How servers answer whom they do not know; 422 is Mastodon's."""


def value_in(value: object, *path: str) -> object:
    """Return what stands in objects within objects, None where there is nothing."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def text_in(value: object, *path: str) -> str:
    """Return the text or number that stands there, empty where there is none."""
    return plain_text(value_in(value, *path)).strip()


def list_in(value: object, *path: str) -> Sequence[object]:
    """Return the list that stands there, empty where there is none."""
    found = value_in(value, *path)
    return found if isinstance(found, list) else ()


def check_shape(entries: Sequence[object], url: str, *fields: Sequence[str]) -> Problem | None:
    """Return what is wrong with entries of which none has one of its fields, under any name.

    An API that gives its messages another shape would seem to show none.  Fields may be empty:
    a picture is posted without words.
    """
    for names in fields:
        if entries and all(value_in(entry, name) is None for entry in entries for name in names):
            return Problem(Trouble.NOTHING_MAPPED, url, ", ".join(names))
    return None


def address_parts(address: str | None) -> SplitResult:
    """Return the parts of an address, all empty where it has none."""
    try:
        return urlsplit(address or "")
    except ValueError:
        return urlsplit("")


def host_of(url: str) -> str | None:
    """Return the host of an address on the web, None where it names none that a site may have."""
    parts = address_parts(url)
    host = parts.hostname or ""
    return host if parts.scheme in ("http", "https") and _HOST.fullmatch(host) else None


def in_words_of(ended: Unknown, auth: Auth | None, what: str) -> Unknown:
    """Return how a read of `what` ended, in the words of who has an account or needs one."""
    problem = ended.problem
    status = problem.detail
    match problem.trouble:
        case Trouble.REFUSED | Trouble.ODD_STATUS if status in _CLOSED and auth is None:
            said = Problem(Trouble.ACCOUNT_NEEDED, problem.about, status)
        case Trouble.REFUSED if status == "401" and auth is not None:
            said = Problem(Trouble.NOT_ACCEPTED, problem.about, auth.variable)
        case Trouble.REFUSED | Trouble.ODD_STATUS if status in _CLOSED and auth is not None:
            said = Problem(Trouble.FORBIDDEN, problem.about, auth.variable)
        case Trouble.GONE:
            said = Problem(Trouble.NOT_THERE, problem.about, what)
        case _:
            return ended
    return replace(ended, problem=said)
