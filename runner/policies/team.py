"""`policies/team.yaml` as values: the people, and who owns a new case."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from runner.errors import Fault, Severity
from runner.policies.document import (
    Found,
    entries,
    repeated,
    text_at,
    texts,
    unknown,
    value_at,
    words,
)
from runner.text.document import Document, Path

FILE = "policies/team.yaml"
_CONDITIONS = ("source", "category", "language")


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the team, with the roles held and the names used on forges and in git."""

    id: str
    name: str
    roles: tuple[str, ...]
    emails: tuple[str, ...]
    logins: tuple[str, ...]

    def goes_by(self, name: str) -> bool:
        """Return whether a login or an e-mail address is this person's; capitals do not matter."""
        return name.casefold() in _folded(self.logins, self.emails)


@lru_cache(maxsize=1_000)
def _folded(logins: tuple[str, ...], emails: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.casefold() for name in (*logins, *emails))


@dataclass(frozen=True, slots=True)
class Routing:
    """A route to the owner of a new case; a condition that is None fits every case."""

    source: str | None
    category: str | None
    language: str | None
    owner: str
    line: int

    def fits(self, source: str, category: str, language: str | None) -> bool:
        """Return whether the route is for such a case."""
        return (
            self.source in {None, source}
            and self.category in {None, category}
            and self.language in {None, language}
        )


@dataclass(frozen=True, slots=True)
class Team:
    """The people, and who owns a new case: the first route that fits, else nobody."""

    people: tuple[Person, ...]
    routes: tuple[Routing, ...]

    def person(self, person_id: str) -> Person | None:
        """Return the person of this id, None where there is none."""
        return next((person for person in self.people if person.id == person_id), None)

    def owner_for(self, source: str, category: str, language: str | None) -> str | None:
        """Return who owns a new case: the owner of the first route that fits, else nobody."""
        return next((r.owner for r in self.routes if r.fits(source, category, language)), None)

    def who_goes_by(self, name: str) -> Person | None:
        """Return the person whose login or e-mail address this is, None where it is nobody's."""
        return next((person for person in self.people if person.goes_by(name)), None)


def check_team(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: people that cannot be told apart, routes that never fit."""
    people = words(texts(document, ("people",), "id"))
    yield from repeated(document, texts(document, ("people",), "id"), "person")
    yield from repeated(document, _of_people(document, "emails"), "address")
    yield from repeated(document, _of_people(document, "logins"), "login")
    owners = texts(document, ("routes",), "owner")
    yield from unknown(document, owners, "person", people, document.file)
    yield from _check_routes(document)


def route_sources(document: Document) -> Iterator[Found]:
    """Return the sources that routes name, which stand in another file."""
    return texts(document, ("routes",), "source")


def build_team(document: Document) -> Team:
    """Return the team, from a document without faults."""
    top: Any = document.value
    people = tuple(
        Person(
            person["id"],
            person["name"],
            tuple(person["roles"]),
            tuple(person.get("emails", ())),
            tuple(person.get("logins", ())),
        )
        for person in top["people"]
    )
    routes = tuple(
        Routing(
            route.get("source"),
            route.get("category"),
            route.get("language"),
            route["owner"],
            document.line(("routes", index)),
        )
        for index, route in enumerate(top.get("routes", ()))
    )
    return Team(people, routes)


def _of_people(document: Document, key: str) -> Iterator[Found]:
    for person in entries(document, ("people",)):
        yield from texts(document, (*person, key))


def _check_routes(document: Document) -> Iterator[Fault]:
    fits_all: Path | None = None
    routes = tuple(entries(document, ("routes",)))
    for route in routes:
        if fits_all is not None:
            yield document.fault(
                route,
                "unreachable-route",
                "this route never fits: one above fits every case",
                f"move it before line {document.line(fits_all)}",
            )
        elif not any(text_at(document, (*route, key)) for key in _CONDITIONS):
            fits_all = route
    people = value_at(document, ("people",))
    if fits_all is None and people:
        at = document.fault(
            routes[-1] if routes else ("people",),
            "no-last-route",
            "no route fits every case: some will have no owner",
            "end `routes` with an owner alone: `- {owner: …}`",
        )
        yield replace(at, severity=Severity.WARNING)
