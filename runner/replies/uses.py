"""What customers on a site have read of late, so that no two of them read the same."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.cases.case import Case
from runner.cases.closings import Closing, closings_of
from runner.policies.values import Configuration
from runner.replies.values import spoken_name
from runner.text.words import fold

_TEMPLATE = re.compile(r"([a-z0-9-]+)(?:/([0-9]+(?:-[0-9]+)*))?")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Use:
    """A text that a customer of a case was told on a site.

    `template` and `wording` say where its words came from, as far as that was recorded;
    `skeleton` are the words without the customer's name and the signature, empty where the text
    was not recorded.
    """

    case_id: str
    site: str
    at: datetime
    template: str
    wording: str
    skeleton: str


def skeleton(text: str, *names: str) -> str:
    """Return what two texts share that differ in names, capitals, accents, punctuation alone."""
    words = f" {' '.join(_WORD.findall(fold(text)))} "
    for name in names:
        folded = " ".join(_WORD.findall(fold(name)))
        if folded:
            words = words.replace(f" {folded} ", " ")
    return words.strip()


def parse_template(recorded: str) -> tuple[str, str]:
    """Return the template and the wording of `first-contact-fr/2-1-3`, as an entry records it."""
    found = _TEMPLATE.fullmatch(recorded.strip())
    return (found[1], found[2] or "") if found else (recorded.strip(), "")


def uses_in(case: Case, configuration: Configuration) -> Iterator[Use]:
    """Return what the customer of a case was told, on each of its sites, by its log."""
    sites = {place.id: place.site for place in case.places}
    for entry in case.log:
        if entry.kind == "closed":
            yield from closing_uses(case, closings_of(entry), configuration, entry.at)
        template, text = entry.facts.get("template"), entry.facts.get("text")
        if entry.kind == "approved" or not (isinstance(template, str) or isinstance(text, str)):
            continue
        if entry.kind in {"customer-wrote", "thanked", "contested", "auto-replied"}:
            continue
        site = sites.get(str(entry.facts.get("place")), case.places[0].site)
        name, wording = parse_template(template) if isinstance(template, str) else ("", "")
        words = _skeleton(text, case, configuration) if isinstance(text, str) else ""
        yield Use(case.id, site, entry.at, name, wording, words)


def closing_uses(
    case: Case, closings: Iterable[Closing], configuration: Configuration, at: datetime
) -> Iterator[Use]:
    """Return closing messages as texts that the customer of a case reads from an instant on."""
    sites = {place.id: place.site for place in case.places}
    for closing in closings:
        if closing.text and closing.place in sites:
            words = _skeleton(closing.text, case, configuration)
            yield Use(case.id, sites[closing.place], at, "", "", words)


def _skeleton(text: str, case: Case, configuration: Configuration) -> str:
    handle = case.handle or ""
    signatures = signatures_of(configuration, case.brand)
    return skeleton(text, handle, spoken_name(handle), *signatures)


def signatures_of(configuration: Configuration, brand: str) -> Iterator[str]:
    """Return the signatures of everybody in the team, in every tongue of the brand."""
    voice = configuration.speech.voice_of(brand)
    for pattern in voice.signature.values():
        for person in configuration.team.people:
            yield pattern.replace("{person}", person.name.split()[0])


def recent_uses(
    cases: Iterable[Case], configuration: Configuration, now: datetime
) -> tuple[Use, ...]:
    """Return what was told of late, oldest first: within the days that the policy names."""
    since = now - configuration.speech.apart
    found = (use for case in cases for use in uses_in(case, configuration) if use.at >= since)
    return tuple(sorted(found, key=lambda use: (use.at, use.case_id)))
