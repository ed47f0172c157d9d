"""A small desk whose team is told by comment, mail and chat, and its verbs in processes."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from forked_verbs import Verb
from killing_git import kill_at

from runner.cli.main import run

Git = Callable[..., str]

SOURCES = """\
version: 1
name: Essai
language: en
zone: Europe/Paris
suspend: true
base: main
forge: local
contact: mailto:veille@example.org
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
sources:
- id: avis
  kind: file
  category: review-site
  site: avis.example.org
  contact: {public: manual, private: none}
  path: inbox/*.csv
  columns:
    {native_id: id, posted_at: date, rating: note, author: pseudo, text: commentaire, url: lien}
  best: 5
"""
INBOX = """\
id,date,note,pseudo,commentaire,lien
1,2026-11-23T07:00:00Z,1,Camille,"Ma lampe est cassée, remboursez-moi !",https://avis.example.org/1
"""
TEAM = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
- {id: sam, name: Sam, roles: [watcher], emails: [sam@example.org], logins: [sam]}
routes:
- {owner: ines}
"""
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: few-stars
  when: {rating: {at_most: 2}}
  then: {after_sales: yes, category: complaint}
"""
CLOCKS = """\
version: 1
zone: Europe/Paris
clocks:
- id: first-reply
  starts: [detected, reopened]
  stops: [replied, published]
  targets: [{within: 3 civil days}]
  due_soon: 12 hours
"""
ESCALATION = """\
version: 1
zone: Europe/Paris
channels:
- {id: forge, kind: forge}
- {id: mail, kind: mail, from: veille@example.org, quiet: [nights]}
- {id: chat, kind: webhook, style: json, variable: CHAT_URL}
quiet_hours:
- {id: nights, from: "20:00", until: "08:00"}
routes:
- clock: first-reply
  tiers:
  - {id: half, at: 50%, tell: [owner], by: [forge, mail]}
  - {id: late, at: due, tell: [owner, {role: watcher}], by: [forge, mail, chat],
     repeat: 1 civil day, times: 3, silent: 1 civil day}
"""
FILES = {
    "sources.yaml": SOURCES,
    "inbox/avis.csv": INBOX,
    "policies/team.yaml": TEAM,
    "policies/triage.yaml": TRIAGE,
    "policies/clocks.yaml": CLOCKS,
    "policies/escalation.yaml": ESCALATION,
}


class NotifiedDesk:
    """A desk in a folder.  `environment` is what its verbs are run with."""

    def __init__(self, folder: Path, git: Git, environment: dict[str, str]) -> None:
        self.folder = folder
        self.git = git
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "DOLEANCES_ALLOW_LOOPBACK": "1",
            **{name: value for name, value in os.environ.items() if name.startswith("GIT_")},
            **environment,
        }

    @classmethod
    def make(cls, folder: Path, git: Git, environment: dict[str, str]) -> "NotifiedDesk":
        for name, text in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "Begin.")
        return cls(folder, git, environment)

    def copy(self, folder: Path) -> "NotifiedDesk":
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        other = NotifiedDesk(folder, self.git, {})
        other.environment = self.environment
        return other

    def start(self, *arguments: str, now: str, **more: str) -> Verb:
        words = ["-C", str(self.folder), "--now", now, *arguments]
        return Verb(words, self.environment | more)

    def run(self, *arguments: str, now: str, code: int = 0) -> str:
        """Run a verb in this process, which is quicker, and return what it prints."""
        out, err = StringIO(), StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            ended = run(["-C", str(self.folder), "--now", now, *arguments])
        assert ended == code, f"{ended}\n{out.getvalue()}\n{err.getvalue()}"
        return out.getvalue()

    def data(self, *arguments: str, now: str, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", now=now, code=code))

    def comments(self) -> list[str]:
        """The keys of all comments, from every commit that brought one."""
        log = self.git(
            self.folder, "log", "--diff-filter=A", "--name-only", "--format=",
            "refs/doleances/receipts", "--", "told",
        )  # fmt: skip
        records = [
            json.loads(self.git(self.folder, "show", f"refs/doleances/receipts:{path}"))
            for path in log.splitlines()
        ]
        return sorted(record["key"] for record in records if record["body"] is not None)

    def kill_at(self, nth: int, moment: str, folder: Path, *arguments: str, now: str) -> bool:
        """Run a verb and kill it at its nth writing git process; False when it got through."""
        killing = kill_at(nth, moment, folder, self.environment["PATH"])
        process = self.start(*arguments, now=now, **killing)
        process.communicate(timeout=120)
        assert process.returncode in {0, -signal.SIGKILL}
        return process.returncode != 0
