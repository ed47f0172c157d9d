"""`doleances summary`: a month of the desk, in words; by mail once it is over."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.lives import reading_of
from runner.cli.scheduled import scheduled_option
from runner.errors import Fault, FaultyFiles, OutsideFailed, UsageError

if TYPE_CHECKING:
    from runner.figures.life import Reading
    from runner.figures.month import Month, MonthFigures
    from runner.figures.month_words import Summary
    from runner.forges.port import Forge
    from runner.planning.notices import Notice

_NO_CASE = "c-000000000000"
"""The receipts of summaries lie where a case's would that cannot be."""
_FORMATS = ("text", "markdown", "json")


@click.command(short_help="Tell a month of the desk in words, beside the one before.")
@click.option("--month", "wanted", metavar="MONTH", help="Such as 2026-10; else the last whole.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--send", is_flag=True, help="Mail it to whom policies/escalation.yaml names.")
@scheduled_option
@click.pass_obj
def command(desk: Desk, /, *, wanted: str | None, form: str, send: bool, scheduled: bool) -> None:
    """Tell a month of the desk in words, beside the one before.

    Figures, the longest waits, causes that grew, procedures to look at, what customers said.
    Both months are told as they stood at their end. With --send it goes by mail to whom
    `summary` of policies/escalation.yaml names, to each once, when the month is over; a run
    that was killed may send it again under the same Message-ID.

    \b
    Example:  doleances summary
              doleances summary --month 2026-10 --format markdown > october.md
    """
    from runner.figures.month_pages import render_markdown, render_text, summary_data
    from runner.figures.month_words import make_summary

    configuration = desk.configuration()
    if scheduled and configuration.instance.suspend:
        desk.terminal.note("suspended by sources.yaml: nothing was done")
        return
    if scheduled and send and configuration.escalation.summary is None:
        desk.terminal.note("policies/escalation.yaml sends nobody the summary: nothing was done")
        return
    month = _month(desk, wanted)
    forge = open_forge(desk)
    if send:
        _check_sendable(desk, month)
        if any(_notices(desk, month)) and not _unsent(desk, forge, month):
            desk.say(desk.language.say("Everybody has the summary of {month}.", month=month))
            return
    months, faults = _read(desk, forge.base(), month)
    summary = make_summary(*months, configuration.instance.name, desk.language)
    if send:
        _send(desk, forge, month, summary, render_text(summary))
    elif form == "json":
        desk.print_json(summary_data(*months))
    elif form == "markdown":
        desk.terminal.document(render_markdown(summary).rstrip("\n"))
    else:
        desk.say(render_text(summary).rstrip("\n"))
    if faults:
        raise FaultyFiles(faults)


def _month(desk: Desk, wanted: str | None) -> "Month":
    """Return the month that is asked for, the last whole one where none is.

    Raises:
        UsageError: for what is no month, or one that has not begun.
    """
    from runner.figures.month import Month, month_of

    present = month_of(desk.now(), desk.configuration().instance.zone)
    if wanted is None:
        return present.before
    try:
        month = Month.parse(wanted)
    except ValueError as error:
        raise UsageError(str(error), "such as 2026-10") from None
    if month > present:
        raise UsageError(f"{month} has not begun", f"this month is {present}")
    return month


def _read(
    desk: Desk, base: str, month: "Month"
) -> "tuple[tuple[MonthFigures, MonthFigures], tuple[Fault, ...]]":
    """Return the figures of a month and the one before, and the faults of unreadable cases."""
    from runner.figures.month import MonthReading
    from runner.report.reading import CaseReader

    configuration = desk.configuration()
    reader = CaseReader(desk.root, base, configuration, desk.now())

    def reading(at: datetime) -> "Reading":
        return reading_of(configuration, at, reader.open_times)

    now, before = (MonthReading(each, reading, desk.now()) for each in (month, month.before))
    with desk.terminal.progress(desk.language.say("Reading the cases"), len(reader.paths)) as at:
        for each in reader.read():
            now.read(each.case)
            before.read(each.case)
            at.step()
    return (now.figures(), before.figures()), tuple(reader.faults)


def _check_sendable(desk: Desk, month: "Month") -> None:
    from runner.figures.month import month_of

    configuration = desk.configuration()
    if configuration.escalation.summary is None:
        raise UsageError(
            "policies/escalation.yaml does not say who gets the summary",
            "add `summary: {tell: [{role: quality}], by: mail}`",
        )
    present = month_of(desk.now(), configuration.instance.zone)
    if month >= present:
        raise UsageError(f"{month} is not over", "a month's summary is sent once, when it is")


def _unsent(desk: Desk, forge: "Forge", month: "Month") -> "tuple[Notice, ...]":
    """Return the messages that have no receipt, without their words."""
    from runner.repo.objects import ObjectReader
    from runner.repo.told import has_told

    with ObjectReader(forge.repository) as reader:
        return tuple(
            notice
            for notice in _notices(desk, month)
            if not has_told(reader, notice.case_id, notice.key)
        )


def _notices(desk: Desk, month: "Month", subject: str = "", body: str = "") -> "Iterator[Notice]":
    """Yield a message for each person, under a key that is the same in every run."""
    from runner.planning.notices import Notice
    from runner.policies.escalation import Named

    configuration = desk.configuration()
    mail = configuration.escalation.summary
    channel = configuration.escalation.channel(mail.by) if mail is not None else None
    if mail is None or channel is None:
        return
    begins = month.after.begins(configuration.instance.zone)
    told = tuple(
        person.id
        for whom in mail.tell
        for person in configuration.team.people
        if (person.id == whom.person if isinstance(whom, Named) else whom.role in person.roles)
    )
    for person in dict.fromkeys(told):
        yield Notice(
            key="/".join((_NO_CASE, "1", "summary", str(month), "month", "0", channel.id, person)),
            case_id=_NO_CASE,
            cycle=1,
            clock="summary",
            started_at=begins,
            tier="month",
            repeat=0,
            channel=channel,
            person=person,
            branch=None,
            due_at=begins,
            subject=subject,
            body=body,
            reason="",
        )


def _send(desk: Desk, forge: "Forge", month: "Month", summary: "Summary", body: str) -> None:
    """Mail a summary to all who have not got it.

    Raises:
        OutsideFailed: when somebody could not be reached; the next run tries again.
    """
    from runner.channels.deliver import Sent, deliver
    from runner.channels.webhook import Reach
    from runner.cli.noticing import print_problems
    from runner.cli.sending import means_of
    from runner.planning.deliveries import Setback

    notices = tuple(_notices(desk, month, summary.title, body))
    team = desk.configuration().team
    outcomes = tuple(deliver(notices, forge, team=team, states={}, means=means_of(desk, Reach())))
    failed = [each for each in outcomes if isinstance(each.outcome, Setback)]
    sent = sum(isinstance(each.outcome, Sent) for each in outcomes)
    desk.say(desk.language.say_n("{count} message sent.", "{count} messages sent.", sent))
    if not outcomes:
        raise UsageError(
            "nobody of policies/team.yaml is to get the summary",
            "`summary` of policies/escalation.yaml names roles that nobody holds",
        )
    print_problems(
        desk,
        (
            (each.notice.channel.id, each.outcome)
            for each in failed
            if isinstance(each.outcome, Setback)
        ),
    )
    if failed:
        raise OutsideFailed(
            f"{len(failed)} of {len(outcomes)} messages could not be sent",
            "the next run tries them again",
        )
