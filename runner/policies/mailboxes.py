"""How mails become messages, as the source's settings say, for sources of kind `mailbox`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from runner.errors import Fault
from runner.policies.document import text_at, texts, value_at
from runner.policies.pages import FIELDS, Finder, check_finders, parse_finder
from runner.policies.recipe_checks import check_auth
from runner.text.document import Document, Path
from runner.text.patterns import compile_pattern
from runner.text.wording import did_you_mean, one_of, shown

SINCE_DAYS = 30
"""Days back that a mailbox is read without a cursor, where it does not say."""

MAILS = 2_000
"""Mails of one source that are read at a time, where it does not say."""

PLACES = ("subject", "text", "links")
"""Where a pattern may look beside the headers of the mail."""

_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_LOOPBACK = re.compile(r"(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression of RE2, and where it looks: `place` is one of `PLACES`, or a header.

    Each of its named groups is a field of the message.
    """

    place: str
    text: str
    expression: Any


@dataclass(frozen=True, slots=True)
class Proof:
    """Which server's word counts for where a mail came from.

    `by` is the name (authserv-id, RFC 8601) under which the receiving server says which
    `domain` signed the mail.
    """

    domain: str
    by: str


@dataclass(frozen=True, slots=True)
class Access:
    """How to get at a folder.

    `security` is `tls`, `starttls` or `none`.  `user` and `secret` are environment variables; the
    secret is an access token where `is_token`, else a password.
    """

    host: str
    port: int
    security: str
    folder: str
    user: str
    secret: str
    is_token: bool = False


@dataclass(frozen=True, slots=True)
class MailRules:
    """Which mails count, and where in them the fields of a message stand.

    `senders` are addresses, or `@` and a domain, in small letters; none means all.  Elements of
    `fields` go before `patterns`, and those in their order.  `permalink` is the message's
    address, made of fields in braces.  `best` is the top of ratings that do not name it.
    """

    senders: tuple[str, ...] = ()
    subject: Any = None
    list_id: str | None = None
    proof: Proof | None = None
    fields: Mapping[str, Finder] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    permalink: str | None = None
    best: float | None = None


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """What a source of kind `mailbox` says.

    Without a cursor mails of the last `since_days` are read; at most `mails` at a time.
    """

    access: Access
    rules: MailRules
    since_days: int = SINCE_DAYS
    mails: int = MAILS


def build_mailbox(settings: Mapping[str, Any]) -> MailboxSettings:
    """Return what a source says, from settings without faults."""
    security = settings.get("security", "tls")
    found = re.fullmatch(r"(.*?)(?::(\d{1,5}))?", settings["host"])
    host, port = (found[1], found[2]) if found else (settings["host"], None)
    is_token = "token" in settings
    return MailboxSettings(
        Access(
            host=host.strip("[]"),
            port=int(port) if port else _PORTS[security],
            security=security,
            folder=settings.get("folder", "INBOX"),
            user=settings["user"]["variable"],
            secret=settings["token" if is_token else "password"]["variable"],
            is_token=is_token,
        ),
        build_rules(settings),
        settings.get("since_days", SINCE_DAYS),
        settings.get("mails", MAILS),
    )


def build_rules(settings: Mapping[str, Any]) -> MailRules:
    """Return which mails count and what they say, from settings without faults."""
    senders, subject = settings.get("from", ()), settings.get("subject")
    list_id, proof = settings.get("list_id"), settings.get("authenticated")
    best = settings.get("best")
    return MailRules(
        senders=tuple(
            sender.lower() for sender in ([senders] if isinstance(senders, str) else senders)
        ),
        subject=compile_pattern(subject) if subject else None,
        list_id=list_id.strip("<>").lower() if list_id else None,
        proof=Proof(proof["domain"].lower(), proof["by"].lower()) if proof else None,
        fields=MappingProxyType(
            {name: parse_finder(text) for name, text in settings.get("fields", {}).items()}
        ),
        patterns=tuple(
            Pattern(each["in"].lower(), each["find"], compile_pattern(each["find"]))
            for each in settings.get("patterns", ())
        ),
        permalink=settings.get("permalink"),
        best=float(best) if best is not None else None,
    )


def placeholders(permalink: str) -> list[str]:
    """Return the fields that an address is made of."""
    return _PLACEHOLDER.findall(permalink)


def check_mailbox(document: Document, source: Path) -> Iterator[Fault]:
    """Return the faults of a source of kind `mailbox` that no schema can see."""
    yield from _check_access(document, source)
    yield from check_finders(document, (*source, "fields"))
    subject = text_at(document, (*source, "subject"))
    if subject is not None and isinstance(
        fault := _compiled(document, (*source, "subject"), subject), Fault
    ):
        yield fault
    told = {name for name in FIELDS if text_at(document, (*source, "fields", name)) is not None}
    for path, pattern in texts(document, (*source, "patterns"), "find"):
        compiled = _compiled(document, path, pattern)
        if isinstance(compiled, Fault):
            yield compiled
            continue
        yield from _check_groups(document, path, compiled.groupindex)
        told.update(name for name in compiled.groupindex if name in FIELDS)
    if not told & {"text", "title", "rating"}:
        yield document.fault(
            source, "no-text", "nothing finds what the customer wrote",
            "name the element that holds it, `fields: {text: .comment}`, or a pattern, "
            "`patterns: [{in: text, find: '(?s)Avis :(?P<text>.+)Répondre'}]`",
        )  # fmt: skip
    yield from _check_permalink(document, (*source, "permalink"), told)


def _check_access(document: Document, source: Path) -> Iterator[Fault]:
    for name in ("user", "password", "token"):
        yield from check_auth(document, (*source, name))
    if value_at(document, (*source, "password")) and value_at(document, (*source, "token")):
        yield document.key_fault(
            (*source, "token"), "two-secrets", "there is a `password` already",
            "keep the one that the server wants",
        )  # fmt: skip
    host = text_at(document, (*source, "host"))
    in_the_open = text_at(document, (*source, "security")) == "none"
    if in_the_open and host is not None and not _LOOPBACK.fullmatch(host):
        yield document.fault(
            (*source, "security"), "not-encrypted", "name and password would travel in the open",
            "`tls`, or `starttls` on port 143; `none` is for trials on this very machine",
        )  # fmt: skip


def _compiled(document: Document, path: Path, pattern: str) -> Any:
    try:
        return compile_pattern(pattern)
    except ValueError as why:
        return document.fault(
            path, "pattern", f"{shown(pattern)} is no pattern: {why}",
            "RE2 syntax, without lookaround and back references, in single quotes",
        )  # fmt: skip


def _check_groups(document: Document, path: Path, groups: Mapping[str, int]) -> Iterator[Fault]:
    if not groups:
        yield document.fault(
            path, "no-group", "the pattern finds nothing by name",
            "put what is wanted into a named group: `(?P<author>.+) a laissé un avis`",
        )  # fmt: skip
    for name in groups:
        if name not in FIELDS:
            yield document.fault(
                path, "unknown-group", f"a message has no field {shown(name)}",
                did_you_mean(name, FIELDS),
            )  # fmt: skip


def _check_permalink(document: Document, path: Path, told: set[str]) -> Iterator[Fault]:
    text = text_at(document, path)
    for name in placeholders(text) if text is not None else ():
        if name not in told:
            yield document.fault(
                path, "unknown-field", f"nothing finds the field {shown(name)}",
                f"such as `{{in: links, find: '/avis/(?P<{name}>[0-9]+)'}}` under `patterns`"
                if name in FIELDS
                else one_of(sorted(told)),
            )  # fmt: skip
