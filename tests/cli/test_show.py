"""`show` finds a case by whatever a person has at hand."""

import json
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.demo.stage import build_stage, set_up_sources

NOW = "2026-11-21T08:00:00Z"
CLOSED = "cases/2026/10/05/c-z9dhernv57sj.yaml"
PARCEL = "https://avis.example.org/lumen/a-90412"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    set_up_sources(build_stage(folder), "en", {}, NOW)
    assert run(["-C", str(folder), "--now", NOW, "run"]) == 0
    return str(folder)


@pytest.fixture
def show(desk, capsys):
    def shown(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["-C", desk, "--now", NOW, "show", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return shown


def test_a_proposal_is_found_by_address_number_and_id_alike(show):
    code, by_address, _ = show(PARCEL)
    assert code == 0
    assert "to qualify" in by_address.splitlines()[0]
    found = json.loads(show("--json", PARCEL)[1])
    assert show(str(found["pull"]))[1] == by_address
    assert show(found["case"]["id"])[1] == by_address
    assert f"Accept it: doleances accept {found['pull']}" in by_address


def test_a_case_of_the_base_is_found_by_file_address_and_id_alike(show, desk, monkeypatch):
    monkeypatch.chdir(desk)
    code, by_file, _ = show(CLOSED)
    assert code == 0
    assert by_file.startswith("c-z9dhernv57sj · closed · complaint · normal urgency\n")
    assert show("c-z9dhernv57sj")[1] == by_file
    assert show("https://forum.example.org/t/8004#p2")[1] == by_file
    assert json.loads(show("--json", CLOSED)[1])["pull"] is None


def test_personal_data_is_masked_before_anybody_is_shown_anything(show):
    _, said, _ = show(PARCEL)
    assert "LUM-2026-118204" not in said
    _, said, _ = show("https://avis.example.org/lumen/a-90398")
    assert "06 39 98 41 27" not in said


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("999", "there is no open pull request 999"),
        ("c-000000000000", "there is no case c-000000000000"),
        ("https://forum.example.org/t/1", "no case stands at https://forum.example.org/t/1"),
        ("nonsense", "is no pull request's number, case id, case file or address"),
        ("--", "Missing argument"),
    ],
)
def test_what_is_not_there_is_a_usage_error_that_says_so(show, wanted, message):
    code, _, err = show(wanted)
    assert code == 2
    assert message in err


def test_a_link_in_the_place_of_a_case_is_not_followed(show, desk, tmp_path):
    link = Path(desk, "cases/2026/11/21/c-000000000001.yaml")
    link.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "elsewhere").write_text("secret: 1\n")
    link.symlink_to(tmp_path / "elsewhere")
    try:
        code, out, said = show("c-000000000001")
    finally:
        link.unlink()
    assert (code, out) == (1, "")
    assert "this is a symbolic link and is not read" in said
    assert "secret" not in said
