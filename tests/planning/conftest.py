"""A small desk for tests of planning: its files, messages, and what a run sees."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from runner.model import KeyBasis, Mention
from runner.planning.observation import Observation, ReadStatus, SourceRead
from runner.policies.load import load_configuration
from runner.policies.values import Configuration

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

_FILES = {
    "sources.yaml": """\
version: 1
name: Essai
language: en
zone: Europe/Paris
suspend: false
base: main
forge: local
contact: mailto:veille@example.org
limits: {open_pulls: 3, pulls_per_run: 2}
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
sources:
- id: forum
  kind: feed
  category: forum
  site: forum.example.org
  contact: {public: manual, private: none}
  url: https://forum.example.org/feed
""",
    "policies/team.yaml": """\
version: 1
people:
- {id: ines, name: Ines, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
routes:
- {owner: ines}
""",
    "policies/triage.yaml": """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: danger
  when: {says: [to kill]}
  then: {after_sales: yes, crisis: death-threat, category: complaint, urgency: critical}
- id: smoke
  when: {says: [smoke]}
  then: {after_sales: yes, category: complaint, urgency: high}
- id: broken
  when: {says: [broken]}
  then: {after_sales: yes, category: complaint}
""",
}


@pytest.fixture(scope="session")
def configured() -> Callable[..., Configuration]:
    """Return a reader of the small desk with other files besides, by path."""

    def read(files: dict[str, str]) -> Configuration:
        texts = {**_FILES, **files}
        loaded, faults = load_configuration({file: text.encode() for file, text in texts.items()})
        assert loaded is not None, faults
        return loaded

    return read


@pytest.fixture(scope="session")
def configuration(configured: Callable[..., Configuration]) -> Configuration:
    """Return the small desk's configuration."""
    return configured({})


@pytest.fixture(scope="session")
def mention() -> Callable[..., Mention]:
    """Return a maker of messages; the number is the identity."""

    def make(number: int, text: str = "My lamp is broken.", **changes: object) -> Mention:
        made = Mention(
            key=f"c-{number:012d}",
            key_basis=KeyBasis.NATIVE_ID,
            source="forum",
            site="forum.example.org",
            native_id=str(number),
            url=f"https://forum.example.org/t/{number}",
            author=f"customer-{number}",
            title="",
            text=text,
            posted_at=None,
            detected_at=NOW,
        )
        return replace(made, **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture
def seen(configuration: Configuration) -> Callable[..., Observation]:
    """Return a maker of observations of an empty forge that shows some messages."""

    def make(*mentions: Mention, **changes: object) -> Observation:
        read = SourceRead("forum", ReadStatus.READ, NOW, mentions, len(mentions), etag='"1"')
        observation = Observation(
            now=NOW,
            base="0" * 40,
            configuration=configuration,
            reads=(read,),
            cursors={},
            case_of=lambda _: None,
            open_cases=(),
            branches=(),
            pulls=(),
            decided={},
        )
        return replace(observation, **changes)  # type: ignore[arg-type]

    return make
