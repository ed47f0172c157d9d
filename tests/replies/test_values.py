"""Names and words of customers, made plain."""

import pytest

from runner.replies.values import listed, plain_words, spoken_name


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        ("Camille_R", "Camille"),
        ("Paul.M", "Paul"),
        ("Marie Dupont", "Marie"),
        ("Élodie V.", "Élodie"),
        ("Ken and Jo", "Ken and Jo"),
        ("jp.morel38", "jp.morel38"),
        ("jean.dupont", "jean.dupont"),
        ("Voyance_Stella", "Voyance_Stella"),
        ("Client_M", "Client_M"),
        ("@gaetan_b", "gaetan_b"),
        ("__bold__", "bold"),
        ("李雷", "李雷"),
        ("O’Neil", "O’Neil"),
        ("Jean-Pierre M", "Jean-Pierre"),
        ("Marie-Laure Petit", "Marie-Laure"),
        ("MARIE DUPONT", "Marie"),
        ("ÉLODIE B", "Élodie"),
        ("ANNE", "Anne"),
        ("SNCF", "SNCF"),
        ("J-P", "J-P"),
        ("🌸 Léa 🌸", "Léa"),
        ("👍👍", ""),
        ("bob<script>", "bobscript"),
        ("line\nbreak", "line break"),
        ("12345", ""),
        ("", ""),
        (None, ""),
        ("https://evil.example", ""),
        ("evil.com", ""),
        ("www.evil.example", ""),
        ("me@example.org", ""),
        ("x" * 41, ""),
        ("[… votre conseil]", "votre conseil"),
    ],
)
def test_how_a_customer_is_addressed(handle: str | None, name: str) -> None:
    assert spoken_name(handle) == name


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a *lamp*\nplease @all #1", "a lamp please all 1"),
        ("see https://evil.example", "see httpsevil.example"),
        ("l’été, 20 €", "l’été, 20 €"),
        ("[… x]", "… x"),
    ],
)
def test_words_act_nowhere(text: str, plain: str) -> None:
    assert plain_words(text) == plain


def test_items_in_a_row() -> None:
    assert listed((), "fr") == ""
    assert listed(("a",), "en") == "a"
    assert listed(("a", "b", "c"), "fr") == "a, b et c"
    assert listed(("a", "b"), "en") == "a and b"
