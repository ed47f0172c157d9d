"""A brief: strangers' words in it act nowhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.planning.brief import make_brief, render_markdown, render_text
from runner.policies.team import Team
from runner.text.language import Language
from runner.text.strict_yaml import read_value

FILE = "cases/2026/10/05/c-z9dhernv57sj.yaml"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ENGLISH = Language("en", ZoneInfo("Europe/Paris"))


def shipped() -> Case:
    return parse_case(read_value((Path(__file__).parents[2] / FILE).read_bytes()), FILE)


def test_what_happened_late_stands_where_it_happened() -> None:
    case = shipped()
    late = replace(case.log[1], at=datetime(2026, 10, 4, 8, tzinfo=UTC), facts={"url": "https://x"})
    brief = make_brief(replace(case, log=(*case.log, late)), (), NOW, Team((), ()), ENGLISH)
    assert brief.said[0].facts == (("url", "https://x"),)
    assert [said.at for said in brief.said] == sorted(said.at for said in brief.said)


def test_strangers_words_stay_words() -> None:
    case = shipped()
    hostile = "Eve](http://evil.example.org) @all\n# Done ```"
    place = replace(case.places[0], author=hostile, text=hostile)
    brief = make_brief(replace(case, places=(place,)), (), NOW, Team((), ()), ENGLISH)
    page = render_markdown(brief, ENGLISH)
    outside = re.sub(r"^(`{3,})[^`]*\n.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    headings = [line for line in outside.splitlines() if line.startswith("#")]
    assert not any(line.startswith("# Done") for line in headings)
    assert all("`" in line for line in headings if "Eve" in line)
    bars = [line for line in render_text(brief, ENGLISH).splitlines() if "Done" in line]
    assert any(line.startswith("  │ # Done") for line in bars)
