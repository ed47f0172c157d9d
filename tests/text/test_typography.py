"""Typesetting: the spaces, apostrophes and ellipses of French and English."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runner.text.typography import typeset, with_a, with_de

_HARD, _THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Merci !", f"Merci{_THIN}!"),
        ("Merci!", f"Merci{_THIN}!"),
        ("Quoi ?! Non", f"Quoi{_THIN}?! Non"),
        ("c'est réglé: voilà", f"c’est réglé{_HARD}: voilà"),
        ("noté ; merci", f"noté{_THIN}; merci"),
        ("« oui »", f"«{_HARD}oui{_HARD}»"),
        ("« oui:»", f"«{_HARD}oui{_HARD}:{_HARD}»"),
        ("«oui» !", f"«{_HARD}oui{_HARD}»{_THIN}!"),
        ("un bon de 20 €", f"un bon de 20{_HARD}€"),
        ("1 200 pièces", f"1{_THIN}200 pièces"),
        ("à 9:30, sur https://x.example.org/a?b=c;d", "à 9:30, sur https://x.example.org/a?b=c;d"),
        ("attendez...", "attendez…"),
        ("deux  espaces , et une virgule", "deux espaces, et une virgule"),
        ("[… votre conseil] ?", f"[… votre conseil]{_THIN}?"),
        (
            "L'accord de {name} : « {what} » ; {why} ?",
            f"L’accord de {{name}}{_HARD}: «{_HARD}{{what}}{_HARD}»{_THIN}; {{why}}{_THIN}?",
        ),
        ("qu'{name} s'en occupe", "qu’{name} s’en occupe"),
        ("**{due}** : dossier n° {number}", f"**{{due}}**{_HARD}: dossier n°{_HARD}{{number}}"),
        ("`suspend: 'x'` : {limit} ko", f"`suspend: 'x'`{_HARD}: {{limit}}{_HARD}ko"),
        ("{file}:{line}", "{file}:{line}"),
    ],
)
def test_french(text: str, expected: str) -> None:
    assert typeset(text, "fr") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thank you !", "Thank you!"),
        ("I'm here: ask", "I’m here: ask"),
        ("wait...", "wait…"),
        ("at 9:30 on https://x.example.org/a?b", "at 9:30 on https://x.example.org/a?b"),
    ],
)
def test_english(text: str, expected: str) -> None:
    assert typeset(text, "en") == expected


@example("0:»", "fr")
@example("0 .»", "fr")
@given(
    st.text(alphabet="ab é'’.,;:!?«» 0123€\u00a0\u202f\n…()[]{}`*n°"), st.sampled_from(["fr", "en"])
)
def test_twice_is_once_and_no_word_is_lost(text: str, locale: str) -> None:
    once = typeset(text, locale)
    assert typeset(once, locale) == once
    letters = [sign for sign in text if sign.isalnum()]
    assert [sign for sign in once if sign.isalnum()] == letters


@pytest.mark.parametrize(
    ("words", "de", "a"),
    [
        ("Lumen", "de Lumen", "à Lumen"),
        ("Aube", "d’Aube", "à Aube"),
        ("Écho", "d’Écho", "à Écho"),
        ("Halo", "de Halo", "à Halo"),
        ("le grille-pain", "du grille-pain", "au grille-pain"),
        ("les lampes", "des lampes", "aux lampes"),
        ("l’achat", "de l’achat", "à l’achat"),
        ("la lampe", "de la lampe", "à la lampe"),
        ("un retard", "d’un retard", "à un retard"),
        ("", "de ", "à "),
    ],
)
def test_prepositions_contract_and_elide(words: str, de: str, a: str) -> None:
    assert (with_de(words), with_a(words)) == (de, a)
