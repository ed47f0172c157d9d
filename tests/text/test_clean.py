import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.clean import ELLIPSIS, MARKS_LIMIT, cap, clean_line, clean_text


@pytest.mark.parametrize(
    ("said", "cleaned"),
    [
        pytest.param("  a  b \n\n\n\n c ", "a b\n\nc", id="spaces-and-blank-lines"),
        pytest.param(
            "a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh", id="newlines"
        ),
        pytest.param("a\x00b\x07c\x7f\x9f", "abc", id="controls"),
        pytest.param("\x1b[31mrouge\x1b[0m \x9b2Jx", "rouge x", id="colours"),
        pytest.param(
            "\x1b]0;title\x07x \x1b]8;;http://a\x1b\\y", "x y", id="terminal-titles-and-links"
        ),
        pytest.param("\x1b\x1b[31mx", "x", id="a-lone-escape-before-one"),
        pytest.param("a\u202eb\u2066c\u2069d\u200fe\u061cf", "abcdef", id="bidi"),
        pytest.param("pa\u200bsse\ufeff\u2060\u00ad!", "passe!", id="zero-width"),
        pytest.param("a\u200db \u200c", "ab", id="joiners-between-latin-letters"),
        pytest.param(
            "👩\u200d🔧 ❤\ufe0f 1\ufe0f\u20e3", "👩\u200d🔧 ❤\ufe0f 1\ufe0f\u20e3", id="emoji-stay"
        ),
        pytest.param("1\ufe0f a\ufe0f\ufe0e", "1 a", id="selectors-after-letters"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="joiners-inside-persian-words-stay"),
        pytest.param("x\U000e0041\U000e0042y", "xy", id="tags"),
        pytest.param("\u3164\u115f\u2800", "", id="letters-that-look-like-nothing"),
        pytest.param("a\u00a0b\u202fc\u3000d\te", "a b c d e", id="every-space"),
        pytest.param("e\u0301te\u0301", "été", id="nfc"),
        pytest.param("a\ud800b", "a\ufffdb", id="half-a-pair"),
        pytest.param("\ud83d\ude00", "😀", id="both-halves-of-a-pair"),
        pytest.param("a\ufffe\uffff\ufdd0b", "ab", id="noncharacters"),
        pytest.param(
            "z\u0335\u0336\u0337\u0338\u0339\u033a\u033b", "z\u0335\u0336\u0337\u0338", id="stack"
        ),
    ],
)
def test_text_is_made_harmless(said: str, cleaned: str) -> None:
    assert clean_text(said) == cleaned


def test_a_line_is_one_line() -> None:
    assert clean_line(" a\n\n b\u2028c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "limit", "capped"),
    [
        ("un deux trois", 13, "un deux trois"),
        ("un deux trois", 12, "un deux…"),
        ("un deux trois", 8, "un deux…"),
        ("un deux\ntrois", 9, "un deux…"),
        ("anticonstitutionnellement", 10, "anticonst…"),
        ("a bcdefghijklmnop", 10, "a bcdefgh…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_a_cap_falls_between_words(text: str, limit: int, capped: str) -> None:
    assert cap(text, limit) == capped


_AWKWARD = st.text(
    st.one_of(
        st.sampled_from(
            "ab \n\t\r\x00\x1b[31m\x85\u2028\u202e\u200b\u200c\u200d\ufe0e\ufe0f\u20e31#❤👩🔧"
            "e\u0301\u0315\u0335\u0344\u0958ᄀ\u1161می\u3099か\ud83d\ude00\u00a0\u3000\x9b;m\x07"
        ),
        st.characters(),
    )
)


@given(_AWKWARD, st.one_of(st.none(), st.integers(0, 30)))
def test_cleaning_twice_is_cleaning_once(text: str, limit: int | None) -> None:
    once = clean_text(text, limit)
    assert clean_text(once, limit) == once
    assert clean_line(clean_line(text, limit), limit) == clean_line(text, limit)


@given(_AWKWARD, st.integers(0, 30))
def test_nothing_in_clean_text_acts(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit)
    assert len(cleaned) <= limit
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(character) in {"LRO", "RLO", "LRE", "RLE", "PDF", "LRI", "RLI"}
        for character in cleaned.replace("\n", "")
    )
    assert cleaned == cleaned.strip()
    assert all(line == line.strip(" ") for line in cleaned.split("\n"))
    assert "\n\n\n" not in cleaned


@given(st.text(st.sampled_from("a\u0335\u0336\u0337e\u0301")))
def test_no_letter_carries_a_tower(text: str) -> None:
    run = longest = 0
    for character in clean_text(text):
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    assert longest <= MARKS_LIMIT


def test_a_capped_text_says_so() -> None:
    assert clean_text("mot " * 100, 50).endswith(f"mot{ELLIPSIS}")
