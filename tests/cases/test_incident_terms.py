"""A case follows its incident's wording and gesture, or says why not."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.cases.authority import Authority, check_authority
from runner.policies.delegation import Delegation, Grant, Limit
from runner.policies.incidents import Incident, parse_incident
from runner.policies.team import Person, Team
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document
from runner.text.yaml_renderer import render_yaml

AT = "2026-11-22T08:00:00Z"
WORDING = "Le joint lâche, c’est notre faute : nous remplaçons la bouilloire."
TOLD = "Bonjour Camille, le joint lâche, c'est notre faute: nous remplaçons la bouilloire. Inès"
GIVEN = {"remedy": "Une bouilloire neuve", "amount": 20.0, "currency": "EUR"}
OFFERED = {"offer": "une bouilloire neuve", "amount": 20, "currency": "EUR"}
TEAM = Team((Person("ines", "Inès", ("community-manager", "brand-care"), (), ()),), ())


def incident(gesture: str = "{text: une bouilloire neuve, amount: 20, currency: EUR}") -> Incident:
    text = f"""\
version: 1
title: Les bouilloires fuient
happened: Un joint.
since: 2026-11-01
recognise: {{says: [fuit]}}
wording: {{fr: "{WORDING}"}}
gesture: {gesture}
approved_by: ines
"""
    document = read_document(text.encode(), "policies/incidents/fuite.yaml")
    assert isinstance(document, Document)
    assert not check_document("incident", document)
    parsed, faults = parse_incident(document)
    assert parsed is not None, faults
    return parsed


def entry(kind: str, **facts: object) -> dict[str, object]:
    return {"entry": kind, "at": AT, "recorded_at": AT, "by": "ines", **facts}


LINKED = entry("incident-linked", incident="fuite")
CRISIS = entry("crisis-raised", crisis="suicide")
REOPENED = entry("reopened", cycle=2, reason="r")


def replied(text: str | None = None, **facts: object) -> dict[str, object]:
    return entry("replied", **({} if text is None else {"text": text}), **facts)


def resolved(outcome: str = "accepted", text: str | None = TOLD, **facts: Any) -> dict[str, object]:
    words = {} if text is None else {"text": text}
    return entry("resolved", to="resolved", outcome=outcome, reason="r", **words, **facts)


def judged(
    *entries: Mapping[str, object], new: int = 1, known: Incident | None = None, **fields: object
) -> list[str]:
    """Return rule and place of what is wrong with the last `new` entries of a linked case."""
    case: dict[str, object] = {
        "language": "fr", "category": "complaint", "owner": None, "state": "open",
        "log": [entry("detected", to="open", place="p1"), *entries],
        **fields,
    }  # fmt: skip
    rendered = render_yaml(case, blocks=frozenset({"log"})).encode()
    document = read_document(rendered, "cases/2026/11/21/c-7f3k2m9x4q5t.yaml")
    assert isinstance(document, Document)
    found = {"fuite": known or incident()}.get
    added = range(len(entries) + 1 - new, len(entries) + 1)
    faults = check_authority(document, added, Authority(TEAM, incident=found))
    lines = rendered.decode().splitlines()
    return [
        f"{fault.rule} at {lines[fault.line - 1].strip(' -').split(':')[0]}" for fault in faults
    ]


WORDING_OWED = ["incident-wording at entry"]


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        pytest.param([replied()], [], id="not linked"),
        pytest.param([LINKED, replied()], WORDING_OWED, id="no words recorded"),
        pytest.param([LINKED, replied("Merci !")], ["incident-wording at text"], id="others"),
        pytest.param([LINKED, replied(TOLD)], [], id="told"),
        pytest.param([LINKED, replied(TOLD.upper())], [], id="in capitals"),
        pytest.param([LINKED, replied(departs="il a déjà sa bouilloire")], [], id="why not"),
        pytest.param(
            [LINKED, replied(f"{TOLD} {'et patati et patata ' * 4}")],
            ["incident-wording at text"],
            id="with much more behind it",
        ),
        pytest.param([LINKED, replied(TOLD), replied("De rien !")], [], id="told before"),
        pytest.param([LINKED, replied(departs="x"), replied("De rien !")], [], id="departed"),
        pytest.param([replied(TOLD), LINKED, replied()], WORDING_OWED, id="told before the link"),
        pytest.param(
            [LINKED, entry("messaged", where="mp", text=TOLD), replied()], [], id="in private"
        ),
        pytest.param([LINKED, entry("messaged", where="mp", text="Vu.")], [], id="a word between"),
        pytest.param(
            [LINKED, entry("noted", note="n", departs="d"), replied()],
            WORDING_OWED,
            id="a note tells nobody",
        ),
        pytest.param([LINKED, replied(TOLD), REOPENED, replied()], [], id="reopened"),
        pytest.param([LINKED, replied(departs="d"), REOPENED, replied()], [], id="not told"),
        pytest.param([LINKED, REOPENED, replied()], WORDING_OWED, id="never told"),
        pytest.param([LINKED, CRISIS, replied()], [], id="a crisis"),
        pytest.param(
            [LINKED, CRISIS, entry("crisis-lifted", reason="over", note="n"), replied()],
            WORDING_OWED,
            id="after a crisis",
        ),
        pytest.param(
            [LINKED, entry("incident-unlinked", incident="fuite", reason="r"), replied()],
            [],
            id="not linked any more",
        ),
        pytest.param([LINKED, resolved("without-news", None)], [], id="without news"),
        pytest.param([entry("incident-linked", incident="x")], ["unknown-incident at incident"],
                     id="no such incident"),
    ],
)  # fmt: skip
def test_the_wording(entries: list[dict[str, object]], wrong: list[str]) -> None:
    assert judged(*entries) == wrong


@pytest.mark.parametrize(("language", "owed"), [("de", False), (None, True), ("fr", True)])
def test_the_wording_is_owed_where_it_is_approved(language: str | None, owed: bool) -> None:
    assert judged(LINKED, replied(), language=language) == WORDING_OWED * owed
    assert judged(LINKED, replied(TOLD), language=language) == []


GESTURE_OWED = ["incident-gesture at entry"]


@pytest.mark.parametrize(
    ("last", "wrong"),
    [
        pytest.param(resolved(**GIVEN), [], id="given"),
        pytest.param(resolved("partial", **GIVEN), [], id="in part"),
        pytest.param(resolved(), GESTURE_OWED, id="nothing"),
        pytest.param(resolved(**GIVEN | {"amount": 30}), ["incident-gesture at remedy"], id="more"),
        pytest.param(
            resolved(**GIVEN | {"currency": "CHF"}), ["incident-gesture at remedy"], id="coins"
        ),
        pytest.param(
            resolved(**GIVEN | {"remedy": "un avoir"}), ["incident-gesture at remedy"], id="else"
        ),
        pytest.param(resolved(remedy="un avoir", departs="il en a deux"), [], id="why not"),
        pytest.param(resolved("refused", recourse="r"), GESTURE_OWED, id="refused"),
        pytest.param(resolved("without-news", None), [], id="without news"),
        pytest.param(entry("offered", text=TOLD, channel="private", **OFFERED), [], id="offered"),
        pytest.param(
            entry("offered", text=TOLD, channel="private", offer="rien"),
            ["incident-gesture at offer"],
            id="offered something else",
        ),
        pytest.param(entry("answered", outcome="accepted", **GIVEN), [], id="answered"),
        pytest.param(
            entry("answered", outcome="refused"),
            ["incident-gesture at entry"],
            id="answered no",
        ),
        pytest.param(entry("answered", outcome="information"), [], id="answered for information"),
    ],
)
def test_the_gesture(last: dict[str, object], wrong: list[str]) -> None:
    assert judged(LINKED, last) == wrong
    assert judged(last) == []


AGAIN = ["incident-gesture-again at remedy"]
BEFORE = (LINKED, resolved(**GIVEN), REOPENED)


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        pytest.param([*BEFORE, resolved(**GIVEN)], AGAIN, id="again"),
        pytest.param([*BEFORE, resolved(**GIVEN, departs="il en a deux")], [], id="why again"),
        pytest.param([*BEFORE, resolved()], [], id="nothing more"),
        pytest.param([*BEFORE, resolved("refused", recourse="r")], [], id="more refused"),
        pytest.param(
            [*BEFORE, entry("answered", outcome="accepted", **GIVEN)], AGAIN, id="answered"
        ),
        pytest.param(
            [*BEFORE, entry("offered", text=TOLD, channel="private", **OFFERED)],
            ["incident-gesture-again at offer"],
            id="offered again",
        ),
        pytest.param(
            [*BEFORE, resolved(**GIVEN | {"amount": 30})], ["incident-gesture at remedy"], id="more"
        ),
        pytest.param(
            [LINKED, resolved(**GIVEN), entry("contested"), resolved(**GIVEN)], AGAIN,
            id="again after a contest",
        ),
        pytest.param(
            [LINKED, entry("offered", text=TOLD, channel="private", **OFFERED), resolved(**GIVEN)],
            [],
            id="offered, then given",
        ),
        pytest.param(
            [LINKED, resolved("refused", recourse="r", departs="d"), REOPENED, resolved(**GIVEN)],
            [],
            id="refused before",
        ),
        pytest.param(
            [*BEFORE, entry("incident-unlinked", incident="fuite", reason="r"), LINKED,
             resolved(**GIVEN)],
            AGAIN,
            id="linked anew",
        ),
    ],
)  # fmt: skip
def test_the_gesture_is_given_once(entries: list[dict[str, object]], wrong: list[str]) -> None:
    assert judged(*entries) == wrong


def test_only_new_entries_are_judged() -> None:
    assert judged(LINKED, replied(), resolved(), new=0) == []
    assert judged(LINKED, replied(), resolved(), new=2) == [*WORDING_OWED, *GESTURE_OWED]


def test_what_is_given_to_all_is_covered_by_who_approved_it() -> None:
    def limit(role: str, grant: int) -> Limit:
        allowed = Grant(Decimal(grant), "EUR")
        return Limit(role, None, None, True, True, allowed, False, "brand-care", 1)

    people = (
        Person("ines", "Inès", ("community-manager",), (), ()),
        Person("odile", "Odile", ("brand-care",), (), ()),
    )
    delegation = Delegation((limit("community-manager", 10), limit("brand-care", 25)))
    last = resolved(**GIVEN, limit_of="brand-care")
    case: dict[str, object] = {
        "language": "fr", "category": "complaint", "topic": None, "owner": "ines",
        "log": [entry("detected", to="open"), LINKED, last],
    }  # fmt: skip
    document = Document("cases/x.yaml", case, {}, {})
    for approver, gives, rules in [
        ("odile", incident(), []),
        ("ines", incident(), ["delegation"]),
        ("odile", incident("{text: une bouilloire neuve, amount: 15, currency: EUR}"),
         ["delegation", "incident-gesture"]),
    ]:  # fmt: skip
        found = {"fuite": replace(gives, approved_by=approver)}.get
        authority = Authority(Team(people, ()), delegation, incident=found)
        assert sorted(one.rule for one in check_authority(document, [2], authority)) == rules
