"""Who a customer is to the company: what is asked, what came, and the answer made of it.

What comes from a look-up is as hostile as anything from outside: it may hold a whole person.
Of all that, a case gets a yes, a no or an unknown, a distributor and a reference, and these
two only when nothing personal is seen in them.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from runner.model import Known, Reason
from runner.policies.customers import FILE, LookUp
from runner.text.clean import cap, clean_line
from runner.text.language import Language
from runner.text.masking import MaskingRules, find_personal_data, mask

_One = TypeVar("_One")

SAID_LIMIT = 400
"""Characters of what is said about an answer; the case's schema has room for 500."""
DISTRIBUTOR_LIMIT = 80
REFERENCE_LIMIT = 64
_READ_LIMIT = 1000
_LARGEST = 10**18
_REFERENCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/#-]*[A-Za-z0-9])?", re.ASCII)
"""Without spaces, so that it is no name and no sentence."""

_YES = frozenset(("yes", "oui", "true", "1"))
_NO = frozenset(("no", "non", "false", "0"))
_UNKNOWN = frozenset(("unknown", "inconnu", "?"))


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about.

    `orders` are order references as the customer wrote them: they are asked by and then
    forgotten, never written.
    """

    brand: str
    site: str = ""
    handle: str | None = None
    orders: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """One thing to ask a look-up: a value, and what it is (`order`, `handle`, `brand`)."""

    by: str
    value: str = field(repr=False)
    brand: str
    site: str


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody was found.

    Each of `records` maps `known`, `distributor` and `reference` to what came, of any type;
    what a look-up does not tell is left out.  `by` is None where the look-up does not say.
    """

    by: str | None
    records: tuple[Mapping[str, object], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody was found."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing can be concluded.  `problem` is in our own words, in the team's language."""

    problem: str


Came = Found | Absent | Failed
"""What came of asking one look-up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the customer has a file.

    `reason` names the look-up and says what came.  It `failed` where it could not tell.
    """

    known: Known
    reason: Reason
    distributor: str | None = None
    reference: str | None = None
    failed: bool = field(default=False, compare=False)


def keys_of(look_up: LookUp, question: Question) -> tuple[Key, ...]:
    """Return what to ask a look-up in turn, until it finds somebody."""
    values = {
        "order": question.orders,
        "handle": (question.handle,),
        "brand": (question.brand,),
    }
    return tuple(
        Key(by, value.strip(), question.brand, question.site)
        for by in look_up.asked_by
        for value in values[by]
        # Dots alone would climb out of an API's path.
        if value and value.strip(" .")
    )


def make_answer(
    came: Sequence[tuple[LookUp, Came]], rules: MaskingRules, language: Language
) -> Answer | None:
    """Return the answer that comes of asking look-ups in this order, None when none was asked.

    The first that knows the customer decides; a distributor that only another names is taken
    from there.  Nobody is unknown to the company while one of those asked could not tell.
    """
    answers = [_read(look_up, one, rules, language) for look_up, one in came]
    if not answers:
        return None
    decisive = min(answers, key=_weight)
    distributor = next((a.distributor for a in (decisive, *answers) if a.distributor), None)
    return Answer(decisive.known, decisive.reason, distributor, decisive.reference, decisive.failed)


def checked_distributor(value: object, rules: MaskingRules) -> str | None:
    """Return a distributor that may stand in a case, None for what may not."""
    text = _text(value)
    if text is None or len(text) > DISTRIBUTOR_LIMIT or find_personal_data(text, rules):
        return None
    return text


def checked_reference(value: object, rules: MaskingRules) -> str | None:
    """Return a reference that may stand in a case, None for what may not."""
    text = _text(value)
    if text is None or len(text) > REFERENCE_LIMIT or not _REFERENCE.fullmatch(text):
        return None
    return None if find_personal_data(text, rules) else text


def checked_said(text: str, rules: MaskingRules) -> str:
    """Return what is said about an answer as it may stand in a case."""
    said = clean_line(text)
    # A cut may lay open what it takes the surroundings of, and masks are longer than some words.
    while (masked := cap(mask(said, rules), SAID_LIMIT)) != said:
        said = masked
    return said


@dataclass(frozen=True, slots=True)
class _Read:
    """What one look-up answered.  `by_brand`: it was asked about no person."""

    known: Known
    reason: Reason
    distributor: str | None = None
    reference: str | None = None
    failed: bool = False
    by_brand: bool = False


def _weight(answer: _Read) -> int:
    """Return how little an answer counts: who knows nothing cannot outdo who failed to tell."""
    match answer.known:
        case Known.YES:
            return 0
        case _ if answer.failed and not answer.by_brand:
            return 1
        case Known.NO:
            return 2
        case _ if not answer.by_brand:
            return 3
        case _:
            return 4 if answer.failed else 5


def _read(look_up: LookUp, came: Came, rules: MaskingRules, language: Language) -> _Read:
    say = language.say
    by_brand = look_up.asked_by == ("brand",)

    def reason(said: str) -> Reason:
        return Reason(look_up.id, FILE, look_up.line, checked_said(said, rules))

    def failed(problem: str) -> _Read:
        said = say("the look-up failed: {problem}", problem=problem)
        return _Read(Known.UNKNOWN, reason(said), failed=True, by_brand=by_brand)

    match came:
        case Failed():
            return failed(came.problem)
        case Absent():
            known = Known.UNKNOWN if by_brand else look_up.absent
            return _Read(known, reason(say("not found")), by_brand=by_brand)
    told = set[Known]()
    for record in came.records:
        one = _known(record["known"]) if "known" in record else Known.YES
        if one is None:
            return failed(say("what it says of “known” is neither yes nor no"))
        told.add(one)
    known = Known.UNKNOWN if by_brand else _only(told) or Known.UNKNOWN
    distributor, on_distributor = _field(
        "distributor", came.records, checked_distributor, rules, language
    )
    reference, on_reference = _field("reference", came.records, checked_reference, rules, language)
    remarks = (_found_by(came.by, language), on_distributor, on_reference)
    said = "; ".join(remark for remark in remarks if remark)
    return _Read(known, reason(said), distributor, reference, by_brand=by_brand)


def _field(
    name: str,
    records: Sequence[Mapping[str, object]],
    checked: Callable[[object, MaskingRules], str | None],
    rules: MaskingRules,
    language: Language,
) -> tuple[str | None, str]:
    """Return a value that all records share and that may stand in a case, and a remark."""
    values = {_text(record.get(name)) for record in records}
    if len(values) > 1:
        return None, language.say("several were found, and their “{name}” differs", name=name)
    value = checked(_only(values), rules)
    if value is None and any(record.get(name) for record in records):
        return None, language.say(
            "its “{name}” is left out: personal, or not of the right form", name=name
        )
    return value, ""


def _found_by(by: str | None, language: Language) -> str:
    match by:
        case "order":
            return language.say("found by the order reference")
        case "handle":
            return language.say("found by the name on the site")
        case "brand":
            return language.say("found by the brand")
        case _:
            return language.say("found")


def _known(value: object) -> Known | None:
    """Return what a value says of whether a customer is known, None when it says neither."""
    match value:
        case bool():
            return Known.YES if value else Known.NO
        case str():
            word = value[:20].strip().casefold()
        case 0 | 1:
            word = str(value)
        case _:
            return None
    for known, words in ((Known.YES, _YES), (Known.NO, _NO), (Known.UNKNOWN, _UNKNOWN)):
        if word in words:
            return known
    return None


def _text(value: object) -> str | None:
    """Return a value as one clean line, None for what is neither text nor a whole number."""
    match value:
        case bool():
            return None
        case int() if abs(value) < _LARGEST:
            return str(value)
        case str():
            return clean_line(value[:_READ_LIMIT]) or None
        case _:
            return None


def _only(values: Collection[_One]) -> _One | None:
    return next(iter(values)) if len(values) == 1 else None
