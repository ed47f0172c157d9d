"""The stage of the demo: a temporary copy of the desk, in a git repository of its own."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.errors import UsageError
from runner.repo.git import Repository, open_repository

DESK = ("sources.yaml", "policies", "templates", "inbox", "cases")
"""What a desk consists of; the rest of a checkout is the program."""

FEEDS = re.compile(r"inbox/(?P<name>[a-z-]+\.(?:xml|atom|json))")
ACTOR = {"name": "Inès Carpentier", "email": "ines.carpentier@agence.example.org"}
"""The community manager of `policies/team.yaml` who decides in the demo."""

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Stage:
    """The copy: its folder, its repository, and the feeds that its sources read."""

    folder: Path
    repository: Repository
    feeds: Mapping[str, bytes]


def desk_folder() -> Path:
    """Return the desk that the demo copies: packed with the program, or the checkout's own.

    Raises:
        UsageError: when neither is there.
    """
    for folder in (_PACKAGE / "desk", _PACKAGE.parent.parent):
        if (folder / "sources.yaml").is_file():
            return folder
    raise UsageError(
        "the desk of the demo was not installed with the program", "install doleances again"
    )


def recorded_feed(moment: str, name: str) -> bytes:
    """Return a feed as it was recorded at a moment of the day."""
    return (_PACKAGE / "feeds" / moment / name).read_bytes()


def build_stage(folder: Path) -> Stage:
    """Copy the desk into an empty folder and commit it; feeds leave `inbox/` for the server."""
    desk = desk_folder()
    for name in DESK:
        source = desk / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    feeds = {}
    for found in FEEDS.finditer((folder / "sources.yaml").read_text("utf-8")):
        file = folder / found.group()
        if file.is_file():
            feeds[found["name"]] = file.read_bytes()
            file.unlink()
    _git_init(folder)
    return Stage(folder, open_repository(folder), feeds)


def _git_init(folder: Path) -> None:
    from runner.repo.git import command, environment, failure, spawn

    ended = spawn(
        command(folder.parent, "init", "--quiet", "--initial-branch=main", os.fspath(folder)),
        b"",
        environment(),
    )
    if ended.returncode:
        raise failure("init", ended)


def set_up_sources(stage: Stage, language: str, urls: Mapping[str, str], at: str) -> None:
    """Point the sources at the served feeds, choose the team's language, commit the desk."""
    path = stage.folder / "sources.yaml"
    path.write_text(render_sources(path.read_text("utf-8"), language, urls), "utf-8")
    repository = stage.repository
    repository.run("config", "user.name", ACTOR["name"])
    repository.run("config", "user.email", ACTOR["email"])
    repository.run("add", "--all")
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    repository.run("commit", "--quiet", "--message", "Set up the desk.", extra=dates)


def render_sources(text: str, language: str, urls: Mapping[str, str]) -> str:
    """Return `sources.yaml` with saved feeds read where they are served."""
    kept: list[str] = []
    for line in text.splitlines():
        found = FEEDS.fullmatch(line.removeprefix("  path: "))
        if found and line.startswith("  path: ") and found["name"] in urls:
            at = max(i for i, before in enumerate(kept) if before == "  kind: file")
            kept[at] = "  kind: feed"
            kept.append(f"  url: {urls[found['name']]}")
        elif line.startswith("language:"):
            kept.append(f"language: {language}")
        else:
            kept.append(line)
    return "\n".join(kept) + "\n"
