"""`doleances demo`: a day of the desk, played by the program itself."""

import shlex
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import click

from runner.cli.desk import Desk
from runner.cli.pages import print_line
from runner.cli.terminal import Terminal
from runner.demo.feeds_server import FeedsServer
from runner.demo.stage import Stage, build_stage, recorded_feed, set_up_sources
from runner.errors import DoleancesError, UsageError
from runner.text.language import LANGUAGES, Language

ZONE = ZoneInfo("Europe/Paris")
PARCEL, AGAIN, TOASTER, UNIT = "a-90412", "t8131-p1", "r-5521", "t8110-p1"
"""Native ids of the messages that the demo decides about."""
CRISIS = "t8127-p14"
WIDTH = 84
_UNSAID = ("--allow-loopback", "--yes")
FORUM, NETWORK = "forum-bricolage.xml", "agora.json"


@click.command(short_help="Play a day of a made-up brand, offline, in a temporary copy.")
@click.option("--language", type=click.Choice(LANGUAGES), help="What the team reads.")
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Play in DIR, which must be empty or new, and leave it there to try things.",
)
@click.option("--fast", is_flag=True, help="Do not pause between the scenes.")
@click.pass_obj
def command(desk: Desk, language: str | None, keep: Path | None, fast: bool) -> None:
    """Play a day of a made-up brand, offline, in a temporary copy.

    Six sites where customers speak are served on this machine, and every line behind a
    `$` is the real program at work on a git repository of its own.  Nothing else is read
    or changed.

    \b
    Example:  doleances demo
              doleances demo --language fr --keep /tmp/lumen
    """
    chosen = language or ("fr" if _reads_french() else "en")
    with _folder(keep) as folder:
        stage = build_stage(folder)
        with FeedsServer(stage.feeds) as server:
            urls = {name: server.url(name) for name in stage.feeds}
            set_up_sources(stage, chosen, urls, "2026-11-21T07:30:00Z")
            pace = 1.6 if desk.terminal.is_fancy and not fast else 0.0
            day = _Day(stage, server, Language(chosen, ZONE), desk.terminal, pace)
            day.play()
            day.say_what_next(keep)


def _reads_french() -> bool:
    wanted = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return wanted.startswith("fr")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="doleances-demo-") as folder:
            yield Path(folder).resolve()
        return
    if keep.exists() and any(keep.iterdir()):
        raise UsageError(f"{keep} is not empty", "name a folder that is new or empty")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


class _Day:
    """The scenes of the day, in order."""

    def __init__(
        self,
        stage: Stage,
        server: FeedsServer,
        language: Language,
        terminal: Terminal,
        pace: float,
    ) -> None:
        self.stage = stage
        self.server = server
        self.language = language
        self.terminal = terminal
        self.pace = pace
        self.at = _at(9)

    def play(self) -> None:
        """Play all scenes."""
        self._opening()
        self._first_run()
        self._decisions()
        self._second_run()
        self._afternoon()
        self._evening()

    def _opening(self) -> None:
        say = self.language.say
        self._tell(
            say(
                "Maison Lumen sells lamps and small appliances. Its customers do not write to "
                "it: they write on a review site, a forum, a social network. A small team "
                "watches these places, answers, and follows each case until it is closed."
            ),
            say(
                "Its desk is a git repository. sources.yaml says where to look, policies/ how to "
                "treat what is found, cases/ what is going on. (Brand and people are made up.)"
            ),
        )

    def _first_run(self) -> None:
        say = self.language.say
        self._scene(9, say("the first run reads six sites"))
        self._do("run", "--allow-loopback")
        self._tell(
            say(
                "Every customer's message is now proposed as a case: a branch with one file, and "
                "a pull request. The most urgent comes first, and a crisis stands alone on top, "
                "for people to see at once. The press and the brand's own posts opened nothing."
            ),
            say("This is what a community manager reads before deciding:"),
        )
        self._do("show", self._number(AGAIN))

    def _decisions(self) -> None:
        say = self.language.say
        self._scene(9, say("people decide"), minute=20)
        self._tell(
            say(
                "Somebody calls the emergency services for {handle}, then accepts the case and two "
                "more. One was not for us: the rules took a unit of light for the brand.",
                handle="Patrick62",
            )
        )
        for message in (CRISIS, TOASTER, PARCEL):
            self._do("accept", self._number(message), "--yes")
        reason = say("lumen is the unit here, not the brand")
        self._do("reject", self._number(UNIT), "--reason", reason)

    def _second_run(self) -> None:
        say = self.language.say
        self._scene(10, say("the same sites again"))
        self.server.take_served()
        self._do("run", "--allow-loopback")
        unchanged = sum(
            served.status is HTTPStatus.NOT_MODIFIED for served in self.server.take_served()
        )
        self._tell(
            self.language.say_n(
                "{count} site answered 304, nothing new, and nothing was sent twice. What was "
                "accepted is a case, what was refused stays refused.",
                "{count} sites answered 304, nothing new, and nothing was sent twice. What was "
                "accepted is a case, what was refused stays refused.",
                unchanged,
            )
        )

    def _afternoon(self) -> None:
        say = self.language.say
        self._scene(14, say("a customer writes again, and a site is down"))
        self.server.show(FORUM, recorded_feed("afternoon", FORUM))
        self.server.fail(NETWORK)
        self._do("run", "--allow-loopback")
        self._tell(
            say(
                "One new message. The site that failed is not taken for empty: nothing is "
                "concluded from it, and the others are read all the same."
            )
        )

    def _evening(self) -> None:
        say = self.language.say
        self._scene(18, say("the end of the day"))
        self.server.show(NETWORK, self.stage.feeds[NETWORK])
        self._do("run", "--allow-loopback")
        self._tell(
            say(
                "The other pull requests wait for people; `doleances pulls` lists them. What "
                "people decided is in git, with who, when and why:"
            )
        )
        self._command("git", "log", "--first-parent", "--format=%an: %s", "-4")
        self.terminal.say(
            self.stage.repository.text("log", "--first-parent", "--format=%an: %s", "-4")
        )

    def say_what_next(self, keep: Path | None) -> None:
        """Say what a newcomer may do now."""
        say = self.language.say
        self.terminal.say()
        if keep is not None:
            self.terminal.say(say("The desk of the demo is in {folder}. Try:", folder=keep))
            self.terminal.say(f"    doleances -C {shlex.quote(str(keep))} pulls")
            self.terminal.say(f"    doleances -C {shlex.quote(str(keep))} check")
        else:
            self.terminal.say(say("The copy is gone again. To keep one and look around:"))
            self.terminal.say("    doleances demo --keep DIR")
        self.terminal.say(say("How a message would be judged, and by which rule:"))
        self.terminal.say('    doleances explain "..."')
        self.terminal.say(say("A desk of your own, ready to be pushed:"))
        self.terminal.say("    doleances init DIR")

    def _scene(self, hour: int, title: str, minute: int = 0) -> None:
        self.at = _at(hour, minute)
        self.terminal.say()
        clock = f"{hour:02}:{minute:02}"
        print_line(self.terminal, f"{clock} · {title}", "bold cyan")
        self._pause()

    def _tell(self, *paragraphs: str) -> None:
        for paragraph in paragraphs:
            self.terminal.say()
            width = min(WIDTH, self.terminal.console().width) if self.terminal.is_fancy else WIDTH
            self.terminal.say(
                textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False)
            )
            self._pause()

    def _command(self, *words: str) -> None:
        self.terminal.say()
        print_line(self.terminal, "$ " + shlex.join(words), "bold")

    def _do(self, *words: str) -> None:
        """Run a verb on the stage, at the hour of the scene."""
        from runner.cli.main import run

        self._command("doleances", *(word for word in words if word not in _UNSAID))
        self.terminal.out.flush()
        now = self.at.astimezone(UTC).isoformat()
        code = run(["-C", str(self.stage.folder), "--now", now, *words])
        if code:
            raise DoleancesError(
                f"the demo stopped: `doleances {shlex.join(words)}` ended with {code}"
            )
        self._pause()

    def _pause(self) -> None:
        time.sleep(self.pace)

    def _number(self, native_id: str) -> str:
        """Return the number of the pull request that proposes a message."""
        from runner.cli.forge import open_forge

        forge = open_forge(Desk(self.stage.folder, self.terminal, self.at))
        snapshot = forge.snapshot()
        branches = {
            branch.name
            for branch in snapshot.branches
            if branch.case and branch.case.places[0].native_id == native_id
        }
        for pull in snapshot.pulls:
            if pull.branch in branches:
                return str(pull.number)
        raise DoleancesError(f"the demo stopped: nothing proposes {native_id}")


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=ZONE)
