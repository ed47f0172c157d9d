"""`doleances proofread`: what is wrong with a text before a customer reads it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.case_ids import complete_case_ids
from runner.cli.desk import Desk
from runner.errors import ExitCode, Severity, UsageError

if TYPE_CHECKING:
    from runner.cli.finding import Found
    from runner.replies.proofreading.check import Finding, Reading

_LONGEST = 40_000
"""Bytes; no site takes a reply of more than 10,000 characters."""


@click.command(
    short_help="Read a reply before it is sent: promises, personal data, tone, spelling."
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--case", "case_id", metavar="CASE", shell_complete=complete_case_ids,
    help="To the customer of this case: its language, site, decisions, what others read there.",
)  # fmt: skip
@click.option("--place", "place_id", metavar="PLACE", help="For this place of it, such as p1.")
@click.option("--by", metavar="PERSON", help="Who writes; default: the owner of the case.")
@click.option("--private", is_flag=True, help="Nobody but the customer reads it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as data.")
@click.pass_obj
def command(
    desk: Desk,
    file: Path | None,
    case_id: str | None,
    place_id: str | None,
    by: str | None,
    *,
    private: bool,
    as_json: bool,
) -> int:
    """Read a reply before it is sent, and name what is wrong with it.

    Reads FILE, or what comes in where FILE is `-` or left out. Ends with 1 when there is a
    fault: an offer tied to a review, a promise that nobody decided, personal data in public, the
    wrong language, too many characters. Warnings are for you to weigh. With --case also what is
    said to have been given where the case holds no decision, and names from its other places.

    \b
    Example:  doleances proofread reply.txt
              doleances draft c-7f3k2m9x4q5t --json | jq -r '.drafts[0].text' | doleances proofread
              doleances proofread reply.txt --case c-7f3k2m9x4q5t --by ines
    """
    from dataclasses import replace

    from runner.planning.proofread_words import finding_lines
    from runner.replies.claims import find_claims
    from runner.replies.proofreading.check import is_spelling_checked, proofread

    if case_id is None and (place_id or by):
        raise UsageError("--place and --by go with --case", "name the case")
    text = _read(file)
    found = _find(desk, case_id, place_id)
    reading = replace(_reading(desk, found, place_id, by), public=not private)
    findings = proofread(text, reading)
    if found is not None:
        findings += _beside(
            findings,
            find_claims(
                text, found.case, place=place_id, decided=reading.may_promise, public=not private
            ),
        )
    spelled = is_spelling_checked(text, reading)
    faults = sum(each.severity is Severity.ERROR for each in findings)
    if as_json:
        desk.print_json({
            "spelling_checked": spelled,
            "findings": [_data(each, desk) for each in findings],
        })  # fmt: skip
    else:
        language = desk.language
        for line in finding_lines(findings, language):
            desk.say(line)
        if not spelled:
            desk.terminal.warn(
                language.say("Spelling not checked: no dictionary. Install doleances[spelling].")
            )
        desk.say(
            language.say(
                "{faults}, {warnings}.",
                faults=language.say_n("{count} fault", "{count} faults", faults),
                warnings=language.say_n(
                    "{count} warning", "{count} warnings", len(findings) - faults
                ),
            )
        )
    return ExitCode.FAULTS if faults else ExitCode.DONE


def _read(file: Path | None) -> str:
    if file is None or str(file) == "-":
        if file is None and sys.stdin.isatty():
            raise UsageError("there is no text", "name a file, or hand the text in")
        data = sys.stdin.buffer.read(_LONGEST + 1)
    else:
        try:
            with file.open("rb") as opened:
                data = opened.read(_LONGEST + 1)
        except OSError as error:
            raise UsageError(f"cannot read {file}: {error.strerror}", "name a text file") from None
    if len(data) > _LONGEST:
        raise UsageError(f"the text has more than {_LONGEST:,} bytes", "no reply is so long")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UsageError("the text is not in UTF-8", "save it as UTF-8") from None
    if not text.strip():
        raise UsageError("the text is empty", "name a file, or hand the text in")
    return text.rstrip()


def _find(desk: Desk, case_id: str | None, place: str | None) -> "Found | None":
    if case_id is None:
        return None
    from runner.cli.finding import find_case

    found = find_case(desk, case_id)
    known = [each.id for each in found.case.places]
    if place is not None and place not in known:
        raise UsageError(f"{found.case.id} has no place {place!r}", f"it has {', '.join(known)}")
    return found


def _beside(
    findings: tuple["Finding", ...], claims: tuple["Finding", ...]
) -> tuple["Finding", ...]:
    """Return the claims where nothing is found yet."""
    return tuple(
        claim
        for claim in claims
        if not any(each.start < claim.end and claim.start < each.end for each in findings)
    )


def _reading(desk: Desk, found: "Found | None", place: str | None, by: str | None) -> "Reading":
    from runner.replies.proofreading.readings import read_at_desk, read_in_case
    from runner.repo.dictionaries import read_speller

    configuration = desk.configuration()
    if found is None:
        return read_at_desk(configuration, read_speller)
    from runner.cli.drafting import recent_cases
    from runner.replies.uses import recent_uses

    case = found.case
    if by is not None and configuration.team.person(by) is None:
        raise UsageError(f"nobody of the team is {by!r}", "policies/team.yaml names them")
    sites = {each.site for each in case.places}
    recent = recent_cases(desk, found.snapshot.base, sites)
    told = recent_uses(recent, configuration, desk.now())
    return read_in_case(case, configuration, place=place, by=by, told=told, spellers=read_speller)


def _data(finding: "Finding", desk: Desk) -> dict[str, object]:
    from runner.planning.proofread_words import describe

    what, instead = describe(finding, desk.language)
    return {
        "rule": finding.rule,
        "severity": "fault" if finding.severity is Severity.ERROR else "warning",
        "line": finding.line,
        "column": finding.column,
        "words": finding.words,
        "message": what,
        "suggestion": instead,
        "instead": list(finding.instead),
    }
