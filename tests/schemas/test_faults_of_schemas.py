"""Whatever is wrong with the shape of a file is told, at a place that exists."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.schemas import check_document, check_value, schema_of
from runner.text.strict_yaml import Document, read_document

DESK = Path(__file__).parents[1] / "check" / "data" / "desk"
FILES = {
    "sources": "sources.yaml",
    "team": "policies/team.yaml",
    "privacy": "policies/privacy.yaml",
    "brand": "policies/brand.yaml",
    "calendar": "policies/calendars/brand-care.yaml",
    "clocks": "policies/clocks.yaml",
    "template": "templates/thanks-fr.yaml",
    "case": "cases/2026/11/21/c-7f3k2m9x4q5t.yaml",
}
WRONG = st.sampled_from(
    [None, True, -1, 0, 10**9, 1.5, "", "no such word", "É", [], {}, [1, 1], {"x": 1}, ["a"], "~"]
)
KEYS = st.sampled_from(["x", "id", "kind", "url", "path", "names", "text", "contact"])


def mutate(data: st.DataObject, value: Any) -> Any:
    """Change one thing somewhere in a value."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: mutate(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], mutate(data, value[index]), *value[index + 1 :]]
    if isinstance(value, dict) and value:
        what = data.draw(st.sampled_from(["drop", "add", "replace"]))
        if what == "drop":
            gone = data.draw(st.sampled_from(sorted(value)))
            return {key: child for key, child in value.items() if key != gone}
        if what == "add":
            return value | {data.draw(KEYS): data.draw(WRONG)}
    return copy.deepcopy(data.draw(WRONG))


@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_shape_is_refused_with_faults_and_only_then(kind: str, data: st.DataObject) -> None:
    sound = read_document((DESK / FILES[kind]).read_bytes(), "f.yaml")
    assert isinstance(sound, Document)
    value = mutate(data, sound.value)
    text = yaml.safe_dump(value, allow_unicode=True)
    document = read_document(text.encode(), "f.yaml")
    assert isinstance(document, Document)
    faults = check_document(kind, document)
    assert (faults == ()) is check_value(kind, document.value)
    lines = text.split("\n")
    for fault in faults:
        assert 1 <= fault.line <= len(lines)
        assert fault.message
        assert "\n" not in fault.message + fault.hint


def test_the_schema_of_a_source_knows_the_keys_of_its_kind_only() -> None:
    text = (DESK / "sources.yaml").read_text().replace("kind: feed", "kind: file")
    document = read_document(text.encode(), "sources.yaml")
    assert isinstance(document, Document)
    said = [str(fault).split("\n")[0] for fault in check_document("sources", document)]
    assert said == [
        "sources.yaml:9:3: the key `path` is missing",
        "sources.yaml:9:3: the key `site` is missing",
        "sources.yaml:13:3: unknown key `url`",
    ]
    assert schema_of("sources")["title"]
