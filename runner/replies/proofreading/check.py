"""What is wrong with a text before a customer reads it, as findings with places."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import re2

from runner.errors import Severity
from runner.policies.delegation import Grant
from runner.replies.proofreading.reader import weigh
from runner.replies.proofreading.rules import Said, find_said
from runner.replies.proofreading.sentences import Sentence, read_sentences
from runner.replies.proofreading.shown import find_shown
from runner.replies.proofreading.signs import (
    ends_well,
    find_capitals,
    find_marks,
    find_mixed_register,
    greets,
    speaks_to_somebody,
)
from runner.replies.proofreading.spelling import Speller, find_misspelled
from runner.replies.uses import skeleton
from runner.text.guess import guess_language
from runner.text.masking import MaskingRules
from runner.text.words import fold

FAULTS = frozenset({
    "unlawful-offer", "promise", "personal-data-asked", "personal-data-shown", "too-long",
    "wrong-language",
})  # fmt: skip
"""Rules whose findings stop a text; those of the others are for people to weigh."""
RULES = (
    "unlawful-offer", "promise", "personal-data-asked", "personal-data-shown", "blame", "irony",
    "avoided", "capitals", "exclamations", "mixed-register", "wrong-language", "too-long",
    "repeated", "no-salutation", "no-taking-up", "no-reassurance", "spelling",
)  # fmt: skip
"""All rules, the gravest first."""
_AMOUNT = re2.compile(
    r"(\d+(?:[.]\d{1,2})?) ?(€|euros?|eur|£|pounds?|gbp|\$|dollars?|usd)"
    r"|(€|£|\$)(\d+(?:[.]\d{1,2})?)"
)
_CURRENCIES = {"€": "EUR", "e": "EUR", "£": "GBP", "p": "GBP", "g": "GBP", "$": "USD", "d": "USD",
               "u": "USD"}  # fmt: skip
_PUBLIC_ONLY = frozenset({"personal-data-asked", "personal-data-shown"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in `text[start:end]`, of the line and column where it begins, counted from 1.

    `words` are what stands there, empty where something is missing.  `instead` are other
    spellings, the likeliest first.  `telling` are those of the words that weigh most where it
    only reads like what the rule is for (`reader.py`), empty where the rule itself fits.
    """

    rule: str
    severity: Severity
    line: int
    column: int
    start: int
    end: int
    words: str
    instead: tuple[str, ...] = ()
    telling: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text is read against.

    `locale` is the customer's language, `limit` the most characters that the place takes; None
    where it is not known.  `is_whole` where the text is a message of its own, that greets and
    ends.  `may_promise` when a decision on file stands behind what is promised, `grant` is what
    who writes may give without one.  `names` are words that are right as they are: brands,
    products, people.  `avoided` are phrases that the desk does not want.  `told` are skeletons
    of what others read at the place (`runner.replies.uses`).
    """

    public: bool = True
    locale: str | None = None
    limit: int | None = None
    is_whole: bool = True
    may_promise: bool = False
    grant: Grant | None = None
    masking: MaskingRules | None = None
    names: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()
    speller: Callable[[str], Speller | None] = lambda _: None


def proofread(text: str, reading: Reading) -> tuple[Finding, ...]:
    """Return all that is wrong with a text, in its order.  Equal arguments, equal findings."""
    sentences = read_sentences(text)
    found = [
        *(_finding(text, rule, span) for rule, span in _seen(text, sentences, reading)),
        *(_finding(text, "spelling", *found) for found in _spelled(text, reading)),
        *(
            _finding(text, one.rule, (one.start, one.end), telling=text[slice(*one.telling)])
            for one in _said(text, sentences, reading)
        ),
    ]
    return tuple(sorted(found, key=lambda one: (one.start, RULES.index(one.rule))))


def is_spelling_checked(text: str, reading: Reading) -> bool:
    """Return whether there is a dictionary for the language of a text."""
    locale = _locale(text, reading)
    return locale is not None and reading.speller(locale) is not None


def _said(text: str, sentences: tuple[Sentence, ...], reading: Reading) -> Iterator[Said]:
    found = weigh(text, sentences, find_said(sentences))
    # What is only like an offer for a review does not hide what is promised.
    unlawful = [one for one in found if one.rule == "unlawful-offer" and not any(one.telling)]
    for one in found:
        if one.rule in _PUBLIC_ONLY and not reading.public:
            continue
        if one.rule == "personal-data-shown" and _is_allowed(text[one.start : one.end], reading):
            continue
        if one.rule == "promise" and (
            _is_covered(_sentence_at(one.start, text, sentences), reading)
            or any(other.start < one.end and one.start < other.end for other in unlawful)
        ):
            continue
        yield one


def _is_allowed(words: str, reading: Reading) -> bool:
    """Whether words show what the desk's masking rules let everybody read."""
    return reading.masking is not None and any(one in words for one in reading.masking.allowed)


def _sentence_at(start: int, text: str, sentences: tuple[Sentence, ...]) -> str:
    for each in sentences:
        if each.starts[0] <= start < each.starts[-1]:
            return text[each.starts[0] : each.starts[-1]]
    return ""


def _is_covered(words: str, reading: Reading) -> bool:
    """Whether whoever writes may promise so much."""
    if reading.may_promise:
        return True
    if reading.grant is None:
        return False
    if reading.grant.amount is None:
        return True
    from decimal import Decimal

    found = list(_AMOUNT.finditer(fold(words).replace(",", ".")))
    amounts = [(Decimal(one[1] or one[4]), _CURRENCIES[(one[2] or one[3])[0]]) for one in found]
    return bool(amounts) and all(reading.grant.covers(*amount) for amount in amounts)


def _seen(
    text: str, sentences: tuple[Sentence, ...], reading: Reading
) -> Iterator[tuple[str, tuple[int, int]]]:
    names = _names(reading)
    if reading.public:
        yield from (("personal-data-shown", span) for span in find_shown(text, reading.masking))
    yield from (("capitals", span) for span in find_capitals(text, names))
    yield from (("exclamations", span) for span in find_marks(text))
    yield from (("avoided", span) for span in _avoided(text, reading.avoided))
    written = guess_language(text)
    locale = _locale(text, reading)
    if reading.locale in {"fr", "en"} and written is not None and written != reading.locale:
        yield "wrong-language", (0, len(text))
    if locale == "fr":
        yield from (("mixed-register", span) for span in find_mixed_register(sentences))
    if reading.limit is not None and len(text) > reading.limit:
        yield "too-long", (reading.limit, len(text))
    if reading.told and skeleton(text, *reading.names, *reading.called) in reading.told:
        yield "repeated", (0, len(text))
    if not reading.is_whole or not sentences:
        return
    if not greets(text, reading.called):
        yield "no-salutation", (0, 0)
    if not speaks_to_somebody(sentences):
        yield "no-taking-up", (0, 0)
    if not ends_well(sentences):
        yield "no-reassurance", (len(text), len(text))


def _spelled(text: str, reading: Reading) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    locale = _locale(text, reading)
    speller = reading.speller(locale) if locale is not None else None
    if speller is not None:
        for start, end, instead in find_misspelled(text, speller, _names(reading)):
            yield (start, end), instead


def _locale(text: str, reading: Reading) -> str | None:
    return guess_language(text) or reading.locale


def _names(reading: Reading) -> frozenset[str]:
    spoken = " ".join((*reading.names, *reading.called)).replace("-", " ")
    return frozenset(fold(word.strip(".,;:'’")) for word in spoken.split())


def _avoided(text: str, phrases: Iterable[str]) -> Iterator[tuple[int, int]]:
    lowered = text.replace("’", "'").lower()
    for phrase in phrases:
        wanted = phrase.replace("’", "'").lower()
        at = lowered.find(wanted)
        while wanted and at >= 0:
            end = at + len(wanted)
            if not (lowered[at - 1 : at].isalnum() or lowered[end : end + 1].isalnum()):
                yield at, end
            at = lowered.find(wanted, end)


def _finding(
    text: str, rule: str, span: tuple[int, int], instead: tuple[str, ...] = (), telling: str = ""
) -> Finding:
    start, end = span
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    severity = Severity.ERROR if rule in FAULTS else Severity.WARNING
    return Finding(rule, severity, line, column, start, end, text[start:end], instead, telling)
