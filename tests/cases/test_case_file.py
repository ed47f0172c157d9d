"""A case file: text to value and back."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.case import Asked, Case, Entry, PinnedClock, Place
from runner.cases.checks import case_is_sound
from runner.cases.file import parse_case, render_case
from runner.cases.instants import parse_instant, render_instant
from runner.model import Category, Known, Rating, Reason, State, Urgency
from runner.text.strict_yaml import Document, read_document, read_value

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema_rs.validator_for(
    json.loads((ROOT / "runner/schemas/case.schema.json").read_text())
)
LONG_LIFE = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
AT = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)

CASE = Case(
    id="c-7f3k2m9x4q5t",
    state=State.OPEN,
    cycle=1,
    brand="lumen",
    language="fr",
    category=Category.COMPLAINT,
    urgency=Urgency.HIGH,
    topic="delivery",
    product=None,
    crisis=None,
    owner="ines",
    handle="Camille_R",
    known=Known.UNKNOWN,
    incident=None,
    why={
        "after_sales": Reason("low-stars", "policies/triage.yaml", 31, "1 of 5"),
        "category": Reason("low-stars", "policies/triage.yaml", 31, "1 of 5"),
        "urgency": Reason("late-parcel", "policies/triage.yaml", 58, "toujours rien, hélas"),
    },
    duplicates=("c-0a1b2c3d4e5f",),
    asked=(Asked("le colis", "p1"), Asked("des excuses")),
    offered=(),
    places=(
        Place(
            id="p1",
            key="c-7f3k2m9x4q5t",
            source="forum-bricolage",
            site="forum.example.org",
            url="https://forum.example.org/t/812#p3",
            native_id="812",
            author="Camille_R",
            posted_at=datetime(2026, 11, 20, 19, 12, tzinfo=UTC),
            detected_at=AT,
            title="Colis : jamais reçu",
            text="Bonjour,\n\nj'attends mon colis : toujours rien !",
            rating=Rating(1.0),
        ),
    ),
    log=(
        Entry(
            kind="detected",
            at=AT,
            recorded_at=AT,
            by="runner",
            to=State.OPEN,
            clocks=(
                PinnedClock(
                    clock="first-reply",
                    target="3 civil days",
                    zone="Europe/Paris",
                    calendar=None,
                    started_at=AT,
                    due_at=datetime(2026, 11, 24, 8, 3, 12, tzinfo=UTC),
                    pauses=(),
                    stops=("replied", "published"),
                    policies={"policies/clocks.yaml": "3f786850e387550fdab836ed7e6dc881de23001b"},
                ),
            ),
            facts={"place": "p1"},
        ),
    ),
)

WRITTEN = """\
# yaml-language-server: $schema=../../../../runner/schemas/case.schema.json
schema: 1
id: c-7f3k2m9x4q5t
state: open
cycle: 1
brand: lumen
language: fr
category: complaint
urgency: high
topic: delivery
product: null
crisis: null
owner: ines
customer: {handle: Camille_R, known: unknown}
incident: null
why:
  after_sales: {rule: low-stars, file: policies/triage.yaml, line: 31, detail: 1 of 5}
  category: {rule: low-stars, file: policies/triage.yaml, line: 31, detail: 1 of 5}
  urgency: {rule: late-parcel, file: policies/triage.yaml, line: 58, detail: "toujours rien, hélas"}
duplicates: [c-0a1b2c3d4e5f]
asked:
- {what: le colis, place: p1}
- {what: des excuses}
offered: []
places:
- id: p1
  key: c-7f3k2m9x4q5t
  source: forum-bricolage
  site: forum.example.org
  url: https://forum.example.org/t/812#p3
  native_id: "812"
  author: Camille_R
  posted_at: 2026-11-20T19:12:00Z
  detected_at: 2026-11-21T08:03:12Z
  rating: {value: 1, best: 5}
  title: "Colis : jamais reçu"
  text: |-
    Bonjour,

    j'attends mon colis : toujours rien !
log:
- entry: detected
  at: 2026-11-21T08:03:12Z
  recorded_at: 2026-11-21T08:03:12Z
  by: runner
  to: open
  place: p1
  clocks:
  - clock: first-reply
    target: 3 civil days
    zone: Europe/Paris
    calendar: null
    started_at: 2026-11-21T08:03:12Z
    due_at: 2026-11-24T08:03:12Z
    stops: [replied, published]
    policies: {policies/clocks.yaml: 3f786850e387550fdab836ed7e6dc881de23001b}
"""


def with_text(text: str, title: str = "", author: str = "x") -> Case:
    return replace(
        CASE,
        handle=author,
        places=(replace(CASE.places[0], text=text, title=title, author=author),),
    )


def test_a_new_case_is_written_as_people_read_it() -> None:
    assert render_case(CASE) == WRITTEN


def test_what_is_written_fits_the_schema_and_is_sound() -> None:
    value = read_value(WRITTEN.encode())
    VALIDATOR.validate(value)
    assert case_is_sound(value, FILE)


def test_what_is_written_is_read_back() -> None:
    assert parse_case(read_value(render_case(CASE).encode()), FILE) == CASE


def test_a_long_life_is_read_and_written_back() -> None:
    document = read_document(LONG_LIFE, FILE)
    assert isinstance(document, Document)
    VALIDATOR.validate(document.value)
    case = parse_case(document.value, FILE)
    assert parse_case(read_value(render_case(case).encode()), FILE) == case
    assert case.detected_at == case.places[1].detected_at < case.places[0].detected_at
    assert case.places[2].sealed is not None
    assert case.places[2].text is None


def test_fields_left_out_are_as_if_empty() -> None:
    wanted = {"schema", "id", "state", "cycle", "brand", "category", "urgency", "why", "places"}
    value = read_value(WRITTEN.encode())
    assert isinstance(value, dict)
    short = {name: value[name] for name in [*wanted, "log"]}
    VALIDATOR.validate(short)
    case = parse_case(short, FILE)
    assert (case.known, case.owner, case.duplicates, case.offered) == (Known.UNKNOWN, None, (), ())


def test_a_day_that_does_not_exist_is_refused() -> None:
    value = read_value(WRITTEN.replace("2026-11-20T", "2026-02-30T").encode())
    with pytest.raises(ValueError, match=FILE):
        parse_case(value, FILE)


readable = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"], exclude_characters="\ufffe\uffff"
    )
    | st.sampled_from("\n\n\t #:-'\"")
)
hostile = st.sampled_from(
    [
        "",
        "\n",
        "\n\n\n",
        "---\n- a\n...",
        "  leading\n\ttab\ntrailing  \n",
        "# no comment\n#",
        "🤬" * 3,
        "a\n" * 2000,
        "x" * 4000,
        "log:\n- entry: erased",
        "null",
        "|-\n  x",
    ]
)


@given(readable | hostile, readable, readable.filter(bool))
def test_hostile_words_stay_words(text: str, title: str, author: str) -> None:
    case = with_text(text, title, author)
    data = render_case(case).encode()
    document = read_document(data, FILE)
    assert isinstance(document, Document)
    assert parse_case(document.value, FILE) == case
    try:
        fast = read_value(data)
    except ValueError:
        return
    assert fast == document.value


def test_text_that_is_empty_is_not_text_that_is_gone() -> None:
    gone = replace(CASE, places=(replace(CASE.places[0], text=None),))
    assert parse_case(read_value(render_case(with_text("")).encode()), FILE).places[0].text == ""
    assert parse_case(read_value(render_case(gone).encode()), FILE).places[0].text is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_are_read_back_to_the_second(at: datetime) -> None:
    assert parse_instant(render_instant(at)) == at.replace(microsecond=0)
