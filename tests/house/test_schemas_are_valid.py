"""Every JSON Schema that the program ships is one, and its references lead somewhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SCHEMAS = sorted((Path(__file__).parents[2] / "runner/schemas").glob("*.json"))


def references(schema: object) -> Iterator[str]:
    match schema:
        case dict():
            if isinstance(schema.get("$ref"), str):
                yield schema["$ref"]
            for value in schema.values():
                yield from references(value)
        case list():
            for value in schema:
                yield from references(value)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
class TestEverySchema:
    def test_is_valid_2020_12(self, path: Path) -> None:
        schema = json.loads(path.read_text())
        assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
        Draft202012Validator.check_schema(schema)

    def test_its_references_lead_somewhere(self, path: Path) -> None:
        resource = DRAFT202012.create_resource(json.loads(path.read_text()))
        resolver = Registry().with_resource("", resource).resolver()
        for reference in references(resource.contents):
            resolver.lookup(reference)

    def test_says_what_it_describes(self, path: Path) -> None:
        assert json.loads(path.read_text())["title"]


def test_there_is_one_for_every_kind_of_file() -> None:
    assert {path.name.removesuffix(".schema.json") for path in SCHEMAS} >= {"case"}
