"""Whether a case follows its incident: the approved wording told, the gesture given, or why not.

*Wording.*  From each link on the first `replied`, `published`, `offered` or
`resolved` holds in `text` all words of the wording in the case's language, in order; case,
accents and punctuation make no difference, and a salutation may stand before and a signature
after them.  A `messaged`, `details-asked` or `reminded` that holds them counts too.

*Gesture.*  What is `offered`, and what is `answered` or `resolved` as accepted or partial, is the
gesture: the same words in `offer` or `remedy`, the same amount and currency.  A refusal gives
another.  It is given once in a case: when a `resolved` has given it, also in an earlier cycle,
giving nothing more follows the incident, and giving it again does not.

An entry that does not says why in `departs`.  Nothing is asked of a case while it is a crisis, of
one in whose language no wording is approved, or of a resolution without news.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.cases.evidence import Data, Finding
from runner.errors import Fault
from runner.policies.incidents import INCIDENTS_FOLDER, Gesture, Incident
from runner.text.document import Document, Path
from runner.text.words import fold

TELLING = frozenset({"replied", "published", "offered", "resolved"})
"""The entries of which the first must hold the wording."""
_MAY_TELL = TELLING | {"messaged", "details-asked", "reminded"}
_GIVEN = {"offered": "offer", "resolved": "remedy", "answered": "remedy"}
"""The entries that say what is given, and under which fact."""
_AROUND = 12
"""Words that a salutation may have, and a signature: nothing is promised in so few."""
_WORD = re.compile(r"\w+")
Find = Callable[[str], Incident | None]


@dataclass(frozen=True, slots=True)
class Given:
    """What an entry gives: the words, and their worth; empty words for nothing."""

    text: str
    amount: Decimal | None
    currency: str | None

    @property
    def meaning(self) -> tuple[object, ...]:
        """What two gifts have in common that are the same."""
        return (_words(self.text), self.amount, self.currency)

    @property
    def is_nothing(self) -> bool:
        """Return whether neither words nor a worth are given."""
        return not self.text and self.amount is None

    def is_gesture(self, gesture: Gesture) -> bool:
        """Return whether it is the gesture of an incident."""
        return self.meaning == Given(gesture.text, gesture.amount, gesture.currency).meaning

    def __str__(self) -> str:
        text = self.text or "nothing"
        return text if self.amount is None else f"{text}, {self.amount} {self.currency}"


def given_by(entry: Data) -> Given | None:
    """Return what an entry of a log gives, None where it settles and offers nothing."""
    kind = entry["entry"]
    if kind not in _GIVEN or entry.get("outcome") in {"without-news", "information"}:
        return None
    amount = entry.get("amount")
    return Given(
        " ".join(str(entry.get(_GIVEN[kind], "")).split()),
        None if amount is None else Decimal(str(amount)),
        entry.get("currency"),
    )


def tells_wording(entry: Data, incident: Incident, language: str | None) -> bool:
    """Return whether an entry holds the wording in a language, in any where that is not known."""
    if entry["entry"] not in _MAY_TELL:
        return False
    wordings = [incident.wording_in(language)] if language else list(incident.wording.values())
    text = _words(str(entry.get("text", "")))
    return any(wording is not None and _holds(text, _words(wording)) for wording in wordings)


def check_incident_terms(document: Document, added: Iterable[int], find: Find) -> tuple[Fault, ...]:
    """Return the new entries of a case that do not follow its incident and do not say why.

    `document` has passed the schema; `find` returns the incident of an id as the desk has it.
    """
    case: Any = document.value
    found = _find_departing(case, frozenset(added), find)
    return tuple(document.fault(one.path, one.rule, one.message, one.hint) for one in found)


def _find_departing(case: Data, new: frozenset[int], find: Find) -> Iterator[Finding]:
    language = case.get("language")
    linked: Incident | None = None
    told, crisis = False, False
    given: set[str] = set()
    for index, entry in enumerate(case["log"]):
        path: Path = ("log", index)
        match entry["entry"]:
            case "incident-linked":
                linked, told = find(entry["incident"]), False
                if linked is None and index in new:
                    yield _unknown(entry["incident"], path)
            case "incident-unlinked":
                linked = None
            case "crisis-raised" | "crisis-lifted":
                crisis = entry["entry"] == "crisis-raised"
        if linked is None:
            continue
        if index in new and not crisis and "departs" not in entry:
            yield from _check_gesture(entry, linked, path, again=linked.id in given)
            if not told:
                yield from _check_wording(entry, linked, language, path)
        speaks = entry["entry"] in _MAY_TELL
        if entry["entry"] == "resolved" and _is_gesture(entry, linked):
            given.add(linked.id)
        told |= speaks and ("departs" in entry or tells_wording(entry, linked, language))


def _unknown(incident: str, path: Path) -> Finding:
    return Finding(
        (*path, "incident"),
        "unknown-incident",
        f"{INCIDENTS_FOLDER}/{incident}.yaml holds no incident",
        "`doleances incident` lists them",
    )


def _is_gesture(entry: Data, incident: Incident) -> bool:
    """Return whether an entry gives the gesture of an incident."""
    given = given_by(entry)
    return (
        given is not None
        and incident.gesture is not None
        and entry.get("outcome") != "refused"
        and given.is_gesture(incident.gesture)
    )


def _check_gesture(
    entry: Data, incident: Incident, path: Path, *, again: bool
) -> Iterator[Finding]:
    given, gesture = given_by(entry), incident.gesture
    if given is None or gesture is None:
        return
    name = _GIVEN[entry["entry"]]
    if again and (given.is_nothing or entry.get("outcome") == "refused"):
        return
    if _is_gesture(entry, incident):
        if again:
            yield Finding(
                (*path, name) if name in entry else path,
                "incident-gesture-again",
                f"this case was given the gesture of {incident.id} before: {gesture}",
                f"leave out `{name}` and its amount, or say in `departs` why it is given again",
            )
        return
    gives = "refuses" if entry.get("outcome") == "refused" else f"gives {given}"
    yield Finding(
        (*path, name) if name in entry else path,
        "incident-gesture",
        f"this {gives}; every case of {incident.id} is given: {gesture}",
        f"record that as `{name}` (`--gesture`), or say in `departs` why this case is different",
    )


def _check_wording(
    entry: Data, incident: Incident, language: str | None, path: Path
) -> Iterator[Finding]:
    if entry["entry"] not in TELLING or entry.get("outcome") == "without-news":
        return
    if language is not None and incident.wording_in(language) is None:
        return
    if not tells_wording(entry, incident, language):
        yield Finding(
            (*path, "text") if "text" in entry else path,
            "incident-wording",
            f"nothing says that the customer was told the wording of {incident.id}",
            f"`text` holds it as {incident.file} has it (`--wording`), or `departs` says why not",
        )


def _holds(text: tuple[str, ...], wording: tuple[str, ...]) -> bool:
    """Whether a text is a wording with a few words around it."""
    around = len(text) - len(wording)
    return any(
        text[start : start + len(wording)] == wording and around - start <= _AROUND
        for start in range(min(around, _AROUND) + 1)
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))
