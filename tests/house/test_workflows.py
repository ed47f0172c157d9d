"""Workflows hold no more power than they need, and run nothing that can change under them."""

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.files import read_configuration_files
from runner.workflows import carried, installed, render_workflows

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
UNTRUSTED = re.compile(
    r"github\.(event\.(?!pull_request\.number\b)|head_ref|actor|triggering_actor|ref_name)"
)

NAMES = frozenset(
    {
        "github.event.pull_request.user.login",
        "github.event.pull_request.base.sha || github.event.merge_group.base_sha",
    }
)
"""What the forge itself makes of an event: a login, the name of a commit."""


def parse_workflow(path: Path) -> dict[str, Any]:
    # The base loader leaves `on` a word; YAML 1.1 reads it as a truth value.
    parsed = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506
    assert isinstance(parsed, dict)
    return parsed


def configuration() -> Configuration:
    files, _ = read_configuration_files(ROOT)
    loaded, faults = load_configuration(files)
    assert loaded is not None, faults
    return loaded


def jobs_of(path: Path) -> list[dict[str, Any]]:
    return list(parse_workflow(path)["jobs"].values())


def steps_of(path: Path) -> list[dict[str, Any]]:
    return [step for job in jobs_of(path) for step in job["steps"]]


def test_there_are_workflows() -> None:
    assert {path.name for path in WORKFLOWS} >= {"check.yml", "collect.yml"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
class TestEveryWorkflow:
    def test_nothing_is_permitted_but_by_job(self, path: Path) -> None:
        assert parse_workflow(path)["permissions"] == {}
        assert all("permissions" in job for job in jobs_of(path))

    def test_actions_are_pinned_by_commit_with_their_version(self, path: Path) -> None:
        used = re.findall(r"^\s*(?:- )?uses: (.*)$", path.read_text(), re.MULTILINE)
        for use in used:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){2}", use)

    def test_a_checkout_leaves_no_token_behind(self, path: Path) -> None:
        checkouts = [s for s in steps_of(path) if s.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)

    def test_scripts_hold_no_expressions(self, path: Path) -> None:
        assert not [step["run"] for step in steps_of(path) if "${{" in step.get("run", "")]

    def test_no_words_of_strangers_are_expanded(self, path: Path) -> None:
        expressions = re.findall(r"\$\{\{(.*?)\}\}", path.read_text())
        for expression in expressions:
            assert expression.strip() in NAMES or not UNTRUSTED.search(
                expression.replace("github.event_name", "")
            )

    def test_names_from_an_event_stand_in_variables_alone(self, path: Path) -> None:
        elsewhere = [{**step, "env": None} for step in steps_of(path)]
        assert not any(name in str(elsewhere) for name in NAMES)

    def test_jobs_end(self, path: Path) -> None:
        assert all(int(job["timeout-minutes"]) <= 30 for job in jobs_of(path))

    def test_runs_do_not_pile_up(self, path: Path) -> None:
        assert parse_workflow(path)["concurrency"]["group"]


def test_check_runs_where_a_required_check_must() -> None:
    on = parse_workflow(ROOT / ".github/workflows/check.yml")["on"]
    assert {"pull_request", "merge_group", "push"} <= set(on)
    assert "pull_request_target" not in on
    # A required check that a path filter skips would wait for ever.
    assert not {"paths", "paths-ignore"} & set(on["pull_request"] or {})


def test_check_may_only_read_and_holds_no_secret() -> None:
    path = ROOT / ".github/workflows/check.yml"
    assert [job["permissions"] for job in jobs_of(path)] == [{"contents": "read"}]
    assert not re.search(r"\$\{\{\s*(secrets|github\.token)", path.read_text())


def test_collect_is_never_cancelled_and_alone() -> None:
    workflow = parse_workflow(ROOT / ".github/workflows/collect.yml")
    assert workflow["concurrency"] == {"group": "collect", "cancel-in-progress": "false"}
    assert set(workflow["on"]) >= {"schedule", "workflow_dispatch"}


def test_collect_keeps_off_the_full_hour() -> None:
    schedule = parse_workflow(ROOT / ".github/workflows/collect.yml")["on"]["schedule"]
    for entry in schedule:
        minutes = entry["cron"].split()[0]
        assert all(5 <= int(minute) % 60 <= 55 for minute in minutes.split(","))


def test_whoever_reads_the_sources_holds_no_token() -> None:
    workflow = parse_workflow(ROOT / ".github/workflows/collect.yml")
    assert "token" not in str(workflow["env"]).replace("DOLEANCES_FORGE_TOKEN", "").replace(
        "x-access-token", ""
    )
    holding = [
        step["run"].splitlines()[-1]
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "run" in step and "github.token" in str(step)
    ]
    assert holding == [
        "./doleances fetch",
        "./doleances sync --scheduled",
        './doleances "$@"',
        "./doleances sync --scheduled",
        "./doleances sync --scheduled",
        "./doleances notify --scheduled",
        "./doleances summary --send --scheduled",
        "./doleances sync --scheduled",
    ]
    jobs = workflow["jobs"]
    assert jobs["collect"]["permissions"] == {"contents": "read"}
    assert not any("env" in job for job in jobs.values())


def test_each_job_is_handed_only_its_own_secrets() -> None:
    jobs = parse_workflow(ROOT / ".github/workflows/collect.yml")["jobs"]
    secrets = {
        name: set(re.findall(r"secrets\.(\w+)", str(job["steps"]))) for name, job in jobs.items()
    }
    policy = yaml.safe_load((ROOT / "policies/escalation.yaml").read_text())
    variables = {each["variable"] for each in policy["channels"] if "variable" in each}
    assert secrets == {
        "shares": set(),
        "collect": set(),
        "apply": {"DOLEANCES_APP_KEY", "DOLEANCES_FORGE_TOKEN"},
        "notify": variables | {"DOLEANCES_SMTP_URL", "DOLEANCES_FORGE_TOKEN"},
    }


def test_the_index_is_kept_where_no_pull_request_can_leave_one() -> None:
    steps = steps_of(ROOT / ".github/workflows/collect.yml")
    caching = [step for step in steps if step.get("uses", "").startswith("actions/cache/")]
    assert len(caching) == 4
    assert all(step["if"] == "github.server_url == 'https://github.com'" for step in caching)
    assert not any("cache" in path.read_text() for path in WORKFLOWS if path.stem == "check")


@pytest.mark.parametrize(
    ("shards", "expected"),
    [
        ("shards: 4", "4"),
        ("shards: 20   # machines", "20"),
        ("", "1"),
        ("shards: 21", "1"),
        ("shards: 0", "1"),
        ("shards: 2,3]; x", "1"),
        ("shards: 3\nshards: 5", "3"),
        (" shards: 4", "1"),
        ("shards: $(id)", "1"),
    ],
)
def test_the_count_of_shares_is_a_number(tmp_path: Path, shards: str, expected: str) -> None:
    jobs = parse_workflow(ROOT / ".github/workflows/collect.yml")["jobs"]
    script = jobs["shares"]["steps"][-1]["run"]
    (tmp_path / "sources.yaml").write_text(f"version: 1\n{shards}\nname: x\n")
    output = tmp_path / "output"
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "GITHUB_OUTPUT": str(output)},
        check=True,
    )
    numbers = ",".join(str(n) for n in range(1, int(expected) + 1))
    assert output.read_text() == f"count={expected}\nlist=[{numbers}]\n"


def test_the_team_is_told_whether_or_not_a_source_failed() -> None:
    notify = parse_workflow(ROOT / ".github/workflows/collect.yml")["jobs"]["notify"]
    assert (notify["needs"], notify["if"]) == ("apply", "${{ !cancelled() }}")
    # What was told must be kept, also when a channel failed.
    assert notify["steps"][-1]["if"] == "${{ !cancelled() }}"


def test_this_repositorys_workflows_are_those_of_every_desk() -> None:
    """After a change of runner/workflows: `python -m runner.workflows`."""
    for path, text in render_workflows(carried(configuration())).items():
        assert (ROOT / path).read_text() == text


def test_a_desk_that_installs_the_program_has_the_same_workflows() -> None:
    carrying = render_workflows(carried(configuration()))
    installing = render_workflows(installed("1.2.3", configuration()))
    for path, text in installing.items():
        assert yaml.safe_load(text)["jobs"]
        assert "./doleances" not in text
        assert ".ci/" not in text
        same = re.sub(
            r"run: python -m pip .* 'doleances(\[report\])?==1\.2\.3'$",
            "run: .ci/setup run",
            text,
            flags=re.MULTILINE,
        )
        assert re.sub(r"(?<![\w/-])doleances (?=\w|\")", "./doleances ", same) == carrying[path]


def test_sources_and_look_ups_name_the_secrets_of_collecting() -> None:
    setting = replace(carried(configuration()), source_secrets=("FORUM_KEY", "CARE_TOKEN"))
    (collect,) = (t for p, t in render_workflows(setting).items() if p.endswith("collect.yml"))
    (step,) = (
        step
        for step in yaml.load(collect, Loader=yaml.BaseLoader)["jobs"]["collect"]["steps"]  # noqa: S506
        if step.get("name") == "Read the sources"
    )
    assert step["env"]["FORUM_KEY"] == "${{ secrets.FORUM_KEY }}"
    assert step["env"]["CARE_TOKEN"] == "${{ secrets.CARE_TOKEN }}"


def test_on_gitea_only_what_carries_files_is_another() -> None:
    here = carried(configuration())
    there = replace(here, actions_of="gitea")
    differing = {
        line.strip()
        for path, text in render_workflows(there).items()
        for line in set(text.splitlines()) - set(render_workflows(here)[path].splitlines())
    }
    assert {re.sub("@.*", "", line) for line in differing} == {
        "uses: christopherhx/gitea-upload-artifact",
        "uses: christopherhx/gitea-download-artifact",
    }


def test_nothing_is_published_unless_asked_for_and_then_figures_alone() -> None:
    jobs = parse_workflow(ROOT / ".github/workflows/pages.yml")["jobs"]
    assert jobs["report"]["if"] == "vars.DOLEANCES_PAGES == 'public'"
    assert jobs["deploy"]["needs"] == "report"
    (written,) = (s["run"] for s in jobs["report"]["steps"] if "report" in s.get("run", ""))
    assert written == "./doleances report --public --out site"
