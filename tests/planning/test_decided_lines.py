"""What people qualified, field by field, in the words of the team."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runner.cases.case import Entry
from runner.planning.entry_lines import decided_lines
from runner.policies.team import Person, Team
from runner.text.language import Language

AT = datetime(2026, 11, 22, tzinfo=UTC)
INES = Person("ines", "Inès Carpentier", (), (), ())
SET = {
    "owner": "ines", "brand": "lumen", "language": "fr", "category": "complaint",
    "urgency": "high", "topic": "delay", "product": "aube", "known": "yes",
}  # fmt: skip
WAS = dict.fromkeys(SET) | {"urgency": "normal", "category": "question", "known": "unknown"}


def lines(code: str) -> list[str]:
    entry = Entry("qualified", AT, AT, "ines", None, (), {"set": SET, "was": WAS})
    language = Language(code, ZoneInfo("Europe/Paris"))
    return [*decided_lines(entry, Team((INES,), ()), language)]


def test_fields_and_values_are_said_in_words() -> None:
    assert lines("en") == [
        "owner: - → Inès Carpentier",
        "brand: - → lumen",
        "language: - → French",
        "category: question → complaint",
        "urgency: normal → high",
        "topic: - → delay",
        "product: - → aube",
        "known at the company: unknown → yes",
    ]


def test_in_french_too() -> None:
    assert [line.replace("\N{NO-BREAK SPACE}", "~") for line in lines("fr")] == [
        "responsable~: - → Inès Carpentier",
        "marque~: - → lumen",
        "langue~: - → français",
        "catégorie~: question → réclamation",
        "urgence~: normale → haute",
        "sujet~: - → retard",
        "produit~: - → aube",
        "connu de l’entreprise~: inconnu → oui",
    ]


def test_other_entries_decide_nothing() -> None:
    entry = Entry("noted", AT, AT, "ines", None, (), {"note": "vu"})
    language = Language("en", ZoneInfo("Europe/Paris"))
    assert not [*decided_lines(entry, Team((), ()), language)]
