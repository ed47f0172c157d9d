"""The words of pull requests and commits that record messages of a merged case."""

from collections.abc import Iterable, Iterator

from runner.cases.case import Case, Entry, Place
from runner.planning.conversations import Voice
from runner.planning.news import News
from runner.planning.pull_request import PullWords, decision_lines, what_was_said
from runner.planning.words import because, clock_name, label
from runner.policies.values import Configuration, Source
from runner.text.language import Language
from runner.text.markdown import code, link, quote


def render_news_message(case: Case, news: Iterable[News], language: Language) -> str:
    """Return the message of the commit that records messages: our words and ids only."""
    told = tuple(news)
    lines = (
        language.say("Record new messages of case {case}", case=case.id),
        "",
        _about(told, language),
        *(
            language.say("Rule: {rule} ({where})", rule=one.taken.reason.rule, where=where)
            for one in told
            if one.taken is not None and (where := _where(one))
        ),
    )
    return "\n".join(dict.fromkeys(lines)) + "\n"


def render_news_pull(
    case: Case,
    news: Iterable[News],
    configuration: Configuration,
    language: Language,
    others: int = 0,
) -> PullWords:
    """Return the words of the pull request; `others` counts strangers' messages beside them."""
    told = tuple(news)
    return PullWords(
        title=f"{case.id} · {_about(told, language)}",
        body="\n\n".join(_body(case, told, configuration, language, others)) + "\n",
        labels=(
            language.say("change of a case"),
            language.say("conversation"),
            label(language.say("urgency"), language.word(case.urgency)),
        ),
    )


def render_places_message(case: Case, places: Iterable[Place], why: str, language: Language) -> str:
    """Return the message of the commit that adds places to a case: our words and ids only."""
    sources = ", ".join(dict.fromkeys(place.source for place in places))
    lines = (
        language.say("Add places to case {case}", case=case.id),
        "",
        language.say("another place: {source}", source=sources),
        why,
    )
    return "\n".join(lines) + "\n"


def render_places_pull(
    case: Case,
    places: Iterable[Place],
    why: str,
    configuration: Configuration,
    language: Language,
) -> PullWords:
    """Return the words of the pull request that adds places to a case."""
    told = tuple(places)
    sources = ", ".join(dict.fromkeys(place.source for place in told))
    about = language.say("another place: {source}", source=sources)
    return PullWords(
        title=f"{case.id} · {about}",
        body="\n\n".join(_places_body(case, told, why, configuration, language)) + "\n",
        labels=(
            language.say("change of a case"),
            language.say("another place"),
            label(language.say("urgency"), language.word(case.urgency)),
        ),
    )


def _about(news: tuple[News, ...], language: Language) -> str:
    kinds = dict.fromkeys(entry.kind for one in news for entry in one.entries)
    return ", ".join(language.term("entry", kind) for kind in kinds)


def _where(one: News) -> str:
    return f"{one.taken.reason.file}:{one.taken.reason.line}" if one.taken is not None else ""


def _body(
    case: Case,
    news: tuple[News, ...],
    configuration: Configuration,
    language: Language,
    others: int,
) -> Iterator[str]:
    say = language.say
    sources = {source.id: source for source in configuration.sources}
    places = {place.id: place for place in case.places}
    yield say("The conversation of the case {case} has gone on.", case=f"`{case.id}`")
    for one in news:
        yield "## " + _heading(one, language)
        yield "\n".join(_lines(one, places[one.said.place], sources, language))
        words = (one.said.facts.get("title"), one.said.facts.get("text"))
        said = "\n\n".join(str(part) for part in words if part)
        if said:
            yield quote(said)
        yield from _taken_for(one, places[one.said.place], language)
    if others:
        yield language.say_n(
            "{count} message of others stands there too; it changes nothing here.",
            "{count} messages of others stand there too; they change nothing here.",
            others,
        )
    yield "## " + say("What merging does")
    yield "\n".join(_effects(case, news, language))
    yield "## " + say("Your decision")
    yield "\n".join(
        decision_lines(say("The entries above stand in the case's log."), configuration, language)
    )
    yield say("What is refused here opens no case of its own; `doleances new` does.")


def _heading(one: News, language: Language) -> str:
    match one.said.voice:
        case Voice.DESK:
            return language.say("A reply of ours was found")
        case Voice.BOT:
            return language.say("A bot answered")
        case _:
            return language.say("What the customer writes")


def _lines(
    one: News, place: Place, sources: dict[str, Source], language: Language
) -> Iterator[str]:
    say = language.say
    source = sources.get(place.source)
    category = language.word(source.category) if source else ""
    where = f"{place.source} ({category})" if category else place.source
    url = one.said.facts.get("url")
    yield "- " + say("Where: {where}", where=f"{where}, {link(str(url))}" if url else where)
    if one.said.voice is Voice.CUSTOMER:
        who = code(place.author) if place.author else say("no name given")
        yield "- " + say("Who: {who}", who=who)
    yield "- " + say("Posted: {instant}", instant=language.instant(one.said.at))


def _taken_for(one: News, place: Place, language: Language) -> Iterator[str]:
    say = language.say
    if one.taken is not None:
        yield say(
            "Taken for {what}, {reason}.",
            what=f"**{language.word(one.taken.meaning)}**",
            reason=because(one.taken.reason, language, lambda rule: f"`{rule}`", code),
        )
    elif one.said.voice is Voice.DESK:
        yield say(
            "The author has a name of ours there ({field} of {source}). Nothing proves to us that "
            "it is our account, so look before you merge.",
            field="`ignore_authors`",
            source=f"`{place.source}`",
        )
    else:
        yield say("Nobody decided it, so it stops no clock.")


def _effects(case: Case, news: tuple[News, ...], language: Language) -> Iterator[str]:
    say = language.say
    state = case.state
    entries: tuple[Entry, ...] = tuple(entry for one in news for entry in one.entries)
    for entry in entries:
        kind = f"`{entry.kind}`"
        at = language.instant(entry.at)
        yield "- " + say("{entry} of {instant} joins the log.", entry=kind, instant=at)
        for clock in entry.clocks:
            name, due = clock_name(clock.clock, language), language.instant(clock.due_at)
            yield "  - " + say("{clock}: by {instant}", clock=name, instant=f"**{due}**")
        state = entry.to or state
    if state is case.state:
        yield "- " + say("The case stays {state}.", state=language.word(state))
    else:
        yield "- " + say(
            "The case goes from {before} to {after}.",
            before=language.word(case.state),
            after=f"**{language.word(state)}**",
        )
    if any(entry.kind == "replied" for entry in entries):
        yield "- " + say("The clocks that wait for our reply stop at its instant.")


def _places_body(
    case: Case,
    places: tuple[Place, ...],
    why: str,
    configuration: Configuration,
    language: Language,
) -> Iterator[str]:
    say = language.say
    yield say(
        "The matter of the case {case} seems to stand elsewhere too: {why}.",
        case=f"`{case.id}`",
        why=why,
    )
    yield "## " + say("What was found")
    yield from what_was_said(places, configuration, language)
    yield "## " + say("What the case holds")
    yield from what_was_said(case.places, configuration, language)
    yield "## " + say("What merging does")
    yield "\n".join(
        f"- {line}"
        for line in (
            say("The case has one more place for each message; it is closed at every one of them."),
            say("Its promises stay as they are."),
        )
    )
    yield "## " + say("Your decision")
    yield "\n".join(
        decision_lines(say("One customer, one matter, one case."), configuration, language)
    )
    yield say("What is refused here is proposed as a case of its own if it is after-sales.")
