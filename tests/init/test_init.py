"""`doleances init`: a new desk is complete, right, and never written over anything."""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner import __version__
from runner.cli.main import run
from runner.errors import ExitCode, UsageError
from runner.founding.charter import ROLES, make_id, parse_people
from runner.text.strict_yaml import Document, read_document, read_value

ROOT = Path(__file__).parents[2]
INES = "Inès Martin <ines@example.org>, ines-martin"
SAM = "Sam Diallo <sam@example.org>, sam-d, brand-care+quality"
MADE_UP = re.compile(r"\b(Lumen|Maison|Odile|Malo|Yassine)\b")
EXAMPLE = re.compile(
    r"(- )?\{?[a-z_]+: ?|  \w+: |yaml-language-server|secret |slack, teams|---- Articles"
)
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass


def init(folder: Path, *more: str, forge: str = "local", language: str = "en") -> int:
    given = ["--brand", "Étoile & Cie", "--team", INES, "--team", SAM, "--forge", forge]
    if forge != "local":
        given += ["--repository", "etoile/desk"]
    if forge == "gitea":
        given += ["--server", "https://git.example.org"]
    return run(["init", str(folder), *given, "--language", language, *more])


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.fixture(params=[("github", "fr"), ("gitea", "en"), ("local", "fr")], ids="-".join)
def made(request: pytest.FixtureRequest, tmp_path: Path, capsys: Capture) -> Path:
    forge, language = request.param
    desk = tmp_path / "desk"
    given = ("--commit", "--install-from", "index")
    assert init(desk, *given, forge=forge, language=language) == 0
    capsys.readouterr()
    return desk


def test_a_new_desk_has_no_fault_and_keeps_its_stories(
    made: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    # Calendars are reviewed for the years around this one, and later the check says so.
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    assert run(["-C", str(made), "check"]) == 0
    alone = "local" in request.node.callspec.id
    warned = "no fault. 1 warning.\n" if alone else "no fault.\n"
    assert capsys.readouterr().out.endswith(warned)
    assert run(["-C", str(made), "test"]) == 0


def test_nothing_of_the_example_is_left_in_it(made: Path) -> None:
    for path, data in everything_in(made).items():
        if not path.startswith("runner/schemas/"):
            assert not MADE_UP.search(data.decode()), path


def test_all_is_committed_by_who_founded_it(made: Path, git: Git) -> None:
    assert git(made, "status", "--porcelain") == ""
    assert git(made, "log", "--format=%s").strip() in {"Begin the desk.", "Fonder le bureau."}
    assert git(made, "branch", "--show-current").strip() == "main"


def test_where_git_knows_nobody_the_first_of_the_team_commits(
    tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nobody").write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "nobody"))
    for name in (
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ):
        monkeypatch.delenv(name, raising=False)
    assert init(tmp_path / "desk", "--commit") == 0
    who = git(tmp_path / "desk", "log", "--format=%an <%ae>").strip()
    assert who == "Inès Martin <ines@example.org>"


def test_rules_and_promises_are_those_that_come_with_the_program(made: Path) -> None:
    here = everything_in(made)
    for name in ("policies/triage.yaml", "policies/clocks.yaml"):
        here_read, shipped_read = (
            read_document(data, name) for data in (here[name], (ROOT / name).read_bytes())
        )
        assert isinstance(here_read, Document)
        assert isinstance(shipped_read, Document)
        assert here_read.value == shipped_read.value
    for path in (ROOT / "runner/schemas").glob("*.schema.json"):
        assert here[f"runner/schemas/{path.name}"] == path.read_bytes()
    language = "fr" if b"language: fr" in here["sources.yaml"] else "en"
    shipped = {
        path.name
        for path in (ROOT / "templates").glob(f"*-{language}.yaml")
        if "personas:" not in path.read_text().split("variables:")[0]
    }
    assert shipped == {path.partition("/")[2] for path in here if path.startswith("templates/")}


def test_policies_explain_themselves_in_the_language_of_the_team(
    tmp_path: Path, capsys: Capture
) -> None:
    """What they share are lines for editors and examples, which are YAML."""
    explained = {"en": set[str](), "fr": set[str]()}
    for language, lines in explained.items():
        for forge in ("local", "github"):
            for zone in ("Europe/Paris", "Europe/Brussels"):
                desk = tmp_path / f"{language}-{forge}-{zone[7:]}"
                assert init(desk, "--zone", zone, forge=forge, language=language) == 0
                for path, data in everything_in(desk).items():
                    if path.startswith("policies/"):
                        lines |= set(re.findall(r"# (.*)", data.decode()))
    capsys.readouterr()
    both = explained["en"] & explained["fr"]
    assert [line for line in both if not EXAMPLE.match(line)] == []
    pairs: Any = read_value((ROOT / "runner/founding/files/fr/comments.yaml").read_bytes())
    said = [line for pair in pairs for line in pair["en"].splitlines()]
    all_said = "\n".join(explained["en"]).replace("Étoile & Cie", "{brand}")
    assert [line for line in said if line not in all_said] == []


def test_lines_for_editors_lead_to_schemas_that_are_there(made: Path) -> None:
    for path in made.rglob("*.yaml"):
        found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
        assert found, path
        assert (path.parent / found[1]).is_file(), path


def test_workflows_install_the_program_and_pass_the_linters(made: Path) -> None:
    texts = {path.name: path.read_text() for path in (made / ".github/workflows").iterdir()}
    assert set(texts) == {"check.yml", "collect.yml", "pages.yml", "alive.yml"}
    assert all("'doleances==" in texts[name] for name in ("check.yml", "collect.yml"))
    assert "'doleances[report]==" in texts["pages.yml"]
    for linter in ("actionlint", "zizmor"):
        program = Path(sys.executable).with_name(linter)
        if program.exists():
            options = ["--offline", "--quiet"] if linter == "zizmor" else []
            subprocess.run([program, *options, *(made / ".github/workflows").iterdir()], check=True)


def test_the_first_run_proposes_the_example(tmp_path: Path, capsys: Capture) -> None:
    init(tmp_path / "desk", "--commit")
    capsys.readouterr()
    assert run(["-C", str(tmp_path / "desk"), "run"]) == 0
    assert "1 pull request opened." in capsys.readouterr().out
    assert run(["-C", str(tmp_path / "desk"), "run"]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_owners_of_code_stand_in_the_form_of_the_forge(tmp_path: Path) -> None:
    init(tmp_path / "hub", forge="github")
    init(tmp_path / "tea", forge="gitea")
    assert "\n/policies/ @sam-d\n" in (tmp_path / "hub/CODEOWNERS").read_text()
    assert "\npolicies/.* @sam-d\n" in (tmp_path / "tea/CODEOWNERS").read_text()
    assert "\n/sources.yaml @ines-martin @sam-d\n" in (tmp_path / "hub/CODEOWNERS").read_text()


def test_a_zone_without_a_list_of_holidays_says_so(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path / "desk", "--zone", "Europe/Berlin") == 0
    calendar = (tmp_path / "desk/policies/calendars/brand-care.yaml").read_text()
    assert "zone: Europe/Berlin" in calendar
    assert "Toussaint" not in calendar
    assert run(["-C", str(tmp_path / "desk"), "check"]) == 0


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


class TestNothingIsOverwritten:
    def test_a_folder_that_holds_something_is_refused(self, desk: Path, capsys: Capture) -> None:
        (desk / "README.md").write_text("mine")
        assert init(desk) == ExitCode.REFUSED
        assert "is not empty: it holds README.md" in capsys.readouterr().err
        assert everything_in(desk) == {"README.md": b"mine"}

    def test_a_clone_of_an_empty_repository_is_taken(self, desk: Path, git: Git) -> None:
        git(desk, "init", "-q", "-b", "main")
        git(desk, "remote", "add", "origin", "https://git.example.org/etoile/desk.git")
        assert init(desk, "--commit") == 0
        assert "git.example.org" in git(desk, "remote", "-v")
        assert git(desk, "rev-list", "--count", "HEAD").strip() == "1"

    def test_a_folder_beside_this_one_is_a_repository_of_its_own(
        self, desk: Path, git: Git, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = desk.parent / "clones" / "program"
        here.mkdir(parents=True)
        git(here.parent, "init", "-q")
        monkeypatch.chdir(here)
        assert init(Path("../desk"), "--commit") == 0
        assert git(here.parent / "desk", "rev-list", "--count", "HEAD").strip() == "1"
        assert git(here.parent, "log", "--all", "--oneline") == ""
        assert not (desk / ".git").exists()

    @pytest.mark.parametrize("at", [1, -2])
    def test_a_killed_call_can_be_repeated(self, desk: Path, git: Git, at: int) -> None:
        init(desk / "../whole")
        whole = everything_in(desk / "../whole")
        half = desk
        # Workflows are written first.
        for path in sorted(whole, key=lambda name: not name.startswith(".github/"))[:at]:
            (half / path).parent.mkdir(parents=True, exist_ok=True)
            (half / path).write_bytes(whole[path])
        (half / ".README.md.a1b2c3d4").write_text("half of it")
        assert init(half, "--commit") == 0
        assert everything_in(half) == whole
        assert init(half, "--commit") == 0
        assert git(half, "rev-list", "--count", "HEAD").strip() == "1"

    def test_a_desk_that_lives_is_refused(self, desk: Path, capsys: Capture) -> None:
        init(desk)
        with (desk / "sources.yaml").open("a") as file:
            file.write("# ours\n")
        assert init(desk) == ExitCode.REFUSED
        assert "sources.yaml" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["inbox", "sources.yaml"])
    def test_a_link_is_not_followed(self, desk: Path, name: str) -> None:
        outside = desk.parent / "outside"
        outside.mkdir()
        (desk / name).symlink_to(outside)
        assert init(desk) == ExitCode.REFUSED
        assert not list(outside.iterdir())


class TestWorkflowsAnew:
    def test_they_follow_the_secrets_of_sources(self, desk: Path, capsys: Capture) -> None:
        init(desk, "--install-from", "git+https://git.example.org/d.git@0a1b", forge="github")
        escalation = desk / "policies/escalation.yaml"
        text = escalation.read_text().replace("# - {id: chat", "- {id: chat")
        escalation.write_text(re.sub(r"   # slack.*", "", text))
        capsys.readouterr()
        assert run(["init", str(desk), "--workflows"]) == 0
        assert capsys.readouterr().out == ".github/workflows/collect.yml\n"
        collect = (desk / ".github/workflows/collect.yml").read_text()
        assert "DOLEANCES_CHAT_URL: ${{ secrets.DOLEANCES_CHAT_URL }}" in collect
        assert "'doleances @ git+https://git.example.org/d.git@0a1b'" in collect
        assert run(["init", str(desk), "--workflows"]) == 0
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize(
        "address",
        ["x'; rm -rf /", "https://example.org/a b", "https://e.org/${{ secrets.X }}", "./x.whl"],
        ids=["quote", "space", "expression", "path"],
    )
    def test_an_address_cannot_leave_its_place(self, desk: Path, address: str) -> None:
        assert init(desk / "sub", "--install-from", address) == ExitCode.USAGE
        assert not (desk / "sub").exists()


class TestTheTeam:
    def test_roles_that_nobody_has_are_the_first_persons(self) -> None:
        ines, sam = parse_people([INES, SAM])
        assert set(ines.roles) == {"community-manager", "watcher"}
        assert set(sam.roles) == {"brand-care", "quality"}
        (alone,) = parse_people(["Noa <noa@example.org>"])
        assert set(alone.roles) == set(ROLES)
        assert (alone.id, alone.login) == ("noa", "")

    @pytest.mark.parametrize(
        ("people", "said"),
        [
            (["Inès"], "is not of the form"),
            ([" <a@example.org>"], "is not of the form"),
            (["A <a@example.org>, a, chief"], "there is no role chief"),
            ([INES, "Inès Martin <i@example.org>, ines-martin"], "cannot be told apart"),
            (["A <a@example.org>", "B <A@example.org>"], "cannot be told apart"),
            (["A: [x] <a@example.org>\n- {x}"], "is not of the form"),
        ],
    )
    def test_what_is_no_person_is_named(self, people: list[str], said: str) -> None:
        with pytest.raises(UsageError, match=said):
            parse_people(people)

    @pytest.mark.parametrize(
        ("words", "expected"), [("Étoile & Cie", "etoile-cie"), ("42", "42"), ("!", "brand")]
    )
    def test_ids_are_plain(self, words: str, expected: str) -> None:
        assert make_id(words, "brand") == expected


def test_names_that_mean_something_in_yaml_stay_names(tmp_path: Path, capsys: Capture) -> None:
    for nth, brand in enumerate(("no", "a: b # c", 'Say "hi" \\', "12:30")):
        given = ["--brand", brand, "--team", "null <x@example.org>", "--language", "en"]
        assert run(["init", str(tmp_path / str(nth)), *given]) == 0, brand
        assert run(["-C", str(tmp_path / str(nth)), "check"]) == 0, capsys.readouterr()
        assert brand in (tmp_path / str(nth) / "README.md").read_text()


def test_without_a_terminal_all_that_is_missing_is_named(tmp_path: Path, capsys: Capture) -> None:
    assert run(["init", str(tmp_path / "a"), "--team", INES]) == ExitCode.USAGE
    assert "needs --brand\n" in capsys.readouterr().err
    assert run(["init", str(tmp_path / "a"), "--team", INES, "--forge", "gitea"]) == ExitCode.USAGE
    assert "needs --brand, --server and --repository\n" in capsys.readouterr().err
    given = ["--brand", "B", "--team", INES]
    assert run(["init", str(tmp_path / "a"), *given, "--forge", "github"]) == ExitCode.USAGE
    assert "needs --repository" in capsys.readouterr().err
    assert run(["init", str(tmp_path / "a"), *given, "--zone", "Paris"]) == ExitCode.USAGE
    assert "Europe/Paris" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_folder_that_holds_something_is_refused_before_anything_is_asked(
    tmp_path: Path, capsys: Capture
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "README.md").write_text("years of work")
    assert run(["init", str(taken)]) == ExitCode.REFUSED
    assert "is not empty: it holds README.md" in capsys.readouterr().err
    assert everything_in(taken) == {"README.md": b"years of work"}


def test_what_the_workflows_install_is_told(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path / "a", "--install-from", "index", forge="github") == 0
    told = capsys.readouterr().out
    assert f"The workflows install doleances=={__version__} from the package index" in told
    assert "doleances init . --workflows --install-from git+https://" in told
    address = "git+https://git.example.org/o/doleances.git@" + "a" * 40
    assert init(tmp_path / "b", "--install-from", address, forge="github") == 0
    assert f"The workflows install the program from {address}" in capsys.readouterr().out
    assert init(tmp_path / "c") == 0
    assert "The workflows" not in capsys.readouterr().out


def test_the_wheel_alone_founds_a_desk(tmp_path: Path) -> None:
    """The packages that it needs are lent by this environment; the program is the wheel's."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    shutil.unpack_archive(wheel, site, "zip")
    lent = [path for path in sys.path if path.endswith("-packages")]
    code = f"import sys; sys.path += {lent!r}; from runner.cli import main; main()"

    def doleances(*words: str) -> str:
        started = [home / "bin/python", "-I", "-c", code, *words]
        variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        return subprocess.run(
            started, cwd=tmp_path, env=variables, check=True, capture_output=True, text=True
        ).stdout

    given = ("--brand", "Étoile", "--language", "fr", "--team", INES)
    assert "fichiers écrits" in doleances("init", "desk", *given)
    assert "no fault." in doleances("-C", "desk", "check")
    subprocess.run(["git", "init", "-q", "desk"], cwd=tmp_path, check=True)
    listed = doleances("-C", "desk", "template", "list")
    assert "first-contact-fr" in listed
    assert (site / "runner/demo/desk/sources.yaml").is_file()


ALONE = ("--brand", "Étoile", "--language", "en", "--team", "Inès <ines@example.org>")


@pytest.mark.parametrize(("language", "word"), [("en", "works"), ("fr", "travaille")])
def test_the_team_reads_who_it_is_in_its_language(tmp_path: Path, language: str, word: str) -> None:
    assert init(tmp_path / "desk", language=language) == 0
    text = (tmp_path / "desk/policies/team.yaml").read_text()
    assert word in text
    for role in ROLES:
        assert re.search(rf"^#   {role} ?: \S", text, re.MULTILINE)


class TestWhoIsWarned:
    def test_a_desk_on_git_alone_says_that_nobody_is_and_how_to_change_it(
        self, tmp_path: Path, capsys: Capture
    ) -> None:
        desk = tmp_path / "desk"
        assert run(["init", str(desk), *ALONE]) == 0
        assert "Nobody is warned yet of what runs late, not even of a crisis" in (
            capsys.readouterr().out
        )
        assert "this desk tells nobody anything" in (desk / "README.md").read_text()
        assert run(["-C", str(desk), "check"]) == 0
        assert "every tier tells by comments alone" in capsys.readouterr().out
        # One line for another, as the file says.
        policy = desk / "policies/escalation.yaml"
        text = policy.read_text()
        policy.write_text(
            text.replace("- {id: team, kind: forge}\n", "").replace("# - {id: team", "- {id: team")
        )
        assert run(["-C", str(desk), "check"]) == 0
        assert "warning" not in capsys.readouterr().out

    def test_on_a_forge_those_without_a_login_are_named(
        self, tmp_path: Path, capsys: Capture
    ) -> None:
        given = (*ALONE, "--team", SAM, "--forge", "github", "--repository", "etoile/desk")
        assert run(["init", str(tmp_path / "a"), *given]) == 0
        assert "no alert reaches: Inès\n" in capsys.readouterr().out
        assert init(tmp_path / "b", forge="github") == 0
        assert "alert" not in capsys.readouterr().out
        assert run(["-C", str(tmp_path / "b"), "check"]) == 0
        assert "warning" not in capsys.readouterr().out
