"""A plan as data: its digest, and the file that `plan --out` writes for `apply`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from runner.cases.instants import render_instant
from runner.errors import UsageError
from runner.planning.actions import (
    Action,
    Answer,
    DeleteDouble,
    DropBranch,
    Held,
    HeldBy,
    ObeyCommands,
    OpenPull,
    Plan,
    PushBranch,
    RenewBranch,
    Rest,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.branches import Outcome
from runner.planning.digests import digest
from runner.planning.looking import Doubt, Look, Sighting
from runner.planning.observation import Cursor

FORMAT = 1
_VERBS: dict[str, type[Action]] = {
    "push-branch": PushBranch,
    "renew-branch": RenewBranch,
    "open-pull": OpenPull,
    "update-pull": UpdatePull,
    "obey-commands": ObeyCommands,
    "settle-pull": SettlePull,
    "withdraw-pull": WithdrawPull,
    "drop-branch": DropBranch,
    "delete-double": DeleteDouble,
}
_REST_INSTANTS = ("started_at", "at", "until")
_NAMES = {kind: verb for verb, kind in _VERBS.items()}


def digest_of(
    base: str,
    actions: Sequence[Action],
    held: Sequence[Held],
    cursors: Sequence[Cursor],
    looks: Sequence[Look] = (),
) -> str:
    """Return the digest of a plan: of all that it says but the instant it was made."""
    return digest(_data(base, actions, held, cursors, looks))


def plan_to_data(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON-like data; `plan_from_data` gives the same plan back."""
    return {
        "plan": FORMAT,
        "made_at": render_instant(plan.made_at),
        "digest": plan.digest,
        **_data(plan.base, plan.actions, plan.held, plan.cursors, plan.looks),
    }


def plan_from_data(data: object) -> Plan:
    """Return the plan that data holds.

    Raises:
        UsageError: when the data is no plan, or not the plan that its digest names.
    """
    try:
        read = _read(data)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"this is no plan of doleances: {error}", "write one with `doleances plan --out FILE`"
        ) from None
    if read.digest != digest_of(read.base, read.actions, read.held, read.cursors, read.looks):
        raise UsageError(
            "the plan was changed after it was made: its digest does not fit",
            "make it anew with `doleances plan --out FILE`",
        )
    return read


def _data(
    base: str,
    actions: Sequence[Action],
    held: Sequence[Held],
    cursors: Sequence[Cursor],
    looks: Sequence[Look],
) -> dict[str, Any]:
    return {
        "base": base,
        "actions": [_action_data(action) for action in actions],
        "held": [asdict(one) for one in held],
        "cursors": [
            {
                **asdict(cursor),
                "read_at": render_instant(cursor.read_at),
                "not_before": render_instant(cursor.not_before) if cursor.not_before else None,
                "tried_at": render_instant(cursor.tried_at) if cursor.tried_at else None,
            }
            for cursor in cursors
        ],
        "looks": [_look_data(look) for look in looks],
    }


def _action_data(action: Action) -> dict[str, Any]:
    data = {"do": _NAMES[type(action)], **asdict(action)}
    for rest in data.get("rests", ()):
        rest.update({name: render_instant(rest[name]) for name in _REST_INSTANTS})
    return data


def _read(data: Any) -> Plan:
    if not isinstance(data, dict) or data.get("plan") != FORMAT:
        raise ValueError(f"it does not say `plan: {FORMAT}`")
    return Plan(
        base=_string(data["base"]),
        made_at=_instant(data["made_at"]),
        actions=tuple(_action(dict(action)) for action in data["actions"]),
        held=tuple(
            Held(_string(one["key"]), HeldBy(one["by"]), _string(one["reason"]))
            for one in data["held"]
        ),
        cursors=tuple(_cursor(dict(cursor)) for cursor in data["cursors"]),
        digest=_string(data["digest"]),
        looks=tuple(_look(dict(look)) for look in data.get("looks", ())),
    )


def _action(data: dict[str, Any]) -> Action:
    kind = _VERBS[data.pop("do")]
    if kind is ObeyCommands:
        return _obey_commands(data)
    if "labels" in data:
        data["labels"] = tuple(_string(label) for label in data["labels"])
    if "outcome" in data:
        data["outcome"] = Outcome(data["outcome"])
    for name, value in data.items():
        if name not in {"labels", "outcome", "number", "comment"}:
            _string(value)
    return kind(**data)


def _obey_commands(data: dict[str, Any]) -> ObeyCommands:
    renewal = data.pop("renewal")
    rests = [
        {**rest, **{name: _instant(rest[name]) for name in _REST_INSTANTS}}
        for rest in data.pop("rests")
    ]
    return ObeyCommands(
        answers=tuple(Answer(**answer) for answer in data.pop("answers")),
        renewal=RenewBranch(**renewal) if renewal is not None else None,
        rests=tuple(Rest(**rest) for rest in rests),
        **data,
    )


def _look_data(look: Look) -> dict[str, Any]:
    not_before = render_instant(look.not_before) if look.not_before else None
    return {**asdict(look), "at": render_instant(look.at), "not_before": not_before}


def _look(data: dict[str, Any]) -> Look:
    data["at"] = _instant(data["at"])
    data["not_before"] = _instant(data["not_before"]) if data["not_before"] else None
    data["sighting"], data["doubt"] = Sighting(data["sighting"]), Doubt(data["doubt"])
    return Look(**data)


def _cursor(data: dict[str, Any]) -> Cursor:
    data["read_at"] = _instant(data["read_at"])
    data["not_before"] = _instant(data["not_before"]) if data["not_before"] else None
    data["tried_at"] = _instant(data["tried_at"]) if data["tried_at"] else None
    data["opened"] = tuple(_string(key) for key in data["opened"])
    data["contents"] = tuple(_string(content) for content in data["contents"])
    return Cursor(**data)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be text")
    return value


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(_string(value))
    if at.tzinfo is None:
        raise ValueError(f"{value!r} has no zone")
    return at
