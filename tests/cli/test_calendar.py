"""`doleances calendar`: what it writes is a calendar, and what it cannot write it says."""

from datetime import date
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.policies.calendars import Calendar, parse_calendar
from runner.schemas import check_document
from runner.text.strict_yaml import Document, read_document


def written(capsys: pytest.CaptureFixture[str], *arguments: str) -> Calendar:
    assert run(["calendar", *arguments]) == 0
    document = read_document(capsys.readouterr().out.encode(), "policies/calendars/new.yaml")
    assert isinstance(document, Document)
    assert check_document("calendar", document) == ()
    calendar, faults = parse_calendar(document)
    assert faults == ()
    assert calendar is not None
    return calendar


def test_it_writes_the_holidays_of_the_years_with_their_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There need be no desk yet.
    monkeypatch.chdir(tmp_path)
    calendar = written(capsys, "fr", "2027", "2026")
    assert calendar.zone.key == "Europe/Paris"
    assert calendar.until == date(2027, 12, 31)
    names = {each.day: each.name for each in calendar.special}
    assert names[date(2026, 7, 14)] == "Fête nationale"
    assert names[date(2027, 3, 29)] == "Lundi de Pâques"
    assert len(names) == 22
    assert [bool(spans) for spans in calendar.week] == [True] * 5 + [False] * 2


def test_regions_languages_and_weekends_are_the_countrys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    alsace = written(capsys, "FR", "2027", "--region", "57", "--language", "en_US")
    assert "Good Friday" in {each.name for each in alsace.special}
    israel = written(capsys, "IL", "2027")
    assert [bool(spans) for spans in israel.week] == [True] * 4 + [False] * 2 + [True]
    newfoundland = written(capsys, "CA", "2027", "--zone", "America/St_Johns", "--region", "NL")
    assert newfoundland.zone.key == "America/St_Johns"


def test_the_days_alone_can_be_added_to_a_calendar(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", "FR", "2028", "--days"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[0] == "- {date: 2028-01-01, name: Jour de l'an}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["FX", "2027"], "there is no list for the country `FX`"),
        (["US", "2027"], "US has several time zones"),
        (["US", "2027", "--zone", "America/Nowhere"], "there is no time zone `America/Nowhere`"),
        (["FR", "2027", "--region", "99"], "FR has no region `99`"),
        (["FR", "2027", "--language", "tlh"], "FR has no names in `tlh`"),
        (["FR", "1492"], "1492 is not in the range"),
        (["FR", *map(str, range(2000, 2021))], "more than 20 years"),
    ],
)
def test_what_cannot_be_written_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calendar", *arguments]) == 2
    assert said in capsys.readouterr().err
