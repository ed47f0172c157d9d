"""What an entry names as the origin of its words: a template or an answer that the desk has."""

import re

from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.model import KEY
from runner.replies.uses import parse_template
from runner.text.wording import did_you_mean


def refuse_unknown_template(desk: Desk, recorded: str) -> None:
    """Raise UsageError when a desk with templates has none such as `first-contact-fr/1-2-3`.

    What an older log names stays: a template may have been renamed since.
    """
    known = [template.id for template in desk.configuration().templates]
    name, _ = parse_template(recorded)
    if known and name not in known:
        raise UsageError(
            f"there is no template {name!r}",
            did_you_mean(name, known, "`doleances template list` names them"),
        )


def refuse_unknown_answer(desk: Desk, recorded: str) -> None:
    """Raise UsageError when an answer is neither of `policies/answers/` nor told in a case."""
    known = [answer.id for answer in desk.configuration().answers]
    if recorded not in known and not re.fullmatch(KEY, recorded):
        raise UsageError(
            f"there is no answer {recorded!r}",
            did_you_mean(recorded, known, "`doleances answers` names them"),
        )
