"""What a place allows decides what is drafted: in public, in private, for money, or not at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from runner.cases.case import Case
from runner.model import Category, ContactAbility, State
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.replies.steps import next_purposes

API, MANUAL, PAID, NONE = (
    ContactAbility.API, ContactAbility.MANUAL, ContactAbility.PAID, ContactAbility.NONE,
)  # fmt: skip
FIRST, THANKS, ADVICE = Purpose.FIRST_CONTACT, Purpose.THANKS, Purpose.ADVICE
ASK_PRIVATE, ASK_PUBLIC = Purpose.ASK_DETAILS_PRIVATE, Purpose.ASK_DETAILS_PUBLIC


def purposes(
    case: Case, shipped: Configuration, public: ContactAbility, private: ContactAbility
) -> tuple[Purpose, ...]:
    sources = tuple(replace(one, public=public, private=private) for one in shipped.sources)
    return next_purposes(case, replace(shipped, sources=sources))


@pytest.mark.parametrize(
    ("public", "private", "first", "then"),
    [
        (API, API, (FIRST,), (ASK_PRIVATE, ASK_PUBLIC)),
        (MANUAL, MANUAL, (FIRST,), (ASK_PRIVATE, ASK_PUBLIC)),
        (API, MANUAL, (FIRST,), (ASK_PRIVATE, ASK_PUBLIC)),
        # What costs money comes last.
        (MANUAL, PAID, (FIRST,), (ASK_PUBLIC, ASK_PRIVATE)),
        # In public one asks how to be reached.
        (API, NONE, (FIRST,), (ASK_PUBLIC,)),
        (MANUAL, NONE, (FIRST,), (ASK_PUBLIC,)),
        # Where nobody can answer in public every word is private.
        (NONE, MANUAL, (ASK_PRIVATE,), (ASK_PRIVATE,)),
        (NONE, PAID, (ASK_PRIVATE,), (ASK_PRIVATE,)),
        (NONE, NONE, (), ()),
    ],
)
def test_a_complaint(
    make_case: Callable[..., Case],
    shipped: Configuration,
    public: ContactAbility,
    private: ContactAbility,
    first: tuple[Purpose, ...],
    then: tuple[Purpose, ...],
) -> None:
    case = make_case()
    assert purposes(case, shipped, public, private) == first
    assert purposes(replace(case, state=State.ACKNOWLEDGED), shipped, public, private) == then


@pytest.mark.parametrize(
    ("category", "first"),
    [
        (Category.PRAISE, (THANKS,)),
        (Category.QUESTION, (ADVICE, FIRST)),
        (Category.ADVICE, (ADVICE, FIRST)),
    ],
)
@pytest.mark.parametrize("private", [API, PAID, NONE])
def test_what_can_be_said_in_public_needs_no_private_word(
    make_case: Callable[..., Case],
    shipped: Configuration,
    category: Category,
    first: tuple[Purpose, ...],
    private: ContactAbility,
) -> None:
    assert purposes(make_case(category=category), shipped, MANUAL, private) == first


def test_a_source_that_the_desk_no_longer_watches_is_answered_in_public(
    make_case: Callable[..., Case], shipped: Configuration
) -> None:
    case = make_case(state=State.ACKNOWLEDGED)
    assert next_purposes(case, replace(shipped, sources=())) == (ASK_PUBLIC,)
