"""The stage of the demo is a desk of its own, and the real one stays as it is."""

from pathlib import Path

from runner.demo.stage import build_stage, desk_folder, render_sources, set_up_sources
from runner.policies.load import load_configuration

FILES = ("sources.yaml", "policies/**/*.yaml", "templates/*.yaml")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for pattern in FILES
        for path in sorted(folder.glob(pattern))
    }


def test_the_desk_of_this_repository_has_no_fault():
    configuration, faults = load_configuration(files_of(desk_folder()))
    assert faults == ()
    assert configuration is not None


def test_saved_feeds_are_read_where_they_are_served_and_files_stay_files(tmp_path):
    stage = build_stage(tmp_path)
    assert set(stage.feeds) == {"forum-bricolage.xml", "entraide.atom", "agora.json"}
    urls = {name: f"http://127.0.0.1:1/{name}" for name in stage.feeds}
    set_up_sources(stage, "en", urls, "2026-11-21T07:30:00Z")
    configuration, faults = load_configuration(files_of(tmp_path))
    assert faults == ()
    assert configuration.instance.language == "en"
    kinds = {source.id: source.kind for source in configuration.sources}
    assert kinds == {
        "avis-conso": "file",
        "reviews-uk": "file",
        "sav-en-ligne": "file",
        "forum-bricolage": "feed",
        "entraide": "feed",
        "agora": "feed",
    }
    assert stage.repository.text("status", "--porcelain") == ""
    assert stage.repository.text("log", "--format=%an at %at") == "Inès Carpentier at 1795246200"


def test_sites_keep_their_names_so_that_a_case_is_the_same_one():
    text = (desk_folder() / "sources.yaml").read_text("utf-8")
    rendered = render_sources(text, "fr", {"agora.json": "http://127.0.0.1:1/agora.json"})
    before, after = text.splitlines(), rendered.splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        ("language: fr                 # what the team reads: fr or en", "language: fr"),
        ("  kind: file", "  kind: feed"),
        ("  path: inbox/agora.json", "  url: http://127.0.0.1:1/agora.json"),
    ]
