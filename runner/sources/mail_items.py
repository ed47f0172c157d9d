"""Notification mails as messages: which mails count, and what the customer wrote in them.  Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote

from runner.cases.instants import plausible
from runner.model import Item
from runner.policies.mailboxes import MailRules, Proof, placeholders
from runner.sources.mail import Mail, read_mail
from runner.sources.moments import parse_instant
from runner.sources.problems import Problem, Trouble
from runner.sources.review_item import Setting
from runner.sources.rows import read_row
from runner.sources.wording import web_address
from runner.text.clean import clean_line, clean_text

_ID_LENGTH = 300
_SUBJECT_LENGTH = 2_000
_COMMENT = re.compile(r"\([^()]*\)")
_LIST_ID = re.compile(r"<\s*([^<>\s]+)\s*>\s*$")
_RESULT = re.compile(r"\s*(dkim|dmarc)\s*=\s*pass((?:\s.*)?)", re.DOTALL)
_SIGNER = re.compile(r"(?<=\s)header\.(d|i|from)\s*=\s*(\S+)")
_SIGNED_BY = {"dkim": ("d", "i"), "dmarc": ("from",)}


def parse(data: bytes, *, rules: MailRules, now: datetime, zone: tzinfo) -> Item | Problem:
    """Return the message that one mail (RFC 5322) tells of, or why it tells of none.

    `zone` is where dates without a zone are from.
    """
    mail = read_mail(data)
    if isinstance(mail, Problem):
        return mail
    return refusal(mail, rules) or _item(mail, rules, now, zone)


def refusal(mail: Mail, rules: MailRules) -> Problem | None:
    """Return why a mail does not count, by its headers alone; None when it does."""
    if rules.senders and not _is_from(mail.sender, rules.senders):
        return Problem(Trouble.OTHER_MAIL)
    if rules.list_id is not None:
        found = _LIST_ID.search(mail.header("list-id"))
        if found is None or found[1].lower() != rules.list_id:
            return Problem(Trouble.OTHER_MAIL)
    if rules.subject is not None and rules.subject.search(_line(mail.header("subject"))) is None:
        return Problem(Trouble.OTHER_MAIL)
    if rules.proof is not None and not _is_proven(mail, rules.proof):
        return Problem(Trouble.NOT_PROVEN, rules.proof.domain, rules.proof.by)
    return None


def _is_from(sender: str | None, senders: tuple[str, ...]) -> bool:
    return sender is not None and any(
        sender.endswith(one) if one.startswith("@") else sender == one for one in senders
    )


def _is_proven(mail: Mail, proof: Proof) -> bool:
    """Tell whether the receiving server found that the domain signed the mail.

    Its finding is the topmost header of its name: RFC 8601, 5, makes it remove those that came
    with the mail, and it writes its own above what is left.
    """
    for value in mail.raw("authentication-results"):
        server, *results = _bare(value).split(";")
        if server.split()[:1] == [proof.by]:
            return any(_proves(result, proof.domain) for result in results)
    return False


def _proves(result: str, domain: str) -> bool:
    passed = _RESULT.fullmatch(result)
    if passed is None:
        return False
    signers = (
        value.rpartition("@")[2]
        for kind, value in _SIGNER.findall(passed[2])
        if kind in _SIGNED_BY[passed[1]]
    )
    return any(signer == domain or signer.endswith(f".{domain}") for signer in signers)


def _bare(value: str) -> str:
    """Return a finding in small letters without comments and what is quoted.

    In both the server repeats words of the sender, who could write a finding into them.  Where
    one is not closed nothing is left.
    """
    kept: list[str] = []
    depth = 0
    is_quoted = is_escaped = False
    for letter in value:
        if is_escaped:
            is_escaped = False
        elif letter == "\\":
            is_escaped = True
        elif letter == '"' and not depth:
            is_quoted = not is_quoted
        elif letter in "()" and not is_quoted:
            depth += 1 if letter == "(" else -1
            kept.append(" ")
        elif not depth and not is_quoted:
            kept.append(letter)
    return "" if depth or is_quoted else "".join(kept).lower()


def _item(mail: Mail, rules: MailRules, now: datetime, zone: tzinfo) -> Item | Problem:
    given = _found_by_patterns(mail, rules)
    setting = Setting("", now, zone, rules.best)
    item = read_row(mail.tree, rules.fields, given, setting)
    if item is None:
        return Problem(Trouble.MAIL_WITHOUT_TEXT)
    return replace(
        item,
        native_id=item.native_id or _line(mail.message_id or "")[:_ID_LENGTH] or None,
        url=_permalink(rules.permalink, item, given) or item.url,
        posted_at=item.posted_at or plausible(_sent_at(mail, zone), now),
    )


def _found_by_patterns(mail: Mail, rules: MailRules) -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern in rules.patterns:
        names = [name for name in pattern.expression.groupindex if name not in found]
        for text in _looked_at(mail, pattern.place) if names else ():
            if (match := pattern.expression.search(text)) is None:
                continue
            found.update({name: said for name in names if (said := (match[name] or "").strip())})
            break
    return found


def _looked_at(mail: Mail, place: str) -> Iterator[str]:
    """Give the texts that a pattern looks at, one after the other."""
    match place:
        case "subject":
            yield _line(mail.header("subject"))
        case "text":
            yield clean_text(mail.text)
        case "links":
            yield from map(_encodable, mail.links)
        case _:
            yield _line(mail.header(place))


def _permalink(permalink: str | None, item: Item, given: Mapping[str, str]) -> str | None:
    """Return the address made of fields, None where one of them is missing."""
    if permalink is None:
        return None
    known = {**given, "native_id": item.native_id or given.get("native_id", "")}
    for name in placeholders(permalink):
        if not (value := known.get(name)):
            return None
        permalink = permalink.replace(f"{{{name}}}", quote(value, safe=""))
    return web_address(permalink)


def _sent_at(mail: Mail, zone: tzinfo) -> datetime | None:
    """Return the instant of `Date`; `-0000` says that it is UTC, and nothing else (RFC 5322)."""
    written = _COMMENT.sub(" ", mail.header("date")).strip()
    return parse_instant(written, UTC if written.endswith("-0000") else zone)


def _line(text: str) -> str:
    return clean_line(text[:_SUBJECT_LENGTH])


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
