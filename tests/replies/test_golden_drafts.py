"""A dozen drafts in each language as customers would read them; `data/drafts.txt` was read aloud.

Whoever changes a template or a rule of choice sees here what changes in the words.  To take over
what is drafted now, write `render` to the file and read it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from runner.cases.case import Asked, Case, Entry
from runner.model import Category
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.replies.drafting import Draft, draft

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
FILE = Path(__file__).parent / "data" / "drafts.txt"
SITES = {
    "fr": ("avis-conso", "ines", ("Camille_R", "zoe_renov", "Gaëtan Leroy", None)),
    "en": ("reviews-uk", "sam", ("Ken and Jo", "Meena P", "brightside77", None)),
}
STEPS = (
    (Purpose.FIRST_CONTACT, "delivery", "lampe-aube", Category.COMPLAINT),
    (Purpose.FIRST_CONTACT, "staff", None, Category.COMPLAINT),
    (Purpose.FIRST_CONTACT, None, "cafetiere-rosee", Category.QUESTION),
    (Purpose.INCIDENT, "breakdown", "bouilloire-brume", Category.COMPLAINT),
    (Purpose.THANKS, None, "suspension-halo", Category.PRAISE),
    (Purpose.ADVICE, "purchase", "grille-pain-braise", Category.ADVICE),
    (Purpose.ASK_DETAILS_PUBLIC, "refund", "grille-pain-braise", Category.COMPLAINT),
    (Purpose.ASK_DETAILS_PRIVATE, "billing", None, Category.COMPLAINT),
    (Purpose.REMINDER, "no-answer", "lampe-aube", Category.COMPLAINT),
    (Purpose.HAND_OFF, "breakdown", "bouilloire-brume", Category.COMPLAINT),
    (Purpose.ANSWER, "quality", "cafetiere-rosee", Category.COMPLAINT),
    (Purpose.REFUSAL, "refund", "suspension-halo", Category.COMPLAINT),
    (Purpose.CLOSING, "installation", "suspension-halo", Category.COMPLAINT),
    (Purpose.CLOSING_WITHOUT_NEWS, "delay", None, Category.COMPLAINT),
    (Purpose.SURVEY, "delivery", "lampe-aube", Category.COMPLAINT),
)


def render(make_case: Callable[..., Case], shipped: Configuration) -> str:
    """Return the drafts, each below what it is for."""
    lines = []
    for language, (source, owner, authors) in SITES.items():
        for nth, (purpose, topic, product, category) in enumerate(STEPS):
            case = make_case(
                nth, source=source, language=language, owner=owner, topic=topic, product=product,
                category=category, author=authors[nth % 4],
                incident=shipped.incidents[0].id if purpose is Purpose.INCIDENT else None,
            )  # fmt: skip
            asked = Entry("details-asked", NOW, NOW, owner, None, (), {"channel": "public"})
            if purpose in {Purpose.REMINDER, Purpose.CLOSING_WITHOUT_NEWS}:
                case = replace(case, log=(*case.log, asked))
            if nth == 0 and language == "fr":
                case = replace(case, asked=(Asked("Une livraison cette semaine"),))
            made = draft(case, shipped, (), NOW, purpose=purpose)
            assert isinstance(made, Draft), (purpose, made)
            lines += [f"{purpose.value}, {language} ({made.recorded})", made.text, ""]
    return "\n".join(lines)


def test_drafts_read_as_they_were_read_aloud(
    make_case: Callable[..., Case], shipped: Configuration
) -> None:
    assert render(make_case, shipped) == FILE.read_text(encoding="utf-8")
