"""`doleances evaluate`: the triage rules measured on labelled messages."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.desk import Desk
from runner.errors import Fault, FaultyFiles, OutsideFailed

if TYPE_CHECKING:
    from runner.triage.evaluation import Evaluation, Figures, Misjudged

EXCERPT = 100
"""Characters of a misjudged text that are shown."""


@click.command(short_help="Measure the triage rules on labelled messages.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--wrong", is_flag=True, help="List the misjudged messages, and the rules that spoke."
)
@click.option("--own", multiple=True, metavar="NAME", help="An author who is the brand itself.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as data.")
@click.pass_obj
def command(desk: Desk, file: Path, wrong: bool, own: tuple[str, ...], as_json: bool) -> None:
    """Measure the triage rules on labelled messages.

    FILE is CSV with a line of headings: `text`; where known `rating` (with `best`,
    else of 5), `language`, `author`, `source_category`; and the truth, in any of
    `after_sales` (yes, no), `category` (question, advice, complaint, praise),
    `urgency` (low, normal, high, critical), `crisis` (yes, no), empty where unknown.
    `not-complaint` and the like say only what a message is not.

    \b
    Example:  doleances evaluate labelled.csv
              doleances evaluate labelled.csv --wrong
    """
    from runner.triage.evaluation import evaluate, parse_labelled
    from runner.triage.judge import judge_message

    rows, faults = parse_labelled(_read_text(file), str(file), own)
    if faults:
        raise FaultyFiles(faults)
    configuration = desk.configuration()
    with desk.terminal.progress(desk.language.say("Judging the messages"), len(rows)) as progress:
        judgements = []
        for row in rows:
            judgements.append(
                judge_message(
                    row.message, configuration.triage, configuration.brands, configuration.products
                )
            )
            progress.step()
    found = evaluate(rows, judgements)
    if as_json:
        desk.print_json(_data(found, wrong))
        return
    _print_figures(desk, found)
    if wrong:
        desk.say()
        _print_wrong(desk, found)


def _read_text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as why:
        line = why.object[: why.start].count(b"\n") + 1
        raise FaultyFiles(
            (
                Fault(
                    str(file), line, 1, "labelled-messages", "this is not UTF-8",
                    "save it as `CSV UTF-8`",
                ),
            )
        ) from None  # fmt: skip
    except OSError as why:
        raise OutsideFailed(f"{file} cannot be read: {why.strerror}") from why


def _print_figures(desk: Desk, found: "Evaluation") -> None:
    language = desk.language
    desk.say(language.say_n("{count} message", "{count} messages", found.messages))
    if not found.figures:
        desk.say(language.say("No message has a truth to compare with."))
        return
    desk.terminal.table(
        (
            language.say("Field"),
            language.say("Truth"),
            language.say("Labelled"),
            language.say("Found"),
            language.say("Missed"),
            language.say("False alarms"),
            language.say("Precision"),
            language.say("Recall"),
            "F1",
        ),
        [_figures_row(figures) for figures in found.figures],
    )


def _figures_row(figures: "Figures") -> tuple[str, ...]:
    counts = (figures.labelled, figures.found, figures.missed, figures.false_alarms)
    shares = (figures.precision, figures.recall, figures.f1)
    return (
        figures.column,
        figures.value,
        *(str(count) for count in counts),
        *("–" if share is None else f"{share:.3f}" for share in shares),
    )


def _print_wrong(desk: Desk, found: "Evaluation") -> None:
    language = desk.language
    desk.terminal.table(
        (
            language.say("Line"),
            language.say("Field"),
            language.say("Truth"),
            language.say("Judged"),
            language.say("Rule"),
            language.say("Where"),
            language.say("Because"),
            language.say("Text"),
        ),
        [_wrong_row(wrong) for wrong in found.wrong],
    )


def _wrong_row(wrong: "Misjudged") -> tuple[str, ...]:
    reason = wrong.reason
    text = " ".join(wrong.text.split())
    return (
        str(wrong.line),
        wrong.column,
        wrong.truth,
        wrong.judged,
        reason.rule,
        f"{reason.file}:{reason.line}" if reason.file else "",
        reason.detail,
        text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…",
    )


def _data(found: "Evaluation", with_wrong: bool) -> dict[str, object]:
    data: dict[str, object] = {
        "messages": found.messages,
        "figures": [
            {
                "field": figures.column,
                "truth": figures.value,
                "labelled": figures.labelled,
                "found": figures.found,
                "missed": figures.missed,
                "false_alarms": figures.false_alarms,
                "precision": figures.precision,
                "recall": figures.recall,
                "f1": figures.f1,
            }
            for figures in found.figures
        ],
    }
    if with_wrong:
        data["wrong"] = [
            {
                "line": wrong.line,
                "field": wrong.column,
                "truth": wrong.truth,
                "judged": wrong.judged,
                "rule": wrong.reason.rule,
                "file": wrong.reason.file,
                "rule_line": wrong.reason.line,
                "detail": wrong.reason.detail,
                "text": wrong.text,
            }
            for wrong in found.wrong
        ]
    return data
