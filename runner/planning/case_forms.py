"""The form by which somebody asks for a case on a forge's page: its text taken apart, its answer.

Forges put each field below a heading of its own.  What the customer said comes last, so that no
words of a stranger are taken for a field.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from runner.model import Item
from runner.planning.branches import branch_name
from runner.planning.observation import Observation, keys_on
from runner.policies.values import Source
from runner.text.language import Language

_FIELDS = {
    "address": "url", "adresse": "url",
    "author": "author", "auteur": "author",
    "posted on": "posted", "posté le": "posted",
    "source": "source",
    "message": "text",
}  # fmt: skip
"""Headings of the forms in `runner/founding/files`, in both languages."""
_HEADING = re.compile(r"^### +(.+?) *$", re.MULTILINE)
_EMPTY = "_No response_"
"""What GitHub and Gitea write into a field that was left empty."""
_TOLD = "<!-- doleances:form -->"


@dataclass(frozen=True, slots=True)
class CaseForm:
    """What somebody filled in; "" where nothing was."""

    url: str
    author: str
    posted: str
    source: str
    text: str


def parse_form(body: str) -> CaseForm | None:
    """Return the fields of an issue's text, None where that is no form of ours."""
    body = body.replace("\r\n", "\n")
    found: dict[str, str] = {}
    name, start = "", 0
    for heading in _HEADING.finditer(body):
        field = _FIELDS.get(heading[1].casefold())
        if field is None or field in found or field == name:
            continue
        if name:
            found[name] = body[start : heading.start()]
        name, start = field, heading.end()
        if field == "text":
            break
    if name != "text":
        return None
    found["text"] = body[start:]
    said = {key: value.strip() for key, value in found.items()}
    said = {key: "" if value == _EMPTY else value for key, value in said.items()}
    return CaseForm(*(said.get(name, "") for name in ("url", "author", "posted", "source", "text")))


def item_of(
    form: CaseForm, sources: tuple[Source, ...], zone: ZoneInfo, language: Language
) -> tuple[Item, Source] | str:
    """Return the message and its source, or what is wrong with the form."""
    say = language.say
    host = (_host(form.url) or "").removeprefix("www.")
    if not host:
        return say("The address is missing, or is none: it begins with https://")
    if not form.text:
        return say("What the customer says is missing.")
    if form.source:
        source = next((each for each in sources if each.id == form.source), None)
    else:
        source = next((each for each in sources if each.site.removeprefix("www.") == host), None)
    if source is None:
        names = ", ".join(each.id for each in sources)
        return say("No source is known for it; name one: {sources}", sources=names)
    posted_at = None
    if form.posted:
        try:
            posted_at = datetime.fromisoformat(form.posted)
        except ValueError:
            return say("The date is none, such as 2026-11-21 or 2026-11-21 14:30.")
        posted_at = posted_at if posted_at.tzinfo else posted_at.replace(tzinfo=zone)
    item = Item(
        native_id=None,
        url=form.url,
        author=form.author or None,
        title="",
        text=form.text,
        posted_at=posted_at,
    )
    return item, source


def render_problem(body: str, why: str, language: Language) -> str:
    """Return an issue's text with what is wrong above it; what was filled in stays."""
    heading = _HEADING.search(body)
    filled_in = body[heading.start() :] if heading else body
    said = language.say("This is no case yet. Correct it below; the next run looks again.")
    return f"{_TOLD}\n**{why}** {said}\n\n{filled_in}"


def case_asked_for(key: str, observation: Observation) -> tuple[str, int | None] | None:
    """Return the case that a message became or joined, and its pull request while that is open.

    None while it has none.
    """
    on_base = observation.case_of(key)
    if on_base is not None:
        return on_base, None
    numbers = {pull.branch: pull.number for pull in (*observation.pulls, *observation.proposals)}
    for branch in (*observation.branches, *observation.proposed):
        if key in keys_on((branch,)) and branch.name in numbers:
            return branch.case_id, numbers[branch.name]
    decided = observation.decided.get((key, "open"))
    return (key, decided.number) if decided and branch_name(key) not in numbers else None


def render_answer(case_id: str, address: str, language: Language) -> str:
    """Return what an issue says once its case is proposed."""
    where = f"{case_id} ({address})" if address else case_id
    return f"{_TOLD}\n" + language.say("This became case {case}.", case=where)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None
