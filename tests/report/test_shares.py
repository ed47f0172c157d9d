"""Shares in whole per cent: to the nearest, and never all or nothing where it is not."""

from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from runner.policies.team import Team
from runner.report.wording import Wording
from runner.text.language import Language

ENGLISH = Wording(Language("en", ZoneInfo("Europe/Paris")), Team((), ()), MappingProxyType({}))


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "–"),
        (0.0, "0%"),
        (0.001, "1%"),
        (0.064, "6%"),
        (0.145, "15%"),
        (0.57, "57%"),
        (2 / 3, "67%"),
        (0.996, "99%"),
        (1.0, "100%"),
    ],
)
def test_a_share_in_whole_per_cent(share: float | None, said: str) -> None:
    assert ENGLISH.percent(share) == said
