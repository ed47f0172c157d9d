"""`doleances export`: the register as tables, for questions of one's own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cases.instants import render_instant
from runner.cli.days import Day
from runner.cli.desk import Desk
from runner.cli.lives import reading_of
from runner.errors import FaultyFiles
from runner.exports.forms import FORMATS, UNNAMED, choose_format

if TYPE_CHECKING:
    from runner.cli.record import Record
    from runner.exports.rows import Row
    from runner.exports.sheets import Writer
    from runner.exports.tables import Table
    from runner.planning.audit import AuditFinding


@click.command(short_help="Write the register as tables: SQLite, CSV, JSON lines or a workbook.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="What --out says without it: .db or .sqlite, .xlsx, .csv, .jsonl, or a folder for csv; "
    "sqlite without either. csv and jsonl write a folder with a file for each table.",
)
@click.option(
    "--out",
    "named",
    type=click.Path(),
    help="The file or folder to write, one in exports/ of the desk without it, which git "
    "ignores; an older export there is replaced as a whole.",
)
@click.option(
    "--since",
    type=Day(),
    metavar="DAY",
    help="Only cases detected, and findings of commits made, from this day on.",
)
@click.option("--public", is_flag=True, help="Without columns that name somebody or hold words.")
@click.option("--no-findings", is_flag=True, help="Without the audit, which reads all history.")
@click.option("--force", is_flag=True, help="Replace a file that is no export.")
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    form: str | None,
    named: str | None,
    since: datetime | None,
    public: bool,
    no_findings: bool,
    force: bool,
) -> None:
    """Write cases, places, entries, clocks and the audit's findings as tables.

    docs/exports.md says what each column means. Accepted cases are exported, those that wait
    for a decision are not. SQLite has views for common questions; CSV is made safe for
    spreadsheets, where the other formats hold every character as it was. A case file that
    cannot be read is named, and ends it with 1 after all others are written.

    \b
    Example:  doleances export
              doleances export --out exports/desk.xlsx
              doleances export --out exports/tables/ --since 2026-01-01
              sqlite3 exports/desk.db 'SELECT * FROM first_replies_by_month'
    """
    chosen = choose_format(named, form) if named is not None else form or FORMATS[0]
    from runner.cli.record import open_record
    from runner.exports.outputs import is_addable, prepare_folder, unnamed_file
    from runner.exports.rows import finding_rows
    from runner.exports.tables import TABLES

    record = open_record(desk)
    if named is None:
        out = unnamed_file(record.repository, UNNAMED[chosen])
    else:
        out = Path(named)
        prepare_folder(record.repository, out)
    begins = since.replace(tzinfo=record.instance.zone) if since is not None else None
    tables = tuple(table.public() if public else table for table in TABLES)
    about = {
        "desk": record.instance.name,
        "commit": record.tip,
        "at": render_instant(desk.now()),
        "zone": record.instance.zone.key,
        "since": since.date().isoformat() if since is not None else "",
        "public": str(int(public)),
        "findings": str(int(not no_findings)),
    }
    read = _Read(desk, record, begins)
    with _opened(chosen, out, tables, about, force=force) as writer:
        write = _chosen(writer, tables)
        for table, row in read.cases():
            write(table, row)
        if not no_findings:
            for table, row in finding_rows(read.findings()):
                write(table, row)
    desk.say(
        desk.language.say_n(
            "{count} case exported to {out}.",
            "{count} cases exported to {out}.",
            read.count,
            out=out,
        )
    )
    if not public and is_addable(record.repository, out):
        desk.terminal.warn(
            desk.language.say(
                "git would add {out}, which holds customers' names and words: move it to exports/, "
                "or name it in .gitignore.",
                out=out,
            )
        )
    if read.faults:
        raise FaultyFiles(tuple(read.faults))


def _chosen(writer: "Writer", tables: "tuple[Table, ...]") -> "Callable[[Table, Row], None]":
    """Return what writes whole rows, of which the exported columns are kept."""
    exported = {table.name: table for table in tables}

    def write(table: "Table", row: "Row") -> None:
        kept = exported[table.name]
        if len(kept.columns) != len(row):
            names = {column.name for column in kept.columns}
            cells = zip(table.columns, row, strict=True)
            row = tuple(cell for column, cell in cells if column.name in names)
        writer.write(kept, row)

    return write


@contextmanager
def _opened(
    form: str, out: Path, tables: "tuple[Table, ...]", about: dict[str, str], *, force: bool
) -> "Iterator[Writer]":
    from runner.exports.database import database, is_database
    from runner.exports.outputs import new_file
    from runner.exports.sheets import (
        check_workbooks,
        csv_files,
        is_workbook,
        json_lines,
        workbook,
    )
    from runner.report.folder import new_folder

    opened: AbstractContextManager[Writer]
    if form == "xlsx":
        check_workbooks()
    if form in {"csv", "jsonl"}:
        write = csv_files if form == "csv" else json_lines
        with new_folder(out, "export") as folder, write(folder, tables) as opened_writer:
            yield opened_writer
        return
    is_ours = is_database if form == "sqlite" else is_workbook
    with new_file(out, "an export of this format", is_ours, force=force) as file:
        opened = database(file, tables, about) if form == "sqlite" else workbook(file, tables)
        with opened as writer:
            yield writer


class _Read:
    """The accepted cases of a desk, and what an audit finds; `count` and `faults` so far."""

    def __init__(self, desk: Desk, record: "Record", since: datetime | None) -> None:
        from runner.report.reading import CaseReader

        self._desk = desk
        self._record = record
        self._since = since
        self._reader = CaseReader(desk.root, record.tip, desk.configuration(), desk.now())
        self.count = 0
        self.faults = self._reader.faults

    def cases(self) -> "Iterator[tuple[Table, Row]]":
        """Yield the rows of all cases, each case's together."""
        from runner.exports.rows import case_rows
        from runner.figures.life import read_life

        desk = self._desk
        reading = reading_of(desk.configuration(), desk.now(), self._reader.open_times)
        with desk.terminal.progress(desk.language.say("Exporting"), len(self._reader.paths)) as at:
            for each in self._reader.read():
                at.step()
                if self._since is None or each.case.detected_at >= self._since:
                    self.count += 1
                    life = read_life(each.case, each.standings, reading)
                    yield from case_rows(each.case, each.path, life, each.standings, desk.now())

    def findings(self) -> "tuple[AuditFinding, ...]":
        """Return what an audit finds, from the baseline or the first day on."""
        from runner.repo.audit import audit_register

        record, terminal = self._record, self._desk.terminal
        with ExitStack() as stack:

            def begin(total: int) -> Callable[[int], None]:
                return stack.enter_context(
                    terminal.progress(record.language.say("Reading the history"), total)
                ).step

            since = self._since.date().isoformat() if self._since is not None else None
            return audit_register(
                record.repository,
                record.tip,
                record.instance,
                self._desk.now(),
                since=since,
                begin=begin,
            ).findings
