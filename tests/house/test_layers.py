"""Imports go downwards, and no package stands outside the contract."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_keep_the_contracts() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_package_has_its_layer() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in linter["contracts"] if c["type"] == "layers")["layers"]
    placed = {name.strip() for layer in layers for name in layer.split("|")}
    parts = {
        f"runner.{entry.stem}"
        for entry in (ROOT / "runner").iterdir()
        if (entry.suffix == ".py" and not entry.stem.startswith("__"))
        or (entry / "__init__.py").exists()
    }
    assert parts - placed == set()


def test_the_pure_core_is_all_of_it() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = linter["contracts"]
    layers = next(c for c in contracts if c["type"] == "layers")["layers"]
    placed = {name.strip() for layer in layers for name in layer.split("|")}
    pure = set(next(c for c in contracts if c["type"] == "forbidden")["source_modules"])
    edges = {
        "channels",
        "cli",
        "demo",
        "exports",
        "founding",
        "locale",
        "lookups",
        "sources",
        "forges",
        "repo",
        "report",
        "workflows",
    }
    # It reads its own package data and nothing else.
    data = {"schemas"}
    assert placed - pure == {f"runner.{name}" for name in edges | data}
