"""Names taken out of a text, for hands outside the desk."""

import re
from collections.abc import Callable, Iterable, Iterator

from runner.cases.case import Case
from runner.planning.history import Version
from runner.policies.team import Team
from runner.policies.values import Bot
from runner.text.language import Language

_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{3,}")
"""Words of a name that are looked for by themselves: a reply calls `Sandrine_M` Sandrine."""


def without_names(
    case: Case, versions: Iterable[Version], teams: Iterable[Team], bot: Bot, language: Language
) -> Callable[[str], str]:
    """Return what takes out of a text customers' and the team's names, and all addresses.

    Whole words, whatever their capitals; a word that is also a name goes too.  What customers
    tell of themselves in their own words stays.
    """
    labels: dict[str, str] = {}
    for name, label in (
        *_customers(case, language),
        *_team(teams, language),
        *_committers(versions, bot, language),
    ):
        # The words of an address, such as the company's name, are nobody's.
        words = () if "@" in name else _WORDS.findall(name)
        for word in (name, *words):
            labels.setdefault(word.casefold(), label)
    labels.pop("", None)
    found = sorted(labels, key=len, reverse=True)
    names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)", re.IGNORECASE)
    address = language.say("[address]")

    def hide(text: str) -> str:
        hidden = _ADDRESS.sub(address, text)
        if not labels:
            return hidden
        return names.sub(lambda name: labels.get(name[0].casefold(), address), hidden)

    return hide


def _customers(case: Case, language: Language) -> Iterator[tuple[str, str]]:
    label = language.say("[customer]")
    yield case.handle or "", label
    for place in case.places:
        yield place.author or "", label
        yield place.native_id or "", label
    yield case.reference or "", language.say("[reference]")
    for entry in case.log:
        for name in ("author", "handle", "native_id"):
            yield str(entry.facts.get(name) or ""), label


def _team(teams: Iterable[Team], language: Language) -> Iterator[tuple[str, str]]:
    numbers: dict[str, int] = {}
    for team in teams:
        for person in team.people:
            if person.id not in numbers:
                numbers[person.id] = len(numbers) + 1
            role = language.term("role", person.roles[0]) if person.roles else ""
            label = language.say("[person {number}, {role}]", number=numbers[person.id], role=role)
            for name in (person.name, person.id, *person.emails, *person.logins):
                yield name, label


def _committers(
    versions: Iterable[Version], bot: Bot, language: Language
) -> Iterator[tuple[str, str]]:
    label = language.say("[committer]")
    for version in versions:
        if version.author_email != bot.email:
            yield from ((version.author, label), (version.author_email, label))
        yield version.committer_email, label
