"""What tests of several areas share: a git of their own, and case files to put into it."""

import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from hypothesis import HealthCheck, settings

from runner.cli.main import run

# The machines that run these do other work, too: how long an example took says nothing of it.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


# Tests leave little garbage in circles, and a worker holds much that is none: look more rarely.
gc.set_threshold(10_000, 20, 20)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over the thousands of tests, which stay to the end."""
    gc.collect()
    gc.freeze()


HERE = Path(__file__).parents[1]
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]
AtWork = Callable[[str | None], AbstractContextManager[None]]

_SETTINGS = """\
[user]
	name = {name}
	email = {email}
[init]
	defaultBranch = main
	templateDir =
[gc]
	auto = 0
[maintenance]
	auto = false
[core]
	fsync = none
"""
_OF_INES = _SETTINGS.format(name="Inès Martin", email="ines@example.org")

_CASE = """\
# yaml-language-server: $schema=../../../../runner/schemas/case.schema.json
schema: 1
id: {id}
state: {state}
cycle: 1
brand: lumen
language: fr
category: complaint
urgency: {urgency}
topic: delivery
crisis: null
owner: ines
customer: {{handle: Camille_R, known: unknown}}
why:
  after_sales: {{rule: low-stars, file: policies/triage.yaml, line: 31, detail: 1 of 5}}
  category: {{rule: low-stars, file: policies/triage.yaml, line: 31, detail: 1 of 5}}
  urgency: {{rule: late-parcel, file: policies/triage.yaml, line: 58, detail: toujours rien}}
duplicates: []
asked: []
offered: []
places:
{places}log:
- entry: detected
  at: {at}
  recorded_at: {at}
  by: runner
  place: p1
  to: open
  clocks:
  - clock: first-reply
    target: 3 civil days
    zone: Europe/Paris
    calendar: null
    started_at: {at}
    due_at: {due}
    pauses: []
    stops: [replied]
    policies: {{policies/clocks.yaml: 3f786850e387550fdab836ed7e6dc881de23001b}}
{log}"""

_PLACE = """\
- id: p{nth}
  key: {key}
  source: forum-bricolage
  site: forum.example.org
  url: https://forum.example.org/t/{key}
  native_id: t-{key}
  author: Camille_R
  posted_at: {at}
  detected_at: {at}
  title: Colis jamais reçu
  text: |-
    Bonjour, toujours rien reçu.
"""

_ENDINGS = {
    "dismissed": """\
- entry: dismissed
  at: {at}
  recorded_at: {at}
  by: ines
  to: dismissed
  reason: spam
""",
    "merged": """\
- entry: merged
  at: {at}
  recorded_at: {at}
  by: ines
  to: merged
  target: c-000000000000
""",
}


@pytest.fixture(scope="session", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one authority for sites, not all 120, which each client takes long to read.

    On loopback nobody has a certificate of any of them.
    """
    if any(name.startswith("DOLEANCES_TEST_") for name in os.environ):
        yield
        return
    end = "-----END CERTIFICATE-----\n"
    file = tmp_path_factory.mktemp("trust") / "one.pem"
    file.write_text(certifi.contents().partition(end)[0] + end)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(certifi, "where", lambda: str(file))
        yield


@pytest.fixture(scope="session")
def case_text() -> CaseText:
    """Return the path and the text of a case file, made up."""

    def make(
        case_id: str,
        *more_keys: str,
        state: str = "open",
        urgency: str = "high",
        detected_at: datetime = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC),
    ) -> tuple[str, str]:
        at = f"{detected_at:%Y-%m-%dT%H:%M:%SZ}"
        places = "".join(
            _PLACE.format(nth=nth, key=key, at=at)
            for nth, key in enumerate((case_id, *more_keys), 1)
        )
        text = _CASE.format(
            id=case_id,
            state=state,
            urgency=urgency,
            at=at,
            due=f"{detected_at + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}",
            places=places,
            log=_ENDINGS.get(state, "").format(at=at),
        )
        return f"cases/{detected_at:%Y/%m/%d}/{case_id}.yaml", text

    return make


@pytest.fixture(scope="session")
def git() -> Git:
    """Run git in a folder and return what it prints."""

    def run(folder: Path, *arguments: str) -> str:
        ended = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=True, text=True
        )
        return ended.stdout.strip()

    return run


@pytest.fixture
def own_git_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let git see a person of the team, and nothing of the machine it runs on."""
    settings = tmp_path / "gitconfig"
    settings.write_text(_OF_INES)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def act_as(own_git_settings: None, tmp_path: Path) -> Callable[[str], None]:
    """Let git be used by whose e-mail address is given."""

    def be(email: str) -> None:
        (tmp_path / "gitconfig").write_text(_SETTINGS.format(name="X", email=email))

    return be


@pytest.fixture
def shipped_desk(
    tmp_path: Path, git: Git, act_as: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """Make a desk of this repository's own, in English, where Inès is at work.

    Of its `folders` beside policies and templates; `files` hold what is to stand elsewhere, by
    path.
    """

    def make(
        *folders: str, files: Mapping[str, str] | None = None, now: str = "2026-11-21T09:00:00Z"
    ) -> Path:
        desk = tmp_path / "desk"
        for name in ("policies", "templates", *folders):
            shutil.copytree(HERE / name, desk / name)
        sources = (HERE / "sources.yaml").read_text().replace("language: fr", "language: en", 1)
        for path, text in {"sources.yaml": sources, **(files or {})}.items():
            (desk / path).parent.mkdir(parents=True, exist_ok=True)
            (desk / path).write_text(text)
        act_as("ines.carpentier@agence.example.org")
        git(desk, "init", "-q")
        git(desk, "add", ".")
        git(desk, "commit", "-qm", "Begin.")
        monkeypatch.setenv("DOLEANCES_NOW", now)
        monkeypatch.chdir(desk)
        return desk

    return make


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Type a verb and return what it printed; `code` is what it ends with."""

    def type_it(*arguments: str, code: int = 0) -> str:
        ended = run(arguments)
        out, err = capsys.readouterr()
        assert ended == code, out + err
        return out + err

    return type_it


@pytest.fixture(scope="session")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> AtWork:
    """Let git see a person of the team, and the program a time, for the length of a `with`.

    Without a time, it is that of this machine.
    Fixtures that outlive a test need them while they are made, and other tests must not see them.
    """
    settings = tmp_path_factory.mktemp("git") / "gitconfig"
    settings.write_text(_OF_INES)

    @contextmanager
    def work(now: str | None) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("GIT_CONFIG_GLOBAL", str(settings))
            patched.setenv("GIT_CONFIG_NOSYSTEM", "1")
            if now is None:
                patched.delenv("DOLEANCES_NOW", raising=False)
            else:
                patched.setenv("DOLEANCES_NOW", now)
            yield

    return work


@pytest.fixture
def folder(tmp_path: Path, git: Git, own_git_settings: None) -> Path:
    """Return a repository with a desk that says nothing yet."""
    here = tmp_path / "desk"
    here.mkdir()
    git(here, "init", "-q")
    (here / "sources.yaml").write_text("version: 1\n")
    git(here, "add", ".")
    git(here, "commit", "-qm", "Begin.")
    return here
