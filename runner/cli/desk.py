"""The desk that a verb works on: the repository, its language and configuration."""

import json
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli.terminal import Terminal
from runner.errors import FaultyFiles, Severity, UsageError

if TYPE_CHECKING:
    from runner.policies.values import Configuration
    from runner.text.language import Language


_ONE_RULE = {
    "policies/triage.yaml": b"""\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules: [{id: none, when: {says: none}, then: {after_sales: no}}]
"""
}
"""The policy without which there is no configuration; nothing is judged by it."""


class Desk:
    """A repository with a `sources.yaml`, found from a folder upwards.

    Nothing is read before it is asked for.
    """

    def __init__(
        self,
        start: Path,
        terminal: Terminal,
        now: datetime | None = None,
        *,
        only: frozenset[str] | None = None,
    ) -> None:
        self.start = start
        self.terminal = terminal
        self._now = now
        self._only = only
        """The files of the configuration that count, None for all."""

    def without_policies(self) -> "Desk":
        """Return the desk as `sources.yaml` alone says it: enough to find its forge."""
        return Desk(self.root, self.terminal, self._now, only=frozenset({"sources.yaml"}))

    @cached_property
    def root(self) -> Path:
        """The top of the repository.

        Raises:
            UsageError: when no `sources.yaml` stands here or above.
        """
        here = self.start.resolve()
        for folder in (here, *here.parents):
            if (folder / "sources.yaml").is_file():
                return folder
        raise UsageError(
            f"no sources.yaml in {here} or above it",
            "go into a desk's repository, or name one with -C DIR",
        )

    @property
    def trial(self) -> bool:
        """Whether the present is made up, with --now: clocks of commits do not fit it."""
        return self._now is not None

    def now(self) -> datetime:
        """Return the present, in UTC and whole seconds."""
        return (self._now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)

    @cached_property
    def _configuration(self) -> "Configuration":
        from runner.policies.load import load_configuration
        from runner.repo.files import read_configuration_files

        files, unread = read_configuration_files(self.root)
        if self._only is not None:
            files = {file: data for file, data in files.items() if file in self._only} | _ONE_RULE
            unread = ()
        configuration, faults = load_configuration(files)
        errors = tuple(fault for fault in (*unread, *faults) if fault.severity is Severity.ERROR)
        if configuration is None or errors:
            raise FaultyFiles(errors)
        return configuration

    def configuration(self) -> "Configuration":
        """Return what the files of the desk say.

        Raises:
            FaultyFiles: with all faults.
        """
        return self._configuration

    @cached_property
    def language(self) -> "Language":
        """What the team reads."""
        from runner.text.language import Language

        instance = self.configuration().instance
        return Language(instance.language, instance.zone)

    def say(self, text: str = "", *, within: int | None = None) -> None:
        """Print lines of the result, as `Terminal.say` does."""
        self.terminal.say(text, within=within)

    def print_json(self, data: object) -> None:
        """Print data for machines, one document, keys in the order given."""
        self.terminal.out.write(json_text(data))


def json_text(data: object) -> str:
    """Return data as JSON text in ASCII: what a stranger wrote steers no terminal."""
    return json.dumps(data, indent=2) + "\n"
