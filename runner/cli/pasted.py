"""What people type or paste: words of many lines, and the personal data in them.

The customer's words are masked, ours refused.
"""

import sys
from collections.abc import Mapping

from runner.cases.evidence import BY_CUSTOMERS
from runner.cases.mention import TITLE_LIMIT, masked_text
from runner.cases.personal import find_personal
from runner.cli.deciding import is_watched
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.text.document import Path
from runner.text.masking import TOKENS, find_personal_data

_FLAGS = {"what": "--asks", "why": "--no-survey"}
"""The options of facts that are called otherwise in the file; of others, the fact's name."""

_STDIN = "-"
"""What `--text` is given where the words come on standard input."""
_MOST_BYTES = 1_000_000


def read_words(desk: Desk, given: str, option: str = "--text ") -> str:
    """Return the words that an option was given, or those of standard input where it says so.

    `option` is what stands before the words on the command line.

    Raises:
        UsageError: where nothing comes in, or what is no text of a message.
    """
    if given != _STDIN:
        return given
    if is_watched(desk):
        desk.terminal.note(
            desk.language.say("Paste the words as they stand there, then press Enter and Ctrl+D:")
        )
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if sys.stdin is not None else b""
    hint = f"such as: {option}- < reply.txt"
    if len(data) > _MOST_BYTES:
        raise UsageError(f"`{option}-` was given more than a megabyte", hint)
    try:
        words = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UsageError(f"`{option}-` was given what is not UTF-8", hint) from None
    if not words:
        raise UsageError(f"`{option}-` was given no words", hint)
    return words


def read_placed_words(
    desk: Desk, given: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return what options were given, PLACE=WORDS each, with `-` read from standard input.

    Raises:
        UsageError: as `read_words`, and where two of them ask for what comes in once.
    """
    piped = [
        (option, one)
        for option, each in given.items()
        for one in each
        if one == _STDIN or one.endswith(f"={_STDIN}")
    ]
    if len(piped) > 1:
        asking = ", ".join(f"`{option} {one}`" for option, one in piped)
        raise UsageError(
            f"standard input holds one text, and {asking} ask for it",
            "pipe one, and give the words of the others",
        )
    if not piped:
        return dict(given)
    option, asked = piped[0]
    place = asked.removesuffix(_STDIN)
    words = f"{place}{read_words(desk, _STDIN, f'{option} {place}')}"
    return {**given, option: tuple(words if one == asked else one for one in given[option])}


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
        raise UsageError(f"{flag_of(fact_of(found.path))}: {found.message}", found.hint)
    return kept


def fact_of(path: Path) -> str:
    """Return the fact that holds the value at a path of a document."""
    return next(part for part in reversed(path) if isinstance(part, str))


def flag_of(fact: str) -> str:
    """Return the option by which a fact is given."""
    return _FLAGS.get(fact, f"--{fact.replace('_', '-')}")
