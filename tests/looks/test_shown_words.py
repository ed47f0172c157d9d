"""Properties of the comparison: what makes no difference, and what always does."""

import html

from hypothesis import given
from hypothesis import strategies as st
from shown_pages import THEIRS, look, message

from runner.planning.looking import Sighting
from runner.planning.shown_page import ShownPage
from runner.planning.shown_words import contains, match_words, words_of

WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzéèàçœ", min_size=2, max_size=9), min_size=8, max_size=40
)
GAPS = st.sampled_from([" ", "\n", "&nbsp;", " &#32; ", "<br>", " <b></b>", "\t", " – ", ", "])


@given(WORDS, st.data())
def test_gaps_case_and_entities_make_no_difference(words: list[str], data: st.DataObject) -> None:
    written = "".join(
        (word.upper() if data.draw(st.booleans()) else html.escape(word)) + data.draw(GAPS)
        for word in words
    )
    page = f"{THEIRS}<article><h3>Lumen SAV</h3><p>{written}</p></article>"
    assert look(page, said=message(" ".join(words))).sighting is Sighting.PRESENT


@given(WORDS, st.data())
def test_a_word_taken_out_or_put_in_is_never_present(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(words) - 2))
    other = (
        words[:at] + data.draw(st.sampled_from([[], ["zzz"], [words[at], "zzz"]])) + words[at + 1 :]
    )
    if contains(words_of(" ".join(words)), words_of(" ".join(other))):
        return
    page = f"{THEIRS}<article><h3>Lumen SAV</h3><p>{' '.join(other)}</p></article>"
    assert look(page, said=message(" ".join(words))).sighting is not Sighting.PRESENT


@given(st.text(max_size=400), WORDS)
def test_no_markup_trips_it_or_shows_what_is_not_there(markup: str, words: list[str]) -> None:
    said = " ".join(words)
    seen = look(markup, said=message(said))
    shown = tuple(w for line in ShownPage(markup.encode()).lines for w in line.words)
    assert seen.sighting is not Sighting.PRESENT or contains(words_of(said), shown)


@given(WORDS, WORDS)
def test_a_share_is_a_share(wanted: list[str], said: list[str]) -> None:
    lines = ShownPage(f"<p>{' '.join(said)}</p>".encode()).lines
    match = match_words(words_of(" ".join(wanted)), lines)
    assert 0 <= match.share <= 1
    assert (match.share == 1) == contains(words_of(" ".join(wanted)), words_of(" ".join(said)))
