"""Who may decide what: people, roles, limits, and the two sides of one desk."""

from pathlib import Path
from typing import Any

import pytest

from runner.cases.authority import Authority, check_authority
from runner.policies.delegation import build_delegation
from runner.policies.team import build_team
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value
from runner.text.yaml_renderer import render_yaml

ROOT = Path(__file__).parents[2]
FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
AT = "2026-11-22T08:00:00Z"


def shipped(path: str) -> Document:
    read = read_document((ROOT / path).read_bytes(), path)
    assert isinstance(read, Document)
    return read


TEAM = build_team(shipped("policies/team.yaml"))
LIMITS = build_delegation(shipped("policies/delegation.yaml"))


def entry(kind: str, by: str = "ines", to: str | None = None, **facts: object) -> dict[str, Any]:
    data = {"entry": kind, "at": AT, "recorded_at": AT, "by": by, **facts}
    return data | ({"to": to} if to else {})


def told(
    *entries: dict[str, Any],
    new: int = 1,
    authority: Authority | None = None,
    asked: tuple[str, ...] = (),
    **fields: object,
) -> list[str]:
    """Return rule and message of what is wrong with the last `new` entries."""
    text = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
    case: Any = read_value(text)
    case["log"] = [case["log"][0], *entries]
    case |= {"topic": "delivery", "category": "complaint", "owner": "ines", **fields}
    case["asked"] = [{"what": what} for what in asked]
    rendered = render_yaml(case, blocks=frozenset({"log", "places"})).encode()
    document = read_document(rendered, FILE)
    assert isinstance(document, Document)
    added = range(len(case["log"]) - new, len(case["log"]))
    found = check_authority(document, added, authority or Authority(TEAM, LIMITS))
    return [f"{fault.rule}: {fault.message}" for fault in found]


RESOLVED = {"to": "resolved", "reason": "r", "channel": "private", "where": "w"}


def resolved(by: str = "ines", outcome: str = "accepted", **facts: object) -> dict[str, Any]:
    return entry("resolved", by, **{**RESOLVED, "outcome": outcome, **facts})  # type: ignore[arg-type]


def euros(amount: float) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR", "limit_of": "community-manager"}


APPROVED_80 = entry("approved", "odile", subject="remedy", amount=80, currency="EUR")
ANSWERED = entry(
    "answered", "odile", "answered", outcome="accepted", decision="d", decided_by="odile",
    decided_at=AT,
)  # fmt: skip
REOPENED = entry("reopened", "malo", "open", cycle=2, reason="r")


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        ([entry("noted", "runner", note="n")], []),
        ([entry("noted", "zoe", note="n")], ["nobody: there is no zoe in policies/team.yaml"]),
        ([entry("handed-off", "malo", "handed-off")],
         ["role: malo is watcher; `handed-off` is for community-manager to decide"]),
        ([resolved()], []),
        ([resolved("malo")], [
            "delegation: malo settles no such case alone",
            "role: malo is watcher; `resolved` is for community-manager or brand-care to decide"]),
        ([resolved(outcome="refused")], ["delegation: ines refuses nothing alone"]),
        ([entry("approved", "odile", subject="refusal"), resolved(outcome="refused")], []),
        ([entry("approved", "malo", subject="refusal"), resolved(outcome="refused")],
         ["delegation: ines refuses nothing alone"]),
        ([{**ANSWERED, "outcome": "refused"}, resolved(outcome="refused")], []),
        ([ANSWERED, resolved(outcome="refused")], ["delegation: ines refuses nothing alone"]),
        ([resolved(**euros(30))], []),
        ([resolved(**euros(30.01))], ["delegation: ines may grant 30 EUR here, not 30.01 EUR"]),
        ([APPROVED_80, resolved(**euros(80))], []),
        ([APPROVED_80, resolved(**euros(81))],
         ["delegation: ines may grant 30 EUR here, not 81 EUR"]),
        ([APPROVED_80, REOPENED, resolved(**euros(80))],
         ["delegation: ines may grant 30 EUR here, not 80 EUR"]),
        ([{**ANSWERED, "amount": 80, "currency": "EUR"}, resolved(**euros(80))], []),
        ([{**ANSWERED, "by": "ines", "amount": 80, "currency": "EUR"}, resolved(**euros(80))],
         ["delegation: ines may grant 30 EUR here, not 80 EUR"]),
        ([resolved(**{**euros(30), "limit_of": "odile"})], []),
        ([resolved(**{**euros(30), "limit_of": "zoe"})],
         ["nobody: there is no zoe in policies/team.yaml"]),
        ([resolved(**{**euros(10), "currency": "GBP"})],
         ["delegation: ines may grant 30 EUR here, not 10 GBP"]),
        ([{**APPROVED_80, "amount": 3000}],
         ["delegation: odile may grant 2000 EUR here, not 3000 EUR"]),
        ([entry("approved", "odile", subject="paid-contact")], []),
        ([entry("approved", "ines", subject="paid-contact")],
         ["delegation: ines approves no paid contact"]),
    ],
)  # fmt: skip
def test_who_may_decide_what(entries: list[dict[str, Any]], wrong: list[str]) -> None:
    assert told(*entries) == wrong


def test_a_topic_of_its_own_has_a_limit_of_its_own() -> None:
    assert told(resolved(), topic="warranty") == ["delegation: ines settles no such case alone"]
    assert told(ANSWERED, resolved(), topic="warranty") == []


def test_only_new_entries_are_judged() -> None:
    assert told(entry("noted", "zoe", note="n"), entry("noted", note="n")) == []


def test_without_limits_the_life_cycle_alone_holds() -> None:
    authority = Authority(TEAM)
    assert told(resolved(outcome="refused", **euros(5000)), authority=authority) == []


def test_the_one_who_decides_proposes_or_approves() -> None:
    by_ines = Authority(TEAM, LIMITS, frozenset({"INES-C"}))
    by_others = Authority(TEAM, LIMITS, frozenset({"sam-w", "nobody"}))
    by_mail = Authority(TEAM, LIMITS, frozenset({"ines.carpentier@agence.example.org"}))
    assert told(entry("noted", note="n"), authority=by_ines) == []
    assert told(entry("noted", note="n"), authority=by_mail) == []
    assert told(entry("noted", note="n"), authority=by_others) == [
        "not-the-actor: ines neither proposes nor approves this change"
    ]


def test_an_owner_is_of_the_team() -> None:
    wrong = told(entry("noted", note="n"), owner="zoe")
    assert wrong == ["nobody: there is no zoe in policies/team.yaml"]


HANDED = entry("handed-off", to="handed-off")
WROTE = entry("customer-wrote", channel="private", where="w")
MESSAGED = entry("messaged", where="w")


@pytest.mark.parametrize(
    ("entries", "warned"),
    [
        ([HANDED, MESSAGED], False),
        ([HANDED, WROTE, MESSAGED], True),
        ([HANDED, WROTE, ANSWERED, MESSAGED], False),
        ([WROTE, MESSAGED], False),
    ],
)
def test_nobody_speaks_without_knowing_what_brand_care_said(
    entries: list[dict[str, Any]], warned: bool
) -> None:
    wrong = told(*entries)
    assert [one.partition(":")[0] for one in wrong] == ["speaks-unknowing"] * warned


@pytest.mark.parametrize(
    ("remedy", "warned"),
    [
        ("remplacement par une lampe neuve", False),
        ("un bon d'achat", True),
    ],
)
def test_a_remedy_answers_what_was_asked(remedy: str, warned: bool) -> None:
    wrong = told(resolved(remedy=remedy), asked=("le remplacement de la lampe",))
    assert (
        wrong == ["remedy-not-asked: the customer asks for: le remplacement de la lampe"] * warned
    )
