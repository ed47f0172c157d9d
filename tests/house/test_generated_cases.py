"""The benchmark measures what a desk really holds: sound cases, the same every time."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator

from runner.cases.checks import check_case
from runner.cases.file import parse_case
from runner.text.strict_yaml import Document, read_document

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "bench/generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    return module


def test_every_case_is_sound(generate: ModuleType) -> None:
    schema = json.loads((ROOT / "runner/schemas/case.schema.json").read_text())
    validator = Draft202012Validator(schema)
    states = []
    for filed in generate.generate_cases(60):
        document = read_document(filed.content, filed.path)
        assert isinstance(document, Document), document
        assert [error.message for error in validator.iter_errors(document.value)] == []
        assert check_case(document) == ()
        states.append(parse_case(document.value, filed.path).state)
    assert states == ["closed"] * 54 + ["open"] * 6


def test_a_case_weighs_what_a_real_one_does(generate: ModuleType) -> None:
    sizes = [len(filed.content) for filed in generate.generate_cases(400)]
    assert 2_300 < sum(sizes) / len(sizes) < 2_700


def test_the_same_seed_gives_the_same_commit(generate: ModuleType, tmp_path: Path) -> None:
    heads = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate.write_repository(tmp_path / name, 30, seed)
        heads.append(
            subprocess.run(
                ["git", "-C", tmp_path / name, "rev-parse", "HEAD"], check=True, capture_output=True
            ).stdout
        )
    assert heads[0] == heads[1] != heads[2]
