"""The words of a pull request and of a commit.

Title, labels and commit message hold our own words and ids, never a stranger's.
The body is for a community manager who need not know git: what was said, where, by
whom, since when; what we take it for and why; until when; how to answer; what to
look at before accepting.  What strangers wrote stands in it quoted and defused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from runner.cases.case import Case, Entry, Place
from runner.cases.evidence import BY_CUSTOMERS
from runner.cases.opening import case_path
from runner.cases.summary import running_courses
from runner.planning.answer_words import answer_title, answer_why, how_to_take
from runner.planning.command_words import command_lines
from runner.planning.customer_words import customer_lines
from runner.planning.draft_words import draft_lines, draft_title, why_no_draft
from runner.planning.incident_words import incident_lines
from runner.planning.words import (
    because,
    clock_name,
    contact_lines,
    label,
    person_name,
    rated,
    reason_of,
    where_written,
)
from runner.policies.templates import Purpose
from runner.policies.values import Configuration, Source
from runner.replies.catalogue import Nearest
from runner.replies.drafting import Draft, NoDraft
from runner.text.language import Language
from runner.text.markdown import code, fence, link, quote


@dataclass(frozen=True, slots=True)
class PullWords:
    """What a pull request says.  `body` is Markdown."""

    title: str
    body: str
    labels: tuple[str, ...]


def render_pull(
    case: Case,
    configuration: Configuration,
    language: Language,
    now: datetime | None = None,
    draft: Draft | NoDraft | None = None,
    *,
    answers: tuple[Nearest, ...] = (),
) -> PullWords:
    """Return the words of the pull request that proposes a case; `draft` is a reply to it.

    `answers` are those of the catalogue that come nearest.

    The page stays as it is while time passes: it says until when, and what was overdue already
    at `now`, but not how much time is left.
    """
    return PullWords(
        title=_title(case, language),
        body="\n\n".join(_body(case, configuration, language, now, draft, answers=answers)) + "\n",
        labels=_labels(case, configuration, language),
    )


def render_commit_message(case: Case, language: Language) -> str:
    """Return the message of the commit that adds a case: our words and ids only."""
    place = case.places[0]
    lines = [
        language.say("Open case {case}", case=case.id),
        "",
        _nature(case, language),
        language.say("Source: {source}", source=place.source),
        language.say("Detected: {instant}", instant=language.instant(place.detected_at)),
    ]
    lines += [
        language.say("Rule: {rule} ({where})", rule=reason.rule, where=where_written(reason))
        for name in ("crisis", "category", "urgency")
        if (reason := case.why.get(name)) is not None
    ]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _title(case: Case, language: Language) -> str:
    source = case.places[0].source
    if case.crisis is not None:
        return language.say(
            "CRISIS · new case {case} · {crisis} · {source}",
            case=case.id,
            crisis=language.term("crisis", case.crisis),
            source=source,
        )
    return language.say(
        "New case {case} · {category} · {urgency} · {source}",
        case=case.id,
        category=language.word(case.category),
        urgency=language.word(case.urgency),
        source=source,
    )


def _labels(case: Case, configuration: Configuration, language: Language) -> tuple[str, ...]:
    labels = [
        label(language.say("state"), language.say("to qualify")),
        label(language.say("urgency"), language.word(case.urgency)),
        label(language.say("category"), language.word(case.category)),
        label(language.say("source"), case.places[0].source),
    ]
    if case.crisis is not None:
        labels.insert(0, language.say("crisis"))
    if len(configuration.brands) > 1:
        labels.append(label(language.say("brand"), case.brand))
    return tuple(labels)


def _nature(case: Case, language: Language) -> str:
    return language.say(
        "{category}, urgency: {urgency}",
        category=language.word(case.category),
        urgency=language.word(case.urgency),
    )


def _body(
    case: Case,
    configuration: Configuration,
    language: Language,
    now: datetime | None,
    draft: Draft | NoDraft | None,
    *,
    answers: tuple[Nearest, ...],
) -> Iterator[str]:
    say = language.say
    if case.crisis is not None:
        yield "> [!CAUTION]\n> " + say(
            "**Crisis: {crisis}.** Warn the people in charge at once. Nobody answers from a "
            "template, nothing is sent by itself, and two people close the case.",
            crisis=language.term("crisis", case.crisis),
        )
    yield "## " + say("What was said")
    yield from what_was_said(case.places, configuration, language)
    for entry in case.log:
        if entry.kind in BY_CUSTOMERS:
            yield from _wrote_again(entry, language)
        elif entry.kind == "place-added" and (why := entry.facts.get("reason")):
            places = ", ".join(map(str, cast("list[object]", entry.facts["places"])))
            yield say("Taken for one matter ({places}): {why}.", places=places, why=why)
    yield "## " + say("What we take it for, and why")
    yield "\n".join(_taken_for(case, language))
    yield "## " + say("Until when")
    yield "\n".join(_promises(case, now, language))
    yield "## " + say("How to answer")
    sources = {source.id: source for source in configuration.sources}
    yield "\n".join(_contact(case, sources, language))
    if draft is not None:
        yield from _draft(draft, case, configuration, language)
    if answers:
        yield "## " + say("What others were answered")
        yield from _answers(answers, case, configuration, language)
    if case.incident is not None:
        yield "## " + say("A known incident")
        yield "\n".join(f"- {line}" for line in incident_lines(case, configuration, language, code))
        yield say(
            "Take the entry {entry} out of the file, and {field} back to nothing, where it is not.",
            entry="`incident-linked`",
            field="`incident`",
        )
    if case.duplicates:
        yield "## " + say("Perhaps the same matter")
        yield "\n".join(f"- `{other}`" for other in case.duplicates)
    yield "## " + say("Before accepting")
    yield say(
        "Correct the file {file} on this branch where it is wrong; the runner will not touch "
        "the branch any more.",
        file=_own(case_path(case)),
    )
    if configuration.instance.has_pages:
        yield say("To do so on these pages: {steps}.", steps="*Files changed* → `…` → *Edit file*")
    yield "\n".join(f"- [ ] {question}" for question in _questions(case, configuration, language))
    yield "## " + say("Your decision")
    yield "\n".join(decision_lines(say("It becomes a case."), configuration, language))
    if configuration.instance.has_pages:
        yield "## " + say("Without touching the file")
        yield say("At the start of a comment, each on a line of its own:")
        yield "\n".join(command_lines(language))


def _wrote_again(entry: Entry, language: Language) -> Iterator[str]:
    """Return a message that followed, with what it is taken for."""
    what, at = language.term("entry", entry.kind), language.instant(entry.at)
    yield f"**{language.say('{instant}: {what}', instant=at, what=what)}**"
    words = "\n\n".join(str(entry.facts[n]) for n in ("title", "text") if entry.facts.get(n))
    if words:
        yield quote(words)
    reason = reason_of(entry)
    if reason is not None:
        yield because(reason, language, _own, code)


def decision_lines(becomes: str, configuration: Configuration, language: Language) -> Iterator[str]:
    """Return how to accept and refuse, as items of a list; `becomes` says what accepting does.

    Where the desk has pages people decide there; elsewhere by a verb.
    """
    say = language.say
    if configuration.instance.has_pages:
        yield "- " + say("**Accept**: merge this pull request.") + " " + becomes
        yield "- " + say(
            "**Refuse**: say why in a comment that begins with {command}, or close the pull "
            "request and say why. It is remembered and not proposed again.",
            command="`/dismiss`",
        )
        return
    accept = say("**Accept**: merge this pull request, or {command}.", command="`doleances accept`")
    yield f"- {accept} {becomes}"
    yield "- " + say(
        "**Refuse**: close it without merging and say why, or {command}. It is "
        "remembered and not proposed again.",
        command="`doleances reject --reason`",
    )


def what_was_said(
    places: Iterable[Place], configuration: Configuration, language: Language
) -> Iterator[str]:
    """Yield of each place where, by whom and when something was said, and the words, quoted."""
    sources = {source.id: source for source in configuration.sources}
    for place in places:
        yield "\n".join(_lines_of_place(place, sources.get(place.source), language))
        words = "\n\n".join(part for part in (place.title, place.text) if part)
        if words:
            yield quote(words)


def _lines_of_place(place: Place, source: Source | None, language: Language) -> Iterator[str]:
    """Return where, by whom and when something was said, as items of a list."""
    say = language.say
    category = language.word(source.category) if source else ""
    where = f"{place.source} ({category})" if category else place.source
    if place.url is not None:
        where += f", {link(place.url)}"
    yield "- " + say("Where: {where}", where=where)
    yield "- " + say("Who: {who}", who=code(place.author) if place.author else say("no name given"))
    posted = language.instant(place.posted_at) if place.posted_at else say("not known")
    yield "- " + say("Posted: {instant}", instant=posted)
    yield "- " + say("Detected: {instant}", instant=language.instant(place.detected_at))
    if place.rating is not None:
        yield "- " + rated(place.rating, language)


def _taken_for(case: Case, language: Language) -> Iterator[str]:
    say = language.say
    values = {
        "crisis": (say("Crisis"), language.term("crisis", case.crisis) if case.crisis else None),
        "category": (say("Category"), language.word(case.category)),
        "urgency": (say("Urgency"), language.word(case.urgency)),
        "topic": (say("Topic"), language.term("topic", case.topic) if case.topic else None),
        "product": (say("Product"), case.product),
    }
    for name, (heading, value) in values.items():
        if value is None:
            continue
        reason = case.why.get(name)
        if reason is None:
            yield "- " + say("{heading}: {value}", heading=heading, value=f"**{value}**")
        else:
            yield "- " + say(
                "{heading}: {value}, {reason}",
                heading=heading,
                value=f"**{value}**",
                reason=because(reason, language, _own, code),
            )
    if "customer" in case.why:
        yield from (f"- {line}" for line in customer_lines(case, language, _own, code))
    yield "- " + say("Language: {language}", language=language.tongue(case.language))


def _promises(case: Case, now: datetime | None, language: Language) -> Iterator[str]:
    owed = [course.clock for course in running_courses(case)]
    for clock in sorted(owed, key=lambda clock: clock.due_at):
        name = clock_name(clock.clock, language)
        due = f"**{language.instant(clock.due_at)}**"
        if now is not None and now > clock.due_at:
            yield "- " + language.say("{clock}: OVERDUE since {instant}", clock=name, instant=due)
        else:
            yield "- " + language.say("{clock}: by {instant}", clock=name, instant=due)
    if not owed:
        yield language.say("No promise runs.")


def _draft(
    draft: Draft | NoDraft, case: Case, configuration: Configuration, language: Language
) -> Iterator[str]:
    say = language.say
    if isinstance(draft, NoDraft):
        yield "## " + say("A drafted reply")
        yield why_no_draft(draft, language)
        return
    is_note = draft.purpose is Purpose.CRISIS_NOTE
    yield "## " + (say("A note for the team") if is_note else say("A drafted reply"))
    yield draft_title(draft, language)
    yield fence(draft.text)
    lines = [*draft_lines(draft, configuration, language)]
    if not is_note:
        lines.append(
            say(
                "Nothing sends it. {command} drafts it anew.",
                command=_own(f"doleances draft {case.id}"),
            )
        )
    yield "\n".join(f"- {line}" for line in lines)


def _answers(
    answers: tuple[Nearest, ...], case: Case, configuration: Configuration, language: Language
) -> Iterator[str]:
    """Return the answers of the catalogue, each with how it ended and why it is near."""
    for nth, each in enumerate(answers, 1):
        yield f"**{nth}.** " + answer_title(each, configuration, language, _own)
        yield fence(each.words[0])
        yield "- " + answer_why(each, language, code)
    yield how_to_take(case.id, language, _own)


def _own(name: str) -> str:
    """Return an id or a name of ours as code.  `code` is for strangers: it defuses."""
    return f"`{name}`"


def _contact(case: Case, sources: dict[str, Source], language: Language) -> Iterator[str]:
    named = dict.fromkeys(place.source for place in case.places if place.source in sources)
    for source in named:
        lines = contact_lines(sources[source], language)
        if len(named) == 1:
            yield from (f"- {line}" for line in lines)
        else:
            yield f"- {source}"
            yield from (f"  - {line}" for line in lines)


def _questions(case: Case, configuration: Configuration, language: Language) -> Iterator[str]:
    say = language.say
    if case.owner is None:
        yield say("Who owns the case? ({field})", field="`owner`")
    else:
        yield say(
            "Is {owner} the right owner? ({field})",
            owner=f"**{person_name(case.owner, configuration.team, language)}**",
            field="`owner`",
        )
    yield say(
        "Does the customer already have a file at the company? ({field})",
        field="`customer: {known: yes}`, `no`, `unknown`",
    )
    yield say("Is the urgency right? ({field})", field="`urgency`")
    yield say("Is the category right? ({field})", field="`category`")
    if case.duplicates:
        yield say("Is it the same matter as one of the cases above?")
