"""`doleances customer`: ask the look-ups who a customer is, now."""

import re
from collections.abc import Sequence

import click

from runner.cases.customer import Answer, Question, make_answer
from runner.cli.case_ids import complete_case_ids
from runner.cli.desk import Desk
from runner.cli.finding import find_case
from runner.cli.looking_up import ask_each, question_of
from runner.errors import OutsideFailed, UsageError
from runner.model import KEY
from runner.policies.customers import FILE
from runner.text.wording import did_you_mean, shown


@click.command(short_help="Ask the look-ups who a customer is, now.")
@click.argument("who", metavar="HANDLE|CASE", shell_complete=complete_case_ids)
@click.option(
    "--order",
    "orders",
    metavar="REF",
    multiple=True,
    help="Ask by this order reference too; it is not kept. Repeatable.",
)
@click.option("--brand", metavar="ID", help="The brand, where the desk serves several.")
@click.option("--site", default="", help="The site that the handle is of, such as its host.")
@click.option("--json", "as_json", is_flag=True, help="Print what came as data.")
@click.pass_obj
def command(
    desk: Desk,
    /,
    who: str,
    *,
    orders: tuple[str, ...],
    brand: str | None,
    site: str,
    as_json: bool,
) -> None:
    """Ask the look-ups of policies/customers.yaml who a customer is, now.

    Says for each look-up what it answered, and what a case would be told.  Writes nothing:
    `doleances qualify CASE --look-up` does.

    \b
    Example:  doleances customer Camille_R --site forum.example.org
              doleances customer c-7f3k2m9x4q5t --order LUM-2026-118204
    """
    configuration = desk.configuration()
    if not configuration.customers.look_ups:
        raise UsageError(
            f"{FILE} names no look-up", "`doleances schema customers` says what it holds"
        )
    if re.fullmatch(KEY, who):
        question = question_of(find_case(desk, who).case, orders)
    else:
        question = Question(_brand(desk, brand), site, who, orders)
    came = ask_each(desk, {who: question})[who]
    rules, language = configuration.privacy, desk.language
    answers = [make_answer([one], rules, language) for one in came]
    told = [answer for answer in answers if answer is not None]
    whole = make_answer(came, rules, language)
    if as_json:
        desk.print_json(
            {
                "look_ups": [_data(answer) for answer in told],
                "answer": _data(whole) if whole else None,
            }
        )
    else:
        _print(desk, told, whole)
    if any(answer.failed for answer in told):
        raise OutsideFailed("a look-up failed", f"see above; mend {FILE}, or try later")


def _brand(desk: Desk, wanted: str | None) -> str:
    known = [brand.id for brand in desk.configuration().brands]
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted not in known:
        said = f"there is no brand {shown(wanted)}" if wanted else "several brands: name one"
        raise UsageError(said, did_you_mean(wanted or "", known))
    return wanted


def _print(desk: Desk, told: Sequence[Answer], whole: Answer | None) -> None:
    say = desk.language.say
    columns = (
        say("look-up"), say("known"), say("distributor"), say("reference"), say("remark"),
    )  # fmt: skip
    rows = [(answer.reason.rule, *_row(desk, answer)) for answer in told]
    if whole is not None and len(told) > 1:
        rows.append((say("together"), *_row(desk, whole)))
    if not rows:
        desk.say(say("No look-up was asked: none is asked by what is known of this customer."))
        return
    styles = ["yellow" if answer.failed else None for answer in told]
    desk.terminal.table(columns, rows, [*styles, None][: len(rows)])


def _row(desk: Desk, answer: Answer) -> tuple[str, str, str, str]:
    known = desk.language.word(answer.known)
    return known, answer.distributor or "", answer.reference or "", answer.reason.detail


def _data(answer: Answer) -> dict[str, object]:
    return {
        "look_up": answer.reason.rule,
        "known": answer.known,
        "distributor": answer.distributor,
        "reference": answer.reference,
        "said": answer.reason.detail,
        "failed": answer.failed,
    }
