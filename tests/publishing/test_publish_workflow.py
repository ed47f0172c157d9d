"""The workflow of a desk that publishes: one more job, with the secrets of accounts that write."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from runner.policies.load import load_configuration
from runner.repo.files import read_configuration_files
from runner.workflows import Setting, carried, render_workflows

ROOT = Path(__file__).parents[2]
COLLECT = ".github/workflows/collect.yml"


def setting() -> Setting:
    configuration, faults = load_configuration(read_configuration_files(ROOT)[0])
    assert configuration is not None, faults
    return carried(configuration)


def jobs(text: str) -> dict[str, Any]:
    parsed = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - `on` is a word
    assert isinstance(parsed, dict)
    return dict(parsed["jobs"])


def test_a_desk_that_does_not_publish_has_no_such_job() -> None:
    text = render_workflows(replace(setting(), publishing_secrets=()))[COLLECT]
    assert "publish" not in jobs(text)
    assert jobs(text)["notify"]["needs"] == "apply"
    assert "@" not in re.sub(r"\w@[0-9a-f]{40}|\"\$@\"", "", text)


def test_the_job_that_posts_holds_the_accounts_secrets_and_no_token() -> None:
    told = replace(setting(), publishing_secrets=("FORUM_POSTS", "TOOTS"))
    job = jobs(render_workflows(told)[COLLECT])["publish"]
    assert job["permissions"] == {"contents": "read"}
    assert "github.token" not in str(job)
    assert "FORGE_TOKEN" not in str(job)
    assert set(re.findall(r"secrets\.(\w+)", str(job))) == {"FORUM_POSTS", "TOOTS"}


def test_no_other_job_holds_them() -> None:
    told = replace(setting(), publishing_secrets=("FORUM_POSTS",))
    every = jobs(render_workflows(told)[COLLECT])
    holding = [name for name, job in every.items() if "FORUM_POSTS" in str(job)]
    assert holding == ["publish"]
    assert every["notify"]["needs"] == ["apply", "publish"]


def test_it_is_a_workflow_without_faults(tmp_path: Path) -> None:
    text = render_workflows(replace(setting(), publishing_secrets=("FORUM_POSTS",)))[COLLECT]
    (tmp_path / "collect.yml").write_text(text)
    linter = Path(sys.executable).with_name("actionlint")
    if linter.exists():
        ended = subprocess.run(
            [linter, "-shellcheck=", "-pyflakes=", tmp_path / "collect.yml"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout
