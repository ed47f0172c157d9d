"""The dashboard in words: Markdown for people who need not know git.

Only our own words and ids stand in it, and what others said of failures, defused.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from runner.clocks.standings import Standing
from runner.model import State
from runner.planning.branches import INTAKE
from runner.planning.dashboard import Dashboard, OpenCase
from runner.planning.dashboard_below import below_cases
from runner.planning.dashboard_cells import LINES, cells, own_id, table_head
from runner.planning.next_step import case_steps
from runner.planning.own_page import OwnPage
from runner.planning.turns import Turn
from runner.planning.words import counted_cases, person_name, promise_line
from runner.text.language import Language
from runner.text.markdown import plain

LIMIT = 64_000
"""Characters of the page.  GitHub takes 65,536, and the marker goes before it."""
_FIRST = 25
"""Cases that are seen at once; the others unfold."""
_ROOM_FOR_THE_REST = 400
"""Characters kept for the words that say how many cases were left out."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where people see a pull request by its number, and a file by its path."""

    pull: Callable[[int], str]
    file: Callable[[str], str]


def render_dashboard(board: Dashboard, language: Language, pages: Pages | None = None) -> OwnPage:
    """Return the dashboard's page, of at most `LIMIT` characters; `pages` where there are any.

    The cases that do not fit are counted.
    """
    say = language.say
    body = _Body(board, language, pages, changing=True).text()
    lasting = _Body(board, language, pages, changing=False).text()
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
        *,
        changing: bool,
    ) -> None:
        self._board = board
        self.language = language
        self._team = board.configuration.team
        self._pages = pages
        self._changing = changing

    def text(self) -> str:
        above = [*self._top(), *self._crises()]
        below = below_cases(
            self._board,
            self.language,
            changing=self._changing,
            has_pages=self._pages is not None,
        )
        taken = sum(len(part) + 2 for part in (*above, *below)) + _ROOM_FOR_THE_REST
        return "\n\n".join((*above, *self._cases(LIMIT - taken), *below)) + "\n"

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
                instant=self.language.instant(record.failing_since or record.at),
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
            for case in crises[:LINES]
        )

    def _cases(self, room: int) -> Iterator[str]:
        """Yield the tables of cases, as far as there is room."""
        say, board = self.language.say, self._board
        cases = board.cases[len(board.crises[:LINES]) :]
        if not cases:
            return
        head = table_head(
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
        return cells(
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

    def _link(self, case: OpenCase) -> str:
        summary = case.summary
        if self._pages is None:
            return own_id(summary.id)
        if case.branch is None:
            return f"[{summary.id}]({self._pages.file(summary.path)})"
        if case.pull is not None:
            return f"[{summary.id}]({self._pages.pull(case.pull)})"
        return own_id(summary.id)

    def _number(self, pull: int) -> str:
        # Never `#1`: that would leave a trace on the page of the pull request.
        return str(pull) if self._pages is None else f"[{pull}]({self._pages.pull(pull)})"
