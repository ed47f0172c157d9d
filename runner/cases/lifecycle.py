"""The life of a case as data: what may happen in which state, with which evidence, by whom.

`KINDS` is the one table.  `case.schema.json` is checked against it by a test,
`runner.cases.checks` judges logs by it, `doleances lifecycle` prints it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runner.model import State

RUNNER = "runner"
"""In `by` and among the deciders: the program itself, whose proposals a person merges."""

WATCHER = "watcher"
COMMUNITY_MANAGER = "community-manager"
BRAND_CARE = "brand-care"
QUALITY = "quality"
ROLES = (WATCHER, COMMUNITY_MANAGER, BRAND_CARE, QUALITY)
"""The roles of the desk (DOMAIN: who)."""

_WORKING = (
    State.OPEN,
    State.ACKNOWLEDGED,
    State.AWAITING_CUSTOMER,
    State.HANDED_OFF,
    State.ANSWERED,
)
_LIVE = (*_WORKING, State.RESOLVED)
_SPOKEN = (*_LIVE, State.CLOSED)
_REACHABLE = (*_SPOKEN, State.DISMISSED)
_KEPT = (*_REACHABLE, State.MERGED)

Moves = Mapping[State | None, tuple[State | None, ...]]
"""From each state (None: before the first entry) to the states it may lead to (None: it stays)."""


def _stay(*states: State) -> dict[State | None, tuple[State | None, ...]]:
    return dict.fromkeys(states, (None,))


def _move(to: State, *states: State | None) -> dict[State | None, tuple[State | None, ...]]:
    return dict.fromkeys(states, (to,))


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One kind of log entry.

    `moves` says from which states it is legal and where it leads.  `needs` are the
    facts that must stand in it, `may` those that can.  `choices` narrows a fact to
    the listed words.  `deciders` are the roles whose people may record it, and `runner`.
    """

    name: str
    moves: Moves
    needs: tuple[str, ...]
    may: tuple[str, ...]
    deciders: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_VOICES = (COMMUNITY_MANAGER, BRAND_CARE)
_EYES = (RUNNER, WATCHER, COMMUNITY_MANAGER, BRAND_CARE)
_MONEY = ("amount", "currency", "limit_of")
_HEARD = (
    "place",
    "url",
    "where",
    "key",
    "native_id",
    "detected_at",
    "title",
    "text",
    "sealed",
    "rating",
    "why",
)
_SAID = ("place", "url", "where", "native_id", "template", "text", "departs")

# A public reply (and one that the runner published on a person's approval) takes the case in
# charge once, and is worth recording for as long as the customer may read it.
_REPLIES = _stay(*_REACHABLE) | _move(State.ACKNOWLEDGED, State.OPEN)

_TABLE = (
    # The message was found; the case begins.
    EntryKind(
        "detected",
        _move(State.OPEN, None),
        needs=("place",),
        may=(),
        deciders=(RUNNER, WATCHER, COMMUNITY_MANAGER),
    ),
    # Fields of the case were decided anew: `was` before, `set` now.
    EntryKind(
        "qualified",
        _stay(*_SPOKEN),
        needs=("set", "was"),
        may=("reason",),
        deciders=(WATCHER, COMMUNITY_MANAGER, QUALITY),
    ),
    # A person's reply that everybody can read.
    EntryKind(
        "replied",
        _REPLIES,
        needs=("place", "url"),
        may=("key", "native_id", "template", "answer", "text", "departs"),
        deciders=(RUNNER, *_VOICES),
    ),
    # The runner posted, word for word, what a person had approved.
    EntryKind(
        "published",
        _REPLIES,
        needs=("place", "url", "approved_by"),
        may=("native_id", "template", "answer", "text", "departs", "intent"),
        deciders=(RUNNER,),
    ),
    # A private message to the customer.
    EntryKind(
        "messaged",
        _stay(*_SPOKEN),
        needs=("where",),
        may=("place", "url", "template", "answer", "text", "paid", "departs"),
        deciders=_VOICES,
    ),
    # A bot of the site or of the brand answered; nobody decided it, so it stops no clock.
    EntryKind(
        "auto-replied",
        _stay(*_SPOKEN),
        needs=("place", "url"),
        may=("key", "native_id", "text"),
        deciders=_EYES,
    ),
    # Details were asked for, in public or in private.
    EntryKind(
        "details-asked",
        _move(
            State.AWAITING_CUSTOMER,
            State.OPEN,
            State.ACKNOWLEDGED,
            State.HANDED_OFF,
            State.ANSWERED,
        )
        | _stay(State.AWAITING_CUSTOMER),
        needs=("channel", "wants"),
        may=(*_SAID, "paid"),
        deciders=_VOICES,
    ),
    # A reminder (relance), the `number`th since details were asked for.
    EntryKind(
        "reminded",
        _stay(State.AWAITING_CUSTOMER),
        needs=("channel", "number"),
        may=(*_SAID, "paid"),
        deciders=_VOICES,
    ),
    EntryKind(
        "customer-wrote",
        _stay(*_REACHABLE) | {State.AWAITING_CUSTOMER: (State.ACKNOWLEDGED, None)},
        needs=("channel",),
        may=_HEARD,
        deciders=_EYES,
    ),
    # Thanks or praise, at any time; it moves nothing.
    EntryKind(
        "thanked",
        _stay(*_REACHABLE),
        needs=("channel",),
        may=_HEARD,
        deciders=_EYES,
    ),
    # To brand care, for the first time or because its answer was not enough.
    EntryKind(
        "handed-off",
        _move(
            State.HANDED_OFF,
            State.OPEN,
            State.ACKNOWLEDGED,
            State.AWAITING_CUSTOMER,
            State.ANSWERED,
        ),
        needs=("recipient", "reference", "asks", "consent"),
        may=("reason", "text"),
        deciders=(COMMUNITY_MANAGER,),
        choices={"consent": ("given", "refused", "not-needed")},
    ),
    EntryKind(
        "answered",
        _move(State.ANSWERED, State.HANDED_OFF),
        needs=("outcome", "decision", "decided_by", "decided_at"),
        may=("reference", "remedy", "recourse", *_MONEY, "departs"),
        deciders=_VOICES,
        choices={"outcome": ("accepted", "refused", "partial", "information")},
    ),
    # Something was put to the customer that is not settled yet.
    EntryKind(
        "offered",
        _stay(
            State.ACKNOWLEDGED,
            State.AWAITING_CUSTOMER,
            State.HANDED_OFF,
            State.ANSWERED,
        ),
        needs=("offer", "channel"),
        may=(*_SAID, *_MONEY),
        deciders=_VOICES,
    ),
    EntryKind(
        "resolved",
        _move(
            State.RESOLVED,
            State.ACKNOWLEDGED,
            State.AWAITING_CUSTOMER,
            State.ANSWERED,
        ),
        needs=("outcome", "reason"),
        may=("channel", *_SAID, "answer", "remedy", "recourse", *_MONEY),
        deciders=_VOICES,
        choices={"outcome": ("accepted", "refused", "partial", "without-news")},
    ),
    # The customer does not accept the resolution.
    EntryKind(
        "contested",
        _move(State.ACKNOWLEDGED, State.RESOLVED),
        needs=("channel",),
        may=_HEARD,
        deciders=_EYES,
    ),
    EntryKind(
        "closed",
        _move(State.CLOSED, State.RESOLVED, State.ACKNOWLEDGED),
        needs=("closings", "survey", "root_cause"),
        may=("procedure",),
        deciders=_VOICES,
    ),
    EntryKind(
        "reopened",
        _move(State.OPEN, State.CLOSED, State.DISMISSED),
        needs=("cycle", "reason"),
        may=("place", "url"),
        deciders=(RUNNER, *ROLES),
    ),
    EntryKind(
        "dismissed",
        _move(State.DISMISSED, *_WORKING),
        needs=("reason",),
        may=("note",),
        deciders=(WATCHER, COMMUNITY_MANAGER),
        choices={"reason": ("not-after-sales", "spam", "own-post", "unlawful-reported")},
    ),
    EntryKind(
        "merged",
        _move(State.MERGED, *_WORKING),
        needs=("target",),
        may=("reason",),
        deciders=(WATCHER, COMMUNITY_MANAGER),
    ),
    EntryKind(
        "erased",
        _move(State.ERASED, State.CLOSED, State.DISMISSED, State.MERGED),
        needs=("ground", "kept"),
        may=("requested_at", "receipt"),
        deciders=(RUNNER, BRAND_CARE, QUALITY),
        choices={"ground": ("request", "retention", "legal-order")},
    ),
    # The same customer and matter stand elsewhere too; `from` names a case merged into this one.
    EntryKind(
        "place-added",
        _stay(*_SPOKEN),
        needs=("places",),
        may=("from", "reason", "why"),
        deciders=_EYES,
    ),
    EntryKind(
        "incident-linked",
        _stay(*_SPOKEN),
        needs=("incident",),
        may=("reason", "why"),
        deciders=(RUNNER, *ROLES),
    ),
    EntryKind(
        "incident-unlinked",
        _stay(*_SPOKEN),
        needs=("incident", "reason"),
        may=(),
        deciders=ROLES,
    ),
    EntryKind(
        "crisis-raised",
        _stay(*_KEPT),
        needs=("crisis",),
        may=("why", "note"),
        deciders=(RUNNER, *ROLES),
    ),
    # A named person has it in hand.
    EntryKind("crisis-taken", _stay(*_KEPT), needs=(), may=("note",), deciders=ROLES),
    EntryKind(
        "crisis-lifted",
        _stay(*_KEPT),
        needs=("reason", "note"),
        may=(),
        deciders=ROLES,
        choices={"reason": ("false-alarm", "over")},
    ),
    # A yes that somebody else's step needs: money over a limit, a paid contact, a text to be
    # published, the second person who closes a crisis.
    EntryKind(
        "approved",
        _stay(*_LIVE),
        needs=("subject",),
        may=(
            "place",
            "text",
            "template",
            "answer",
            "not_before",
            "amount",
            "currency",
            "note",
        ),
        deciders=ROLES,
        choices={"subject": ("paid-contact", "remedy", "refusal", "closing", "publication")},
    ),
    # The only way in which a promise already made can change.
    EntryKind(
        "clock-changed",
        _stay(*_LIVE),
        needs=("clock", "how", "reason"),
        may=(),
        deciders=(WATCHER, COMMUNITY_MANAGER, BRAND_CARE),
        choices={"how": ("restart", "continue", "recompute")},
    ),
    # The place was read again: does our message stand there?
    EntryKind(
        "looked",
        _stay(*_SPOKEN),
        needs=("place", "message", "found"),
        may=("url", "note"),
        deciders=_EYES,
        choices={
            "message": ("reply", "closing"),
            "found": ("present", "missing", "changed", "removed", "unverified"),
        },
    ),
    EntryKind(
        "survey-answered",
        _stay(*_SPOKEN),
        needs=("rating",),
        may=("text",),
        deciders=_EYES,
    ),
    # `departs` says afterwards why a case was not treated as its incident has it.
    EntryKind("noted", _stay(*_KEPT), needs=("note",), may=("departs",), deciders=(RUNNER, *ROLES)),
)

KINDS: Mapping[str, EntryKind] = {kind.name: kind for kind in _TABLE}
"""Every kind of log entry by its name, in the order of a life.

Nothing follows `erased`: it is the end.
"""


def is_legal(kind: str, state: State | None, to: State | None) -> bool:
    """Return whether an entry may lead from `state` (None: no entry yet) to `to` (None: stay)."""
    known = KINDS.get(kind)
    return known is not None and to in known.moves.get(state, ())


def cannot_happen(kind: str, state: State) -> str:
    """Return the sentence that a case in this state allows no such entry."""
    return f"`{kind}` cannot happen to a case that is {state}"


def legal_entries(state: State | None) -> Iterator[tuple[EntryKind, State | None]]:
    """Yield what may happen in a state: each kind with where it leads, in the table's order."""
    for kind in _TABLE:
        for to in kind.moves.get(state, ()):
            yield kind, to


def moves() -> Iterator[tuple[State, State, str]]:
    """Yield every change of state: from, to, and the kind of entry that makes it."""
    for state in State:
        for kind, to in legal_entries(state):
            if to is not None:
                yield state, to, kind.name


def render_mermaid() -> str:
    """Return the changes of state as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    # A hyphen ends an id in Mermaid.
    lines += [f'    state "{state}" as {_mermaid_id(state)}' for state in State if "-" in state]
    lines.append(f"    [*] --> {_mermaid_id(State.OPEN)}: detected")
    lines += [
        f"    {_mermaid_id(state)} --> {_mermaid_id(to)}: {kind}" for state, to, kind in moves()
    ]
    lines.append(f"    {_mermaid_id(State.ERASED)} --> [*]")
    return "\n".join(lines) + "\n"


def _mermaid_id(state: State) -> str:
    return state.value.replace("-", "_")
