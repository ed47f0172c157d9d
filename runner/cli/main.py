"""The `doleances` command: finds the verb, runs it, turns what went wrong into an exit code."""

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from runner import __version__
from runner.cli.desk import Desk
from runner.cli.terminal import Terminal, prepare_streams
from runner.errors import DoleancesError, ExitCode, FaultyFiles

SECTIONS: dict[str, dict[str, str]] = {
    "Every day": {
        "run": "Read the sources and propose a case for each new message.",
        "pulls": "List the pull requests that wait for a decision.",
        "show": "Show one pull request or case as a reviewer needs it.",
        "accept": "Accept pull requests: what they propose becomes so.",
        "reject": "Refuse pull requests, with a reason that is remembered.",
        "status": "List the open cases: state, owner, next step.",
        "due": "List the promises that run out soon, and those that ran out.",
        "dashboard": "Show on one page all that goes on, as the forge's dashboard does.",
    },
    "What happened to a case": {
        "new": "Open a case for a message that you found.",
        "reply": "Record a public reply.",
        "message": "Record a private message to the customer.",
        "ask": "Record that the customer was asked for details.",
        "remind": "Record a reminder to a customer who has not answered.",
        "wrote": "Record that the customer wrote.",
        "thanks": "Record the customer's thanks; they move nothing.",
        "hand-off": "Record that brand care has the case.",
        "answer": "Record what brand care decided.",
        "offer": "Record an offer that the customer has not taken yet.",
        "resolve": "Record the decision as the customer was told.",
        "contest": "Record that the customer does not accept the answer.",
        "close": "Record the closing message at every place.",
        "survey": "Make the link to the survey, and record what customers answered.",
        "reopen": "Take a closed or dismissed case up again.",
    },
    "What people decide about it": {
        "qualify": "Decide owner, urgency, category and the like anew.",
        "approve": "Give the second yes that a step needs.",
        "promise": "Begin or count a running promise anew, for a reason.",
        "crisis": "Raise a crisis, take it in hand, or record its end.",
        "note": "Write a note into the log.",
        "merge": "Merge a case into another that is the same matter.",
        "dismiss": "Put aside what was accepted by mistake.",
        "erase": "Take a customer's names and words out of a case.",
        "rebase": "Put a proposal below what was accepted since in the same log.",
    },
    "A closer look": {
        "draft": "Draft what is said to the customer next, and say how it was chosen.",
        "answers": "Search what others were answered: the catalogue, and closed cases.",
        "proofread": "Read a reply before it is sent: promises, personal data, tone, spelling.",
        "brief": "Everything said so far on a case, on one page.",
        "look": "Look whether our messages stand where we recorded them.",
        "explain": "Say why a case's clocks stand so, or how a message is judged.",
        "customer": "Ask the look-ups who a customer is, now.",
        "incident": "List the cases of an incident, and how each was treated.",
    },
    "Proving it": {
        "history": "Tell a case's life from git: each entry, its commit, who decided.",
        "audit": "Prove that the register was only ever added to, by who may.",
        "report": "Write the desk as a folder of pages that need no server.",
        "summary": "Tell a month of the desk in words, beside the one before.",
        "bundle": "Write what proves a case as one page, for a mediator or a lawyer.",
        "export": "Write the register as tables: SQLite, CSV, JSON lines or a workbook.",
    },
    "Telling the team": {
        "publish": "Post the replies that people approved, each once.",
        "notices": "Say who is due to be told, what is held and why, who was told.",
        "notify": "Tell the team what is due, each as the policy says.",
        "acknowledge": "Say that you have a case in hand: its messages fall silent.",
        "channels": "Try the ways to reach the team.",
    },
    "Step by step": {
        "fetch": "Bring here what `collect --fetched` wants to know.",
        "collect": "Read the sources and write what they show to a file.",
        "plan": "Say what a run would do, and why.",
        "apply": "Carry out a plan that `plan --out` wrote.",
        "sync": "Exchange proposals, receipts and cursors with a remote.",
        "sources": "Show how the sources do; try one; list the presets.",
    },
    "Rules and files": {
        "check": "Check every file of the desk and name all faults.",
        "test": "Tell the stories of policies/tests/, and compare.",
        "template": "List the templates of replies, show one, try all on sample cases.",
        "impact": "Say what a change of policies would change.",
        "evaluate": "Measure the triage rules on labelled messages.",
        "calendar": "Write a calendar with a country's holidays, to review.",
        "lifecycle": "Print the states of a case and the moves between them.",
        "schema": "Print the JSON Schema of a kind of file.",
    },
    "A desk of your own": {
        "init": "Write a desk of your own, ready to be pushed to a forge.",
        "doctor": "Say what the desk, its clone and its forge still lack.",
    },
    "Getting to know it": {
        "demo": "Play a day of a made-up brand, offline, in a temporary copy.",
        "completion": "Print the completion script of a shell.",
    },
}
"""Verbs and their short helps.  Kept here so that `--help` imports no verb."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9000, 1, 1, tzinfo=UTC)
"""Instants before the clock of git and so late that a promise would not end are typing errors."""

_NOTHING_ASKED = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""What newer versions of click raise to show the help page."""

_INTO_THE_LOG = SECTIONS["What happened to a case"] | SECTIONS["What people decide about it"]
"""Most of these come from the table in `runner.cli.daily`."""


class Verbs(click.Group):
    """A group whose commands are modules, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of the help page."""
        return [verb for verbs in SECTIONS.values() for verb in verbs]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a verb and return its command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        daily = importlib.import_module("runner.cli.daily") if cmd_name in _INTO_THE_LOG else None
        if daily is not None and cmd_name in daily.VERBS:
            made = daily.command_of(daily.VERBS[cmd_name])
            return made if isinstance(made, click.Command) else None
        module = importlib.import_module(f"runner.cli.{cmd_name.replace('-', '_')}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"runner.cli.{cmd_name} has no click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; for an unknown one, name the nearest that exist."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=2)
            if near:
                raise click.UsageError(
                    f"{error.message} Did you mean {' or '.join(near)}?", ctx
                ) from None
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; a wrong call of it leads to its own help, whatever click knows of it."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            # What reads the options does not say of whom they are.
            verb = ctx.invoked_subcommand
            if error.ctx is None and verb and (called := self.get_command(ctx, verb)):
                error.ctx = click.Context(called, parent=ctx, info_name=verb)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs by section."""
        width = max(len(verb) for verb in self.list_commands(ctx))
        for section, verbs in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(verb.ljust(width), said) for verb, said in verbs.items()])


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 faults in files, 2 usage, 3 a bug, 4 the outside failed "
    "(try later), 5 refused as unsafe.",
)
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work on the desk in DIR instead of here.",
)
@click.option(
    "--now",
    metavar="INSTANT",
    envvar="DOLEANCES_NOW",
    help="Take INSTANT (such as 2026-11-21T08:00:00Z) for the present, for trials.",
)
@click.version_option(__version__, prog_name="doleances")
@click.pass_context
def verbs(context: click.Context, directory: Path, now: str | None) -> None:
    """After-sales service on the public web, run as code.

    The repository is the desk: sources.yaml says where to look, policies/ how to
    treat what is found, templates/ how to speak, cases/ what is going on.

    \b
    Try:  doleances demo       a day of a made-up brand, in two minutes
          doleances run        read the sources, propose cases
          doleances pulls      see what waits for a decision
    """
    context.obj = Desk(directory, Terminal(), _instant(now) if now else None)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no instant", param_hint="--now") from None
    if at.tzinfo is None:
        raise click.BadParameter(
            f"{text!r} has no zone; end it with Z or +02:00", param_hint="--now"
        )
    if not _FIRST <= at < _LAST:
        raise click.BadParameter(
            f"{text!r} lies outside {_FIRST.year} to {_LAST.year - 1}", param_hint="--now"
        )
    return at


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    prepare_streams()
    code = run(arguments)
    # All that is left goes with the process: to look for what to let go would take 30 ms.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    terminal = Terminal()
    try:
        code = verbs.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="doleances",
            standalone_mode=False,
        )
        terminal.out.flush()
        return code if isinstance(code, int) else ExitCode.DONE
    except click.ClickException as error:
        if isinstance(error, _NOTHING_ASKED):
            error.show()
            return ExitCode.USAGE
        terminal.error(f"doleances: {error.format_message()}")
        context = error.ctx if isinstance(error, click.UsageError) else None
        terminal.error(f"    {context.command_path if context else 'doleances'} --help")
        return ExitCode.USAGE
    except FaultyFiles as error:
        for fault in error.faults:
            terminal.error(str(fault))
        terminal.error(error.message)
        _say_hint(terminal, error)
        return error.exit_code
    except DoleancesError as error:
        terminal.error(f"doleances: {error.message}")
        _say_hint(terminal, error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        terminal.error("doleances: stopped")
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader went away (`doleances pulls | head`); nothing more may be written.  Where a
        # verb was still at work click has caught that, and would exit with a code for faults.
        _close_output()
        return ExitCode.DONE
    except OSError as error:
        # A full disk, a folder that may not be written to: the machine's, not the program's.
        where = f"{error.filename}: " if error.filename else ""
        try:
            terminal.out.flush()
        except OSError:
            _close_output()
        terminal.error(f"doleances: {where}{error.strerror or error}")
        return ExitCode.OUTSIDE
    except Exception as error:
        if os.environ.get("DOLEANCES_TRACEBACK"):
            raise
        terminal.error(f"doleances: a bug: {type(error).__name__}: {error}")
        terminal.error("    set DOLEANCES_TRACEBACK=1 and run it again to see where, and report it")
        return ExitCode.BUG


def _say_hint(terminal: Terminal, error: DoleancesError) -> None:
    if error.hint:
        terminal.error(f"    {error.hint}")


def _close_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
