"""What runs tell of themselves: the ledger's record, the dashboard, the issue when they fail."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import click

from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.observing import observe
from runner.cli.reading import Reading
from runner.errors import DoleancesError, ExitCode, FaultyFiles
from runner.forges.apply import Applied
from runner.forges.own_issues import STOP, OwnIssues, Posted, SeenIssues
from runner.forges.port import Forge
from runner.forges.rest import ForgeFailed
from runner.planning.actions import Plan
from runner.planning.dashboard import Dashboard, survey
from runner.planning.dashboard_words import Pages, render_dashboard
from runner.planning.failure_words import render_failure, render_recovery
from runner.planning.observation import Observation
from runner.planning.plan import plan
from runner.planning.run_record import RunRecord, record_run, record_scheduled_run

_NO_RIGHT = frozenset({403, 404, 410})
"""The token may not see issues, or the repository has none."""
_LATELY = timedelta(days=2)
"""A verb that the schedule has not started for longer fails no more: nobody runs it."""
_SITE = re.compile(r"https?://[A-Za-z0-9.-]{1,200}(?::[0-9]{1,5})?", re.ASCII)
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)


@dataclass(slots=True)
class Report:
    """What a run of a verb has to tell at its end.

    `final` is what the last look at the desk showed, and the plan that was left then; None
    where nothing was looked at, or the forge wants no more requests.  With `as_json` the verb
    prints data, and nothing else may stand among it.
    """

    desk: Desk
    verb: str
    scheduled: bool
    forge: Forge | None = None
    seen: SeenIssues | None = None
    final: tuple[Observation, Plan] | None = None
    troubles: list[tuple[str, str]] = field(default_factory=list)
    suspended: bool = False
    as_json: bool = False

    @property
    def stopped(self) -> bool:
        """Whether people have stopped the runner."""
        return self.seen is not None and self.seen.stopped_at is not None

    def may_go_on(self, forge: Forge) -> bool:
        """Look whether people have stopped the runner, and say so where they have."""
        self.forge, self.seen = forge, _look(self.desk, forge)
        issue = self.seen.stopped_at if self.seen is not None else None
        if issue is not None:
            self._say(
                self.desk.language.say(
                    "Stopped by the label {label} on issue {number}: nothing more was done. Take "
                    "it off to let the program go on.",
                    label=STOP,
                    number=issue.number,
                )
            )
        return issue is None

    def may_act(self) -> bool:
        """Look once more before an act that others see; once it may not, it may no more.

        At the label on the forge, and, where the schedule started the run, at `suspend: true` in
        the file at hand.  Where that cannot be seen just now, what was seen before counts: a
        message about a promise must not fail because a list did.
        """
        if self.stopped or self.suspended:
            return False
        with suppress(DoleancesError):
            bare = self.desk.without_policies()
            if self.scheduled and bare.configuration().instance.suspend:
                say = self.desk.language.say
                self._say(
                    say("Suspended: sources.yaml says `suspend: true`. Nothing more was done.")
                )
                self.suspended = True
                return False
        with suppress(DoleancesError):
            return self.forge is None or self.may_go_on(self.forge)
        return True

    def _say(self, words: str) -> None:
        say = self.desk.terminal.note if self.as_json else self.desk.say
        say(words)

    def reach(self) -> None:
        """Find the forge by `sources.yaml` alone, where the policies have faults."""
        bare = self.desk.without_policies()
        try:
            if not bare.configuration().instance.suspend:
                self.desk, self.forge = bare, open_forge(bare)
                self.seen = _look(bare, self.forge)
        except FaultyFiles:
            return

    def note_failures(self, applied: Sequence[Applied]) -> None:
        """Remember which actions failed, for the dashboard."""
        self.troubles += [(each.key, each.message) for one in applied for each in one.failures]


@contextmanager
def reported(desk: Desk, verb: str, *, scheduled: bool, as_json: bool = False) -> Iterator[Report]:
    """Tell at the end of a run how it went: to the ledger, on the dashboard, and if it fails.

    People are told of runs that fail only where the schedule started them: who started one by
    hand sees it.
    """
    report = Report(desk, verb, scheduled, as_json=as_json)
    try:
        yield report
    except (click.ClickException, click.Abort):
        raise
    except FaultyFiles as error:
        report.troubles += [(f"{f.file}:{f.line}:{f.column}", f.rule) for f in error.faults]
        _end_badly(report, error.exit_code)
        raise
    except DoleancesError as error:
        _end_badly(report, error.exit_code)
        raise
    except OSError:
        _end_badly(report, ExitCode.OUTSIDE)
        raise
    except Exception:
        _end_badly(report, ExitCode.BUG)
        raise
    else:
        _end(report, ExitCode.DONE)


def read_board(
    forge: Forge, observation: Observation, left: Plan, *, stopped: bool = False
) -> Dashboard:
    """Return the dashboard of what was seen, with what the ledger remembers."""
    ledger = forge.ledger()
    return survey(
        observation,
        left,
        cursors=ledger.cursors,
        channels=ledger.channels,
        runs=ledger.runs,
        stopped=stopped,
    )


def pages_of(forge: Forge) -> Pages | None:
    """Return where people see pull requests and files of a forge, None where it has no pages."""
    own = forge.own_issues
    return None if own is None else Pages(own.pull_page, own.file_page)


def _end_badly(report: Report, code: ExitCode) -> None:
    """Tell of a run that failed; that this fails too must not hide why."""
    try:
        if report.forge is None and report.scheduled:
            report.reach()
        _end(report, code)
    except DoleancesError as error:
        report.desk.terminal.warn(f"doleances: {error.message}")


def _end(report: Report, code: ExitCode) -> None:
    forge, now = report.forge, report.desk.now()
    if forge is None:
        return
    runs = dict(forge.ledger().runs)
    record = runs.get(report.verb) or RunRecord(report.verb, now)
    if not report.stopped:
        record = (
            record_scheduled_run(record, now, code, report.troubles)
            if report.scheduled
            else record_run(record, now, report.troubles)
        )
        forge.note_run(record)
        runs[report.verb] = record
    own = forge.own_issues
    if own is None or report.seen is None:
        return
    try:
        if report.final is not None:
            number = _write_dashboard(report.desk, forge, own, report.seen, report.final)
            if number != record.dashboard and not report.stopped:
                forge.note_run(replace(record, dashboard=number))
        if report.scheduled and not report.stopped:
            _tell_failures(report.desk, own, report.seen, runs)
    except ForgeFailed as failed:
        if failed.status not in _NO_RIGHT:
            raise
        say = report.desk.language.say
        report.desk.terminal.warn(say("The dashboard was not written: {why}", why=failed.message))


def _write_dashboard(
    desk: Desk, forge: Forge, own: OwnIssues, seen: SeenIssues, final: tuple[Observation, Plan]
) -> int:
    """Write the dashboard, and return its number."""
    board = read_board(forge, *final, stopped=seen.stopped_at is not None)
    page = render_dashboard(board, desk.language, pages_of(forge))
    posted, number = own.write_dashboard(seen, page, desk.now())
    if posted is Posted.CLOSED:
        desk.terminal.note(
            desk.language.say(
                "The dashboard, issue {number}, is closed: it was not written.", number=number
            )
        )
    return number


def _tell_failures(
    desk: Desk, own: OwnIssues, seen: SeenIssues, runs: Mapping[str, RunRecord]
) -> None:
    now = desk.now()
    lately = [record for _, record in sorted(runs.items()) if now - record.at < _LATELY]
    failing = [record for record in lately if record.is_failing]
    if failing:
        own.tell_failure(seen, render_failure(failing, _log_url(), desk.language), now)
    elif all(record.failed == 0 for record in lately):
        own.end_failure(seen, render_recovery(desk.language), now)


def _look(desk: Desk, forge: Forge) -> SeenIssues | None:
    """Return the runner's issues; None where there are none to be had."""
    own = forge.own_issues
    if own is None:
        return None
    record = forge.ledger().runs.get("run")
    try:
        return own.look(record.dashboard if record else None)
    except ForgeFailed as failed:
        if failed.status not in _NO_RIGHT:
            raise
        desk.terminal.warn(
            desk.language.say(
                "There is no dashboard, and no label stops the program: {why}", why=failed.message
            )
        )
        return None


def _log_url() -> str:
    """Return the address of the log that the CI keeps of this run, "" elsewhere."""
    site, name, number = (
        os.environ.get(variable, "")
        for variable in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    if _SITE.fullmatch(site) and _REPOSITORY.fullmatch(name) and number.isdecimal():
        return f"{site}/{name}/actions/runs/{number[:20]}"
    return ""


def look_offline(desk: Desk, forge: Forge) -> tuple[Observation, Plan]:
    """Return what is known of the desk without reading a source, and the plan from it."""
    observation = observe(desk, forge, Reading(offline=True), past_faults=True)
    return observation, plan(observation)
