"""Which cases an incident is behind: the words of rules, its days, brands and products."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from runner.cases.case import Case, Entry, Place
from runner.model import Category, Known, Rating, State, Urgency
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.files import read_configuration_files
from runner.triage.incidents import recognise_incidents

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FILES = {
    "sources.yaml": """\
version: 1
name: Essai
language: fr
zone: Europe/Paris
contact: mailto:veille@example.org
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
- {id: other, name: Other, names: [Other]}
sources:
- id: forum
  kind: feed
  category: forum
  brand: lumen
  contact: {public: manual, private: none}
  url: https://forum.example.org/feed
""",
    "policies/brand.yaml": """\
version: 1
products:
- {id: kettle, names: [kettle]}
- {id: lamp, names: [lamp]}
""",
    "policies/team.yaml": """\
version: 1
people: [{id: odile, name: Odile, roles: [brand-care]}]
routes: [{owner: odile}]
""",
    "policies/triage.yaml": """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
negations: {says: [not]}
rules:
- {id: any, when: {says: [kettle]}, then: {after_sales: yes}}
""",
}
LEAK = """\
version: 1
title: Kettles leak
happened: A seal.
since: 2026-11-01
until: 2026-11-30
brands: [lumen]
products: [kettle]
lists: {leak: [leak/leaks/leaking]}
recognise: {says: <leak>, rating: {at_most: 3}}
wording: {fr: Le joint.}
approved_by: odile
"""


def configured(**incidents: str) -> Configuration:
    files = {f"policies/incidents/{name}.yaml": text for name, text in incidents.items()}
    texts = {name: text.encode() for name, text in {**FILES, **files}.items()}
    loaded, faults = load_configuration(texts)
    assert loaded is not None, faults
    return loaded


def case_of(text: str, stars: float | None = 1, **changes: object) -> Case:
    place = Place(
        id="p1",
        key="c-000000000001",
        source="forum",
        site="forum.example.org",
        url=None,
        native_id="1",
        author="Camille",
        posted_at=AT,
        detected_at=AT,
        title="",
        text=text,
        rating=None if stars is None else Rating(stars),
    )
    case = Case(
        id=place.key, state=State.OPEN, cycle=1, brand="lumen", language="fr",
        category=Category.COMPLAINT, urgency=Urgency.NORMAL, topic=None, product="kettle",
        crisis=None, owner=None, handle=None, known=Known.UNKNOWN, incident=None, why={},
        duplicates=(), asked=(), offered=(), places=(place,),
        log=(Entry("detected", AT, AT, "runner", State.OPEN, (), {"place": "p1"}),),
    )  # fmt: skip
    return replace(case, **changes)  # type: ignore[arg-type]


def posted(case: Case, at: datetime | None, detected_at: datetime = AT) -> Case:
    (place,) = case.places
    return replace(case, places=(replace(place, posted_at=at, detected_at=detected_at),))


LEAKS = case_of("The kettle leaks.")


@pytest.mark.parametrize(
    ("case", "recognised"),
    [
        pytest.param(LEAKS, True, id="what its rule says"),
        pytest.param(case_of("A fine kettle."), False, id="other words"),
        pytest.param(case_of("It does not leak."), False, id="denied as triage denies"),
        pytest.param(case_of("It leaks.", 5), False, id="half of the conditions"),
        pytest.param(case_of("It leaks.", None), False, id="no stars"),
        pytest.param(replace(LEAKS, product=None), True, id="product not known"),
        pytest.param(replace(LEAKS, product="lamp"), False, id="another product"),
        pytest.param(replace(LEAKS, brand="other"), False, id="another brand"),
        pytest.param(replace(LEAKS, crisis="suicide"), False, id="a crisis"),
        # 23:00 UTC on 31 October is midnight in Paris: the first of November.
        pytest.param(posted(LEAKS, datetime(2026, 10, 31, 23, tzinfo=UTC)), True, id="first day"),
        pytest.param(posted(LEAKS, datetime(2026, 10, 31, 22, tzinfo=UTC)), False, id="before"),
        pytest.param(posted(LEAKS, datetime(2026, 11, 30, 22, tzinfo=UTC)), True, id="last day"),
        pytest.param(posted(LEAKS, datetime(2026, 11, 30, 23, tzinfo=UTC)), False, id="after"),
        pytest.param(
            posted(LEAKS, AT, datetime(2026, 12, 5, tzinfo=UTC)), True, id="found afterwards"
        ),
        pytest.param(posted(LEAKS, None), True, id="no date: its detection"),
        pytest.param(
            posted(LEAKS, None, datetime(2026, 12, 5, tzinfo=UTC)), False, id="detected afterwards"
        ),
    ],
)
def test_a_case_is_recognised(case: Case, recognised: bool) -> None:
    found = recognise_incidents(case, configured(leak=LEAK))
    assert [one.incident.id for one in found] == ["leak"] * recognised


def test_the_reason_names_the_file_the_line_and_the_words() -> None:
    (found,) = recognise_incidents(LEAKS, configured(leak=LEAK))
    reason = found.reason
    assert (reason.rule, reason.file, reason.line) == ("leak", "policies/incidents/leak.yaml", 9)
    assert reason.detail == "1/5 · leaks"


def test_what_the_customer_writes_later_counts_too() -> None:
    later = datetime(2026, 11, 25, 9, tzinfo=UTC)
    facts = {"channel": "private", "where": "mail", "text": "It leaks now."}
    wrote = Entry("customer-wrote", later, later, "ines", None, (), facts)
    quiet = case_of("A kettle, with one star.")
    told = replace(quiet, log=(*quiet.log, wrote))
    incident = LEAK.replace(", rating: {at_most: 3}", "")
    assert recognise_incidents(quiet, configured(leak=incident)) == ()
    assert len(recognise_incidents(told, configured(leak=incident))) == 1


def test_of_several_the_latest_to_begin_comes_first() -> None:
    early = LEAK.replace("2026-11-01", "2026-10-01").replace("at_most: 3", "at_most: 2")
    desk = configured(b=LEAK, a=early, c=LEAK.replace("at_most: 3", "at_most: 4"))
    found = [one.incident.id for one in recognise_incidents(LEAKS, desk)]
    assert found == ["b", "c", "a"]


def test_an_incident_lasts_from_its_first_to_its_last_day() -> None:
    (incident,) = configured(leak=LEAK).incidents
    lasted = [incident.lasted_on(date(2026, 11, day)) for day in (1, 30)]
    assert lasted == [True, True]
    assert not incident.lasted_on(date(2026, 12, 1))
    assert replace(incident, until=None).lasted_on(date(2036, 1, 1))


def test_the_shipped_incident_knows_leaks_and_nothing_else() -> None:
    files, unread = read_configuration_files(Path(__file__).parents[2])
    desk, _ = load_configuration(files)
    assert desk is not None
    assert unread == ()
    for text, known in [
        ("Ma bouilloire Brume fuit par le dessous dès qu'on la remplit.", True),
        ("Fuite sur la bouilloire achetée en octobre !", True),
        ("My Brume kettle is leaking all over the counter.", True),
        ("La bouilloire Brume est jolie, aucune fuite.", False),
        ("Ma cafetière Rosée fuit.", False),
        ("Bouilloire jamais reçue, aucune réponse.", False),
    ]:
        found = recognise_incidents(case_of(text, product=None), desk)
        assert bool(found) is known, text
