"""The file that the runner proposes for a new message."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema_rs
import pytest

from runner.cases.checks import case_is_sound
from runner.cases.file import render_case
from runner.cases.opening import case_path, open_case
from runner.clocks.pinning import first_clocks
from runner.model import (
    Category,
    ContactAbility,
    Judgement,
    KeyBasis,
    Known,
    Mention,
    Rating,
    Reason,
    Ruling,
    SourceCategory,
    State,
    Urgency,
)
from runner.policies.clocks import parse_clocks
from runner.policies.privacy import PrivacyPolicy
from runner.policies.rules import Otherwise, TriagePolicy
from runner.policies.team import Routing, Team
from runner.policies.values import Brand, Configuration, Instance, Source
from runner.text.strict_yaml import Document, read_document, read_value

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema_rs.validator_for(
    json.loads((ROOT / "runner/schemas/case.schema.json").read_text())
)
BLOB = "3f786850e387550fdab836ed7e6dc881de23001b"
RULE = Reason("low-stars", "policies/triage.yaml", 31, "1 of 5")

MENTION = Mention(
    key="c-7f3k2m9x4q5t",
    key_basis=KeyBasis.NATIVE_ID,
    source="forum-bricolage",
    site="forum.example.org",
    native_id="t812-p3",
    url="https://forum.example.org/t/812#p3",
    author="Camille_R",
    title="Colis jamais reçu",
    text="Bonjour,\ntoujours rien.",
    posted_at=datetime(2026, 11, 20, 19, 12, 30, 999, tzinfo=UTC),
    detected_at=datetime(2026, 11, 21, 8, 3, 12, 345678, tzinfo=UTC),
    rating=Rating(1),
    thread_url="https://forum.example.org/t/812",
)
JUDGEMENT = Judgement(
    after_sales=Ruling(True, RULE),
    category=Ruling(Category.COMPLAINT, RULE),
    urgency=Ruling(Urgency.HIGH, RULE),
    topic=Ruling("delivery", RULE),
)
CRISIS = replace(
    JUDGEMENT,
    urgency=Ruling(Urgency.CRITICAL, RULE),
    crisis=Ruling("suicide", replace(RULE, rule="despair")),
)


def configuration(*routes: Routing) -> Configuration:
    document = read_document((ROOT / "policies/clocks.yaml").read_bytes(), "policies/clocks.yaml")
    assert isinstance(document, Document)
    clocks, _ = parse_clocks(document)
    assert clocks is not None
    source = Source(
        id="forum-bricolage",
        kind="feed",
        category=SourceCategory.FORUM,
        site="forum.example.org",
        brand="lumen",
        public=ContactAbility.MANUAL,
        private=ContactAbility.NONE,
        language="fr",
        every=timedelta(minutes=15),
        ignore_authors=(),
        settings={},
        line=40,
    )
    return Configuration(
        instance=Instance(
            "Lumen", "fr", ZoneInfo("Europe/Paris"), False, "main", "local", "veille@example.org"
        ),
        brands=(Brand("lumen", "Lumen", ("Lumen",)),),
        sources=(source,),
        team=Team((), routes),
        triage=TriagePolicy(
            "policies/triage.yaml", "", Otherwise(False, Category.QUESTION, Urgency.LOW, 3)
        ),
        privacy=PrivacyPolicy(),
        blobs={"policies/clocks.yaml": BLOB},
        clocks=clocks,
    )


def opened(
    mention: Mention = MENTION, judgement: Judgement = JUDGEMENT, *routes: Routing
) -> tuple[str, object]:
    desk = configuration(*routes)
    case = open_case(
        mention,
        judgement,
        desk,
        [("c-0a1b2c3d4e5f", "same-text")],
        first_clocks(mention, judgement, desk),
    )
    return case_path(case), read_value(render_case(case).encode())


@pytest.mark.parametrize("judgement", [JUDGEMENT, CRISIS], ids=["calm", "crisis"])
@pytest.mark.parametrize(
    "mention",
    [
        MENTION,
        replace(MENTION, url=None, native_id=None, author=None, title="", posted_at=None),
        replace(MENTION, author="", rating=None, thread_url=None, text=""),
    ],
    ids=["all", "little", "empty"],
)
def test_what_is_proposed_is_a_sound_case(mention: Mention, judgement: Judgement) -> None:
    path, value = opened(mention, judgement)
    VALIDATOR.validate(value)
    assert case_is_sound(value, path)


def test_everything_known_is_in_the_file() -> None:
    desk = configuration(Routing(None, None, None, "ines", 9))
    case = open_case(
        MENTION,
        JUDGEMENT,
        desk,
        [("c-0a1b2c3d4e5f", "same-text"), ("c-0a1b2c3d4e5f", "same-author")],
        first_clocks(MENTION, JUDGEMENT, desk),
    )
    assert (case.id, case.state, case.cycle) == ("c-7f3k2m9x4q5t", State.OPEN, 1)
    assert (case.brand, case.language, case.owner) == ("lumen", "fr", "ines")
    assert (case.handle, case.known) == ("Camille_R", Known.UNKNOWN)
    assert (case.category, case.urgency, case.topic) == (
        Category.COMPLAINT,
        Urgency.HIGH,
        "delivery",
    )
    assert case.why["topic"] == RULE
    assert "product" not in case.why
    assert case.duplicates == ("c-0a1b2c3d4e5f",)
    assert case.detected_at == datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
    [detected] = case.log
    assert (detected.kind, detected.by, detected.to) == ("detected", "runner", State.OPEN)
    assert [clock.clock for clock in detected.clocks] == ["first-reply", "mediation"]


def test_a_crisis_is_raised_by_an_entry_of_its_own_with_its_clock() -> None:
    _, value = opened(MENTION, CRISIS)
    assert isinstance(value, dict)
    assert value["crisis"] == "suicide"
    raised = value["log"][1]
    assert (raised["entry"], raised["crisis"]) == ("crisis-raised", "suicide")
    [clock] = raised["clocks"]
    assert (clock["clock"], clock["due_at"]) == ("crisis", "2026-11-21T08:18:12Z")


@pytest.mark.parametrize(
    ("routes", "owner"),
    [
        ((), None),
        ((Routing("avis", None, None, "sam", 1),), None),
        ((Routing("avis", None, None, "sam", 1), Routing(None, None, None, "ines", 2)), "ines"),
        ((Routing("forum-bricolage", "complaint", "fr", "malo", 1),), "malo"),
        ((Routing(None, "question", None, "sam", 1), Routing(None, None, "fr", "ines", 2)), "ines"),
    ],
)
def test_the_first_route_that_fits_names_the_owner(
    routes: tuple[Routing, ...], owner: str | None
) -> None:
    _, value = opened(MENTION, JUDGEMENT, *routes)
    assert isinstance(value, dict)
    assert value["owner"] == owner


def test_a_message_in_another_language_than_its_source_keeps_its_own() -> None:
    _, value = opened(replace(MENTION, language="en"))
    assert isinstance(value, dict)
    assert value["language"] == "en"


def test_a_person_may_have_found_it() -> None:
    desk = configuration()
    clocks = first_clocks(MENTION, JUDGEMENT, desk)
    case = open_case(MENTION, JUDGEMENT, desk, (), clocks, by="malo")
    assert case.log[0].by == "malo"


@pytest.mark.parametrize(
    ("detected_at", "path"),
    [
        ("2026-11-21T23:59:59+00:00", "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"),
        ("2026-11-22T00:30:00+01:00", "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"),
        ("0999-01-02T00:00:00+00:00", "cases/0999/01/02/c-7f3k2m9x4q5t.yaml"),
    ],
)
def test_a_case_lies_under_its_day_in_utc(detected_at: str, path: str) -> None:
    mention = replace(MENTION, detected_at=datetime.fromisoformat(detected_at))
    assert case_path(open_case(mention, JUDGEMENT, configuration(), (), {})) == path
