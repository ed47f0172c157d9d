"""The schemas: complete for editors, closed, and told in our words."""

from collections.abc import Iterator
from typing import Any

import pytest

from runner.cli.main import run
from runner.schemas import KINDS, check_document, check_value, schema_of, schema_path
from runner.text.strict_yaml import Document, read_document

OWN = ("brand", "privacy", "sources", "team", "template")


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every part of a schema that describes a mapping."""
    if isinstance(node, dict):
        if node.get("type") == "object" or "properties" in node:
            yield node
        for child in node.values():
            yield from objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from objects(child)


@pytest.mark.parametrize("kind", OWN)
class TestForEditors:
    def test_every_key_has_a_title_and_a_description(self, kind: str) -> None:
        for node in objects(schema_of(kind)):
            for key, sub in node.get("properties", {}).items():
                if "const" not in sub or key == "version":
                    assert sub.get("title"), (kind, key)
                    assert sub.get("description"), (kind, key)

    def test_unknown_keys_are_refused_everywhere(self, kind: str) -> None:
        for node in objects(schema_of(kind)):
            if node.get("type") == "object":
                closed = node.get("additionalProperties", node.get("unevaluatedProperties"))
                assert closed not in (None, True), node


def test_every_kind_has_a_schema_with_an_id_of_its_own() -> None:
    kinds = [kind for kind in KINDS if schema_path(kind).exists()]
    ids = [schema_of(kind).get("$id", kind) for kind in kinds]
    assert len(set(ids)) == len(ids)
    with pytest.raises(KeyError):
        schema_of("nothing")


def test_a_value_and_its_document_are_judged_alike() -> None:
    for text, good in ((b"version: 1\nproducts: []\n", True), (b"version: 1\nx: 1\n", False)):
        document = read_document(text, "policies/brand.yaml")
        assert isinstance(document, Document)
        assert check_value("brand", document.value) is good
        assert (check_document("brand", document) == ()) is good


def test_the_verb_lists_kinds_prints_one_and_names_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["schema"]) == 0
    assert all(kind in capsys.readouterr().out for kind in ["team"])
    assert run(["schema", "team"]) == 0
    assert capsys.readouterr().out == schema_path("team").read_text()
    assert run(["schema", "taem"]) == 2
    assert "did you mean `team`?" in capsys.readouterr().err
