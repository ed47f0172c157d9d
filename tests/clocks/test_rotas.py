"""Who is on call, to the second."""

from datetime import timedelta

import pytest
from alarm_desk import at, policy
from hypothesis import given
from hypothesis import strategies as st

ROTAS = """\
rotas:
- id: standby
  since: 2026-10-19
  hands_over: monday 09:00
  people: [ines, sam, malo]
  exchanges:
  - {from: 2026-12-24 09:00, until: 2026-12-27 09:00, person: odile, reason: Christmas}
  - {from: 2026-12-27 09:00, until: 2026-12-28, person: malo}
- {id: sundays, since: 2026-10-18, hands_over: sunday 02:30, people: [ines, sam]}
- {id: london, zone: Europe/London, since: 2026-10-19, hands_over: monday 09:00,
   people: [ines, sam]}
- {id: alone, since: 2026-10-19, hands_over: monday 00:00, people: [ines]}
routes: [{tiers: []}]
"""


@pytest.mark.parametrize(
    ("rota", "now", "people"),
    [
        ("standby", "2026-10-19 08:59:59", []),
        ("standby", "2026-10-19 09:00", ["ines", "sam", "malo"]),
        ("standby", "2026-10-26 08:59:59", ["ines", "sam", "malo"]),
        # The clocks went back on Sunday: the wall says when, not 168 hours.
        ("standby", "2026-10-26 09:00", ["sam", "malo", "ines"]),
        ("standby", "2026-11-02 09:00", ["malo", "ines", "sam"]),
        ("standby", "2026-11-09 09:00", ["ines", "sam", "malo"]),
        ("standby", "2027-03-29 08:59:59", ["sam", "malo", "ines"]),
        ("standby", "2027-03-29 09:00", ["malo", "ines", "sam"]),
        # Exchanges, each from its first second to before its last.
        ("standby", "2026-12-24 08:59:59", ["ines", "sam", "malo"]),
        ("standby", "2026-12-24 09:00", ["odile", "ines", "sam", "malo"]),
        ("standby", "2026-12-27 08:59:59", ["odile", "ines", "sam", "malo"]),
        ("standby", "2026-12-27 09:00", ["malo", "ines", "sam"]),
        ("standby", "2026-12-28 00:00", ["ines", "sam", "malo"]),
        ("standby", "2026-12-28 09:00", ["sam", "malo", "ines"]),
        # 02:30 comes twice on 25 October: the first of them.  On 28 March it is skipped.
        ("sundays", "2026-10-25T00:29:59+00:00", ["ines", "sam"]),
        ("sundays", "2026-10-25T00:30:00+00:00", ["sam", "ines"]),
        ("sundays", "2026-10-25T01:30:00+00:00", ["sam", "ines"]),
        ("sundays", "2027-03-28T01:29:59+00:00", ["ines", "sam"]),
        ("sundays", "2027-03-28T01:30:00+00:00", ["sam", "ines"]),
        ("london", "2026-10-26 09:59:59", ["ines", "sam"]),
        ("london", "2026-10-26 10:00", ["sam", "ines"]),
        ("alone", "2030-01-01 12:00", ["ines"]),
    ],
)
def test_who_is_on_call_and_who_comes_next(rota: str, now: str, people: list[str]) -> None:
    found = policy(ROTAS).rota(rota)
    assert found is not None
    assert list(found.on_call(at(now))) == people


@given(st.integers(0, 3 * 365 * 24 * 3600))
def test_somebody_is_on_call_at_every_second(seconds: int) -> None:
    rota = policy(ROTAS).rota("standby")
    assert rota is not None
    now = at("2026-10-19 09:00") + timedelta(seconds=seconds)
    order = rota.on_call(now)
    assert set(rota.people) <= set(order) <= set(rota.members())
    assert len(order) == len(set(order))
