"""Everything said so far, on all places, in order: one page for the other side of the desk."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.cases.case import Case, Entry
from runner.cases.closings import closings_of
from runner.cases.lifecycle import KINDS
from runner.clocks.standings import Standing
from runner.planning.customer_words import customer_lines
from runner.planning.words import person_name, promise_line
from runner.policies.team import Team
from runner.text.language import Language
from runner.text.markdown import code, link, quote

_FACTS = (
    "url", "where", "wants", "recipient", "reference", "asks", "consent", "outcome", "decision",
    "decided_by", "offer", "remedy", "amount", "currency", "recourse", "reason", "note", "subject",
    "root_cause", "procedure", "departs",
)  # fmt: skip
"""What an entry tells the other side, in this order; the rest is bookkeeping."""
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said or done.

    `heading` is ours; `author` and `words` are a stranger's and may be hostile.  `facts` are
    names in the team's language and values.
    """

    at: datetime
    author: str
    heading: str
    facts: tuple[tuple[str, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The page: title, until when we owe what, who asks for what, what was offered and said.

    `incident` is what holds for all cases of the known fault behind it.
    """

    title: str
    promises: tuple[str, ...]
    customer: tuple[str, ...]
    asked: tuple[str, ...]
    offered: tuple[str, ...]
    said: tuple[Said, ...]
    incident: tuple[str, ...] = ()


def make_brief(
    case: Case,
    standings: Iterable[Standing],
    now: datetime,
    team: Team,
    language: Language,
    *,
    incident: Iterable[str] = (),
) -> Brief:
    """Return everything of a case that the other side needs, oldest first.

    `standings` are those of its clocks now; of those that have ended nothing is told.
    `incident` are the lines of the incident behind it.
    """
    owed = [each for each in standings if each.course.ending is None]
    events = [*_places(case, language), *_entries(case, team, language)]
    return Brief(
        title=f"{case.id} · {language.word(case.state)} · {language.word(case.category)}",
        promises=tuple(
            promise_line(each, now, language) for each in sorted(owed, key=lambda e: e.due_at)
        ),
        customer=tuple(customer_lines(case, language)),
        asked=tuple(wish.what for wish in case.asked),
        offered=case.offered,
        said=tuple(sorted(events, key=lambda event: event.at)),
        incident=tuple(incident),
    )


def render_text(brief: Brief, language: Language) -> str:
    """Return a brief as plain text; strangers' words stand behind a bar."""
    lines = [brief.title, *(_listed(brief, language))]
    for said in brief.said:
        heading = ", ".join(part for part in (said.author, said.heading) if part)
        lines += ["", f"{language.instant(said.at)}  {heading}"]
        lines += [f"  {_named(name, value, language)}" for name, value in said.facts]
        lines += [f"  │ {line}" for line in said.words.splitlines()]
    return "\n".join(lines) + "\n"


def render_markdown(brief: Brief, language: Language) -> str:
    """Return a brief as Markdown in which nothing that strangers wrote acts."""
    lines = [f"# {brief.title}", ""]
    lines += [f"- {code(line)}" for line in _listed(brief, language)]
    for said in brief.said:
        parts = (language.instant(said.at), code(said.author), said.heading)
        lines += ["", f"## {', '.join(part for part in parts if part)}", ""]
        lines += [f"- {_named(name, _marked(value), language)}" for name, value in said.facts]
        if said.words:
            lines += ["", quote(said.words)]
    return "\n".join(lines) + "\n"


def _named(name: str, value: str, language: Language) -> str:
    return language.say("{name}: {value}", name=name, value=value)


def _marked(value: str) -> str:
    return link(value) if _ADDRESS.fullmatch(value) else code(value, 2000)


def _listed(brief: Brief, language: Language) -> Iterator[str]:
    say = language.say
    yield from brief.promises
    yield from brief.customer
    yield from brief.incident
    for what in brief.asked:
        yield say("Asks for: {what}", what=what)
    for what in brief.offered:
        yield say("Was offered: {what}", what=what)


def _places(case: Case, language: Language) -> Iterator[Said]:
    for place in case.places:
        who = place.author or language.say("no name given")
        facts = ((language.term("fact", "url"), place.url),) if place.url else ()
        words = "\n".join(text for text in (place.title, place.text) if text)
        yield Said(
            place.posted_at or place.detected_at,
            " ".join(who.split()),
            f"{place.site} ({place.id})",
            facts,
            words,
        )


def _entries(case: Case, team: Team, language: Language) -> Iterator[Said]:
    for entry in case.log:
        if entry.kind in {"detected", "qualified", "looked", "clock-changed"}:
            continue
        yield tell_entry(entry, team, language)


def tell_entry(entry: Entry, team: Team, language: Language) -> Said:
    """Return what an entry of the log says."""
    what = language.term("entry", entry.kind)
    who = person_name(entry.by, team, language)
    facts = tuple(_facts(entry, team, language))
    return Said(entry.at, "", f"{what} ({who})", facts, _words(entry))


def _facts(entry: Entry, team: Team, language: Language) -> Iterator[tuple[str, str]]:
    for name in _FACTS:
        match entry.facts.get(name):
            case None:
                continue
            case list() as many:
                value = ", ".join(map(str, many))
            case one:
                value = " ".join(str(one).split())
        if name == "decided_by":
            value = person_name(value, team, language)
        elif name in KINDS[entry.kind].choices:
            value = language.term(name, value)
        yield language.term("fact", name), value
    yield from _closings(entry, language)


def _closings(entry: Entry, language: Language) -> Iterator[tuple[str, str]]:
    """Yield how each place was closed, and what became of the survey."""
    say = language.say
    closings: Any = entry.facts.get("closings", ())
    for closing in closings:
        name = say("closing at {place}", place=closing["place"])
        if "url" in closing:
            yield name, closing["url"]
        elif "edited" in closing:
            after = " ".join(closing["edited"]["after"].split())
            yield name, say("our reply was edited: {text}", text=after)
        elif "impossible" in closing:
            yield name, say("impossible: {why}", why=" ".join(closing["impossible"].split()))
    match entry.facts.get("survey"):
        case {"sent": True, "url": str(url)}:
            yield say("survey sent"), url
        case {"sent": True}:
            yield say("survey"), say("sent")
        case {"why": str(why)}:
            yield say("survey"), say("not sent: {why}", why=" ".join(why.split()))


def _words(entry: Entry) -> str:
    said = (entry.facts.get(name) for name in ("title", "text"))
    own = [text for text in said if isinstance(text, str) and text]
    return "\n".join((*own, *_closing_words(entry)))


def _closing_words(entry: Entry) -> Iterator[str]:
    """Yield the closing messages, each after its place where there are several."""
    closings = closings_of(entry)
    for each in closings:
        # What an edited reply reads now stands among the facts.
        if each.text and not each.before:
            yield f"{each.place}: {each.text}" if len(closings) > 1 else each.text
