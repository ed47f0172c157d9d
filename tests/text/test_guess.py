import pytest

from runner.text.guess import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour, ma lampe ne s'allume plus depuis hier.", "fr"),
        ("Hello, my lamp does not work any more.", "en"),
        ("Toujours rien reçu", "fr"),
        ("still nothing", "en"),
        ("BONJOUR, OU EST MON COLIS ?", "fr"),
        ("bonjour ma lampe na pas marche tres longtemps", "fr"),
        ("J’adore, c’est génial", "fr"),
        ("I've been waiting, it's late", "en"),
        ("Don't buy from them", "en"),
        ("L'ampoule d'origine", "fr"),
        ("Colis livré, but the lamp is broken and there is no answer", "en"),
        ("Lumen", None),
        ("Excellent service", None),
        ("LX-204 :-(", None),
        ("👍👍👍 10/10", None),
        ("", None),
        ("Лампа не работает app", None),
        ("電気がつかない the", None),
        ("the le and et", None),
    ],
)
def test_the_words_tell_the_language_or_nothing_is_said(text: str, language: str | None) -> None:
    assert guess_language(text) == language


def test_a_long_text_is_judged_by_its_beginning() -> None:
    assert guess_language("la lampe est en panne. " * 200 + "the lamp is broken. " * 9000) == "fr"
