"""`fetch`, then `collect --fetched`: the sources are read without a token of the forge."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]
SOURCES = """\
version: 1
name: Essai
language: en
zone: Europe/Paris
forge: {forge}
contact: mailto:veille@example.org
shards: 2
brands: [{{id: lumen, name: Lumen}}]
sources:
"""
SOURCE = """\
- {{id: {id}, kind: file, category: review-site, site: {site}, path: inbox/{id}.csv,
   contact: {{public: manual, private: none}}, columns: {{native_id: id, text: text}}}}
"""
POLICIES = {
    "privacy": "version: 1\n",
    "team": """\
version: 1
people: [{id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org]}]
routes: [{owner: ines}]
""",
    "triage": """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- {id: broken, when: {says: [cassée]}, then: {after_sales: yes, category: complaint}}
""",
}
SITES = {"avis": "avis.example.org", "forum": "forum.example.org", "more": "avis.example.org"}


def done(capsys: Capture, *arguments: str, code: int = 0) -> str:
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, f"{out}\n{err}"
    return out + err


@pytest.fixture
def desk(
    tmp_path: Path, git: Git, own_git_settings: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path]:
    """Make a desk with three sources on a forge, and a clone of it to work in."""

    def make(forge: str) -> Path:
        origin = tmp_path / "origin"
        (origin / "inbox").mkdir(parents=True)
        (origin / "policies").mkdir()
        rows = "".join(SOURCE.format(id=name, site=site) for name, site in SITES.items())
        (origin / "sources.yaml").write_text(SOURCES.format(forge=forge) + rows)
        for name in SITES:
            (origin / "inbox" / f"{name}.csv").write_text("id,text\n1,Ma lampe est cassée\n")
        for name, text in POLICIES.items():
            (origin / f"policies/{name}.yaml").write_text(text)
        git(origin, "init", "-q")
        git(origin, "add", ".")
        git(origin, "commit", "-qm", "Begin.")
        git(tmp_path, "clone", "-q", str(origin), "clone")
        monkeypatch.chdir(tmp_path / "clone")
        for name in ("DOLEANCES_FORGE_TOKEN", "GITHUB_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        return tmp_path / "clone"

    return make


@pytest.mark.parametrize("forge", ["local", "github"])
def test_what_was_decided_is_known_without_asking_the_forge(
    desk: Callable[[str], Path], git: Git, capsys: Capture, forge: str
) -> None:
    clone = desk(forge)
    there = git(clone, "remote", "get-url", "origin")
    done(capsys, "fetch")
    (first, *_) = json.loads(done(capsys, "collect", "--fetched", "--json"))
    assert (first["source"], first["new"]) == ("avis", 1)
    # Elsewhere a run proposes it; afterwards nothing is new.
    text = (clone / "sources.yaml").read_text().replace("forge: github", "forge: local")
    (clone.parent / "origin" / "sources.yaml").write_text(text)
    done(capsys, "-C", there, "run")
    done(capsys, "fetch")
    assert {read["new"] for read in json.loads(done(capsys, "collect", "--fetched", "--json"))} == {
        0
    }


def test_nothing_is_changed_on_the_remote(
    desk: Callable[[str], Path], git: Git, capsys: Capture
) -> None:
    clone = desk("local")
    there = clone.parent / "origin"
    before = git(there, "for-each-ref")
    done(capsys, "run")
    done(capsys, "fetch")
    assert git(there, "for-each-ref") == before
    assert "nothing to do" not in done(capsys, "pulls").lower()


def test_without_a_fetch_it_says_so(desk: Callable[[str], Path], capsys: Capture) -> None:
    desk("local")
    assert "run `doleances fetch` first" in done(capsys, "collect", "--fetched", code=2)


def test_each_source_stands_in_one_share_and_those_of_a_site_in_the_same(
    desk: Callable[[str], Path], capsys: Capture
) -> None:
    desk("local")

    def share(which: str) -> list[str]:
        told = json.loads(done(capsys, "collect", "--shard", which, "--json"))
        return [read["source"] for read in told]

    assert (share("1/2"), share("2/2")) == (["avis", "more"], ["forum"])
    assert (share("1/1"), share("3/3")) == (["avis", "forum", "more"], [])


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/100", "1/2\n"], ids=range(6))
def test_a_share_that_there_is_not_is_refused(
    desk: Callable[[str], Path], capsys: Capture, shard: str
) -> None:
    desk("local")
    assert "--shard" in done(capsys, "collect", "--shard", shard, code=2)


def test_shares_are_proposed_together(
    desk: Callable[[str], Path], capsys: Capture, tmp_path: Path
) -> None:
    desk("local")
    for nth in (1, 2):
        done(capsys, "collect", f"--shard={nth}/2", "--out", str(tmp_path / f"{nth}.jsonl"))
    shares = [f"--mentions={tmp_path / f'{nth}.jsonl'}" for nth in (1, 2)]
    made = json.loads(done(capsys, "plan", "--json", *shares))
    whole = json.loads(done(capsys, "plan", "--json"))
    assert [each["branch"] for each in made["actions"]] == [
        each["branch"] for each in whole["actions"]
    ]
    assert {cursor["source"] for cursor in made["cursors"]} == set(SITES)


def test_a_suspended_desk_is_not_read(desk: Callable[[str], Path], capsys: Capture) -> None:
    clone = desk("local")
    with (clone / "sources.yaml").open("a") as sources:
        sources.write("suspend: true\n")
    out = done(capsys, "collect", "--scheduled", "--out", "mentions.jsonl")
    assert "Suspended" in out
    assert not (clone / "mentions.jsonl").exists()
