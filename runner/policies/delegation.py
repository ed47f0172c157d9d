"""`policies/delegation.yaml` as values: how far each role decides alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.errors import Fault
from runner.model import Category
from runner.policies.document import entries, text_at
from runner.text.document import Document, Path

FILE = "policies/delegation.yaml"


@dataclass(frozen=True, slots=True)
class Grant:
    """The most that may be given at once; `amount` is None where there is no limit."""

    amount: Decimal | None
    currency: str = ""

    def covers(self, amount: Decimal, currency: str) -> bool:
        """Return whether so much is within the limit; another currency never is."""
        return self.amount is None or (currency == self.currency and amount <= self.amount)

    def __str__(self) -> str:
        return "any amount" if self.amount is None else f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a role may decide alone in the cases that fit.

    `category` and `topic` are None where they fit every case, `grant` where the role may give
    nothing.  `over` is the role whose entry covers more, None where nobody's does.
    """

    role: str
    category: Category | None
    topic: str | None
    answer: bool
    refuse: bool
    grant: Grant | None
    paid_contact: bool
    over: str | None
    line: int

    def fits(self, category: str, topic: str | None) -> bool:
        """Return whether the limit is for such a case."""
        return self.category in {None, category} and self.topic in {None, topic}


@dataclass(frozen=True, slots=True)
class Delegation:
    """The limits, in the order of the file."""

    limits: tuple[Limit, ...]

    def limits_for(
        self, roles: Iterable[str], category: str, topic: str | None
    ) -> tuple[Limit, ...]:
        """Return for each of the roles the first limit that fits such a case, if any does."""
        first: dict[str, Limit] = {}
        for limit in self.limits:
            if limit.role in roles and limit.fits(category, topic):
                first.setdefault(limit.role, limit)
        return tuple(first.values())


def check_delegation(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: limits that never hold, roles above themselves."""
    seen: dict[tuple[object, object, object], Path] = {}
    for path in entries(document, ("limits",)):
        role = text_at(document, (*path, "role"))
        category = text_at(document, (*path, "category"))
        topic = text_at(document, (*path, "topic"))
        covering = {(role, c, t) for c in {None, category} for t in {None, topic}}
        above = next((seen[key] for key in sorted(covering, key=str) if key in seen), None)
        if above is not None:
            yield document.fault(
                path,
                "unreachable-limit",
                "this limit never holds: one above fits every such case",
                f"move it before line {document.line(above)}",
            )
        seen[role, category, topic] = path
        if role is not None and text_at(document, (*path, "over")) == role:
            yield document.fault(
                (*path, "over"),
                "over-itself",
                f"`{role}` cannot cover what is over its own limit",
                "name the role that decides more",
            )


def build_delegation(document: Document) -> Delegation:
    """Return the limits, from a document without faults."""
    top: Any = document.value
    return Delegation(
        tuple(
            Limit(
                role=limit["role"],
                category=Category(limit["category"]) if "category" in limit else None,
                topic=limit.get("topic"),
                answer=limit.get("answer", False),
                refuse=limit.get("refuse", False),
                grant=_build_grant(limit.get("grant")),
                paid_contact=limit.get("paid_contact", False),
                over=limit.get("over"),
                line=document.line(("limits", index)),
            )
            for index, limit in enumerate(top["limits"])
        )
    )


def _build_grant(grant: Any) -> Grant | None:
    match grant:
        case None:
            return None
        case "any":
            return Grant(None)
        case _:
            return Grant(Decimal(str(grant["amount"])), grant["currency"])
