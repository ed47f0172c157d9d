"""Personal data in what people type or paste: the customer's words are masked, ours refused."""

from collections.abc import Mapping

from runner.cases.evidence import BY_CUSTOMERS
from runner.cases.mention import TITLE_LIMIT, masked_text
from runner.cases.personal import find_personal
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.text.masking import TOKENS, find_personal_data

_FLAGS = {"what": "--asks", "why": "--no-survey"}
"""The options of facts that are called otherwise in the file; of others, the fact's name."""


def cleared(desk: Desk, kind: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of an entry without personal data; says what was masked.

    A customer's words are masked as those that the runner reads are.

    Raises:
        UsageError: for personal data in anything else, naming the option.
    """
    kept = dict(facts)
    privacy = desk.configuration().privacy
    if kind in BY_CUSTOMERS:
        masked: list[str] = []
        for name, limit in (("title", TITLE_LIMIT), ("text", privacy.text_limit)):
            if isinstance(words := kept.get(name), str):
                masked += [TOKENS[found.kind] for found in find_personal_data(words, privacy)]
                kept[name] = masked_text(words, privacy, limit)
        if masked:
            tokens = ", ".join(dict.fromkeys(masked))
            desk.terminal.note(desk.language.say("masked: {tokens}", tokens=tokens))
    # What is asked for stands on top of the file, under another name.
    for found in find_personal({**kept, "what": kept.get("asks", ())}, privacy):
        name = next(part for part in reversed(found.path) if isinstance(part, str))
        flag = _FLAGS.get(name, f"--{name.replace('_', '-')}")
        raise UsageError(f"{flag}: {found.message}", found.hint)
    return kept
