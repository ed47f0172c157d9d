"""A month's summary in words that somebody would sign: figures beside the month before, and why.

Small numbers are counts; a percentage stands beside a count only from 20 on.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean

from runner.figures.autonomy import ALONE, TARGET
from runner.figures.lesson_words import named, part_of, proposal_words
from runner.figures.lessons import propose
from runner.figures.month import LONG_WAIT, MonthFigures, Wait
from runner.figures.process import quantile
from runner.figures.promises import LONGEST, FirstReply
from runner.model import Category
from runner.planning.words import clock_name
from runner.text.language import Language

_WORST = 5
"""Waits that are named at most."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading, sentences, and a list; in plain text."""

    heading: str
    sentences: tuple[str, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary: a title, a first line that tells most, chapters."""

    title: str
    lead: str
    chapters: tuple[Chapter, ...]


def make_summary(
    month: MonthFigures, before: MonthFigures, desk: str, language: Language
) -> Summary:
    """Return the summary of a month of a desk, beside the month before."""
    say = language.say
    name = language.month(month.month.first, year=True)
    words = _Words(month, before, language)
    return Summary(
        say("{desk}: {month}", desk=desk, month=name),
        " ".join(words.cases()),
        (
            Chapter(say("First replies"), tuple(words.first_replies())),
            Chapter(say("Promises"), (), tuple(words.promises())),
            Chapter(say("Without asking brand care"), tuple(words.alone())),
            words.waits(),
            words.causes(),
            words.lessons(),
            Chapter(say("What customers said"), tuple(words.customers())),
        ),
    )


class _Words:
    """The sentences about a month beside the one before."""

    def __init__(self, month: MonthFigures, before: MonthFigures, language: Language) -> None:
        self._month = month
        self._before = before
        self._language = language
        self._then = language.month(before.month.first)
        self._lasts = month.until < month.ends
        self._lives = {each.life.id: each.life for each in month.lived}

    def cases(self) -> Iterator[str]:
        language, month, before = self._language, self._month, self._before
        if self._lasts:
            yield language.say("This month is not over.")
            yield language.say("As of {instant}.", instant=language.instant(month.until))
        opened = set(month.opened)
        yield (
            language.say_n(
                "{count} case was opened, {than}.",
                "{count} cases were opened, {than}.",
                len(opened),
                than=self._than(len(opened), len(before.opened)),
            )
            if opened
            else language.say("No case was opened.")
        )
        kinds = Counter(each.life.category for each in month.lived if each.life.id in opened)
        if len(kinds) > 1:
            listed = (f"{language.word(kind)} {kinds[kind]}" for kind in Category if kinds[kind])
            yield language.say("By kind: {kinds}.", kinds=", ".join(listed))
        yield (
            language.say_n(
                "{count} was closed, {than}.",
                "{count} were closed, {than}.",
                len(month.closed),
                than=self._than(len(month.closed), len(before.closed)),
            )
            if month.closed
            else language.say("None was closed.")
        )
        yield (
            language.say_n(
                "{count} is open now, {than}.",
                "{count} are open now, {than}.",
                len(month.still_open),
                than=self._than(len(month.still_open), len(before.still_open)),
            )
            if month.still_open and self._lasts
            else language.say("None is open now.")
            if self._lasts
            else language.say_n(
                "At the end {count} was open, {than}.",
                "At the end {count} were open, {than}.",
                len(month.still_open),
                than=self._than(len(month.still_open), len(before.still_open)),
            )
            if month.still_open
            else language.say("None was open at the end.")
        )

    def first_replies(self) -> Iterator[str]:
        language = self._language
        fast = (FirstReply.HOUR, FirstReply.AVERAGE, FirstReply.DAY)
        now, then = _replies(self._month), _replies(self._before)
        if not sum(now.values()):
            yield language.say("Nobody waited for a first reply.")
            return
        judged, judged_then = _judged(now), _judged(then)
        if judged:
            yield language.say(
                "Within three days: {part}.",
                part=self._beside(
                    (judged - now[FirstReply.LATER], judged),
                    (judged_then - then[FirstReply.LATER], judged_then),
                ),
            )
            yield language.say(
                "Within one day: {part}.",
                part=self._beside(
                    (sum(now[each] for each in fast), judged),
                    (sum(then[each] for each in fast), judged_then),
                ),
            )
        if (middle := _median(self._month)) is not None:
            half = language.span(timedelta(seconds=middle))
            earlier = _median(self._before)
            if earlier is None:
                yield language.say("Half had an answer within {span}.", span=half)
            else:
                yield language.say(
                    "Half had an answer within {span}, in {month} within {before}.",
                    span=half,
                    month=self._then,
                    before=language.span(timedelta(seconds=earlier)),
                )
        if left := self._unanswered():
            yield language.say_n(
                "{count} customer had waited for longer than three days and had no answer yet: "
                "{cases}.",
                "{count} customers had waited for longer than three days and had no answer yet: "
                "{cases}.",
                len(left),
                cases=named(left, language),
            )
        if now[FirstReply.WAITING]:
            yield language.say_n(
                "{count} customer was still waiting for a first word, in time so far.",
                "{count} customers were still waiting for a first word, in time so far.",
                now[FirstReply.WAITING],
            )

    def promises(self) -> Iterator[str]:
        language = self._language
        table, earlier = (each.figures.promises.verdicts for each in (self._month, self._before))
        for row in table.rows:
            met, missed, overdue, _ = row.counts
            if not met + missed + overdue:
                continue
            was_met, was_missed, was_overdue, _ = earlier.row(row.key).counts
            yield language.say(
                "{clock}: kept {part}",
                clock=clock_name(row.key, language),
                part=self._beside(
                    (met, met + missed + overdue), (was_met, was_met + was_missed + was_overdue)
                ),
            )

    def alone(self) -> Iterator[str]:
        language = self._language
        now, then = (each.figures.autonomy for each in (self._month, self._before))
        settled = now.whole.sums.total
        if not settled:
            yield language.say("No case of the month was settled yet.")
            return
        yield language.say(
            "Of the cases opened and settled in the month: {part}.",
            part=self._beside(
                (now.whole.count(ALONE), settled),
                (then.whole.count(ALONE), then.whole.sums.total),
            ),
        )
        yield language.say("The aim is {aim}%.", aim=round(100 * TARGET))

    def waits(self) -> Chapter:
        say = self._language.say
        worst = [wait for wait in self._month.waits if wait.seconds > LONG_WAIT][:_WORST]
        return Chapter(
            say("The longest waits"),
            () if worst else (say("Nobody waited longer than a day."),),
            tuple(self._wait(wait) for wait in worst),
        )

    def _wait(self, wait: Wait) -> str:
        language, life = self._language, self._lives[wait.case_id]
        return language.say(
            "{wait} ({category}, {source})",
            wait=self._waited(wait),
            category=language.word(life.category),
            source=life.source,
        )

    def _waited(self, wait: Wait) -> str:
        language = self._language
        span = language.span(timedelta(seconds=wait.seconds))
        if wait.clock:
            return language.say(
                "{case}: {clock}, overdue for {span}",
                case=wait.case_id,
                clock=clock_name(wait.clock, language),
                span=span,
            )
        if wait.is_over:
            return language.say("{case}: first reply after {span}", case=wait.case_id, span=span)
        return language.say("{case}: without a reply for {span}", case=wait.case_id, span=span)

    def causes(self) -> Chapter:
        language = self._language
        earlier = {name.casefold(): len(each) for name, each in self._before.causes.items()}
        grown = [
            (len(cases), earlier.get(name.casefold(), 0), name, cases)
            for name, cases in self._month.causes.items()
        ]
        grown = [each for each in grown if each[0] > each[1] and each[0] > 1]
        grown.sort(key=lambda each: (each[1] - each[0], each[2]))
        items = tuple(
            language.say_n(
                "{cause}: {count} case, in {month} {before} ({cases})",
                "{cause}: {count} cases, in {month} {before} ({cases})",
                count,
                cause=name,
                month=self._then,
                before=before,
                cases=named(cases, language),
            )
            for count, before, name, cases in grown
        )
        say = language.say
        return Chapter(say("Root causes that grew"), () if items else (say("None."),), items)

    def lessons(self) -> Chapter:
        say = self._language.say
        proposals = propose(self._month, self._before)
        said = [] if proposals else [say("Nothing in the month asks for a change.")]
        if changed := self._changed():
            said.append(say("Changed in the month: {procedures}.", procedures=", ".join(changed)))
        return Chapter(
            say("Procedures to look at"),
            tuple(said),
            tuple(proposal_words(each, self._then, self._language) for each in proposals),
        )

    def _changed(self) -> tuple[str, ...]:
        """Return the procedures that the closings of the month changed, each with its cases."""
        language = self._language
        found: dict[str, list[str]] = {}
        for case_id in self._month.closed:
            procedure = self._lives[case_id].procedure
            if procedure is not None:
                found.setdefault(procedure, []).append(case_id)
        return tuple(
            language.say("“{procedure}” ({cases})", procedure=name, cases=named(cases, language))
            for name, cases in sorted(found.items())
        )

    def _unanswered(self) -> tuple[str, ...]:
        """Return the cases of the month that had waited for longer than promised, unanswered."""
        opened, most = {*self._month.opened}, LONGEST[FirstReply.THREE_DAYS]
        return tuple(
            life.id
            for life in self._lives.values()
            if life.id in opened and (life.waited_seconds or 0) > most
        )

    def customers(self) -> Iterator[str]:
        language, month, before = self._language, self._month, self._before
        if month.ratings:
            yield language.say_n(
                "{count} answer to the survey, {score} of 100.",
                "{count} answers to the survey, {score} of 100 on average.",
                len(month.ratings),
                score=round(100 * mean(month.ratings)),
            )
        else:
            yield language.say("No answer to the survey.")
        if before.ratings:
            yield language.say_n(
                "In {month} there was {count}, {score} of 100.",
                "In {month} there were {count}, {score} of 100 on average.",
                len(before.ratings),
                month=self._then,
                score=round(100 * mean(before.ratings)),
            )
        thanked, contested, reopened = (
            (len(month.turned(kind)), len(before.turned(kind)))
            for kind in ("thanked", "contested", "reopened")
        )
        if thanked[0]:
            yield language.say_n(
                "{count} customer gave thanks, {than}.",
                "{count} customers gave thanks, {than}.",
                thanked[0],
                than=self._than(*thanked),
            )
        if contested[0]:
            yield language.say_n(
                "{count} contested an answer, {than}.",
                "{count} contested an answer, {than}.",
                contested[0],
                than=self._than(*contested),
            )
        elif contested[1]:
            yield language.say(
                "Nobody contested an answer; in {month} {count} did.",
                month=self._then,
                count=contested[1],
            )
        if reopened[0]:
            yield language.say_n(
                "{count} case was taken up again: {cases}.",
                "{count} cases were taken up again: {cases}.",
                reopened[0],
                cases=named(month.turned("reopened"), language),
            )

    def _than(self, now: int, before: int) -> str:
        language = self._language
        if now == before:
            return language.say("as many as in {month}", month=self._then)
        if now > before:
            return language.say_n(
                "{count} more than in {month}",
                "{count} more than in {month}",
                now - before,
                month=self._then,
            )
        return language.say_n(
            "{count} fewer than in {month}",
            "{count} fewer than in {month}",
            before - now,
            month=self._then,
        )

    def _beside(self, now: tuple[int, int], before: tuple[int, int]) -> str:
        """Return a part of a whole, beside that of the month before where there was one."""
        if not before[1]:
            return part_of(*now, self._language)
        language = self._language
        return language.say(
            "{part}; in {month} {before}",
            part=part_of(*now, self._language),
            month=self._then,
            before=part_of(*before, self._language),
        )


def _replies(month: MonthFigures) -> dict[FirstReply, int]:
    table = month.figures.promises.first_reply
    return {each: table.count(str(each)) for each in FirstReply}


def _judged(replies: dict[FirstReply, int]) -> int:
    return sum(replies.values()) - replies[FirstReply.WAITING]


def _median(month: MonthFigures) -> int | None:
    opened = frozenset(month.opened)
    return quantile(
        (
            each.life.reply_seconds
            for each in month.lived
            if each.life.id in opened and each.life.reply_seconds is not None
        ),
        0.5,
    )
