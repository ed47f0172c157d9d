import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.words import beginnings, fold, read_words, stems


def words(text: str) -> list[str]:
    return [token.word for token in read_words(text).tokens]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Déçu", "decu"),
        ("CŒUR", "coeur"),
        ("l’été", "l'ete"),
        ("straße", "strasse"),
        ("De\u0301ja\u0300", "deja"),
        ("ﬁn", "fin"),
    ],
)
def test_case_accents_and_ligatures_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J'ai reçu", ["je", "ai", "reçu"]),
        ("l’appli n'arrive", ["le", "appli", "ne", "arrive"]),
        ("jai rien n arrive", ["je", "ai", "rien", "ne", "arrive"]),
        ("quelqu'un aujourd’hui", ["quelqu'un", "aujourd’hui"]),
        ("I can't, I won't", ["i", "can", "not", "i", "will", "not"]),
        ("didnt we're they'll", ["did", "not", "we", "are", "they", "will"]),
        ("après-vente", ["après", "vente"]),
        ("version 4.0.1", ["version", "4.0.1"]),
        ("k i l l them", ["kill", "them"]),
        ("il y a 2 ans", ["il", "y", "a", "2", "ans"]),
        ("nul 👎", ["nul", "👎"]),
        ("", []),
    ],
)
def test_texts_are_cut_into_whole_words(text: str, expected: list[str]) -> None:
    assert [fold(word) for word in words(text)] == [fold(word) for word in expected]


def test_punctuation_parts_clauses() -> None:
    tokens = read_words("Bonjour, ça marche. Merci !").tokens
    assert [token.clause for token in tokens] == [0, 1, 1, 2]


def test_words_between_quotation_marks_are_known_as_quoted() -> None:
    for text in ('He said "kill them" to me', "Il a dit « tuez les » à moi", "He “kill them” me"):
        quoted = [token.word for token in read_words(text).tokens if token.quoted]
        assert quoted in (["kill", "them"], ["tuez", "les"])


def test_a_lone_quotation_mark_quotes_nothing() -> None:
    assert not any(token.quoted for token in read_words('a 5" screen is broken').tokens)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("arrivée", "arrive"),
        ("arrivée", "arrivé"),
        ("problèmes", "probleme"),
        ("marchent", "marche"),
        ("remboursement", "rembourser"),
        ("crashes", "crashed"),
        ("bugs", "bug"),
        ("delivered", "deliver"),
        ("nuuuul", "nul"),
        ("k1ll", "kill"),
        ("de@th", "death"),
        ("DÉÇUE", "déçu"),
    ],
)
def test_inflections_and_spellings_meet(one: str, other: str) -> None:
    assert stems(one.lower()) & stems(other.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [("tuer", "tu"), ("note", "not"), ("useful", "use"), ("décent", "décès"), ("vie", "vis")],
)
def test_different_words_do_not_meet(one: str, other: str) -> None:
    assert not stems(one) & stems(other)


@given(st.text(max_size=300))
def test_tokens_stand_in_order_where_they_say(text: str) -> None:
    read = read_words(text)
    place = 0
    for token in read.tokens:
        assert 0 <= token.start < token.end <= len(read.text)
        assert token.end >= place
        place = token.end
    clauses = [token.clause for token in read.tokens]
    assert clauses == sorted(clauses)


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


BEGINS = ["b", "d", "tr", "dy", "us", "ag", "ic", "sk", "é", "ou", "u", "y"]
ENDS = ["ing", "ed", "er", "ent", "ait", "ment", "s", "es", "ies", "ying", "ly", "a", "n", "ï"]
PIECES = st.sampled_from(BEGINS + ENDS)


@given(
    st.lists(PIECES, min_size=1, max_size=7).map("".join)
    | st.text("abcdefghijklmnopqrstuvwxyzéèçœïÿ0134@$", min_size=1)
)
def test_words_begin_as_their_stems_do(word: str) -> None:
    for key in stems(word):
        stem = key.removeprefix("french:").removeprefix("english:")
        assert beginnings(stem) & beginnings(word), key


@pytest.mark.parametrize(
    ("word", "other"),
    [("using", "use"), ("dying", "die"), ("tries", "try"), ("skies", "sky"), ("k1lling", "kill")],
)
def test_words_that_share_a_stem_begin_alike(word: str, other: str) -> None:
    assert stems(word) & stems(other)
    assert beginnings(word) & beginnings(other)
