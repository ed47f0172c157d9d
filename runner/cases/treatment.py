"""How each case of an incident was treated, and which were treated otherwise without a reason.

What a case was given stands in its last `resolved` that gave something, of any cycle; else in
the last `resolved`, or in the last `offered` while nothing is resolved.  A resolution without news
gives nothing and refuses nothing.  It is unequal where the gesture was given more than once, where
that is not the incident's gesture, or, where the incident has none, not what most cases in the
same circumstances (brand, category, product) were given: among as many, the first.  A `departs` in
that entry, or in a later one such as `noted`, is the reason.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from runner.cases.evidence import Data
from runner.cases.incident_terms import TELLING, Given, given_by, tells_wording
from runner.model import State
from runner.policies.incidents import Gesture, Incident

_LEFT = frozenset({State.DISMISSED.value, State.MERGED.value})
"""Cases that are none, or live on in another."""
_Circumstances = tuple[str, str, str | None]


class Told(StrEnum):
    """Whether the customer was told the wording."""

    TOLD = "told"
    OTHERWISE = "otherwise"
    """Something else was said, for a reason that is recorded or without."""
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a case of an incident was treated.

    `given` is None while nothing was settled or offered, `outcome` that of the resolution.
    `entry` is the log entry, from 0, that says what was given.  `departs` is the reason why it is
    another than the others were given.
    """

    case_id: str
    path: str
    state: str
    owner: str | None
    circumstances: _Circumstances
    told: Told
    given: Given | None = None
    outcome: str | None = None
    entry: int = 0
    recorded_at: str = ""
    departs: str | None = None
    times: int = 1
    """How often a `resolved` has given just that."""

    @property
    def words(self) -> str:
        """What was given, in words; empty while nothing was."""
        if self.given is None:
            return ""
        if self.outcome == "refused":
            return "refused"
        return str(self.given) if self.times == 1 else f"{self.given} × {self.times}"


@dataclass(frozen=True, slots=True)
class Unequal:
    """A case that was given something else than the others, without a recorded reason."""

    treatment: Treatment
    expected: str


def _stood_at_last(case: Data) -> object:
    """Return the state of a case, of one that was erased the state before."""
    if case["state"] != State.ERASED:
        return case["state"]
    states = (entry["to"] for entry in reversed(case["log"]) if "to" in entry)
    return next((state for state in states if state != State.ERASED), None)


def read_treatment(case: Data, path: str, incident: Incident) -> Treatment | None:
    """Return how a case was treated; None where it is not, or no longer, linked to the incident.

    `case` has passed the schema.
    """
    if case.get("incident") != incident.id or _stood_at_last(case) in _LEFT:
        return None
    told = Told.NOT_YET
    settled: int | None = None
    offered: int | None = None
    log: list[Data] = case["log"]
    for index, entry in enumerate(log):
        match entry["entry"]:
            case "resolved" if given_by(entry) is not None:
                # What was given before is not taken back by giving nothing more.
                if settled is None or _gives(entry) or not _gives(log[settled]):
                    settled = index
            case "offered":
                offered = index
        if tells_wording(entry, incident, case.get("language")):
            told = Told.TOLD
        elif told is Told.NOT_YET and entry["entry"] in TELLING:
            told = Told.OTHERWISE
    treatment = Treatment(
        case_id=case["id"],
        path=path,
        state=case["state"],
        owner=case.get("owner"),
        circumstances=(case["brand"], case["category"], case.get("product")),
        told=told,
    )
    at = settled if settled is not None else offered
    if at is None:
        return treatment
    entry, given = log[at], given_by(log[at])
    alike = (
        each
        for each in log
        if each["entry"] == "resolved" and _gives(each) and _same(given_by(each), given)
    )
    return replace(
        treatment,
        given=given,
        times=max(1, len(tuple(alike))),
        outcome=entry.get("outcome"),
        entry=at,
        recorded_at=entry["recorded_at"],
        departs=next((later["departs"] for later in log[at:] if "departs" in later), None),
    )


def _gives(entry: Data) -> bool:
    """Return whether a resolution gives something."""
    given = given_by(entry)
    return given is not None and not given.is_nothing and entry.get("outcome") != "refused"


def _same(one: Given | None, other: Given | None) -> bool:
    return one is not None and other is not None and one.meaning == other.meaning


def find_unequal(incident: Incident, treatments: Iterable[Treatment]) -> tuple[Unequal, ...]:
    """Return the cases that were treated otherwise than the others, without a reason."""
    settled = tuple(one for one in treatments if one.given is not None)
    usual = _usual(settled)
    found = []
    for one in settled:
        if one.departs is not None:
            continue
        if incident.gesture is not None:
            expected = str(incident.gesture)
            same = one.times == 1 and _is_gesture(one, incident.gesture)
        else:
            expected = usual[one.circumstances].words
            same = _meaning(one) == _meaning(usual[one.circumstances])
        if not same:
            found.append(Unequal(one, expected))
    return tuple(found)


def _usual(settled: Iterable[Treatment]) -> dict[_Circumstances, Treatment]:
    """Return a case that was given what most were in its circumstances; the first of equals."""
    counts: Counter[tuple[_Circumstances, object]] = Counter()
    first: dict[tuple[_Circumstances, object], Treatment] = {}
    for one in sorted(settled, key=lambda each: (each.recorded_at, each.case_id)):
        meant = (one.circumstances, _meaning(one))
        counts[meant] += 1
        first.setdefault(meant, one)
    usual: dict[_Circumstances, Treatment] = {}
    # The most given first; among as many the one that was given first, as the counter keeps order.
    for meant, _ in counts.most_common():
        usual.setdefault(first[meant].circumstances, first[meant])
    return usual


def _meaning(one: Treatment) -> object:
    return (one.outcome == "refused", one.given.meaning if one.given else None)


def _is_gesture(one: Treatment, gesture: Gesture) -> bool:
    return one.outcome != "refused" and one.given is not None and one.given.is_gesture(gesture)
