"""What the report shows of incidents: each by itself, with who was treated otherwise."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from runner.cases.incident_terms import Given
from runner.cases.treatment import Told, Treatment
from runner.figures.treatments import IncidentFigures, count_treatments
from runner.policies.alone import load_incident
from runner.policies.team import Team
from runner.report.blocks import Listings, Page, Pair, Paragraph
from runner.report.incident_pages import incidents_page
from runner.report.presenting import Presenting
from runner.report.wording import Wording
from runner.text.language import Language

HERE = Path(__file__).resolve().parents[2]
LEAK = load_incident("bouilloire-brume-fuite", lambda file: (HERE / file).read_bytes())
ENGLISH = Wording(Language("en", ZoneInfo("Europe/Paris")), Team((), ()), {})
GESTURE = Given("une bouilloire neuve et un bon d’achat", Decimal(20), "EUR")
LESS = Given("un bon d’achat", Decimal(5), "EUR")


def treated(case_id: str, given: Given, told: Told = Told.TOLD) -> Treatment:
    return Treatment(
        case_id=case_id,
        path=f"cases/2026/10/13/{case_id}.yaml",
        state="resolved",
        owner="ines",
        circumstances=("lumen", "complaint", "bouilloire-brume"),
        told=told,
        given=given,
        outcome="accepted",
    )


def page_of(*figures: IncidentFigures) -> tuple[Page, Presenting]:
    show = Presenting(ENGLISH)
    return incidents_page(figures, show), show


def test_who_was_treated_otherwise_stands_out() -> None:
    assert LEAK is not None
    figures = count_treatments(
        LEAK, [treated("c-00000000000a", GESTURE), treated("c-00000000000b", LESS, Told.NOT_YET)]
    )
    page, _ = page_of(figures)
    listed = next(b for part in page.parts for b in part.blocks if isinstance(b, Listings))
    assert [each.title for each in listed.listings] == ["c-00000000000b"]
    assert "5" in listed.listings[0].facts[0]
    assert figures.told.rows[0].counts == (1, 0, 1)


def test_what_was_not_given_yet_is_not_called_equal() -> None:
    assert LEAK is not None
    untold = replace(treated("c-00000000000a", GESTURE, Told.NOT_YET), given=None, outcome=None)
    given = treated("c-00000000000b", GESTURE)
    for cases, said in (
        ([untold], "Nothing was given yet."),
        ([untold, given], "All were treated alike, or their logs say why not."),
    ):
        page, _ = page_of(count_treatments(LEAK, cases))
        assert page.parts[0].blocks[-1] == Paragraph(said)


def test_numbers_of_two_incidents_lead_to_their_own_cases() -> None:
    assert LEAK is not None
    other = replace(LEAK, id="lampe-aube-globe", title="Les globes cassent")
    page, show = page_of(
        count_treatments(LEAK, [treated("c-00000000000a", GESTURE)]),
        count_treatments(other, [treated("c-00000000000b", GESTURE)]),
    )
    grids = [b.grid for part in page.parts for b in part.blocks if isinstance(b, Pair)]
    assert len({grid.caption for grid in grids}) == 2
    links = {grid.rows[0][1].href for grid in grids}
    assert links == {
        "cases.html#set=incidents-bouilloire-brume-fuite&of=0.told",
        "cases.html#set=incidents-lampe-aube-globe&of=0.told",
    }
    assert show.sets["incidents-lampe-aube-globe"]["0.told"] == ("c-00000000000b",)
