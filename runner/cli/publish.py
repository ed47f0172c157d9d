"""`doleances publish`: post the replies that people approved, each once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.publishing import intend, publishing_secrets, read_publications, record
from runner.cli.reach import loopback_option
from runner.cli.reporting import Report
from runner.cli.scheduled import rests, scheduled_option
from runner.errors import OutsideFailed, UsageError
from runner.planning.digests import judged_by
from runner.planning.postings import Order, Posting, Step
from runner.planning.publishing import Publication, Stage
from runner.planning.words import person_name

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Post the replies that people approved, each once.")
@click.option("--dry", is_flag=True, help="Say what would be posted, and what is held and why.")
@click.option(
    "--prepare",
    type=_FILE,
    metavar="FILE",
    help="Write down what is going to be posted, and the orders for it to FILE; post nothing.",
)
@click.option(
    "--orders",
    type=_FILE,
    metavar="FILE",
    help="Post what FILE orders, asking no forge; needs --out.",
)
@click.option("--out", type=_FILE, metavar="FILE", help="Write what became of it to FILE.")
@click.option(
    "--record", "results", type=_FILE, metavar="FILE", help="Keep what --out wrote to FILE."
)
@scheduled_option
@loopback_option("sources")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(
    desk: Desk,
    *,
    dry: bool,
    prepare: Path | None,
    orders: Path | None,
    out: Path | None,
    results: Path | None,
    scheduled: bool,
    allow_loopback: bool,
    as_json: bool,
) -> None:
    """Post the replies that people approved, each once.

    A reply is approved by an entry `approved` with `subject: publication` that is merged
    (`doleances approve CASE --subject publication --text ...`), and posted where its source says
    `publish`. The intent is kept before, where it stands after; what may have been posted is
    looked for, and never posted a second time where the site could show it twice. The next run
    proposes to write it into the case.

    In one go with all secrets at hand, or in three jobs that each hold their own: --prepare with
    the forge's token, --orders with those of the sites, --record with the forge's again.

    \b
    Example:  doleances publish --dry
              doleances publish
    """
    if sum((dry, prepare is not None, orders is not None, results is not None)) > 1:
        raise UsageError("--dry, --prepare, --orders and --record are one step each")
    if (orders is None) != (out is None):
        raise UsageError("--orders and --out go together")
    if rests(desk, scheduled=scheduled):
        return
    report = Report(desk, "publish", scheduled=scheduled, as_json=as_json)
    if orders is not None and out is not None:
        _post_orders(report, orders, out, allow_loopback=allow_loopback)
        return
    forge = open_forge(desk)
    if not dry and not report.may_go_on(forge):
        return
    if results is not None:
        from runner.sources.orders_file import read_postings_of

        kept = record(desk, forge, read_postings_of(results, desk.configuration(), desk.now()))
        # What could not be posted is known now: this step has done what it is for.
        _tell(desk, kept, as_json=as_json)
        return
    publications = read_publications(desk, forge)
    if dry:
        _print(desk, publications, as_json=as_json)
        return
    intended = intend(desk, forge, publications)
    if prepare is not None:
        from runner.sources.orders_file import write_orders

        write_orders(prepare, intended)
        _print(desk, publications, as_json=as_json)
        return
    postings: list[Posting] = []

    def keep(posting: Posting) -> None:
        postings.append(posting)
        record(desk, forge, (posting,))

    _post(report, intended, keep, allow_loopback=allow_loopback)
    _tell(desk, postings, as_json=as_json)
    _fail_if_unposted(postings, report)


def _post_orders(report: Report, orders: Path, out: Path, *, allow_loopback: bool) -> None:
    from runner.sources.orders_file import read_orders, write_postings

    wanted = read_orders(orders)
    postings: list[Posting] = []

    def keep(posting: Posting) -> None:
        # All of them anew after each: a run that is killed has told what it did.
        postings.append(posting)
        write_postings(out, postings)

    write_postings(out, ())
    _post(report, wanted, keep, allow_loopback=allow_loopback)
    _tell(report.desk, postings, as_json=False)
    _fail_if_unposted(postings, report)


def _post(
    report: Report,
    orders: Sequence[Order],
    keep: Callable[[Posting], None],
    *,
    allow_loopback: bool,
) -> None:
    if not orders:
        return
    from runner.sources.collect import Errand
    from runner.sources.posting.publish import publish

    desk = report.desk
    configuration = desk.configuration()
    errand = Errand(
        now=desk.now(),
        judged_by=judged_by(configuration),
        allow_loopback=allow_loopback,
        secrets=publishing_secrets(desk),
    )
    publish(configuration, desk.root, orders, errand, keep, may_act=report.may_act)


def _print(desk: Desk, publications: Sequence[Publication], *, as_json: bool) -> None:
    language, team = desk.language, desk.configuration().team
    say = language.say
    if as_json:
        desk.print_json({"publications": [publication_data(each) for each in publications]})
        return
    if not publications:
        desk.say(say("No approved reply waits to be posted."))
        return
    desk.terminal.table(
        (say("case"), say("place"), say("approved by"), say("standing"), say("remark")),
        [
            (
                each.approval.case_id,
                each.approval.place,
                person_name(each.approval.by, team, language),
                language.word(each.stage),
                each.why,
            )
            for each in publications
        ],
        ["red" if each.stage is Stage.STUCK else None for each in publications],
    )


def _tell(desk: Desk, postings: Sequence[Posting], *, as_json: bool) -> None:
    """Say what became of each order."""
    say = desk.language.say
    if as_json:
        from runner.repo.posted import posting_data

        desk.print_json({"postings": [posting_data(each) for each in postings]})
    elif not postings:
        desk.say(say("Nothing was to be posted."))
    else:
        desk.terminal.table(
            (say("case"), say("outcome"), say("remark")),
            [
                (each.case_id, desk.language.word(each.step), each.url or each.detail)
                for each in postings
            ],
            [None if each.step is Step.POSTED else "red" for each in postings],
        )


def _fail_if_unposted(postings: Sequence[Posting], report: Report) -> None:
    """Raise OutsideFailed when something was not posted, unless people have stopped it."""
    failed = [each for each in postings if each.step is not Step.POSTED]
    if failed and not (report.stopped or report.suspended):
        raise OutsideFailed(
            f"{len(failed)} of {len(postings)} replies could not be posted",
            "`doleances publish --dry` says what becomes of them",
        )


def publication_data(each: Publication) -> dict[str, object]:
    """Return where an approved reply stands as JSON-like data."""
    approval = each.approval
    return {
        "case": approval.case_id,
        "place": approval.place,
        "key": approval.key,
        "approved_by": approval.by,
        "approved_at": render_instant(approval.at),
        "not_before": render_instant(approval.not_before) if approval.not_before else None,
        "stage": each.stage.value,
        "why": each.why,
    }
