import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runner.text.markdown import code, fence, link, plain, quote, unmarked

_PAGE = MarkdownIt("gfm-like", {"html": True, "linkify": False})
_JOINER = "\u2060"


def _shown(markdown: str) -> list[tuple[str, str]]:
    """Return the leaves of the rendered page: kind of token and content."""
    return [
        (leaf.type, leaf.content)
        for token in _PAGE.parse(markdown)
        for leaf in (token.children or [token])
        if leaf.content or leaf.type not in {"paragraph_open", "paragraph_close"}
    ]


_HOSTILE = [
    "fixes #1",
    "@lumen/team look",
    "GH-1, LUM-12, !3",
    "lumen/desk#1 lumen/desk@0123456",
    "<!-- hidden --> <img src=x onerror=alert(1)>",
    "![x](https://example.org/pixel.png) [y](javascript:alert(1))",
    "closes https://github.com/lumen/desk/issues/1",
    "```\nout\n```",
    "~~~\n</details>\n~~~",
    "````text\n# title",
    "[skip ci] ***NO_CI***",
    "\n\n# title\n| a | b |\n|---|---|\n",
    "`a` ``b``",
    "```````````",
]


@pytest.mark.parametrize("text", _HOSTILE)
def test_a_quote_is_one_block_and_nothing_else(text: str) -> None:
    assert [kind for kind, _ in _shown(quote(text))] == ["fence"]


@pytest.mark.parametrize("text", _HOSTILE)
def test_code_is_one_span_and_nothing_else(text: str) -> None:
    assert [kind for kind, _ in _shown(code(text))] == ["code_inline"]


def test_a_quote_shows_what_was_written() -> None:
    assert quote("Bonjour,\n\nma lampe est cassée.") == (
        "```text\nBonjour,\n\nma lampe est cassée.\n```"
    )


def test_long_lines_of_a_quote_are_wrapped() -> None:
    lines = quote("mot " * 100).split("\n")
    assert max(map(len, lines)) <= 96
    assert sum(line.count("mot") for line in lines) == 100


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("fixes #1", f"fixes #{_JOINER}1"),
        ("@lumen", f"@{_JOINER}lumen"),
        ("GH-1 LUM-12", f"GH-{_JOINER}1 LUM-{_JOINER}12"),
        ("Gitea !3", f"Gitea !{_JOINER}3"),
        ("[skip ci]", f"[{_JOINER}skip ci]"),
        ("https://git.example.org/a/b/issues/1", f"https:{_JOINER}//git.example.org/a/b/issues/1"),
        ("https://example.org/a", "https://example.org/a"),
        ("un # deux, 3 ! et jean @ lui", "un # deux, 3 ! et jean @ lui"),
    ],
)
def test_what_acts_in_a_commit_message_is_broken_too(text: str, broken: str) -> None:
    assert fence(text) == f"```text\n{broken}\n```"
    assert code(text) == f"`{broken}`"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
def test_nothing_to_quote_gives_nothing(text: str) -> None:
    assert quote(text) == ""
    assert code(text) == ""


def test_code_fits_in_a_table() -> None:
    assert code("a | b\nc") == "`a ¦ b c`"


def test_code_keeps_backticks() -> None:
    assert _shown(code("`a` b")) == [("code_inline", "`a` b")]


def test_output_is_bounded() -> None:
    assert len(quote("a@b #1 " * 10_000)) < 8_000
    assert len(code("x" * 10_000, 50)) <= 52
    assert len(fence("`" * 10_000, limit=100)) < 320


@pytest.mark.parametrize(
    ("url", "label", "shown"),
    [
        ("https://forum.example.org/t/1#p3", "", "<https://forum.example.org/t/1#p3>"),
        (
            "https://forum.example.org/t/1",
            "a [b](c)",
            r"[a \[b\]\(c\)](<https://forum.example.org/t/1>)",
        ),
        ("https://github.com/a/b/issues/1", "x", f"`https:{_JOINER}//github.com/a/b/issues/1`"),
        ("javascript:alert(1)", "x", "`javascript:alert(1)`"),
        ("https://example.org/> @a", "", f"`https://example.org/> @{_JOINER}a`"),
    ],
)
def test_a_link_leads_where_it_says(url: str, label: str, shown: str) -> None:
    assert link(url, label) == shown


@given(st.text(st.sampled_from("`~ab\n #@!1<>|[]()*_-\\& é")))
def test_no_text_leaves_its_block(text: str) -> None:
    for made, kind in ((quote(text), "fence"), (code(text), "code_inline")):
        assert {shown for shown, _ in _shown(f"x\n\n{made}\n\ny")} <= {"text", kind}
        assert not re.search(r"#\d|@[\w-]", made)


@given(st.text(st.sampled_from("`ab[]()<>\\*_!&; é")))
def test_no_label_leaves_its_link(label: str) -> None:
    made = link("https://example.org/a", label)
    opened = [
        token for token in _PAGE.parseInline(made)[0].children or [] if token.type == "link_open"
    ]
    assert [token.attrs["href"] for token in opened] == ["https://example.org/a"]
    assert made.startswith(("[", "<"))


def linked(text: str) -> str:
    """Return the text as the label of a link."""
    return link("https://example.org/", text or "-")


@given(st.text(st.sampled_from("`ab[]()<>\\*_!&; é|#1")), st.sampled_from([plain, code, linked]))
def test_without_marks_words_are_what_a_page_shows(text: str, marked: Callable[[str], str]) -> None:
    line = marked(text)
    (inline,) = MarkdownIt().parseInline(line)
    shown = "".join(child.content for child in inline.children or ())
    assert unmarked(line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("## Open cases", "Open cases"),
        ("> [!WARNING]", ""),
        ("> **Stopped** by people", "Stopped by people"),
        ("lou\\_b wrote `c-7f3k2m9x4q5t`", "lou_b wrote c-7f3k2m9x4q5t"),
        ("[`c-7f3k2m9x4q5t`](../src/a.yaml)", "c-7f3k2m9x4q5t"),
        ("[a\\]b](<https://example.org>), \\`c", "a]b, `c"),
    ],
    ids=["head", "warning", "bold", "sign", "link", "bracket"],
)
def test_marks_of_our_pages_are_taken_away(line: str, shown: str) -> None:
    assert unmarked(line) == shown
