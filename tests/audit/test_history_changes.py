"""`doleances history` says what changed of a merged case besides its log growing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from audit_book import CASE, TWO_PLACES, Book, clean, verb

from runner.cli.main import run
from runner.text.masking import TOKENS, PersonalData

Told = tuple[dict[str, Any], str, str]
Last = Callable[..., Told]
INSERTED = (
    "- entry: noted\n  at: 2026-11-21T06:00:00Z\n  recorded_at: 2026-11-21T06:00:00Z\n"
    "  by: ines\n  note: INSERTED LATER\n"
)


@pytest.fixture
def last(book: Book, capsys: pytest.CaptureFixture[str]) -> Last:
    """Return the last version as data, and what is said of it in English and in French."""

    def tell(path: str = CASE) -> Told:
        said = []
        for code in ("en", "fr"):
            settings = book.read("sources.yaml")
            book.write("sources.yaml", settings.replace("language: fr", f"language: {code}"))
            capsys.readouterr()
            book.commit("Speak.")
            assert run(["-C", str(book.root), "history", path]) == 0
            out = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
            said.append(out.split("\n\n")[-1])
            book.write("sources.yaml", settings)
        assert run(["-C", str(book.root), "history", "--json", path]) == 0
        version = json.loads(capsys.readouterr().out)["versions"][-1]
        return version, said[0], said[1]

    return tell


def changes(version: dict[str, Any]) -> list[tuple[str, str, str | None, bool]]:
    return [(one["part"], one["how"], one["name"], one["explained"]) for one in version["changes"]]


def test_other_words_of_a_customer(book: Book, last: Last) -> None:
    book.change(CASE, "trois semaines de retard", "un peu de retard")
    book.commit()
    version, english, french = last()
    assert version["rewritten"]
    assert changes(version) == [("place", "changed", "p1", False)]
    assert version["changes"][0]["fields"] == ["text"]
    assert "the text of place p1 changed" in english
    assert "le texte du lieu p1 a changé" in french


@pytest.mark.parametrize(
    ("old", "new", "name", "english", "french"),
    [
        ("urgency: normal", "urgency: high", "urgency",
         "urgency: normal → high, and no entry says so",
         "urgence : normale → haute, sans qu’aucune entrée ne le dise"),
        ("state: acknowledged", "state: open", "state",
         "state: acknowledged → open, and no entry says so",
         "état : pris en charge → ouvert, sans qu’aucune entrée ne le dise"),
        ("owner: ines", "owner: malo", "owner",
         "owner: Inès Carpentier → Malo Kerven, and no entry says so",
         "responsable : Inès Carpentier → Malo Kerven, sans qu’aucune entrée ne le dise"),
        ("handle: yohan.b", "handle: paul", "handle",
         "customer’s name on the site: changed, and no entry says so",
         "nom du client sur le site : modification, sans qu’aucune entrée ne le dise"),
    ],
    ids=["urgency", "state", "owner", "handle"],
)  # fmt: skip
def test_a_field_that_no_entry_moved(
    book: Book, last: Last, *, old: str, new: str, name: str, english: str, french: str
) -> None:
    book.change(CASE, old, new)
    book.commit()
    version, said, dit = last()
    assert version["rewritten"]
    assert changes(version) == [("field", "changed", name, False)]
    assert english in said
    assert french in dit


def test_what_an_entry_moved_is_not_told_twice(book: Book, last: Last) -> None:
    verb(book, "qualify", "c-d6rn7he0r67d", "--urgency", "high", "--by", "malo")
    book.commit()
    version, english, _ = last()
    assert (version["rewritten"], version["changes"]) == (False, [])
    assert [entry["entry"] for entry in version["entries"]] == ["qualified"]
    assert "no entry says so" not in english


def test_a_place_and_a_rule(book: Book, last: Last) -> None:
    text = book.read(CASE)
    place = text[text.index("- id: p1") : text.index("log:")].replace("id: p1", "id: p2")
    book.change(CASE, "\nlog:", f"\n{place}log:")
    book.change(CASE, "rule: product,", "rule: other,")
    book.commit()
    version, english, french = last()
    assert changes(version) == [
        ("reason", "changed", "product", False), ("place", "added", "p2", False),
    ]  # fmt: skip
    assert "places: p2 was added, and no entry says so" in english
    assert "lieux : p2 a été ajouté, sans qu’aucune entrée ne le dise" in french
    assert "rule noted at detection (product): changed" in english


def test_an_entry_inserted_above_others_is_shown_as_such(book: Book, last: Last) -> None:
    clean(book)
    text = book.read(CASE)
    at = text.rindex("- entry:")
    book.write(CASE, text[:at] + INSERTED + text[at:])
    book.commit()
    version, english, french = last()
    assert version["rewritten"]
    assert [entry["note"] for entry in version["entries"]] == ["INSERTED LATER"]
    assert [(one["how"], one["entry"]["note"]) for one in version["changes"]] == [
        ("inserted", "INSERTED LATER")
    ]
    assert "inserted above entries that were merged before: " in english
    assert "insérée au-dessus d’entrées déjà fusionnées : " in french


def test_an_entry_that_was_reworded_or_removed(book: Book, last: Last) -> None:
    clean(book)
    book.change(CASE, "note: vu", "note: rien vu")
    book.commit()
    version, english, _ = last()
    assert (version["rewritten"], version["entries"]) == (True, [])
    assert "an entry was changed (`note`): " in english
    text = book.read(CASE)
    book.write(CASE, text[: text.rindex("- entry:")])
    book.commit()
    version, _, french = last()
    assert changes(version) == [("entry", "removed", None, False)]
    assert "une entrée a été supprimée : " in french


def test_words_that_were_masked_were_not_rewritten(book: Book, last: Last) -> None:
    book.change(CASE, "achat", TOKENS[PersonalData.EMAIL])
    book.commit()
    version, english, french = last()
    assert not version["rewritten"]
    assert changes(version) == [("place", "hidden", "p1", True)]
    assert "rewritten" not in english
    assert "words of place p1 were masked, sealed or erased" in english
    assert "des mots du lieu p1 ont été masqués, scellés ou effacés" in french


def test_an_erased_case_says_so_and_tells_nobody(book: Book, last: Last) -> None:
    verb(book, "erase", "c-z9dhernv57sj", "--ground", "retention", "--by", "odile")
    book.commit()
    version, english, french = last(TWO_PLACES)
    assert version["rewritten"] is False
    assert {one["how"] for one in version["changes"]} == {"hidden"}
    assert "words of place p1 were masked, sealed or erased" in english
    assert "Sandrine" not in english + french + json.dumps(version)
