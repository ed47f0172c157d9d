"""The schemas: complete for editors, closed, and told in our words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.cli.main import run
from runner.model import KeyBasis, Mention, Rating
from runner.planning.observation import ReadStatus, SourceRead
from runner.schemas import KINDS, check_document, check_value, schema_of, schema_path
from runner.sources.mentions_file import render_mentions
from runner.text.strict_yaml import Document, read_document

OWN = ("brand", "calendar", "customers", "policy-test", "privacy", "sources", "team", "template")


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


def test_incidents_are_recognised_in_the_language_of_triage_rules() -> None:
    shared, rules = schema_of("incident")["$defs"], schema_of("triage")["$defs"]
    assert shared == {name: rules[name] for name in shared}
    assert set(shared) == {"text", "id", "phrases", "condition", "sign"}


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
    ids = [schema_of(kind).get("$id", kind) for kind in KINDS]
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
    listed = capsys.readouterr().out
    assert all(kind in listed for kind in KINDS)
    assert run(["schema", "team"]) == 0
    assert capsys.readouterr().out == schema_path("team").read_text()
    assert run(["schema", "taem"]) == 2
    assert "did you mean `team`?" in capsys.readouterr().err


def test_what_collect_writes_has_the_shape_of_mentions() -> None:
    at = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
    full = Mention(
        key="c-7f3k2m9x4q5t",
        key_basis=KeyBasis.NATIVE_ID,
        source="forum",
        site="forum.example.org",
        native_id="t812-p3",
        url="https://forum.example.org/t/812#p3",
        author="Camille_R",
        title="Colis",
        text="Toujours rien.",
        posted_at=at,
        detected_at=at,
        rating=Rating(1.0),
        language="fr",
    )
    bare = replace(
        full, native_id=None, url=None, author=None, title="", posted_at=None, rating=None
    )
    reads = (
        SourceRead("forum", ReadStatus.READ, at, (full, bare), items=2, etag='"a"'),
        SourceRead("avis", ReadStatus.UNKNOWN, at, problem="403", not_before=at),
    )
    lines = [json.loads(line) for line in render_mentions(reads).splitlines()]
    assert len(lines) == 4
    assert all(check_value("mentions", line) for line in lines)
    assert not check_value("mentions", lines[1] | {"token": "x"})
