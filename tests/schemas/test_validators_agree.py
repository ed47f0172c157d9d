"""The fast validator is held to the reference: both say the same of every document."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from runner.schemas import check_value, schema_of
from runner.text.strict_yaml import Document, read_document

HERE = Path(__file__).resolve().parents[2]
SAMPLES = [
    ("sources", "sources.yaml"),
    *(
        (name, f"policies/{name}.yaml")
        for name in ("team", "privacy", "clocks", "brand", "triage", "delegation")
    ),
    ("customers", "tests/policies/data/customers.yaml"),
    *(
        (kind, str(path.relative_to(HERE)))
        for kind, folder in (
            ("calendar", "policies/calendars"),
            ("policy-test", "policies/tests"),
            ("template", "templates"),
            ("case", "cases"),
        )
        for path in sorted((HERE / folder).rglob("*.yaml"))
    ),
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "open", "fr", "2026-11-21T08:00:00Z", "2026-02-30", "c-000000000000", "é"]
    ),
    st.builds(list),
    st.builds(dict),
)


@cache
def reference(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(kind))


@cache
def sample(file: str) -> Any:
    document = read_document((HERE / file).read_bytes(), file)
    assert isinstance(document, Document)
    return document.value


def containers(value: object) -> list[Any]:
    found = []
    if isinstance(value, dict | list):
        found.append(value)
        for child in value.values() if isinstance(value, dict) else value:
            found += containers(child)
    return found


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_both_validators_say_the_same(data: st.DataObject) -> None:
    kind, file = data.draw(st.sampled_from(SAMPLES))
    document = deepcopy(sample(file))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.sampled_from(containers(document)))
        if isinstance(place, list):
            place.append(data.draw(ODD))
            continue
        key = data.draw(st.sampled_from([*place, "odd"]))
        if data.draw(st.booleans()):
            place.pop(key, None)
        else:
            place[key] = data.draw(ODD)
    assert check_value(kind, document) == reference(kind).is_valid(document)


def test_the_desk_s_own_files_fit() -> None:
    assert len(SAMPLES) > 8
    for kind, file in SAMPLES:
        assert reference(kind).is_valid(sample(file)), file
