"""`doleances survey`: the link to the survey, and what customers answered."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from runner.cases.case import Case
from runner.cases.survey import (
    SHORTEST_SECRET,
    Surveyed,
    is_answered,
    make_token,
    read_token,
    unsent_survey,
)
from runner.cli.case_ids import complete_case_ids
from runner.cli.daily import Manner, write_entry
from runner.cli.desk import Desk
from runner.cli.finding import find_case
from runner.cli.forge import open_forge
from runner.cli.recording import read_standing
from runner.cli.surveying import survey_secret
from runner.errors import UsageError
from runner.policies.secrets import SURVEY_SECRET

_BEST = 5.0
_LARGEST = 16 * 1024 * 1024
"""Bytes of a file of answers."""


@click.command(short_help="Make the link to the survey, and record what customers answered.")
@click.argument("what", metavar="CASE|TOKEN", required=False, shell_complete=complete_case_ids)
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Propose to record the answers of a .csv: columns token, score, comment.",
)
@click.option("--best", type=click.FloatRange(min=1, max=1000), default=_BEST, show_default=True,
              metavar="NUMBER",
              help="The best score that can be given.")  # fmt: skip
@click.option("--by", metavar="NAME", help="Who you are, if git does not say so.")
@click.option(
    "--propose/--no-propose",
    default=True,
    help="Open a pull request, or write into the file as it lies here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as data.")
@click.pass_obj
def command(
    desk: Desk,
    *,
    what: str | None,
    answers: Path | None,
    best: float,
    by: str | None,
    propose: bool,
    as_json: bool,
) -> None:
    """Make the link to the survey, and record what customers answered.

    For a case, prints the address of `survey` in policies/brand.yaml with the case's token in the
    place of {token}. For a token, says which case and cycle it is of. The token names nobody, and
    is signed with the secret in DOLEANCES_SURVEY_SECRET, so that nobody else can make one.

    With --answers, each answer is proposed as `survey-answered`. Forged tokens, those of another
    desk or of an earlier cycle, and cycles that have an answer are left out and counted; of
    several rows with one token the last counts.

    \b
    Example:  doleances survey c-7f3k2m9x4q5t
              doleances survey --answers inbox/survey.csv
    """
    if (what is None) == (answers is None):
        raise UsageError("name a case or a token, or --answers FILE", "one of them")
    secret = _secret()
    if answers is not None:
        _record(desk, answers, secret, best, Manner(None, by, propose, as_json))
        return
    asked = (what or "").strip()
    if asked.startswith("c-"):
        _print_link(desk, find_case(desk, asked).case, secret, as_json=as_json)
        return
    surveyed = read_token(asked, secret)
    if surveyed is None:
        raise UsageError("this desk made no such token", "the whole token, as it was sent")
    if as_json:
        desk.print_json({"case": surveyed.case_id, "cycle": surveyed.cycle})
    else:
        desk.say(
            desk.language.say("{case}, cycle {cycle}", case=surveyed.case_id, cycle=surveyed.cycle)
        )


def _print_link(desk: Desk, case: Case, secret: bytes, *, as_json: bool) -> None:
    token = make_token(Surveyed(case.id, case.cycle), secret)
    address = desk.configuration().speech.voice_of(case.brand).survey
    if "{token}" not in address:
        raise UsageError(
            "policies/brand.yaml names no survey with {token} in its address",
            "under one of its `voices`, such as `survey: https://survey.example.org/?t={token}`",
        )
    link = address.replace("{token}", token)
    if (why := unsent_survey(case)) is not None:
        desk.terminal.warn(
            desk.language.say(
                "{case} was closed without a survey: “{why}”. Ask who closed it before you send "
                "one.",
                case=case.id,
                why=why,
            )
        )
    if as_json:
        desk.print_json({"case": case.id, "cycle": case.cycle, "token": token, "url": link})
    else:
        desk.terminal.document(link)


def _record(desk: Desk, file: Path, secret: bytes, best: float, how: Manner) -> None:
    """Propose to record the answers of a file, and say how many were left out."""
    given: dict[Surveyed, dict[str, str]] = {}
    left_out = 0
    for row in _rows(file):
        surveyed = read_token(row.get("token", ""), secret)
        if surveyed is None or _score(row, best) is None:
            left_out += 1
            continue
        given[surveyed] = row
    waiting = _proposed(desk) if how.propose else frozenset()
    for surveyed, row in given.items():
        if surveyed.case_id in waiting:
            left_out += 1
            continue
        try:
            standing = read_standing(desk, surveyed.case_id, propose=how.propose)
        except UsageError:
            left_out += 1
            continue
        if standing.case.cycle != surveyed.cycle or is_answered(standing.case):
            left_out += 1
            continue
        _write(desk, surveyed, row, best, how)
    if left_out:
        desk.terminal.note(
            desk.language.say_n(
                "{count} answer was left out: its token is not ours, of an earlier cycle, or "
                "answered already.",
                "{count} answers were left out: their tokens are not ours, of an earlier cycle, "
                "or answered already.",
                left_out,
            )
        )


def _proposed(desk: Desk) -> frozenset[str]:
    """Return the cases for which an answer is proposed and not decided."""
    names = (pull.branch.split("/") for pull in open_forge(desk).snapshot().proposals)
    return frozenset(name[1] for name in names if name[2].startswith("survey-"))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file by the names of their columns.

    Raises:
        UsageError: when it is no such file.
    """
    if file.stat().st_size > _LARGEST:
        raise UsageError(f"{file} is larger than {_LARGEST // 2**20} MB")
    try:
        text = file.read_text("utf-8-sig")
        rows = csv.DictReader(text.splitlines(keepends=True))
        if not {"token", "score"} <= set(rows.fieldnames or ()):
            raise UsageError(f"{file} has no columns token and score", "and comment, if any")
        for row in rows:
            yield {str(name): value for name, value in row.items() if isinstance(value, str)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file} is no CSV in UTF-8: {error}") from None


def _write(desk: Desk, surveyed: Surveyed, row: dict[str, str], best: float, how: Manner) -> None:
    score = _score(row, best)

    def facts(_case: Case, _by: str) -> dict[str, Any]:
        told: dict[str, Any] = {"rating": {"value": score, "best": best}}
        if words := _masked(desk, row.get("comment", "")):
            told["text"] = words
        return told

    write_entry(desk, "survey", "survey-answered", surveyed.case_id, facts, how=how)


def _score(row: dict[str, str], best: float) -> float | None:
    try:
        score = float(row.get("score", "").replace(",", "."))
    except ValueError:
        return None
    return score if 0 <= score <= best else None


def _masked(desk: Desk, text: str) -> str:
    from runner.text.clean import clean_text
    from runner.text.masking import mask

    return mask(clean_text(text, 8000), desk.configuration().privacy).strip()


def _secret() -> bytes:
    """Return the desk's secret.

    Raises:
        UsageError: when there is none, or a short one.
    """
    secret = survey_secret()
    if secret is None:
        raise UsageError(
            f"{SURVEY_SECRET} is not set, or shorter than {SHORTEST_SECRET} characters",
            "the same long secret everywhere: make one with `openssl rand -hex 32`",
        )
    return secret
