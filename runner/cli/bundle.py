"""`doleances bundle`: what proves a case, on one page for other hands."""

from pathlib import Path

import click

from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk
from runner.cli.record import open_record
from runner.text.language import LANGUAGES, Language


@click.command(short_help="Write what proves a case as one page, for a mediator or a lawyer.")
@case_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, exports/CASE.html of the desk without it, which git ignores; an "
    "older bundle there is replaced.",
)
@click.option("--language", "code", type=click.Choice(LANGUAGES), help="Else the desk's own.")
@click.option("--without-names", is_flag=True, help="Take out names and addresses.")
@click.option("--force", is_flag=True, help="Replace a file that is no bundle.")
@click.pass_obj
def command(
    desk: Desk,
    case_id: str,
    *,
    out: Path | None,
    code: str | None,
    without_names: bool,
    force: bool,
) -> None:
    """Write what proves CASE (an id or its file) as one page that stands by itself.

    Everything said by the customer and by us, each promise and how it was counted, each commit
    with who decided and the hashes of the file, what the audit says, and how to check it all
    with git. It needs no network and no program but a browser, which also prints it to PDF.
    Reads git alone, so that a bare clone will do.

    \b
    Example:  doleances bundle c-7f3k2m9x4q5t
              doleances bundle c-7f3k2m9x4q5t --without-names --language en --out case.html
    """
    from runner.exports.bundle import MARK, render_bundle
    from runner.exports.evidence import PARTS, read_evidence
    from runner.exports.outputs import is_addable, new_file, prepare_folder, unnamed_file

    record = open_record(desk)
    language = Language(code or record.instance.language, record.instance.zone)
    with desk.terminal.progress(record.language.say("Gathering the evidence"), PARTS) as steps:
        evidence = read_evidence(
            record.repository, record.tip, record.instance, case_id, desk.now(), done=steps.step
        )
    page = render_bundle(evidence, desk.now(), language, names=not without_names)
    target = out or unnamed_file(record.repository, f"{evidence.case.id}.html")
    prepare_folder(record.repository, target)
    with new_file(
        target, "a bundle", lambda file: MARK in file.read_bytes()[:2_000], force=force
    ) as file:
        file.write_text(page, encoding="utf-8")
    desk.say(record.language.say("Evidence in {file}.", file=target))
    if not without_names and is_addable(record.repository, target):
        desk.terminal.warn(
            record.language.say(
                "git would add {out}, which holds customers' names and words: move it to exports/, "
                "or name it in .gitignore.",
                out=target,
            )
        )
