"""Personal data that people write into a case by hand is refused, whoever wrote it."""

import pytest

from runner.cases.personal import find_personal, holds_personal_data
from runner.policies.privacy import OrderForm, PrivacyPolicy

RULES = PrivacyPolicy(
    allowed=("01 99 00 17 42",),
    order_forms=(OrderForm("commande", r"\bLUM-[0-9]{6}\b", ("LUM-118204",), (), 1),),
)
TELEPHONE = "appelez le 06 39 98 12 34"


@pytest.mark.parametrize(
    "case",
    [
        {"places": [{"text": TELEPHONE}]},
        {"places": [{"title": "camille@example.com"}]},
        {"customer": {"handle": "camille@example.com"}},
        {"offered": ["un bon", TELEPHONE]},
        {"asked": [{"what": "LUM-118204"}]},
        {"log": [{"entry": "noted", "note": TELEPHONE}]},
        {"log": [{"closings": [{"before": TELEPHONE, "after": "x"}]}]},
        {"why": {"urgency": {"detail": TELEPHONE}}},
    ],
)
def test_free_text_is_looked_at_wherever_it_stands(case: object) -> None:
    assert holds_personal_data(case, RULES)
    assert len(list(find_personal(case, RULES))) == 1


@pytest.mark.parametrize(
    "case",
    [
        {"places": [{"text": "le 01 99 00 17 42 sonne, SIRET 552 100 554 00013"}]},
        {"places": [{"url": "https://example.org/t/0639981234", "native_id": "0639981234"}]},
        {"log": [{"reference": "LUM-118204", "recipient": "sav@lumen.example.org"}]},
        {"places": [{"sealed": {"data": "0639981234", "recipient": "a@example.org"}}]},
        {"log": [{"at": "2026-11-21T08:03:12Z", "note": None}]},
    ],
)
def test_the_brands_own_references_and_sealed_blocks_are_fine(case: object) -> None:
    assert not holds_personal_data(case, RULES)
    assert list(find_personal(case, RULES)) == []


def test_texts_are_not_run_together() -> None:
    case = {"places": [{"title": "06 39 98", "text": "12 34 56"}, {"text": "camille@"}]}
    assert not holds_personal_data(case, RULES)
    assert list(find_personal(case, RULES)) == []
