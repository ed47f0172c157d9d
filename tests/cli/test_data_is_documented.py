"""docs/json.md names every field that verbs print as data, in their order, and no other."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.demo.stage import build_stage, set_up_sources

HERE = Path(__file__).parents[2]
NOW = "2026-11-22T10:00:00Z"
CASE = "c-ze7414h45y49"
VERBS = {
    "status": ("status", "--json"),
    "pulls": ("pulls", "--json"),
    "show": ("show", CASE, "--json"),
    "due": ("due", "--json"),
    "dashboard": ("dashboard", "--json"),
    "history": ("history", CASE, "--json"),
    "audit": ("audit", "--json"),
    "look": ("look", CASE, "--remembered", "--json"),
    "summary": ("summary", "--format", "json"),
    "report": ("report", "--json"),
    "check": ("check", "--json"),
}
LEAVES = frozenset({"map", "case"})
"""Kinds that have fields of their own, told elsewhere."""
LISTS_TOLD_ELSEWHERE = frozenset({
    "adds", "proposed[].adds", "versions[].entries", "told", "acknowledged", "looked", "answers",
})  # fmt: skip


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, at_work: Callable[[str], AbstractContextManager[None]]
) -> Path:
    """The shipped desk after a run."""
    folder = tmp_path_factory.mktemp("told")
    with at_work(NOW):
        set_up_sources(build_stage(folder), "en", {}, NOW)
        assert run(["-C", str(folder), "run"]) == 0
    return folder


def documented() -> dict[str, dict[str, str]]:
    """Return the kinds of the fields, by verb."""
    text = (HERE / "docs" / "json.md").read_text(encoding="utf-8")
    parts = re.split(r"^## `(.+)`$", text, flags=re.M)[1:]
    return {
        verb: dict(re.findall(r"^\| `([^`]+)` \| (\w+) \|", part, re.M))
        for verb, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_verb_of_the_page_is_held_against_it() -> None:
    assert set(documented()) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS, ids=list(VERBS))
def test_what_a_verb_prints_is_what_the_page_says(
    verb: str,
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    at_work: Callable[[str], AbstractContextManager[None]],
) -> None:
    with at_work(NOW):
        capsys.readouterr()
        run(["-C", str(desk), *VERBS[verb]])
    fields, empty = documented()[verb], set[str]()
    shown = list(dict.fromkeys(walked(json.loads(capsys.readouterr().out), "", fields, empty)))
    expected = [name for name in fields if not any(name.startswith(f"{gone}[]") for gone in empty)]
    assert set(shown) == set(expected)
    tops = [name for name in shown if "[" not in name]
    assert tops == [name for name in expected if "[" not in name]


def walked(value: object, path: str, kinds: dict[str, str], empty: set[str]) -> Iterator[str]:
    """Yield the fields of data; `empty` takes up the lists that show none of theirs."""
    if isinstance(value, dict):
        for name, each in value.items():
            field = f"{path}.{name}" if path else name
            yield field
            if kinds.get(field) not in LEAVES and field not in LISTS_TOLD_ELSEWHERE:
                yield from walked(each, field, kinds, empty)
    elif isinstance(value, list):
        if not value:
            empty.add(path)
        for each in value:
            yield from walked(each, f"{path}[]", kinds, empty)
