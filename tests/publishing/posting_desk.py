"""A desk that posts on loopback: three networks, one approved reply each, and its verbs."""

import json
import os
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from forked_verbs import Verb
from sites import PARENT, Sites

from runner.cli.main import run

Git = Callable[..., str]

TEXT = "Bonjour Camille, merci de votre message : votre colis part ce matin. Bonne journée !"
SECRETS = {"MASTODON_POSTS": "s3cret", "BLUESKY_POSTS": "s3cret", "FORUM_POSTS": "s3cret"}
NOW = "2026-11-23T10:00:00Z"
LATER = (
    "2026-11-23T10:27:00Z", "2026-11-23T11:30:00Z", "2026-11-23T12:40:00Z", "2026-11-23T14:00:00Z",
)  # fmt: skip
CASES = {
    "mastodon": "c-000000000m00",
    "bluesky": "c-000000000b00",
    "discourse": "c-000000000d00",
}

_SOURCES = """\
version: 1
name: Essai
language: en
zone: Europe/Paris
base: main
forge: local
contact: mailto:veille@example.org
brands:
- {{id: lumen, name: Lumen, names: [Lumen]}}
sources:
- id: mastodon
  kind: mastodon
  category: social-network
  contact: {{public: api, private: none}}
  server: {url}
  watch: {{tag: lumen}}
  publish: {{when: on-merge, variable: MASTODON_POSTS}}
- id: bluesky
  kind: bluesky
  category: social-network
  contact: {{public: api, private: none}}
  server: {url}
  watch: {{search: lumen}}
  publish: {{when: on-merge, variable: BLUESKY_POSTS, user: lumen.example.org}}
- id: discourse
  kind: discourse
  category: forum
  contact: {{public: api, private: none}}
  server: {url}
  watch: {{latest: true}}
  publish: {{when: on-merge, variable: FORUM_POSTS, user: lumen}}
"""
_TEAM = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
routes:
- {owner: ines}
"""
_TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules: [{id: none, when: {says: none}, then: {after_sales: no}}]
"""
_CLOCKS = """\
version: 1
zone: Europe/Paris
clocks:
- id: first-reply
  starts: [detected, reopened]
  stops: [replied, published]
  targets: [{within: 3 civil days}]
  due_soon: 12 hours
"""
_CASE = """\
schema: 1
id: {id}
state: open
cycle: 1
brand: lumen
language: fr
category: complaint
urgency: normal
topic: null
product: null
crisis: null
owner: ines
customer: {{handle: camille, known: unknown}}
incident: null
why:
  after_sales: {{rule: by-hand, file: policies/triage.yaml, line: 1, detail: ""}}
  category: {{rule: by-hand, file: policies/triage.yaml, line: 1, detail: ""}}
  urgency: {{rule: by-hand, file: policies/triage.yaml, line: 1, detail: ""}}
duplicates: []
asked: []
offered: []
places:
- id: p1
  key: {id}
  source: {source}
  site: {site}
  url: {url}
  native_id: "{native_id}"
  author: camille
  posted_at: 2026-11-23T08:00:00Z
  detected_at: 2026-11-23T08:10:00Z
  title: ""
  text: Toujours rien reçu.
log:
- entry: detected
  at: 2026-11-23T08:10:00Z
  recorded_at: 2026-11-23T08:10:00Z
  by: runner
  to: open
  place: p1
  clocks:
  - clock: first-reply
    target: 3 civil days
    zone: Europe/Paris
    calendar: null
    started_at: 2026-11-23T08:10:00Z
    due_at: 2026-11-26T08:10:00Z
    pauses: []
    stops: [replied, published]
    policies: {{policies/clocks.yaml: 3f786850e387550fdab836ed7e6dc881de23001b}}
"""
APPROVED = """\
- entry: approved
  at: 2026-11-23T09:00:00Z
  recorded_at: 2026-11-23T09:00:00Z
  by: ines
  subject: publication
  place: p1
  text: "{text}"
"""


def places(url: str) -> dict[str, tuple[str, str, str]]:
    """Where each case stands: the site, the address and the id of the customer's message."""
    return {
        "mastodon": ("127.0.0.1", f"{url}/@camille/100", f"{url}/users/camille/statuses/100"),
        "bluesky": (
            "bsky.app", "https://bsky.app/profile/did:plc:camille/post/3lbcdefghij2k", PARENT,
        ),
        "discourse": ("127.0.0.1", f"{url}/t/colis/812/1", "901"),
    }  # fmt: skip


class PostingDesk:
    def __init__(self, folder: Path, git: Git, sites: Sites) -> None:
        self.folder, self.git, self.sites = folder, git, sites
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "DOLEANCES_ALLOW_LOOPBACK": "1",
            **{name: value for name, value in os.environ.items() if name.startswith("GIT_")},
            **SECRETS,
        }

    @classmethod
    def make(cls, folder: Path, git: Git, sites: Sites, *kinds: str) -> "PostingDesk":
        files = {
            "sources.yaml": _SOURCES.format(url=sites.url),
            "policies/team.yaml": _TEAM,
            "policies/triage.yaml": _TRIAGE,
            "policies/clocks.yaml": _CLOCKS,
        }
        for kind in kinds:
            site, address, native_id = places(sites.url)[kind]
            files[f"cases/2026/11/23/{CASES[kind]}.yaml"] = _CASE.format(
                id=CASES[kind], source=kind, site=site, url=address, native_id=native_id
            ) + APPROVED.format(text=TEXT)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        git(folder, "init", "-q")
        desk = cls(folder, git, sites)
        desk.commit("Begin.")
        return desk

    def path(self, kind: str) -> Path:
        return self.folder / f"cases/2026/11/23/{CASES[kind]}.yaml"

    def add(self, kind: str, more: str, **changes: str) -> None:
        """Add entries to a merged case, and change values on top."""
        text = self.path(kind).read_text() + more
        for name, value in changes.items():
            text = re.sub(rf"(?m)^{name}: .*$", f"{name}: {value}", text)
        self.path(kind).write_text(text)
        self.commit("Change.")

    def commit(self, message: str) -> None:
        self.git(self.folder, "add", ".")
        self.git(self.folder, "commit", "-qm", message)

    def run(self, *arguments: str, now: str = NOW, code: int | None = 0) -> str:
        out, err = StringIO(), StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            ended = run(["-C", str(self.folder), "--now", now, *arguments])
        assert code is None or ended == code, f"{ended}\n{out.getvalue()}\n{err.getvalue()}"
        return out.getvalue()

    def start(self, *arguments: str, now: str = NOW, **more: str) -> Verb:
        words = ["-C", str(self.folder), "--now", now, *arguments]
        return Verb(words, self.environment | more)

    def stages(self, now: str = NOW) -> dict[str, str]:
        told: Any = json.loads(self.run("publish", "--dry", "--json", now=now))
        return {each["case"]: each["stage"] for each in told["publications"]}

    def why(self, now: str = NOW) -> str:
        told: Any = json.loads(self.run("publish", "--dry", "--json", now=now))
        return str(told["publications"][0]["why"])
