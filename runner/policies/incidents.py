"""`policies/incidents/*.yaml` as values: a known fault, how its cases are known and treated.

The file name is the incident's id.  How a case is recognised is written as the conditions of
triage rules are.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import PurePosixPath
from typing import Any

from runner.errors import Fault, Severity
from runner.policies.conditions import ConditionReader
from runner.policies.document import Found, check_name, day_at, text_at, texts, value_at
from runner.policies.rules import Condition
from runner.text.document import Document
from runner.text.wording import shown

INCIDENTS_FOLDER = "policies/incidents"
_LONGEST_ID = 50
"""Characters: with `incident-` before it, it is part of a branch's name, which has at most 64."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """What every case of an incident is offered; `amount` is its worth, None where it has none."""

    text: str
    amount: Decimal | None = None
    currency: str | None = None

    def __str__(self) -> str:
        return self.text if self.amount is None else f"{self.text}, {self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Incident:
    """A known fault behind many cases.

    `since` and `until` are the first and the last day, in the desk's zone, on which a message
    may have been posted to be one of its cases; `until` is None while it lasts.  Empty `brands`
    and `products` fit all.  `wording` maps languages to what the customer is told.  `line` is
    where `recognise` stands.  Two incidents with the same digest are the same.
    """

    id: str
    file: str
    digest: str
    title: str = field(compare=False)
    happened: str = field(compare=False)
    since: date = field(compare=False)
    until: date | None = field(compare=False)
    brands: tuple[str, ...] = field(compare=False)
    products: tuple[str, ...] = field(compare=False)
    recognise: Condition = field(compare=False)
    line: int = field(compare=False)
    wording: Mapping[str, str] = field(compare=False)
    gesture: Gesture | None = field(compare=False)
    approved_by: str = field(compare=False)

    def lasted_on(self, day: date) -> bool:
        """Return whether a message of that day may be about it."""
        return self.since <= day and (self.until is None or day <= self.until)

    def wording_in(self, language: str | None) -> str | None:
        """Return what a customer of this language is told, None where nothing is approved."""
        return self.wording.get(language) if language is not None else None


def incident_file(incident_id: str) -> str:
    """Return the path of an incident of the desk."""
    return f"{INCIDENTS_FOLDER}/{incident_id}.yaml"


def parse_incident(document: Document) -> tuple[Incident | None, tuple[Fault, ...]]:
    """Return the incident of a document that has passed `incident.schema.json`, and its faults.

    There is no incident where one of them is an error.
    """
    top: Any = document.value
    reader = ConditionReader(document)
    for name, phrases in top.get("lists", {}).items():
        reader.lists[name] = reader.phrases(("lists", name), phrases)
    recognise = reader.condition(("recognise",), top["recognise"])
    faults = [*reader.faults, *check_name(document, "incident", _LONGEST_ID)]
    faults += (_idle_list(document, name) for name in reader.lists if name not in reader.used)
    since, until = (day_at(document, (key,), faults) for key in ("since", "until"))
    if since and until and until < since:
        faults.append(
            document.fault(
                ("until",), "incident-days", f"it ends before it begins, on {since.isoformat()}"
            )
        )
    wrong = any(fault.severity is Severity.ERROR for fault in faults)
    if wrong or recognise is None or since is None:
        return None, tuple(sorted(faults))
    gesture: Any = top.get("gesture")
    incident = Incident(
        id=PurePosixPath(document.file).stem,
        file=document.file,
        digest=hashlib.sha256(repr(top).encode()).hexdigest(),
        title=top["title"],
        happened=top["happened"],
        since=since,
        until=until,
        brands=tuple(top.get("brands", ())),
        products=tuple(top.get("products", ())),
        recognise=recognise,
        line=document.keys[("recognise",)].line if ("recognise",) in document.keys else 1,
        wording=dict(top["wording"]),
        gesture=_build_gesture(gesture) if gesture is not None else None,
        approved_by=top["approved_by"],
    )
    return incident, tuple(sorted(faults))


def check_wordings(document: Document, spoken: Iterable[str]) -> Iterator[Fault]:
    """Return a warning for each language that sources speak and no wording is approved in."""
    wording = value_at(document, ("wording",))
    if not isinstance(wording, dict):
        return
    for language in spoken:
        if language not in wording:
            at = document.key_fault(
                ("wording",),
                "no-wording",
                f"sources speak {shown(language)}, and no wording in it is approved",
                "its cases are answered there without one",
            )
            yield replace(at, severity=Severity.WARNING)


def check_apart(incidents: Iterable[tuple[Incident, Document]]) -> Iterator[Fault]:
    """Return a fault for each incident that recognises what another does."""
    for (first, _), (second, document) in combinations(incidents, 2):
        if first.recognise == second.recognise and _meet(first, second):
            yield document.key_fault(
                ("recognise",),
                "recognised-twice",
                f"this recognises the same cases as {shown(first.id)}",
                "tell them apart by their words, days, brands or products, or make them one",
            )


def incident_sources(document: Document) -> Iterator[Found]:
    """Return the sources that conditions name, which stand in another file."""
    for path in document.positions:
        if path[:1] == ("recognise",) and "source" in path[-2:]:
            text = text_at(document, path)
            if text is not None:
                yield path, text


def incident_brands(document: Document) -> Iterator[Found]:
    """Return the brands that an incident names, which stand in another file."""
    return texts(document, ("brands",))


def incident_products(document: Document) -> Iterator[Found]:
    """Return the products that an incident names, which stand in another file."""
    return texts(document, ("products",))


def incident_people(document: Document) -> Iterator[Found]:
    """Return who approved an incident's wording and gesture: people of another file."""
    name = text_at(document, ("approved_by",))
    if name is not None:
        yield ("approved_by",), name


def _idle_list(document: Document, name: str) -> Fault:
    at = document.key_fault(
        ("lists", name), "triage-idle-list", f"nothing uses the list {shown(name)}"
    )
    return replace(at, severity=Severity.WARNING)


def _build_gesture(data: Any) -> Gesture:
    amount = data.get("amount")
    worth = None if amount is None else Decimal(str(amount))
    return Gesture(" ".join(data["text"].split()), worth, data.get("currency"))


def _meet(first: Incident, second: Incident) -> bool:
    """Whether one message could be about both."""
    apart = [
        first.until is not None and first.until < second.since,
        second.until is not None and second.until < first.since,
        first.brands and second.brands and not set(first.brands) & set(second.brands),
        first.products and second.products and not set(first.products) & set(second.products),
    ]
    return not any(apart)
