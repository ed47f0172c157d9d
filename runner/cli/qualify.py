"""`doleances qualify`: what was taken for granted at detection is decided by a person."""

import click

from runner.cases.case import Case
from runner.cli.case_ids import case_argument
from runner.cli.daily import Facts, Manner, manner_options, write_entry
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.model import Category, Known, Urgency

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
@manner_options
@click.pass_obj
def command(
    desk: Desk, /, case_id: str, reason: str | None, how: Manner, **fields: str | None
) -> None:
    """Decide owner, urgency, category and the like of a case anew.

    The entry keeps what the values were before.

    \b
    Example:  doleances qualify c-7f3k2m9x4q5t --owner ines --known yes
    """

    def facts(case: Case, _by: str) -> Facts:
        decided = {name: fields[name] for name in _FIELDS if fields[name] is not None}
        decided = {name: value for name, value in decided.items() if value != getattr(case, name)}
        if not decided:
            raise UsageError("nothing would change", "name a value: --owner, --urgency, --known...")
        return {"set": decided, "reason": reason}

    write_entry(desk, "qualify", "qualified", case_id, facts, how=how)
