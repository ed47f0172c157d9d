"""A month's summary in words that somebody would sign: figures beside the month before, and why.

Small numbers are counts; a percentage stands beside a count only from 20 on.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean

from runner.cases.instants import render_instant
from runner.figures.autonomy import ALONE, TARGET
from runner.figures.figures import figures_data
from runner.figures.lessons import Lesson, Proposal, propose
from runner.figures.month import MonthFigures, Wait
from runner.figures.process import quantile
from runner.figures.promises import FirstReply
from runner.model import Category
from runner.planning.words import clock_name
from runner.text.language import Language
from runner.text.markdown import plain

PERCENT_FROM = 20
"""Below so many a percentage would pretend to be exact: one case is five of a hundred."""
_WORST = 5
_NAMED = 8
"""Waits and cases that are named at most."""
_INERT = re.compile(r"\\(:(?=\s)|(?<=\w\\)-(?=\w))")
_LONGEST = 4_000
"""Characters of a line of Markdown."""
_LONG_WAIT = 86_400
"""Seconds above which a wait is worth naming: the ideal is one day (DOMAIN: respond)."""


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

    def cases(self) -> Iterator[str]:
        language, month, before = self._language, self._month, self._before
        if month.until < month.ends:
            yield language.say("This month is not over.")
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
        if middle := _median(self._month):
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
            yield language.say("No case of this month was settled yet.")
            return
        yield language.say(
            "Of the cases opened and settled this month: {part}.",
            part=self._beside(
                (now.whole.count(ALONE), settled),
                (then.whole.count(ALONE), then.whole.sums.total),
            ),
        )
        yield language.say("The aim is {aim} of 100.", aim=round(100 * TARGET))

    def waits(self) -> Chapter:
        say = self._language.say
        worst = [wait for wait in self._month.waits if wait.seconds > _LONG_WAIT][:_WORST]
        return Chapter(
            say("The longest waits"),
            () if worst else (say("Nobody waited longer than a day."),),
            tuple(self._wait(wait) for wait in worst),
        )

    def _wait(self, wait: Wait) -> str:
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
                cases=self._named(cases),
            )
            for count, before, name, cases in grown
        )
        say = language.say
        return Chapter(say("Root causes that grew"), () if items else (say("None."),), items)

    def lessons(self) -> Chapter:
        say = self._language.say
        proposals = propose(self._month, self._before)
        return Chapter(
            say("Procedures to look at"),
            () if proposals else (say("Nothing this month asks for a change."),),
            tuple(self._proposal(each) for each in proposals),
        )

    def _proposal(self, proposal: Proposal) -> str:
        language, say = self._language, self._language.say
        cases = self._named(proposal.cases)
        part = self._part(proposal.count, proposal.whole)
        match proposal.lesson:
            case Lesson.NO_PROCEDURE:
                return language.say_n(
                    "“{cause}” came {count} time in two months and no procedure was changed for "
                    "it: write one ({cases})",
                    "“{cause}” came {count} times in two months and no procedure was changed for "
                    "it: write one ({cases})",
                    proposal.count,
                    cause=proposal.about,
                    cases=cases,
                )
            case Lesson.CAME_BACK:
                return say(
                    "“{cause}” came back though “{procedure}” was changed for it in {month}: "
                    "see whether that holds ({cases})",
                    cause=proposal.about,
                    procedure=proposal.detail,
                    month=self._then,
                    cases=cases,
                )
            case Lesson.LATE_CLOCK:
                clock = clock_name(proposal.about, language)
                if proposal.detail:
                    return say(
                        "{clock}: late {part}, most of them on {source}: see who answers there "
                        "and when ({cases})",
                        clock=clock,
                        part=part,
                        source=proposal.detail,
                        cases=cases,
                    )
                return say(
                    "{clock}: late {part}: see where these cases waited ({cases})",
                    clock=clock,
                    part=part,
                    cases=cases,
                )
            case Lesson.DISPUTED_TEMPLATE:
                return say(
                    "Template {template}: contested {part}: read it again with these cases "
                    "({cases})",
                    template=proposal.about,
                    part=part,
                    cases=cases,
                )
            case Lesson.NO_INCIDENT:
                return say(
                    "{product}, {topic}: {count} complaints without an incident: declare one, so "
                    "that all get the same words and the same gesture ({cases})",
                    product=proposal.about,
                    topic=language.term("topic", proposal.detail),
                    count=proposal.count,
                    cases=cases,
                )
            case Lesson.ASKED_BRAND:
                return say(
                    "{topic}: {part} of what brand care was asked: agree with it on what the "
                    "desk may decide alone ({cases})",
                    topic=language.term("topic", proposal.about),
                    part=part,
                    cases=cases,
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
                cases=self._named(month.turned("reopened")),
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

    def _part(self, part: int, whole: int) -> str:
        language = self._language
        if whole < PERCENT_FROM:
            return language.say("{part} of {whole}", part=part, whole=whole)
        return language.say(
            "{part} of {whole} ({percent}%)",
            part=part,
            whole=whole,
            percent=round(100 * part / whole),
        )

    def _beside(self, now: tuple[int, int], before: tuple[int, int]) -> str:
        """Return a part of a whole, beside that of the month before where there was one."""
        if not before[1]:
            return self._part(*now)
        language = self._language
        return language.say(
            "{part}; in {month} {before}",
            part=self._part(*now),
            month=self._then,
            before=self._part(*before),
        )

    def _named(self, cases: Sequence[str]) -> str:
        more = len(cases) - _NAMED
        shown = ", ".join(cases[:_NAMED])
        if more <= 0:
            return shown
        language = self._language
        return language.say_n(
            "{cases} and {count} more", "{cases} and {count} more", more, cases=shown
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


def render_text(summary: Summary) -> str:
    """Return the summary as plain text, for a mail."""
    lines = [summary.title, "", summary.lead]
    for chapter in summary.chapters:
        if chapter.sentences or chapter.items:
            lines += ["", chapter.heading.upper(), ""]
            lines += [" ".join(chapter.sentences)] if chapter.sentences else []
            lines += [f"- {item}" for item in chapter.items]
    return "\n".join(lines) + "\n"


def render_markdown(summary: Summary) -> str:
    """Return the summary as Markdown in which nothing that anybody wrote acts."""
    lines = [f"# {_marked(summary.title)}", "", _marked(summary.lead)]
    for chapter in summary.chapters:
        if chapter.sentences or chapter.items:
            lines += ["", f"## {chapter.heading}", ""]
            lines += [_marked(" ".join(chapter.sentences))] if chapter.sentences else []
            lines += [f"- {_marked(item)}" for item in chapter.items]
    return "\n".join(lines) + "\n"


def summary_data(month: MonthFigures, before: MonthFigures) -> dict[str, object]:
    """Return a month and the one before as plain data."""
    return {
        "month": _month_data(month),
        "before": _month_data(before),
        "proposals": [
            {
                "lesson": each.lesson.value,
                "about": each.about,
                "detail": each.detail,
                "count": each.count,
                "of": each.whole,
                "cases": list(each.cases),
            }
            for each in propose(month, before)
        ],
    }


def _month_data(month: MonthFigures) -> dict[str, object]:
    return {
        "month": str(month.month),
        "until": render_instant(month.until),
        "opened": list(month.opened),
        "closed": list(month.closed),
        "open": list(month.still_open),
        "waits": [_wait_data(wait) for wait in month.waits if wait.seconds > _LONG_WAIT],
        "causes": {name: list(cases) for name, cases in month.causes.items()},
        "ratings": list(month.ratings),
        "thanked": list(month.turned("thanked")),
        "contested": list(month.turned("contested")),
        "reopened": list(month.turned("reopened")),
        "figures": figures_data(month.figures),
    }


def _wait_data(wait: Wait) -> dict[str, object]:
    return {
        "case": wait.case_id,
        "seconds": wait.seconds,
        "over": wait.is_over,
        "clock": wait.clock or None,
    }


def _marked(text: str) -> str:
    # A colon before a space and a hyphen within a word do nothing, and people read the source.
    return _INERT.sub(r"\1", plain(text, _LONGEST))
