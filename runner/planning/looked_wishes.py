"""Messages of ours that do not stand where the log says: the runner wishes to write that down.

Each finding is one entry `looked`; all of a case are one pull request, which asks for the message.
That everything stands as it should is no news: receipts tell it, not the file; but where a finding
was written down, that the message is there again is written too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from runner.cases.case import Case, Entry
from runner.cases.lifecycle import RUNNER
from runner.planning.changes import MergedCase, Wish, read_merged_cases
from runner.planning.looked_words import kind_words, look_words, what_to_do
from runner.planning.looking import Look, LookFinding, Verdict, find_unseen, look_over
from runner.planning.observation import Observation
from runner.planning.pull_request import PullWords, decision_lines
from runner.planning.words import label
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.text.markdown import code, link, quote

LOOKED = "looked-"
"""How the changes begin that record what was found."""
MOST = 8
"""Findings of one pull request; the others wait for the next."""
_NAMED = 3
"""Findings that the title of a pull request names."""
_KEY = re.compile(r"[0-9a-f]{8}")


def looks_of(observation: Observation) -> dict[str, tuple[Look, ...]]:
    """Return all looks that are known, those of this run too, by case."""
    found = {case_id: list(looks) for case_id, looks in observation.looked.items()}
    for look in observation.looks:
        found.setdefault(look.case_id, []).append(look)
    return {case_id: tuple(dict.fromkeys(looks)) for case_id, looks in found.items()}


def unseen_in(observation: Observation) -> tuple[LookFinding, ...]:
    """Return the messages of ours that do not stand as they should, the oldest finding first.

    What is to be done about one says `looked_words.what_to_do`.
    """
    merged = read_merged_cases(observation)
    looks = looks_of(observation)
    return find_unseen([merged[case_id].case for case_id in looks if case_id in merged], looks)


def wish_looked(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[Wish, ...]:
    """Return a wish for each case with a finding that is neither in its log nor refused."""
    wishes = []
    for case_id, looks in looks_of(observation).items():
        found = merged.get(case_id)
        if found is None:
            continue
        declined = _declined(case_id, observation)
        news = tuple(one for one in _news(found.case, looks) if one.key not in declined)
        if news:
            wishes.append(
                _wish(found, _standing(case_id, news, observation), observation, language)
            )
    return tuple(wishes)


def looked_over(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    wishes: Iterable[Wish],
    language: Language,
) -> dict[str, str]:
    """Return the branches whose findings hold no more, with why.

    A branch of a case of which no look is at hand stays: nobody has looked.
    """
    wished = {wish.branch for wish in wishes}
    known = looks_of(observation)
    why = language.say("what was found there is no longer so")
    return {
        branch.name: why
        for branch in observation.branches
        if branch.change.startswith(LOOKED)
        and branch.name not in wished
        and branch.case_id in known
        and branch.case_id in merged
    }


def _news(case: Case, looks: Iterable[Look]) -> Iterator[LookFinding]:
    for one in look_over(case, looks):
        written = _written(case, one)
        told = one.seen.told
        is_back = told is Verdict.PRESENT and written in {"missing", "changed", "removed"}
        if is_back or (told.is_finding and written != told.value):
            yield one


def _written(case: Case, found: LookFinding) -> object:
    """Return what the log says last of a message."""
    message = found.message
    for entry in reversed(case.log):
        facts = entry.facts
        if (
            entry.kind == "looked"
            and facts.get("place") == message.place
            and facts.get("url") in {message.url, None}
            and entry.recorded_at >= message.recorded_at
        ):
            return facts.get("found")
    return None


def _standing(
    case_id: str, news: tuple[LookFinding, ...], observation: Observation
) -> tuple[LookFinding, ...]:
    """Return what is proposed already, as long as all of it holds; what is new waits for that."""
    known = {one.key for one in news}
    for branch in observation.branches:
        if branch.case_id == case_id and branch.change.startswith(LOOKED):
            proposed = set(_KEY.findall(branch.change))
            if proposed <= known:
                return tuple(one for one in news if one.key in proposed)
    return news[:MOST]


def _declined(case_id: str, observation: Observation) -> frozenset[str]:
    changes = (change for case, change in observation.decided if case == case_id)
    return frozenset(
        key for change in changes if change.startswith(LOOKED) for key in _KEY.findall(change)
    )


def _wish(
    merged: MergedCase,
    news: tuple[LookFinding, ...],
    observation: Observation,
    language: Language,
) -> Wish:
    case = merged.case
    change = LOOKED + "-".join(one.key for one in news)
    recorded_at = max(observation.now, case.log[-1].recorded_at)
    entries = tuple(
        Entry(
            kind="looked",
            at=min(one.seen.seeing.at, recorded_at),
            recorded_at=recorded_at,
            by=RUNNER,
            to=None,
            facts=_facts(one, language),
        )
        for one in sorted(news, key=lambda one: (one.seen.seeing.at, one.key))
    )
    return Wish(
        merged=merged,
        change=change,
        entries=entries,
        message=_render_message(case, news, language),
        words=_render_pull(case, news, observation.configuration, language),
        reason=look_words(news[0].seen.seeing, language) or language.word(news[0].seen.told),
    )


def _facts(one: LookFinding, language: Language) -> dict[str, object]:
    facts: dict[str, object] = {
        "place": one.message.place,
        "message": one.message.kind,
        "found": one.seen.told.value,
    }
    if one.message.url is not None:
        facts["url"] = one.message.url
    if note := look_words(one.seen.seeing, language):
        facts["note"] = note
    return facts


def _about(one: LookFinding, language: Language) -> str:
    return language.say(
        "{what} at {place}: {found}",
        what=kind_words(one.message.kind, language),
        place=one.message.place,
        found=language.word(one.seen.told),
    )


def _render_message(case: Case, news: tuple[LookFinding, ...], language: Language) -> str:
    lines = (
        language.say("Record what was seen of our messages in case {case}", case=case.id),
        "",
        *(_about(one, language) for one in news),
    )
    return "\n".join(lines) + "\n"


def _render_pull(
    case: Case, news: tuple[LookFinding, ...], configuration: Configuration, language: Language
) -> PullWords:
    say = language.say
    return PullWords(
        title=" · ".join((case.id, *(_about(one, language) for one in news[:_NAMED]))),
        body="\n\n".join(_body(case, news, configuration, language)) + "\n",
        labels=(
            say("change of a case"),
            say("our messages"),
            label(say("urgency"), language.word(case.urgency)),
        ),
    )


def _body(
    case: Case, news: tuple[LookFinding, ...], configuration: Configuration, language: Language
) -> Iterator[str]:
    say = language.say
    yield say("The case {case} says where our messages stand. We have looked.", case=f"`{case.id}`")
    sources = {place.id: place.source for place in case.places}
    for one in news:
        yield "## " + _capital(_about(one, language))
        yield "\n".join(_lines(one, sources[one.message.place], language))
        if one.message.text:
            yield say("As it was recorded:")
            yield quote(one.message.text)
        steps = tuple(what_to_do(one, language, code))
        if steps:
            yield "\n".join(f"- {step}" for step in steps)
    yield "## " + say("Your decision")
    becomes = say("What was seen stands in the case's log; its state and promises stay.")
    yield "\n".join(decision_lines(becomes, configuration, language))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lines(one: LookFinding, source: str, language: Language) -> Iterator[str]:
    say = language.say
    where = code(source)
    if one.message.url is not None:
        where += f", {link(one.message.url)}"
    yield "- " + say("Where: {where}", where=where)
    yield "- " + say("Looked for: {instant}", instant=language.instant(one.seen.seeing.at))
    if why := look_words(one.seen.seeing, language):
        yield "- " + say("Seen: {what}", what=why)
    if one.seen.verified_at is not None and one.seen.told is not Verdict.PRESENT:
        yield "- " + say(
            "Last seen as it should be: {instant}",
            instant=language.instant(one.seen.verified_at),
        )
    yield "- " + say("Recorded: {instant}", instant=language.instant(one.message.recorded_at))
