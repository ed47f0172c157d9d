"""Workflows hold no more power than they need, and run nothing that can change under them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

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
        assert used
        for use in used:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){2}", use)

    def test_a_checkout_leaves_no_token_behind(self, path: Path) -> None:
        checkouts = [s for s in steps_of(path) if s.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
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


def test_only_the_exchange_with_the_forge_holds_the_token() -> None:
    steps = steps_of(ROOT / ".github/workflows/collect.yml")
    holding = [step["run"] for step in steps if "github.token" in str(step)]
    assert holding == ["./doleances sync"] * 4
    jobs = jobs_of(ROOT / ".github/workflows/collect.yml")
    assert not any("github.token" in str(job["env"]) for job in jobs)


def test_only_telling_the_team_holds_the_secrets_of_channels() -> None:
    path = ROOT / ".github/workflows/collect.yml"
    (telling,) = (step for step in steps_of(path) if "secrets." in str(step))
    assert telling["run"] == "./doleances notify --scheduled"
    policy = yaml.safe_load((ROOT / "policies/escalation.yaml").read_text())
    variables = {each["variable"] for each in policy["channels"] if "variable" in each}
    assert set(telling["env"]) == variables | {"DOLEANCES_SMTP_URL"}


def test_the_team_is_told_whether_or_not_a_source_failed() -> None:
    notify = parse_workflow(ROOT / ".github/workflows/collect.yml")["jobs"]["notify"]
    assert (notify["needs"], notify["if"]) == ("collect", "${{ !cancelled() }}")
    # What was told must be kept, also when a channel failed.
    assert notify["steps"][-1]["if"] == "${{ !cancelled() }}"
