"""The dashboard in words: Markdown for people who need not know git.

Only our own words and ids stand in it, and what others said of failures, defused.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.clocks.standings import Standing
from runner.model import State
from runner.planning.branches import INTAKE
from runner.planning.dashboard import Dashboard, OpenCase, Turn
from runner.planning.deliveries import render_setback
from runner.planning.health import SourceHealth
from runner.planning.looked_words import kind_words
from runner.planning.next_step import case_steps
from runner.planning.own_page import OwnPage
from runner.planning.words import counted_cases, person_name, promise_line
from runner.text.language import Language
from runner.text.markdown import code, link, plain

LIMIT = 64_000
"""Characters of the page.  GitHub takes 65,536, and the marker goes before it."""
_FIRST = 25
"""Cases that are seen at once; the others unfold."""
_SOURCES, _LINES, _BACKLOG = 40, 20, 10
"""Rows of sources, lines of other lists, and cases of the backlog that are named."""
_ID = re.compile(r"(?:[a-z]+ )?(?:doleances/)?c-[a-z0-9]{12}(?:/[a-z0-9-]+)?", re.ASCII)
_ROOM_FOR_THE_REST = 400
"""Characters kept for the words that say how many cases were left out."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where people see a pull request by its number, and a file by its path."""

    pull: Callable[[int], str]
    file: Callable[[str], str]


def render_dashboard(
    board: Dashboard, language: Language, pages: Pages | None = None, limit: int = LIMIT
) -> OwnPage:
    """Return the dashboard's page, of at most `limit` characters; `pages` where there are any.

    The cases that do not fit are counted.
    """
    say = language.say
    body = _Body(board, language, pages, limit, changing=True).text()
    lasting = _Body(board, language, pages, limit, changing=False).text()
    return OwnPage(
        title=say("Dashboard: {name}", name=board.configuration.instance.name),
        body=body,
        digest=sha256(lasting.encode()).hexdigest()[:32],
        about=say("What the program tells of itself"),
        stop=say("On the dashboard: the program stops until this label is taken off"),
    )


class _Body:
    """The page's text; without `changing` what is only true at this very instant is left out."""

    def __init__(
        self,
        board: Dashboard,
        language: Language,
        pages: Pages | None,
        limit: int,
        *,
        changing: bool,
    ) -> None:
        self._board = board
        self.language = language
        self._team = board.configuration.team
        self._pages = pages
        self._limit = limit
        self._changing = changing

    def text(self) -> str:
        above = [*self._top(), *self._crises()]
        below = [
            *self._unposted(), *self._unseen(), *self._backlog(), *self._undone(),
            *self._sources(), *self._channels(), *self._program(),
        ]  # fmt: skip
        taken = sum(len(part) + 2 for part in (*above, *below)) + _ROOM_FOR_THE_REST
        return "\n\n".join((*above, *self._cases(self._limit - taken), *below)) + "\n"

    def _top(self) -> Iterator[str]:
        say, board = self.language.say, self._board
        if self._pages is not None:
            yield "*" + say(
                "The program writes this page and overwrites it: what you change here is lost. "
                "Write comments below as you like."
            ) + "*"  # fmt: skip
        if board.stopped:
            yield "> [!WARNING]\n> " + say(
                "**The program is stopped** by the label {label} on this page: it proposes, sends "
                "and changes nothing until somebody takes the label off. Promises go on running.",
                label="`doleances: stop`",
            )
        elif board.configuration.instance.suspend:
            yield "> [!WARNING]\n> " + say(
                "**The schedule rests**: `sources.yaml` says `suspend: true`. Promises go on "
                "running."
            )
        for record in board.failing:
            yield "> [!WARNING]\n> " + say(
                "**`doleances {verb}` fails** since {instant}: this page may be older than it "
                "looks.",
                verb=record.verb,
                instant=self._at(record.failing_since or record.at),
            )
        yield "\n".join(self._summary())

    def _summary(self) -> Iterator[str]:
        say, cases = self.language.say, self._board.cases
        if not cases:
            yield say("No open case: nobody waits.")
            return
        late = sum(case.is_overdue for case in cases)
        is_open = self._board.open_count
        counted = counted_cases(is_open, len(cases) - is_open, self.language)
        yield "**" + (
            say("{cases}, {late} overdue.", cases=counted, late=late)
            if late
            else say("{cases}, none overdue.", cases=counted)
        ) + "**"  # fmt: skip
        turns = Counter(case.turn for case in cases)
        words = {
            Turn.QUALIFY: say("To accept or refuse: {count}", count=turns[Turn.QUALIFY]),
            Turn.TEAM: say("The team's turn: {count}", count=turns[Turn.TEAM]),
            Turn.CUSTOMER: say("The customer's turn: {count}", count=turns[Turn.CUSTOMER]),
            Turn.BRAND_CARE: say("Brand care's turn: {count}", count=turns[Turn.BRAND_CARE]),
        }
        yield " · ".join(words[turn] for turn in Turn if turns[turn])

    def _crises(self) -> Iterator[str]:
        say, crises = self.language.say, self._board.crises
        if not crises:
            return
        yield "## " + say("Crisis: people first")
        yield "\n".join(
            "- **"
            + self._link(case)
            + "** · "
            + " · ".join(
                part
                for part in (
                    self.language.term("crisis", case.summary.crisis or ""),
                    self._owner(case),
                    self._due(case),
                    self._step(case),
                )
                if part
            )
            for case in crises[:_LINES]
        )

    def _cases(self, room: int) -> Iterator[str]:
        """Yield the tables of cases, as far as there is room."""
        say, board = self.language.say, self._board
        cases = board.cases[len(board.crises[:_LINES]) :]
        if not cases:
            return
        head = self._table_head(
            say("case"), say("urgency"), say("state"), say("owner"), say("due"), say("next step")
        )
        title = "## " + say("Cases, the most pressing first")
        room -= len(title) + 2 * len(head) + 80
        rows: list[str] = []
        for case in cases:
            row = self._row(case)
            room -= len(row) + 1
            if room < 0:
                break
            rows.append(row)
        yield title
        if rows:
            yield "\n".join((head, *rows[:_FIRST]))
        if more := rows[_FIRST:]:
            unfold = self.language.say_n("{count} more case", "{count} more cases", len(more))
            table = "\n".join((head, *more))
            yield f"<details><summary>{unfold}</summary>\n\n{table}\n\n</details>"
        if left := len(cases) - len(rows):
            yield self.language.say_n(
                "{count} case has no room on this page: `doleances status` and `doleances due` "
                "list all.",
                "{count} cases have no room on this page: `doleances status` and `doleances due` "
                "list all.",
                left,
            )

    def _row(self, case: OpenCase) -> str:
        language, summary = self.language, case.summary
        is_new = case.branch is not None and case.branch.change == INTAKE
        state = self.language.say("to qualify") if is_new else language.word(State(summary.state))
        urgency = language.word(summary.urgency)
        return _cells(
            self._link(case),
            f"**{urgency}**" if summary.crisis or case.is_overdue else urgency,
            state,
            self._owner(case),
            self._due(case),
            self._step(case),
        )

    def _owner(self, case: OpenCase) -> str:
        owner = case.summary.owner
        if owner is None:
            return self.language.say("nobody yet")
        return plain(person_name(owner, self._team, self.language))

    def _due(self, case: OpenCase) -> str:
        standing = case.foremost
        return "" if standing is None else self._standing(standing)

    def _standing(self, standing: Standing) -> str:
        if not self._changing:
            return f"{standing.clock} {standing.position} {standing.due_at}"
        return promise_line(standing, self._board.now, self.language)

    def _step(self, case: OpenCase) -> str:
        """Return what the case waits for, in a sentence; pull requests are linked."""
        say, language, summary = self.language.say, self.language, case.summary
        if case.branch is not None and case.pull is None:
            return say("It waits on its branch for a pull request.")
        if case.branch is not None and case.pull is not None:
            number = self._number(case.pull)
            if summary.crisis is not None:
                return say("People first: see pull request {number}.", number=number)
            return say("Accept or refuse pull request {number}.", number=number)
        return " ".join(
            case_steps(
                summary,
                case.standings,
                case.steps,
                self._board.configuration,
                language,
                number=self._number,
            )
        )

    def _unposted(self) -> Iterator[str]:
        say, unposted = self.language.say, self._board.unposted
        if not unposted:
            return
        yield "## " + say("Approved replies that are not posted yet")
        yield self._list(
            say(
                "{case}, {place}: {standing}, {why}",
                case=_own(one.approval.case_id),
                place=one.approval.place,
                standing=f"**{self.language.word(one.stage)}**",
                why=plain(one.why, 500),
            )
            for one in unposted
        )

    def _unseen(self) -> Iterator[str]:
        say, unseen = self.language.say, self._board.unseen
        if not unseen:
            return
        yield "## " + say("Our messages that are not where they should be")
        yield self._list(
            say(
                "{case}: {what} at {place}, {found} since {instant}",
                case=_own(one.message.case_id),
                what=kind_words(one.message.kind, self.language),
                place=link(one.message.url, one.message.place)
                if one.message.url
                else one.message.place,
                found=f"**{self.language.word(one.seen.told)}**",
                instant=self._at(one.seen.since),
            )
            for one in unseen
        )
        yield say("{command} says what to do.", command="`doleances look --remembered`")

    def _backlog(self) -> Iterator[str]:
        say, backlog = self.language.say, self._board.backlog
        if not backlog:
            return
        yield "## " + say("Waiting for room")
        said = self.language.say_n(
            "{count} case waits on its branch: at most {most} pull requests are open at once. "
            "Its promises run.",
            "{count} cases wait on their branches: at most {most} pull requests are open at once. "
            "Their promises run.",
            len(backlog),
            most=self._board.configuration.instance.limits.open_pulls,
        )
        first = ", ".join(_own(each) for each in backlog[:_BACKLOG])
        yield said + " " + say("The most urgent: {cases}", cases=first) + _more(backlog, _BACKLOG)

    def _undone(self) -> Iterator[str]:
        undone = self._board.undone
        if not undone:
            return
        yield "## " + self.language.say("What the program could not do")
        yield self._list(f"{_own(what)}: {plain(why, 400)}" for what, why in undone)

    def _sources(self) -> Iterator[str]:
        say, sources = self.language.say, self._board.sources
        ill = sum(each.is_ill for each in sources)
        yield "## " + say("Sources")
        yield (
            self.language.say_n(
                "{count} source, no problem known.",
                "{count} sources, no problem known.",
                len(sources),
            )
            if not ill
            else say("Cannot be read: {ill} of {count}.", ill=ill, count=len(sources))
        )
        columns = [say("source"), say("how it does"), say("last good read"), say("next read")]
        rows = [self._source(each) for each in sources[:_SOURCES]]
        table = [self._table_head(*columns), *rows]
        if left := len(sources) - len(rows):
            table.append("")
            table.append(
                self.language.say_n(
                    "{count} more is well or has a remark: `doleances sources` lists all.",
                    "{count} more are well or have remarks: `doleances sources` lists all.",
                    left,
                )
            )
        yield "\n".join(table)

    def _source(self, health: SourceHealth) -> str:
        say = self.language.say
        good = self._at(health.good_at) if health.good_at else say("never")
        if health.is_ill:
            word = "**" + say("cannot be read") + "**"
            how = f"{word}: {plain(health.problem, 300)}"
            return _cells(code(health.source), how, good, self._next(health))
        how = plain(health.problem, 300) or (say("well") if health.good_at else say("not read yet"))
        return _cells(code(health.source), how, good if self._changing else "", self._next(health))

    def _next(self, health: SourceHealth) -> str:
        if not self._changing:
            return ""
        if health.next_at is None or health.next_at <= self._board.now:
            return self.language.say("next run")
        return self._at(health.next_at)

    def _channels(self) -> Iterator[str]:
        say, channels = self.language.say, self._board.channels
        if not channels:
            return
        yield "## " + say("Messages to the team that do not get through")
        lines: list[str] = []
        for state in channels:
            if state.rest_until is not None and state.rests(self._board.now):
                until = self._at(state.rest_until)
                rests = say("asked for rest until {instant}", instant=until)
                lines.append(f"{code(state.channel)}: {rests}")
            problems = Counter(render_setback(each, self.language) for each in state.failures)
            for problem, count in problems.items():
                many = f" (× {count})" if count > 1 else ""
                lines.append(f"{code(state.channel)}{many}: {plain(problem, 400)}")
        yield self._list(lines)

    def _program(self) -> Iterator[str]:
        say, board, run = self.language.say, self._board, self._board.run
        yield "## " + say("The program")
        lines = []
        if self._changing:
            zone = board.configuration.instance.zone.key
            lines.append(say("As of {instant} ({zone}).", instant=self._at(board.now), zone=zone))
            if run is not None:
                lines.append(say("Last run: {instant}.", instant=self._at(run.at)))
            lines.append(self._pace())
        if self._pages is not None:
            lines.append(
                say(
                    "To stop it within seconds, put the label {label} on this page; to let it go "
                    "on, take the label off. Promises run all the same.",
                    label="`doleances: stop`",
                )
            )
            lines.append(say("Who wants no such page closes the issue; reopened, it comes back."))
        yield self._list(lines)

    def _pace(self) -> str:
        say, pace = self.language.say, self._board.pace
        if pace is None:
            return say("After three scheduled runs this says how punctual the schedule is.")
        span = self.language.span
        return say(
            "The last {count} scheduled runs began {usual} apart in general, {longest} at most. "
            "Where the workflow asks for them more often, the forge is late.",
            usual=span(pace.usual),
            longest=span(pace.longest),
            count=pace.count + 1,
        )

    def _link(self, case: OpenCase) -> str:
        summary = case.summary
        if self._pages is None:
            return _own(summary.id)
        if case.branch is None:
            return f"[{summary.id}]({self._pages.file(summary.path)})"
        if case.pull is not None:
            return f"[{summary.id}]({self._pages.pull(case.pull)})"
        return _own(summary.id)

    def _number(self, pull: int) -> str:
        # Never `#1`: that would leave a trace on the page of the pull request.
        return str(pull) if self._pages is None else f"[{pull}]({self._pages.pull(pull)})"

    def _at(self, at: datetime) -> str:
        return self.language.instant(at)

    def _list(self, lines: Iterable[str]) -> str:
        found = list(lines)
        items = [f"- {line}" for line in found[:_LINES]]
        if left := len(found) - len(items):
            items.append("- " + self.language.say_n("and {count} more", "and {count} more", left))
        return "\n".join(items)

    def _table_head(self, *names: str) -> str:
        return _cells(*names) + "\n" + _cells(*("---" for _ in names))


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _own(text: str) -> str:
    """Return an id as code that can be copied: what tells others apart from ours is its form."""
    return f"`{text}`" if _ID.fullmatch(text) else code(text)


def _more(items: tuple[str, ...], shown: int) -> str:
    return ", …" if len(items) > shown else ""
