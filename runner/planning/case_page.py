"""One case for people on a terminal: what a reviewer needs, in the order it is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from runner.cases.case import Case, Entry, Place
from runner.cases.closings import closings_of, prepared_closing
from runner.cases.summary import is_in_hand, reminders_sent
from runner.clocks.standings import Position, Standing
from runner.model import Rating, State
from runner.planning.answer_words import answer_title, answer_why, how_to_take
from runner.planning.closing_words import close_command
from runner.planning.customer_words import customer_lines
from runner.planning.draft_words import draft_lines, draft_title, news_step, reminder_step
from runner.planning.entry_lines import entry_line
from runner.planning.incident_words import incident_lines
from runner.planning.page import CasePage, Line, Section, Tone
from runner.planning.proposal_page import (
    QUOTED_ABOVE,
    added_entries,
    as_it_stands,
    proposal_sections,
    state_words,
)
from runner.planning.proposed_steps import ProposedStep, proposed_line
from runner.planning.words import (
    because,
    contact_lines,
    person_name,
    promise_line,
    rated,
    reason_of,
)
from runner.policies.values import Configuration
from runner.replies.catalogue import Nearest
from runner.replies.drafting import Draft, NoDraft
from runner.text.language import Language

_NO_PULLS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Proposal:
    """The pull request that a case, or with `is_new` false a change of one, still waits in.

    `number` is None without one.  `held` is the case as the base has it, where it changes one.
    """

    number: int | None = None
    is_new: bool = True
    held: Case | None = None


def render_case_page(
    case: Case,
    configuration: Configuration,
    standings: tuple[Standing, ...],
    now: datetime,
    language: Language,
    *,
    proposal: Proposal | None = None,
    proposed: tuple[ProposedStep, ...] = (),
    pulls: Mapping[str, int] = _NO_PULLS,
    drafts: tuple[Draft | NoDraft, ...] = (),
    answers: tuple[Nearest, ...] = (),
    commits: tuple[str, ...] = (),
) -> CasePage:
    """Return the page of a case; `proposal` when it is not accepted yet, `drafts` what to say next.

    `answers` are those of the catalogue that come nearest, `commits` those that brought the
    entries of the log, in its order; empty where they are not known.

    `standings` are those of all its clocks, ended ones too.  `proposed` are steps that wait.
    `pulls` are the numbers of open pull requests by the case that they propose.
    """
    say = language.say
    accepted = proposal is None or not proposal.is_new
    held = proposal.held if proposal is not None else None
    whole, case = case, as_it_stands(case, held)
    added = added_entries(case, held)
    state = state_words(case, held, language) if accepted else say("to qualify")
    title = f"{case.id} · {state} · {language.word(case.category)} · " + say(
        "{urgency} urgency", urgency=language.word(case.urgency)
    )
    if case.crisis is None:
        heading = Line(title)
    else:
        crisis = language.term("crisis", case.crisis)
        heading = Line(say("CRISIS: {crisis} · {title}", crisis=crisis, title=title), Tone.ALARM)
    due = reminder_step(reminders_sent(case), standings, configuration, language) or news_step(
        whole.state, standings, language
    )
    sections = [
        Section(say("What was said"), tuple(_said(case, configuration, language))),
        Section(say("What we take it for, and why"), tuple(_taken_for(case, language))),
        Section(say("The case"), tuple(_facts(case, configuration, language))),
        Section(say("Until when"), tuple(_promises(standings, now, language))),
        Section(say("How to answer"), tuple(_contact(case, configuration, language))),
        Section(say("A known incident"), tuple(_incident(case, configuration, language))),
        Section(say("Perhaps the same matter"), tuple(_alike(case, pulls, language))),
        Section(
            say("So far"),
            tuple(_history(case, added, configuration, language, commits)) if accepted else (),
        ),
        *proposal_sections(whole, held, configuration, language),
        Section(say("A drafted reply"), tuple(_drafts(drafts, configuration, language))),
        Section(
            say("What others were answered"),
            tuple(_answers(answers, case, configuration, language)),
        ),
        Section(
            say("Next step"),
            tuple(_next(whole, proposal, configuration, language, proposed=proposed, due=due)),
        ),
    ]
    return CasePage(heading, tuple(section for section in sections if section.lines))


def _said(case: Case, configuration: Configuration, language: Language) -> Iterator[Line]:
    say = language.say
    categories = {source.id: source.category for source in configuration.sources}
    for place in case.places:
        category = categories.get(place.source)
        where = f"{place.source} ({language.word(category)})" if category else place.source
        who = place.author or say("no name given")
        yield Line(f"{who}, {where}")
        if place.url is not None:
            yield Line(place.url)
        posted = language.instant(place.posted_at) if place.posted_at else say("not known")
        yield Line(
            say(
                "Posted: {posted}. Detected: {detected}.",
                posted=posted,
                detected=language.instant(place.detected_at),
            )
        )
        if place.rating is not None:
            yield Line(rated(place.rating, language))
        yield from _quoted(place, language)
    for entry in case.log:
        if entry.kind in QUOTED_ABOVE:
            yield from _wrote_again(entry, language)


def _wrote_again(entry: Entry, language: Language) -> Iterator[Line]:
    what, at = language.term("entry", entry.kind), language.instant(entry.at)
    yield Line(language.say("{instant}: {what}", instant=at, what=what))
    reason = reason_of(entry)
    if reason is not None:
        yield Line(because(reason, language))
    rating = entry.facts.get("rating")
    if isinstance(rating, Mapping):
        yield Line(rated(Rating(float(rating["value"]), float(rating["best"])), language))
    said = (str(entry.facts.get(name) or "") for name in ("title", "text"))
    for line in "\n".join(said).splitlines():
        if line:
            yield Line(line, Tone.QUOTE)


def _quoted(place: Place, language: Language) -> Iterator[Line]:
    if place.text is None:
        sealed = place.sealed is not None
        yield Line(
            language.say("The text is sealed.") if sealed else language.say("The text was erased.")
        )
        return
    for line in (place.title, *place.text.splitlines()):
        if line:
            yield Line(line, Tone.QUOTE)


def _taken_for(case: Case, language: Language) -> Iterator[Line]:
    say = language.say
    values = (
        ("crisis", say("Crisis"), language.term("crisis", case.crisis) if case.crisis else None),
        ("category", say("Category"), language.word(case.category)),
        ("urgency", say("Urgency"), language.word(case.urgency)),
        ("topic", say("Topic"), language.term("topic", case.topic) if case.topic else None),
        ("product", say("Product"), case.product),
    )
    for name, heading, value in values:
        if value is None:
            continue
        reason = case.why.get(name)
        if reason is None:
            yield Line(say("{heading}: {value}", heading=heading, value=value))
        else:
            why = because(reason, language)
            yield Line(
                say("{heading}: {value}, {reason}", heading=heading, value=value, reason=why)
            )


def _facts(case: Case, configuration: Configuration, language: Language) -> Iterator[Line]:
    say = language.say
    owner = (
        person_name(case.owner, configuration.team, language) if case.owner else say("nobody yet")
    )
    yield Line(say("Owner: {owner}", owner=owner))
    yield from map(Line, customer_lines(case, language))
    yield Line(say("Language: {language}", language=language.tongue(case.language)))
    for wish in case.asked:
        yield Line(say("Asks for: {what}", what=wish.what))
    for offer in case.offered:
        yield Line(say("Was offered: {what}", what=offer))


def _promises(standings: tuple[Standing, ...], now: datetime, language: Language) -> Iterator[Line]:
    # What is owed comes first, the next to run out on top.
    for each in sorted(standings, key=lambda each: (each.course.ending is not None, each.due_at)):
        # What still ran when the case was closed or dismissed in time is owed to nobody.
        if each.position is not Position.CANCELLED:
            is_late = each.position is Position.OVERDUE
            line = promise_line(each, now, language)
            yield Line(line, Tone.LATE if is_late else Tone.PLAIN)


def _contact(case: Case, configuration: Configuration, language: Language) -> Iterator[Line]:
    if not case.state.is_open:
        return
    watched = {place.source for place in case.places}
    for source in configuration.sources:
        if source.id in watched:
            yield from (
                Line(
                    language.say("{source}: {ability}", source=source.id, ability=ability)
                    if len(watched) > 1
                    else ability
                )
                for ability in contact_lines(source, language)
            )


def _incident(case: Case, configuration: Configuration, language: Language) -> Iterator[Line]:
    yield from (Line(line) for line in incident_lines(case, configuration, language))


def _drafts(
    drafts: tuple[Draft | NoDraft, ...], configuration: Configuration, language: Language
) -> Iterator[Line]:
    for draft in drafts:
        if isinstance(draft, Draft):
            yield Line(draft_title(draft, language))
            yield Line(draft.text, Tone.QUOTE)
            yield from map(Line, draft_lines(draft, configuration, language))


def _answers(
    answers: tuple[Nearest, ...], case: Case, configuration: Configuration, language: Language
) -> Iterator[Line]:
    for nth, each in enumerate(answers, 1):
        yield Line(f"{nth}. {answer_title(each, configuration, language)}")
        yield Line(each.words[0], Tone.QUOTE)
        yield Line(answer_why(each, language))
    if answers:
        yield Line(how_to_take(case.id, language))


def _alike(case: Case, pulls: Mapping[str, int], language: Language) -> Iterator[Line]:
    for other in case.duplicates:
        if other in pulls:
            proposed = language.say("pull request {number}", number=pulls[other])
            yield Line(f"{other} ({proposed})")
        else:
            yield Line(other)


def _history(
    case: Case,
    added: tuple[Entry, ...],
    configuration: Configuration,
    language: Language,
    commits: tuple[str, ...],
) -> Iterator[Line]:
    for number, entry in enumerate(case.log[: len(case.log) - len(added)]):
        commit = commits[number] if commits else ""
        yield Line(entry_line(entry, configuration.team, language), commit=commit)
        if entry.kind == "place-added" and (why := entry.facts.get("reason")):
            yield Line(str(why))


def _next(
    case: Case,
    proposal: Proposal | None,
    configuration: Configuration,
    language: Language,
    *,
    proposed: tuple[ProposedStep, ...],
    due: str | None,
) -> Iterator[Line]:
    say = language.say
    in_hand = is_in_hand(case)
    if case.crisis is not None and (case.state.is_open or not in_hand):
        yield Line(
            say("People first: warn those in charge at once, and answer with no template."),
            Tone.ALARM,
        )
    if proposal is not None:
        if proposal.number is None:
            yield Line(say("It waits on its branch for a pull request."), Tone.STEP)
        elif prepared := prepared_closing(case):
            command = close_command(case, closings_of(prepared), language)
            yield Line(
                say("Post the messages, then record them: {command}", command=command),
                Tone.STEP,
                pull=proposal.number,
            )
            *_, refuse = _decision(proposal.number, configuration.instance.has_pages, language)
            yield refuse
        else:
            yield from _decision(proposal.number, configuration.instance.has_pages, language)
        return
    has_pages = configuration.instance.has_pages
    for waiting in proposed:
        line = proposed_line(waiting, language, has_pages=has_pages)
        yield Line(line, Tone.STEP, pull=waiting.number)
    if case.crisis is None and any(waiting.overtakes(case.state) for waiting in proposed):
        return
    step = crisis_step(case.id, case.crisis, case.state, language, in_hand=in_hand)
    yield Line(step or due or next_step(case.state, language), Tone.STEP)


def _decision(number: int, has_pages: bool, language: Language) -> Iterator[Line]:
    """Return how to accept and refuse a proposal: on the forge's pages, where it has some."""
    say = language.say
    if has_pages:
        accept = say("Accept it: merge pull request {number} on the forge.", number=number)
        refuse = say(
            "Or refuse it there: close it and say why, or comment {command}.",
            command="/dismiss ...",
        )
    else:
        accept = say("Accept it: {command}", command=f"doleances accept {number}")
        refuse = say("Or refuse it: {command}", command=f"doleances reject {number} --reason ...")
    yield Line(accept, Tone.STEP, pull=number)
    yield Line(refuse, Tone.STEP)


def crisis_step(
    case_id: str, crisis: str | None, state: State, language: Language, *, in_hand: bool
) -> str | None:
    """Return what a case in a crisis waits for, None where there is no crisis, or no more."""
    if crisis is None or (in_hand and not state.is_open):
        return None
    if not in_hand:
        return language.say(
            "People first: take it in hand: {command}",
            command=f"doleances crisis {case_id} --taken",
        )
    return language.say(
        "It is in hand. Two people close it: {approve}, then another person closes.",
        approve=f"doleances approve {case_id} --subject closing",
    )


def next_step(state: State, language: Language) -> str:
    """Return what a case in this state waits for in a sentence, but in a crisis."""
    say = language.say
    match state:
        case State.OPEN:
            return say("Answer in public: the request is taken up.")
        case State.ACKNOWLEDGED:
            return say("Settle it, ask for details, or hand it off to brand care.")
        case State.AWAITING_CUSTOMER:
            return say("Wait for the customer's details; send a reminder when it is time.")
        case State.HANDED_OFF:
            return say("Wait for brand care's answer.")
        case State.ANSWERED:
            return say("Tell the customer what brand care decided.")
        case State.RESOLVED:
            return say("Post a closing message at every place where the customer wrote.")
        case State.CLOSED | State.DISMISSED | State.MERGED | State.ERASED:
            return say("None: nobody owes the customer anything here.")
