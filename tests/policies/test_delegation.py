"""How far each role decides alone, as `policies/delegation.yaml` says it."""

from decimal import Decimal
from pathlib import Path

import pytest

from runner.policies.delegation import Delegation, Grant, build_delegation, check_delegation
from runner.schemas import check_document
from runner.text.strict_yaml import Document, read_document

SHIPPED = Path(__file__).parents[2] / "policies/delegation.yaml"


def document(text: str) -> Document:
    read = read_document(f"version: 1\nlimits:\n{text}".encode(), "policies/delegation.yaml")
    assert isinstance(read, Document)
    return read


def shipped() -> Delegation:
    read = read_document(SHIPPED.read_bytes(), "policies/delegation.yaml")
    assert isinstance(read, Document)
    assert not check_document("delegation", read)
    assert not list(check_delegation(read))
    return build_delegation(read)


@pytest.mark.parametrize(
    ("role", "category", "topic", "answer", "refuse", "grant"),
    [
        ("community-manager", "complaint", "delivery", True, False, "30 EUR"),
        ("community-manager", "complaint", "warranty", False, False, "None"),
        ("community-manager", "question", None, True, True, "15 EUR"),
        ("brand-care", "complaint", "warranty", True, True, "2000 EUR"),
        ("quality", "complaint", "warranty", True, True, "any amount"),
    ],
)
def test_the_first_limit_that_fits_a_role_holds(
    role: str, category: str, topic: str | None, answer: bool, refuse: bool, grant: str
) -> None:
    (limit,) = shipped().limits_for((role,), category, topic)
    assert (limit.answer, limit.refuse, str(limit.grant)) == (answer, refuse, grant)


def test_who_has_several_roles_has_a_limit_for_each() -> None:
    limits = shipped().limits_for(("quality", "brand-care", "watcher"), "praise", None)
    assert [limit.role for limit in limits] == ["brand-care", "quality"]


@pytest.mark.parametrize(
    ("grant", "amount", "currency", "covered"),
    [
        (Grant(Decimal(30), "EUR"), "30.00", "EUR", True),
        (Grant(Decimal(30), "EUR"), "30.01", "EUR", False),
        (Grant(Decimal(30), "EUR"), "1", "GBP", False),
        (Grant(None), "1000000", "GBP", True),
    ],
)
def test_what_a_grant_covers(grant: Grant, amount: str, currency: str, covered: bool) -> None:
    assert grant.covers(Decimal(amount), currency) is covered


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            "- {role: quality}\n- {role: quality, topic: delivery}\n",
            (4, 3),
            "this limit never holds: one above fits every such case",
            "move it before line 3",
        ),
        (
            "- {role: quality, over: quality}\n",
            (3, 25),
            "`quality` cannot cover what is over its own limit",
            "name the role that decides more",
        ),
    ],
)
def test_limits_that_make_no_sense_are_faults(
    text: str, place: tuple[int, int], message: str, hint: str
) -> None:
    (fault,) = check_delegation(document(text))
    assert ((fault.line, fault.column), fault.message, fault.hint) == (place, message, hint)


def test_other_categories_and_topics_are_no_repetition() -> None:
    text = "- {role: quality, topic: a}\n- {role: quality, category: praise}\n- {role: quality}\n"
    assert not list(check_delegation(document(text)))
