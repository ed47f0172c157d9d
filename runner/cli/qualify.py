"""`doleances qualify`: what was taken for granted at detection is decided by a person."""

import click

from runner.cases.case import Case
from runner.cases.customer import Answer
from runner.cli.case_ids import case_argument
from runner.cli.daily import Facts, Manner, manner_options, write_entry
from runner.cli.desk import Desk
from runner.cli.looking_up import ask_about, question_of, said_of
from runner.errors import OutsideFailed, UsageError
from runner.model import Category, Known, Urgency
from runner.policies.customers import FILE

_FIELDS = ("owner", "urgency", "category", "known", "topic", "product", "language")


@click.command(short_help="Decide owner, urgency, category and the like anew.")
@case_argument
@click.option("--owner", help="Who takes care of it, a person of policies/team.yaml.")
@click.option(
    "--urgency",
    type=click.Choice([one.value for one in Urgency]),
    help="How fast it wants a person.",
)
@click.option(
    "--category",
    type=click.Choice([one.value for one in Category]),
    help="What kind of message it is.",
)
@click.option(
    "--known",
    type=click.Choice([one.value for one in Known]),
    help="Whether the customer has a file.",
)
@click.option("--topic", help="What it is about.")
@click.option("--product", help="The product that it is about.")
@click.option("--language", help="The customer's language, such as fr.")
@click.option("--reason", help="Why.")
@click.option(
    "--look-up",
    is_flag=True,
    help="Ask the look-ups of policies/customers.yaml who the customer is; so it does by itself "
    "where nothing else is decided.",
)
@click.option(
    "--order",
    "orders",
    metavar="REF",
    multiple=True,
    help="Ask by this order reference; it is not kept. Repeatable.",
)
@manner_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    case_id: str,
    *,
    reason: str | None,
    look_up: bool,
    orders: tuple[str, ...],
    how: Manner,
    **fields: str | None,
) -> None:
    """Decide owner, urgency, category and the like of a case anew.

    The entry keeps what the values were before.  What is said by --known holds against what a
    look-up answers.

    \b
    Example:  doleances qualify c-7f3k2m9x4q5t --owner ines --known yes
              doleances qualify c-7f3k2m9x4q5t --look-up --order LUM-2026-118204
    """
    of_customer: dict[str, object] = {}
    given = {name: fields[name] for name in _FIELDS if fields[name] is not None}
    asks = look_up or bool(orders) or (not given and bool(desk.configuration().customers.look_ups))

    def facts(case: Case, _by: str) -> Facts:
        decided = {name: value for name, value in given.items() if value != getattr(case, name)}
        told = reason
        if asks:
            answer = _ask(desk, case, orders)
            if "known" not in given and answer.known is not Known.UNKNOWN:
                of_customer.update(_told(case, answer))
                if answer.known is not case.known or of_customer:
                    decided["known"] = answer.known.value
                    told = reason or f"{answer.reason.rule}: {answer.reason.detail}"
            elif answer.failed and not decided:
                raise OutsideFailed(answer.reason.detail, "mend it or try later; or say --known")
        if not decided:
            raise UsageError("nothing would change", "name a value: --owner, --urgency, --known...")
        if decided.get("known") == Known.NO and case.reference is not None:
            of_customer["reference"] = None
        return {"set": decided, "reason": told}

    write_entry(desk, "qualify", "qualified", case_id, facts, how=how, fields=lambda: of_customer)


def _ask(desk: Desk, case: Case, orders: tuple[str, ...]) -> Answer:
    answer = ask_about(desk, {case.id: question_of(case, orders)}).get(case.id)
    if answer is None:
        raise UsageError(
            "there is no look-up to ask about this customer",
            f"{FILE} names them; --order gives an order reference to ask by",
        )
    desk.terminal.note(said_of(desk, answer))
    return answer


def _told(case: Case, answer: Answer) -> dict[str, object]:
    """Return what a look-up tells of a customer and the case does not hold."""
    told = {"distributor": answer.distributor, "reference": answer.reference}
    return {
        name: value
        for name, value in told.items()
        if value is not None and value != getattr(case, name)
    }
