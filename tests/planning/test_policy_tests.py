"""Stories of `policies/tests/*.yaml`: what they can say, and how it is said when they fail."""

import json
from pathlib import Path

import pytest

from runner.cases.lifecycle import KINDS
from runner.cli.main import run
from runner.policies.policy_tests import Length, parse_length
from runner.schemas import schema_of

ROOT = Path(__file__).parents[2]
STORIES = Path(__file__).parent / "data/stories.yaml"

OFFICE = """\
version: 1
calendars:
  office:
    zone: Europe/Paris
    hours:
      monday: [09:00-12:00, 14:00-18:00]
      tuesday: [09:00-12:00, 14:00-18:00]
      wednesday: [09:00-12:00, 14:00-18:00]
      thursday: [09:00-12:00, 14:00-18:00]
      friday: [09:00-12:00, 14:00-18:00]
    holidays: {days: [2026-12-25, {date: 2026-12-24, hours: [09:00-12:00], name: Réveillon}]}
"""


def tell(capsys: pytest.CaptureFixture[str], folder: Path, text: str) -> tuple[int, str]:
    """Return exit code and output, with the file called STORIES."""
    file = folder / "stories.yaml"
    file.write_text(text)
    code = run(["-C", str(ROOT), "test", str(file)])
    said = capsys.readouterr()
    return code, (said.out + said.err).replace(file.as_posix(), "STORIES")


def test_what_stories_can_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(ROOT), "test", str(STORIES)]) == 0
    assert capsys.readouterr().out == "34 récits, tout est conforme.\n"


FAILS = """\
zone: Europe/Paris
clocks:
- name: Too soon
  calendar: office
  target: 2 hours
  start: 2026-12-24 11:30
  pauses: [{from: 2026-12-28 09:15, to: 2026-12-28 09:20}]
  expect: {due: 2026-12-28 10:00}
- name: Business days
  calendar: office
  target: 3 business days
  start: 2026-12-23 10:00
  now: 2026-12-28 17:59:59
  expect: {due: 2026-12-30, elapsed: 2 business days, standing: overdue, missed: 2026-12-28}
- name: Nowhere
  calendar: offices
  start: 2026-12-23
  expect: {open: true}
cases:
- name: Unknown
  log: [{entry: detected, at: 2026-11-23}]
  now: 2026-11-23
  expect:
    back-office: {standing: running}
    first-reply: none
    first-repli: none
- name: Out of order
  log: [{entry: detected, at: 2026-11-23}, {entry: closed, at: 2026-11-24}]
  now: 2026-11-25
  expect: {closing: none}
messages:
- name: Words
  text: Merci, super lampe !
  rating: 5
  language: fr
  expect: {category: complaint, topic: delivery}
- name: Source
  text: Bonjour
  source: avis
  expect: {after_sales: true}
"""

SAID = """\
STORIES:19:17: Too soon
    due
      expected  2026-12-28 10:00:00
      got       2026-12-28T09:35:00Z (Monday 2026-12-28 10:35 Europe/Paris)
      why       started 2026-12-24T10:30:00Z (Thursday 2026-12-24 11:30 Europe/Paris)
                rested from 2026-12-28 09:15 to 2026-12-28 09:20
                open: 2026-12-24 11:30 to 12:00, 2026-12-28 09:00 to 10:35
                due 2026-12-28T09:35:00Z (Monday 2026-12-28 10:35 Europe/Paris)
STORIES:25:17: Business days
    due
      expected  2026-12-30
      got       2026-12-29T17:00:00Z (Tuesday 2026-12-29 18:00 Europe/Paris)
      why       started 2026-12-23T09:00:00Z (Wednesday 2026-12-23 10:00 Europe/Paris)
                business days: 2026-12-24, 2026-12-28, 2026-12-29
                holidays: 2026-12-25
                due 2026-12-29T17:00:00Z (Tuesday 2026-12-29 18:00 Europe/Paris)
STORIES:25:38: Business days
    elapsed
      expected  2 business days
      got       1 business day
"""


def test_a_failure_says_what_was_expected_what_came_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = tell(capsys, tmp_path, OFFICE + FAILS)
    assert code == 1
    assert said.startswith(SAID)
    lines = said.splitlines()
    assert lines[-1] == "7 récits, non conformes\u00a0: 7."
    for line in (
        "STORIES:25:82: Business days",
        "    there is no calendar `offices`",
        "      why       did you mean `office`?",
        "    back-office, standing",
        "      got       no such clock",
        "    first-reply, none",
        "      expected  no such clock",
        "STORIES:37:18: Unknown",
        "    there is no clock `first-repli` in policies/clocks.yaml",
        "STORIES:39:44: Out of order",
        "    closed cannot happen in the state open",
        "    there is no source `avis` in sources.yaml",
        "      expected  complaint",
        "      got       praise",
        "      got       none",
    ):
        assert line in lines, line


def test_as_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "stories.yaml"
    file.write_text(OFFICE + FAILS)
    assert run(["-C", str(ROOT), "test", str(tmp_path), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["stories"] == 7
    first = data["failures"][0]
    assert (first["story"], first["line"], first["clock"]) == ("Too soon", 19, None)
    assert (first["aspect"], first["expected"]) == ("due", "2026-12-28 10:00:00")
    assert first["why"][0].startswith("started")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        ("start: 2026-02-30\n  expect: {open: true}", "`2026-02-30` is no instant"),
        ("start: noon\n  expect: {open: true}", "has not the form of `start`"),
        ("start: 2026-11-23\n  expect: {due: 2026-11-24}", "`due` needs a `target`"),
        ("start: 2026-11-23\n  target: 3 days\n  expect: {due: 2026-11-24}", "say which days"),
        ("start: 2026-11-23\n  expect: {elapsed: 1 hour}", "`elapsed` needs `now`"),
        ("start: 2026-11-23\n  expect: {open: true}", "`open` needs a `calendar`"),
        (
            "start: 2026-11-23\n  target: 1 business day\n  expect: {due: 2026-11-24}",
            "what counts business days needs a `calendar`",
        ),
        (
            "start: 2026-11-23\n  now: 2026-11-24\n  expect: {elapsed: 1 day}",
            "`1 day` is no length",
        ),
        (
            ("start: 2026-11-23\n  target: 1 hour\n  pauses: [{from: 2026-11-23}]\n"
            "  expect: {due: 2026-11-24}"),
            "a pause without `to` lasts and needs `now`",
        ),
        (
            ("start: 2026-11-23\n  target: 1 hour\n"
            "  pauses: [{from: 2026-11-24, to: 2026-11-23}]\n  expect: {due: 2026-11-24}"),
            "the pause ends before it begins",
        ),
        (
            ("start: 2026-11-23\n  stop: 2026-11-24\n  cancel: 2026-11-24\n"
            "  expect: {elapsed: 1 hour}"),
            "it is stopped or cancelled, not both",
        ),
        (
            "calendar: {zone: UTC, hours: {}}\n  start: 2026-11-23\n  expect: {open: true}",
            "it is never open",
        ),
        (
            "zone: Europe/Pari\n  calendar: office\n  start: 2026-11-23\n  expect: {open: true}",
            "there is no time zone `Europe/Pari`",
        ),
        ("start: 2026-11-23\n  expect: {}", "`expect` needs at least 1 entry"),
        (
            "calendar: office\n  start: 1700-11-23\n  target: 1 hour\n  expect: {due: 1700-11-24}",
            "counts from 1850 to 2500",
        ),
        (
            "start: 9999-12-31\n  target: 999999 hours\n  expect: {due: 1700-11-24}",
            "A promise",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_story_is_said(
    story: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, output = tell(capsys, tmp_path, f"{OFFICE}clocks:\n- name: A promise\n  {story}\n")
    assert code == 1
    assert said in output


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90 minutes", Length(5400, "second")),
        ("1 hour 30 minutes", Length(5400, "second")),
        ("1 hour 1 minute 1 second", Length(3661, "second")),
        ("0 seconds", Length(0, "second")),
        ("1 business day", Length(1, "business day")),
        ("12 civil days", Length(12, "civil day")),
    ],
)
def test_lengths(text: str, length: Length) -> None:
    assert parse_length(text) == length
    assert parse_length(str(length)) == length


def test_calendars_inline_are_written_as_calendars_are() -> None:
    story, calendar = schema_of("policy-test")["$defs"], schema_of("calendar")
    for name in ("date", "weekday", "spans", "week", "business_days"):
        assert story[name] == calendar["$defs"][name]
    inline = story["calendar"]["properties"]
    for name in ("hours", "business_days", "business_day_ends"):
        assert inline[name] == calendar["properties"][name]
    special = calendar["$defs"]["special_day"]
    assert story["special_day"] == special | {"required": ["date"]}


def test_the_stories_of_the_desk_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(ROOT), "test"]) == 0
    assert capsys.readouterr().out == "18 récits, tout est conforme.\n"


def test_an_entry_of_a_story_may_say_all_that_one_of_a_case_does() -> None:
    entry = schema_of("policy-test")["$defs"]["entry"]
    (others,) = entry["patternProperties"]
    facts = {name for kind in KINDS.values() for name in (*kind.needs, *kind.may)}
    said = set(entry["properties"]) | set(others.removeprefix("^(").removesuffix(")$").split("|"))
    assert said == facts | {"entry", "at", "to", "by"}
