"""Cases that people ask for by a form on the forge: read before a run, answered after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.cases.mention import prepare_mention
from runner.cli.desk import Desk
from runner.forges.own_issues import OwnIssues, SeenIssues
from runner.forges.server import ServerIssue
from runner.model import Mention
from runner.planning.case_forms import (
    case_asked_for,
    item_of,
    parse_form,
    render_answer,
    render_problem,
)
from runner.planning.observation import Observation


@dataclass(frozen=True, slots=True)
class AskedCase:
    """A form that somebody of the team filled in, and the message in it."""

    issue: ServerIssue
    mention: Mention


def read_forms(desk: Desk, own: OwnIssues | None, seen: SeenIssues | None) -> list[AskedCase]:
    """Return what people of the team ask for who may write to the repository.

    A form with a mistake says so on its page.
    """
    asked: list[AskedCase] = []
    if own is None or seen is None:
        return asked
    configuration, language = desk.configuration(), desk.language
    for issue in seen.forms:
        form = parse_form(issue.body)
        if form is None or configuration.team.who_goes_by(issue.author) is None:
            continue
        if not own.may_write(issue.author):
            continue
        found = item_of(form, configuration.sources, configuration.instance.zone, language)
        if isinstance(found, str):
            own.answer(issue, render_problem(issue.body, found, language), is_open=True)
            continue
        item, source = found
        mention = prepare_mention(item, source, configuration.privacy, issue.created_at)
        if mention is None or mention.url is None:
            why = language.say("What the customer says is missing.")
            own.answer(issue, render_problem(issue.body, why, language), is_open=True)
            continue
        asked.append(AskedCase(issue, mention))
    return asked


def answer_forms(
    desk: Desk, own: OwnIssues | None, asked: Sequence[AskedCase], observation: Observation
) -> None:
    """Put the case in the place of each form that became one, and close its page."""
    if own is None:
        return
    for each in asked:
        found = case_asked_for(each.mention.key, observation)
        if found is not None:
            case_id, number = found
            page = own.pull_page(number) if number else ""
            own.answer(each.issue, render_answer(case_id, page, desk.language), is_open=False)
