"""Names taken out of the evidence, for hands outside the desk.

They are taken out of the data, before any page is made of it: out of the fields that hold names
and out of what people and customers said.  What the program writes itself, such as dates and
labels, is never looked through: `sam.` is a Saturday there, whoever is called Sam.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from runner.cases.case import Case, Entry
from runner.cases.lifecycle import KINDS, RUNNER
from runner.exports.evidence import Evidence
from runner.planning.audit import AuditFinding
from runner.planning.audit_words import rule_name
from runner.planning.history import Version
from runner.policies.team import Person, Team
from runner.text.language import Language
from runner.text.terms import TERMS
from runner.text.words import fold

_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{3,}")
"""Words of a name that are looked for by themselves: a reply calls `Sandrine_M` Sandrine."""
_SHORT = 3
"""Signs of a word that is taken for a name only where it begins with a capital, or is all of a
name as it is written: a customer who writes `livré sam.` means the day."""

_PEOPLE = frozenset({"approved_by", "decided_by", "owner"})
_REFERENCE = frozenset({"reference"})
_CUSTOMERS = frozenset({"author", "handle", "native_id"})
_ADDRESSES = frozenset({"thread_url", "url"})
_SAID = frozenset(
    ("after", "asks", "before", "decision", "departs", "detail", "distributor", "impossible",
     "note", "offer", "procedure", "reason", "recipient", "recourse", "reference", "remedy",
     "root_cause", "text", "title", "wants", "where", "why")
)  # fmt: skip
"""Facts of an entry by what they hold; all others are words of the program's own, or numbers."""


@dataclass(frozen=True, slots=True)
class _Cover:
    """What stands in the place of names: of the team by their ids, of customers, of addresses.

    `hide` takes them out of what somebody said; the program's own commits are by `bot`.
    """

    people: Mapping[str, str]
    customer: str
    committer: str
    address: str
    bot: str
    hide: Callable[[str], str]


def without_names(evidence: Evidence, language: Language) -> Evidence:
    """Return the evidence without customers' and the team's names, addresses, and the file.

    A name is found whatever its capitals and accents, as a whole word; a word of what was said
    that is also a name goes too.  What customers tell of themselves in their own words stays.
    A finding whose words hold a name says what its rule says.
    """
    say, bot = language.say, evidence.configuration.instance.bot.email
    versions = tuple(filed.version for filed in evidence.filed)
    cases = (evidence.case, *(each.after for each in versions if each.after is not None))
    teams = (evidence.configuration.team, *(each.team for each in versions))
    people = _people(teams, cases, language)
    customer, committer, address = say("[customer]"), say("[committer]"), say("[address]")
    names = (
        *_customers(cases, customer, say("[reference]")),
        *_members(teams, people),
        *((name, committer) for name in _committers(versions, bot)),
    )
    cover = _Cover(people, customer, committer, address, bot, _hiding(names, address))
    filed = (replace(each, version=_version(each.version, cover)) for each in evidence.filed)
    return replace(
        evidence,
        case=_case(evidence.case, cover),
        source="",
        filed=tuple(filed),
        configuration=replace(evidence.configuration, team=_team(teams[0], cover)),
        findings=tuple(_finding(each, cover) for each in evidence.findings),
    )


def _hiding(names: Iterable[tuple[str, str]], address: str) -> Callable[[str], str]:
    """Return what takes names, each with its label, and addresses out of what somebody said."""
    found: dict[str, str] = {}
    whole: set[str] = set()
    for name, label in names:
        whole.add(name)
        # The words of an address, such as the company's name, are nobody's.
        words = () if "@" in name else _WORDS.findall(name)
        for word in (name, *words):
            found.setdefault(fold(word), label)
    found.pop("", None)
    longest = sorted(found, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def hidden(text: str) -> Iterator[str]:
        signs = [(part, at) for at, sign in enumerate(text) for part in fold(sign)]
        starts = [*(at for _, at in signs), len(text)]
        done = 0
        for match in pattern.finditer("".join(part for part, _ in signs)):
            begin, end = starts[match.start()], starts[match.end()]
            written = text[begin:end]
            if len(match[0]) <= _SHORT and not (written[0].isupper() or written in whole):
                continue
            yield text[done:begin]
            yield found[match[0]]
            done = end
        yield text[done:]

    @cache
    def hide(text: str) -> str:
        between = _ADDRESS.split(text)
        return address.join("".join(hidden(each)) if found else each for each in between)

    return hide


def _people(teams: Iterable[Team], cases: Iterable[Case], language: Language) -> Mapping[str, str]:
    """Return the label of everybody whom a field names, also of who is in no team."""
    labels: dict[str, str] = {}
    for person in (person for team in teams for person in team.people):
        number = len(labels) + 1
        if person.roles:
            role = language.term("role", person.roles[0])
            label = language.say("[person {number}, {role}]", number=number, role=role)
        else:
            label = language.say("[person {number}]", number=number)
        labels.setdefault(person.id, label)
    for case in cases:
        named = (value for entry in case.log for value in _held(entry.facts, _PEOPLE))
        for person_id in (*(entry.by for entry in case.log), case.owner, *named):
            if person_id and person_id != RUNNER:
                label = language.say("[person {number}]", number=len(labels) + 1)
                labels.setdefault(person_id, label)
    return labels


def _customers(cases: Iterable[Case], customer: str, reference: str) -> Iterator[tuple[str, str]]:
    for case in cases:
        yield case.handle or "", customer
        for place in case.places:
            yield place.author or "", customer
            yield place.native_id or "", customer
        yield case.reference or "", reference
        for entry in case.log:
            yield from ((name, customer) for name in _held(entry.facts, _CUSTOMERS))
            if entry.kind == "qualified":
                yield from ((name, reference) for name in _held(entry.facts, _REFERENCE))


def _members(teams: Iterable[Team], people: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for person in (person for team in teams for person in team.people):
        for name in (person.name, *person.emails, *person.logins):
            yield name, people[person.id]


def _committers(versions: Iterable[Version], bot: str) -> Iterator[str]:
    for version in versions:
        if version.author_email != bot:
            yield from (version.author, version.author_email)
        yield version.committer_email


def _held(value: object, wanted: frozenset[str]) -> Iterator[str]:
    """Yield the texts under the wanted keys of facts, however deep."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            if key in wanted and isinstance(child, str):
                yield child
            yield from _held(child, wanted)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _held(child, wanted)


def _case(case: Case, cover: _Cover) -> Case:
    places = (
        replace(
            place,
            url=place.url and cover.address,
            native_id=place.native_id and cover.customer,
            author=place.author and cover.customer,
            title=cover.hide(place.title),
            text=place.text and cover.hide(place.text),
            thread_url=place.thread_url and cover.address,
        )
        for place in case.places
    )
    why = {name: replace(one, detail=cover.hide(one.detail)) for name, one in case.why.items()}
    return replace(
        case,
        handle=case.handle and cover.customer,
        why=why,
        asked=tuple(replace(wish, what=cover.hide(wish.what)) for wish in case.asked),
        offered=tuple(map(cover.hide, case.offered)),
        places=tuple(places),
        log=tuple(_entry(entry, cover) for entry in case.log),
        distributor=case.distributor and cover.hide(case.distributor),
        reference=case.reference and cover.hide(case.reference),
    )


def _entry(entry: Entry, cover: _Cover) -> Entry:
    """Return an entry; people stay the ids that the team names."""
    chosen = KINDS[entry.kind].choices
    facts = {
        name: value if name in chosen else _fact(name, value, cover)
        for name, value in entry.facts.items()
    }
    return replace(entry, facts=facts)


def _fact(name: str, value: object, cover: _Cover) -> object:
    match value:
        case Mapping():
            return {key: _fact(str(key), child, cover) for key, child in value.items()}
        case list() | tuple():
            return [_fact(name, child, cover) for child in value]
        case str() if name in _CUSTOMERS:
            return cover.customer
        case str() if name in _ADDRESSES:
            return cover.address
        case str() if name in _SAID:
            return cover.hide(value)
        case _:
            return value


def _team(team: Team, cover: _Cover) -> Team:
    """Return a team under its labels, and with it everybody who is in another, or in none."""
    people = [replace(person, name=cover.people[person.id]) for person in team.people]
    known = {person.id for person in people}
    others = (Person(id, label, (), (), ()) for id, label in cover.people.items())
    return replace(team, people=(*people, *(each for each in others if each.id not in known)))


def _version(version: Version, cover: _Cover) -> Version:
    named = replace(version, team=_team(version.team, cover))
    if version.decider is None and version.author_email != cover.bot:
        named = replace(named, author=cover.committer, author_email=cover.address)
    before, after = version.before, version.after
    return replace(
        named, before=before and _case(before, cover), after=after and _case(after, cover)
    )


def _finding(finding: AuditFinding, cover: _Cover) -> AuditFinding:
    """Return a finding; words of a judge stand as they are, or not at all."""
    fault = finding.fault

    def tells(words: str) -> bool:
        ids = cover.people.keys() & set(re.findall(r"[\w-]+", words))
        return bool(ids) or cover.hide(words) != words

    if tells(fault.message):
        said = TERMS["rule"].get(rule_name(fault.rule), fault.rule)
        # What can be done is told in the same breath: `it` is what the message spoke of.
        fault = replace(fault, message=said, hint="")
    elif tells(fault.hint):
        fault = replace(fault, hint="")
    return replace(finding, fault=fault)
