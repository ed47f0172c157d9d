"""`doleances audit`: the register, proved from git."""

import gc
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.record import open_record
from runner.errors import ExitCode, UsageError
from runner.text.language import Language

if TYPE_CHECKING:
    from runner.planning.audit import AuditFinding
    from runner.repo.audit import Audited


@click.command(short_help="Prove that the register was only ever added to, by who may.")
@click.option(
    "--since",
    metavar="REV|DAY",
    help="Begin after this commit, or before this day but not before the baseline.",
)
@click.option("--strict", is_flag=True, help="Let what is unproven or odd count, too.")
@click.option("--signatures", is_flag=True, help="Let git verify the commits that are signed.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as data.")
@click.pass_obj
def command(desk: Desk, *, since: str | None, strict: bool, signatures: bool, as_json: bool) -> int:
    """Prove that the register was only ever added to, by who may.

    Reads the first-parent history of the base branch, and judges each merged version of
    each case by the one before: the log only grew, every state follows, nothing is older
    than it says, who decided was allowed to then, promises are counted as the policies had
    them, closings are whole, nothing merged is missing. Begins with `audit.baseline` of
    sources.yaml, whose cases are taken as they are. A day for --since never reaches behind it;
    a commit does, and it is said.

    Ends with 1 when something does not hold; with --strict, also when it is not proved
    who did it, or when it is odd.

    \b
    Example:  doleances audit
              doleances audit --since 2026-11-01 --strict
    """
    from runner.planning.audit import Weight
    from runner.planning.audit_words import finding_lines
    from runner.repo.audit import audit_register
    from runner.repo.commit_graph import WORTH, keep_commit_graph
    from runner.repo.mainline import means_day

    record = open_record(desk)
    if since is not None and means_day(since):
        _check_begun(since, desk.now().astimezone(record.instance.zone))
    # What is read is let go as it is passed, without cycles: a tenth of the time is saved.
    gc.disable()
    with ExitStack() as stack:
        stack.callback(gc.enable)

        def begin(total: int) -> Callable[[int], None]:
            return stack.enter_context(
                desk.terminal.progress(record.language.say("Reading the history"), total)
            ).step

        audited = audit_register(
            record.repository,
            record.tip,
            record.instance,
            desk.now(),
            since=since,
            signatures=signatures,
            begin=begin,
        )
    if audited.commits >= WORTH:
        # All commits have just been read; histories of one case are found fast from now on.
        keep_commit_graph(record.repository)
    if audited.passed is not None:
        desk.terminal.note(_passed(audited.start, audited.passed, record.language))
    if as_json:
        desk.print_json(_data(audited))
    else:
        for finding in audited.findings:
            first, *others = finding_lines(finding, record.language)
            desk.say(first)
            for line in others:
                desk.say(f"    {line}")
        if audited.signatures:
            counted = ", ".join(
                f"{record.language.term('signature', how)} {count}"
                for how, count in audited.signatures.items()
            )
            desk.say(record.language.say("Signatures: {counted}.", counted=counted))
        desk.say(_summary(audited, record.language))
    weighed = set(Weight) if strict else {Weight.BROKEN}
    found = any(finding.weight in weighed for finding in audited.findings)
    return ExitCode.FAULTS if found else ExitCode.DONE


def _check_begun(since: str, now: datetime) -> None:
    """Raise UsageError for a day that has not begun: after it everything would hold."""
    with suppress(ValueError):
        if date.fromisoformat(since[:10]) > now.date():
            raise UsageError(f"{since} has not begun", f"today is {now:%Y-%m-%d}")


def _passed(start: str, baseline: str, language: Language) -> str:
    """Return what is said where `--since` lies before the baseline."""
    if start == baseline:
        return language.say(
            "That day lies before the baseline {baseline} of sources.yaml: the audit begins there.",
            baseline=baseline[:12],
        )
    return language.say(
        "The audit begins before the baseline {baseline} of sources.yaml, as you asked.",
        baseline=baseline[:12],
    )


def _summary(audited: "Audited", language: Language) -> str:
    """Return what was looked at, and how much was found, in the team's language."""
    say, say_n = language.say, language.say_n
    looked = ", ".join(
        (
            say_n(
                "{count} commit after {start}",
                "{count} commits after {start}",
                audited.commits,
                start=audited.start[:12],
            ),
            say_n("{count} version of cases", "{count} versions of cases", audited.versions),
        )
    )
    weights = Counter(finding.weight.value for finding in audited.findings)
    if not weights:
        return say("{looked}: everything holds.", looked=looked)
    broken, unproven, odd = (weights[name] for name in ("broken", "unproven", "warning"))
    found = (
        say_n("{count} broken", "{count} broken", broken) if broken else "",
        say_n("{count} unproven", "{count} unproven", unproven) if unproven else "",
        say_n("{count} warning", "{count} warnings", odd) if odd else "",
    )
    return say("{looked}: {found}.", looked=looked, found=", ".join(filter(None, found)))


def _data(audited: "Audited") -> dict[str, object]:
    return {
        "start": audited.start,
        "tip": audited.tip,
        "commits": audited.commits,
        "versions": audited.versions,
        "signatures": dict(audited.signatures),
        "findings": [_finding_data(finding) for finding in audited.findings],
    }


def _finding_data(finding: "AuditFinding") -> dict[str, object]:
    fault, at = finding.fault, finding.committed_at
    return {
        "commit": finding.commit,
        "committed_at": render_instant(at) if at is not None else None,
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "rule": fault.rule,
        "weight": finding.weight.value,
        "message": fault.message,
        "hint": fault.hint,
    }
