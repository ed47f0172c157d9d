"""What people see on a terminal fits it: words stay whole, a margin runs through."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from runner.cli.pages import print_line, print_text
from runner.cli.terminal import Terminal, fit_columns, hang, wrap

ROWS = [
    ("No.", "case", "nature", "échéance"),
    ("1", "c-hvk57ahsnag6", "demande de conseil", "dim. 22 nov. 2026 à 01:01"),
]


class Screen(io.StringIO):
    """A terminal of forty columns."""

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", self.getvalue())
        return [line.rstrip() for line in plain.splitlines()]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    return Screen()


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (80, [3, 14, 18, 25]),
        (60, [3, 14, 18, 25]),
        (50, [3, 14, 16, 17]),
        (33, [3, 14, 8, 8]),
        (20, [3, 5, 6, 6]),
        (0, [1, 1, 1, 1]),
    ],
)
def test_the_widest_column_gives_way_first_and_words_stay_whole_while_they_can(
    room: int, widths: list[int]
) -> None:
    assert fit_columns(ROWS, room) == widths


def test_lines_break_at_plain_spaces_only() -> None:
    assert wrap("il reste 3\u00a0jours\u202f: forum-bricolage", 15) == [
        "il reste",
        "3\u00a0jours\u202f:",
        "forum-bricolage",
    ]
    assert wrap("see https://example.org/t/1", 8, words_whole=True) == [
        "see",
        "https://example.org/t/1",
    ]


def test_lines_are_measured_by_the_cells_that_signs_take() -> None:
    wide, accented = "ランプが割れた", "cafe\u0301"
    assert wrap(f"{wide} {wide}", 20) == [wide, wide]
    assert wrap(wide, 5) == ["ラン", "プが", "割れ", "た"]
    assert wrap(f"{accented} {accented} {accented}", 14) == [" ".join([accented] * 3)]
    assert hang(f"  {wide} {wide}", 20) == [f"  {wide}", f"    {wide}"]
    assert hang("one two\n\tthree", 8) == ["one two", "  three"]
    assert wrap("x" * 200_000, 40)[-1] == "x" * 40


def test_a_table_fits_the_screen(screen: Screen) -> None:
    Terminal(screen).table(ROWS[0], ROWS[1:])
    lines = screen.lines()
    assert max(map(len, lines)) <= 40
    assert lines[0] == "No.  case            nature    échéance"
    assert lines[2:] == [
        "1    c-hvk57ahsnag6  demande   dim. 22",
        "                     de        nov. 2026",
        "                     conseil   à 01:01",
    ]


def test_sentences_stand_below_their_row_where_they_would_make_it_too_wide(screen: Screen) -> None:
    rows = [
        ("c-hvk57ahsnag6", "ouvert", "Répondre en public, sans attendre demain."),
        ("c-ksaxnqsx04pf", "résolu", "Clore."),
    ]
    Terminal(screen).table(("dossier", "état", "étape suivante"), rows, below=1)
    assert screen.lines() == [
        "dossier         état",
        "─" * 40,
        "c-hvk57ahsnag6  ouvert",
        "    Répondre en public, sans attendre",
        "    demain.",
        "c-ksaxnqsx04pf  résolu",
        "    Clore.",
    ]


def test_sentences_stand_beside_where_there_is_room(screen: Screen) -> None:
    Terminal(screen).table(("dossier", "étape"), [("c-ksaxnqsx04pf", "Clore.")], below=1)
    assert screen.lines()[0].split() == ["dossier", "étape"]
    assert screen.lines()[2:] == ["c-ksaxnqsx04pf  Clore."]


def test_a_margin_stands_before_each_line_of_a_quote(screen: Screen) -> None:
    print_line(Terminal(screen), "a kettle that leaks all over the work top", None, ("| ", "| "))
    assert screen.lines() == ["| a kettle that leaks all over the work", "| top"]


def test_in_a_pipe_nothing_is_wrapped() -> None:
    pipe = io.StringIO()
    print_line(Terminal(pipe), "word " * 40, None, ("  ", "    "))
    assert pipe.getvalue() == "  " + "word " * 40 + "\n"


def test_an_indented_text_keeps_its_margins_where_it_is_wrapped(screen: Screen) -> None:
    text = "c-1 · open\n\n  reason: it came in two parts, late and wet\n"
    text += "  │ one two three four five six seven eight"
    print_text(Terminal(screen), text)
    assert screen.lines() == [
        "c-1 · open",
        "",
        "  reason: it came in two parts, late",
        "    and wet",
        "  │ one two three four five six seven",
        "  │ eight",
    ]


def test_in_a_pipe_an_indented_text_stays_as_it_is() -> None:
    out = io.StringIO()
    text = "a\n\n  │ " + "word " * 20 + "end\n  │   indented"
    print_text(Terminal(out), text)
    assert out.getvalue() == text + "\n"


@given(st.text("ab -«é\u00a0\u0301ラ", max_size=120), st.integers(8, 40))
def test_a_line_that_goes_on_hangs_behind_its_margin_with_every_word_whole(
    said: str, width: int
) -> None:
    lines = hang(f"  {said}".rstrip(" "), width)
    assert " ".join(lines).split() == said.split()
    for number, line in enumerate(lines):
        assert cell_len(line) <= width or len(line.strip(" ").split(" ")) == 1
        assert number == 0 or line.startswith("    ")


def test_sentences_and_remarks_fit_the_screen_and_documents_stay_as_they_are(
    screen: Screen,
) -> None:
    remarks = Screen()
    terminal = Terminal(screen, remarks)
    long = "  look at https://forum.example.org/lumen/t/8004/page/2 before you answer there"
    terminal.say(long)
    terminal.say("ok       " + "word " * 9, within=9)
    terminal.note(long)
    terminal.document(long)
    assert screen.lines() == [
        "  look at",
        "    https://forum.example.org/lumen/t/8004/page/2",
        "    before you answer there",
        "ok       word word word word word word",
        "         word word word",
        long,
    ]
    assert remarks.lines() == screen.lines()[:3]
    piped = io.StringIO()
    Terminal(piped).say(long)
    assert piped.getvalue() == f"{long}\n"


def test_columns_without_room_stand_below_under_their_names_with_words_whole(
    screen: Screen,
) -> None:
    rows = [("after_sales", "yes", "complaint-with-stars", "policies/triage.yaml:1120", "late")]
    Terminal(screen).table(("field", "judged", "rule", "where", "because"), rows, below=1)
    assert screen.lines()[2:] == [
        "after_sales  yes",
        "    rule  complaint-with-stars",
        "    where  policies/triage.yaml:1120",
        "    late",
    ]


def test_columns_are_as_wide_as_the_screen_shows_their_signs(screen: Screen) -> None:
    rows = [("急須の漏れ", "open", "ok"), ("☕☕", "closed", "late")]
    Terminal(screen).table(("about", "state", "due"), rows)
    assert screen.lines() == [
        "about       state   due",
        "─" * 24,
        "急須の漏れ  open    ok",
        "☕☕        closed  late",
    ]
