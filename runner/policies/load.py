"""From the bytes of `sources.yaml`, `policies/` and `templates/` to one configuration.

Every file is judged, and every reference between files, before anything is said:
all faults come in one go, and a fault in one file hides none in another.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from runner.errors import Fault, Severity
from runner.policies import (
    answers,
    brand,
    customers,
    delegation,
    incidents,
    instance,
    privacy,
    team,
    templates,
    voice,
)
from runner.policies.answers import ANSWERS_FOLDER, CuratedAnswer, parse_answer
from runner.policies.calendars import CALENDARS_FOLDER, Calendar, parse_calendar
from runner.policies.clocks import ClockPolicy, parse_clocks
from runner.policies.customers import Customers
from runner.policies.document import entries, text_at, texts, unknown, words
from runner.policies.escalation import FILE as ESCALATION
from runner.policies.escalation import MUTES_FOLDER, EscalationPolicy, Mute
from runner.policies.escalation_checks import check_references
from runner.policies.escalation_file import parse_escalation
from runner.policies.incidents import INCIDENTS_FOLDER, Incident, parse_incident
from runner.policies.mutes import parse_mute
from runner.policies.policy_tests import TESTS_FOLDER, PolicyTests, parse_policy_tests
from runner.policies.privacy import PrivacyPolicy
from runner.policies.publishing_file import publishing_calendars
from runner.policies.team import Team
from runner.policies.triage import TriagePolicy, parse_triage
from runner.policies.values import Configuration
from runner.schemas import check_document
from runner.text.blobs import blob_id
from runner.text.document import Document, Path
from runner.text.strict_yaml import read_document
from runner.text.wording import did_you_mean, one_of

SOURCES = "sources.yaml"
POLICIES: Mapping[str, str] = {
    "policies/brand.yaml": "brand",
    "policies/clocks.yaml": "clocks",
    customers.FILE: "customers",
    delegation.FILE: "delegation",
    ESCALATION: "escalation",
    privacy.FILE: "privacy",
    team.FILE: "team",
    "policies/triage.yaml": "triage",
}
"""The policies that are read, each with the kind of its schema."""

_CHECKS: Mapping[str, Callable[[Document], Iterable[Fault]]] = {
    "sources": instance.check_sources,
    "brand": brand.check_brand,
    "customers": customers.check_customers,
    "delegation": delegation.check_delegation,
    "privacy": privacy.check_privacy,
    "team": team.check_team,
    "template": templates.check_template,
}


def kind_of_file(file: str) -> str | None:
    """Return the kind of schema for a path of the configuration, None for a file not read."""
    if file == SOURCES:
        return "sources"
    if PurePosixPath(file).match("templates/*.yaml"):
        return "template"
    if PurePosixPath(file).match(f"{CALENDARS_FOLDER}/*.yaml"):
        return "calendar"
    if PurePosixPath(file).match(f"{MUTES_FOLDER}/*.yaml"):
        return "mute"
    if PurePosixPath(file).match(f"{TESTS_FOLDER}/*.yaml"):
        return "policy-test"
    if PurePosixPath(file).match(f"{INCIDENTS_FOLDER}/*.yaml"):
        return "incident"
    if PurePosixPath(file).match(f"{ANSWERS_FOLDER}/*.yaml"):
        return "answer"
    return POLICIES.get(file)


def load_configuration(
    files: Mapping[str, bytes],
) -> tuple[Configuration | None, tuple[Fault, ...]]:
    """Return what the files say, and every fault in them, sorted.

    `files` maps paths relative to the repository to bytes.  There is no
    configuration where one of the faults is an error.
    """
    desk = _Desk({})
    faults: list[Fault] = list(_missing(files))
    for file, data in sorted(files.items()):
        faults += _read(desk, file, data)
    desk.faulty.update(fault.file for fault in faults)
    faults += _missing_names(desk.documents, files)
    faults += _check_references(desk)
    faults += _check_calendars(desk.documents, files)
    faults += _check_incidents(desk)
    faults += _check_escalation(desk, files)
    if any(fault.severity is Severity.ERROR for fault in faults):
        return None, tuple(sorted(set(faults)))
    return _build(desk, files), tuple(sorted(set(faults)))


@dataclass(slots=True)
class _Desk:
    """What could be read so far; `faulty` are the files in which something is wrong."""

    documents: dict[str, Document]
    faulty: set[str] = field(default_factory=set)
    triage: TriagePolicy | None = None
    clocks: ClockPolicy | None = None
    calendars: list[Calendar] = field(default_factory=list)
    tests: list[PolicyTests] = field(default_factory=list)
    escalation: EscalationPolicy | None = None
    escalation_zone: ZoneInfo = field(default=ZoneInfo("UTC"))
    mutes: list[Mute] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    answers: list[CuratedAnswer] = field(default_factory=list)

    def names(self, file: str, key: str) -> tuple[str, ...] | None:
        """Return the ids in a list of a file, None where none can be read.

        That file is faulty or missing then: what others name of it is no fault of theirs.
        """
        document = self.documents.get(file)
        found = words(texts(document, (key,), "id")) if document else ()
        return None if document is None or (not found and file in self.faulty) else found


def _missing(files: Mapping[str, bytes]) -> Iterator[Fault]:
    if SOURCES not in files:
        yield Fault(
            SOURCES, 1, 1, "missing-file", "the file is missing",
            "it names the desk, its brands and the places to watch; "
            "`doleances schema sources` says how",
        )  # fmt: skip
    if "policies/triage.yaml" not in files:
        yield Fault(
            "policies/triage.yaml", 1, 1, "missing-file", "the file is missing",
            "without it no message can be judged; `doleances schema triage` says what it holds",
        )  # fmt: skip
    if "policies/clocks.yaml" not in files:
        yield Fault(
            "policies/clocks.yaml", 1, 1, "missing-file", "without it nothing is ever due",
            "`doleances schema clocks` says what it holds",
            Severity.WARNING,
        )  # fmt: skip


def _read(desk: _Desk, file: str, data: bytes) -> Iterator[Fault]:
    kind = kind_of_file(file)
    if kind is None:
        yield _not_read(file)
        return
    document = read_document(data, file)
    if not isinstance(document, Document):
        yield from document
        return
    desk.documents[file] = document
    if kind == "triage":
        desk.triage, faults = parse_triage(document)
        yield from faults
        return
    shape = check_document(kind, document)
    yield from shape
    if kind in _CHECKS:
        yield from _CHECKS[kind](document)
    elif not shape:
        yield from _parse(desk, kind, document)


def _parse(desk: _Desk, kind: str, document: Document) -> tuple[Fault, ...]:
    """Take what a file of a sound form says into the desk, and return what is wrong with it."""
    match kind:
        case "clocks":
            desk.clocks, faults = parse_clocks(document)
        case "calendar":
            calendar, faults = parse_calendar(document)
            desk.calendars += [calendar] if calendar else []
        case "escalation":
            desk.escalation, desk.escalation_zone, faults = parse_escalation(document)
        case "mute":
            mute, faults = parse_mute(document, desk.escalation_zone)
            desk.mutes += [mute] if mute else []
        case "incident":
            incident, faults = parse_incident(document)
            desk.incidents += [incident] if incident else []
        case "answer":
            answer, faults = parse_answer(document)
            desk.answers += [answer] if answer else []
        case _:
            tests, faults = parse_policy_tests(document)
            desk.tests += [tests] if tests else []
    return faults


def _not_read(file: str) -> Fault:
    path = PurePosixPath(file)
    known = sorted(POLICIES) if path.parts[0] == "policies" else ["templates/NAME.yaml"]
    if path.suffix == ".yml":
        hint = f"call it `{path.with_suffix('.yaml')}`"
    else:
        hint = did_you_mean(file, known) if path.parts[0] == "policies" else one_of(known)
    return Fault(file, 1, 1, "unknown-file", "no file of this name is read here", hint)


def _missing_names(documents: Mapping[str, Document], files: Iterable[str]) -> Iterator[Fault]:
    """Return a fault for a file that need not be there, but of which others name something."""
    for kind, file, what, named in (
        ("team", team.FILE, "people", _people_named),
        ("brand", voice.FILE, "a persona", _personas_named),
    ):
        naming = (each for each, document in documents.items() if any(named(document)))
        if file not in files and (first := next(naming, None)):
            yield Fault(
                file, 1, 1, "missing-file",
                f"the file is missing, and {first} names {what} of it",
                f"`doleances schema {kind}` says what it holds",
            )  # fmt: skip


def _check_references(desk: _Desk) -> Iterator[Fault]:
    """Check what one file says of things that stand in another, where the other can be read."""
    for what, file, key, named in (
        ("brand", SOURCES, "brands", _brands_named),
        ("source", SOURCES, "sources", _sources_named),
        ("person", team.FILE, "people", _people_named),
        ("product", voice.FILE, "products", _products_named),
        ("persona", voice.FILE, "personas", _personas_named),
    ):
        known = desk.names(file, key)
        for document in desk.documents.values() if known is not None else ():
            yield from unknown(document, named(document), what, known or (), file)


def _check_calendars(documents: Mapping[str, Document], files: Iterable[str]) -> Iterator[Fault]:
    """Check that calendars which clocks and sources name are there, be they faulty or not."""
    known = sorted(PurePosixPath(file).stem for file in files if kind_of_file(file) == "calendar")
    if clocks := documents.get("policies/clocks.yaml"):
        found = texts(clocks, ("clocks",), "calendar")
        yield from unknown(clocks, found, "calendar", known, CALENDARS_FOLDER)
    if sources := documents.get(SOURCES):
        found = publishing_calendars(sources)
        yield from unknown(sources, found, "calendar", known, CALENDARS_FOLDER)


def _check_incidents(desk: _Desk) -> Iterator[Fault]:
    """Check that incidents have words for every language, and that no two are alike."""
    sources = desk.documents.get(SOURCES)
    if sources is not None and desk.names(SOURCES, "sources") is not None:
        spoken = dict.fromkeys(words(texts(sources, ("sources",), "language")))
        for file, document in desk.documents.items():
            if kind_of_file(file) == "incident":
                yield from incidents.check_wordings(document, spoken)
    yield from incidents.check_apart((each, desk.documents[each.file]) for each in desk.incidents)


def _check_escalation(desk: _Desk, files: Iterable[str]) -> Iterator[Fault]:
    """Check the names that escalation and mutes take from other files."""
    lists = (
        ("source", SOURCES, "sources"),
        ("brand", SOURCES, "brands"),
        ("person", team.FILE, "people"),
        ("product", voice.FILE, "products"),
        ("clock", "policies/clocks.yaml", "clocks"),
    )
    known: dict[str, tuple[Iterable[str], str]] = {
        what: (names, file)
        for what, file, key in lists
        if (names := desk.names(file, key)) is not None
    }
    for kind, folder in (("calendar", CALENDARS_FOLDER), ("incident", INCIDENTS_FOLDER)):
        stems = (PurePosixPath(file).stem for file in files if kind_of_file(file) == kind)
        known[kind] = (sorted(stems), folder)
    for file, document in desk.documents.items():
        if kind_of_file(file) in {"escalation", "mute"}:
            yield from check_references(document, known)


def _brands_named(document: Document) -> Iterator[tuple[Path, str]]:
    match kind_of_file(document.file):
        case "customers":
            yield from customers.customer_brands(document)
        case "brand":
            yield from voice.speech_brands(document)
        case "incident":
            yield from incidents.incident_brands(document)
        case "answer":
            yield from answers.answer_brands(document)


def _people_named(document: Document) -> Iterator[tuple[Path, str]]:
    match kind_of_file(document.file):
        case "incident":
            yield from incidents.incident_people(document)
        case "answer":
            yield from answers.answer_people(document)


def _personas_named(document: Document) -> Iterator[tuple[Path, str]]:
    if kind_of_file(document.file) == "template":
        yield from templates.template_personas(document)


def _sources_named(document: Document) -> Iterator[tuple[Path, str]]:
    match kind_of_file(document.file):
        case "team":
            yield from team.route_sources(document)
        case "template":
            yield from templates.template_sources(document)
        case "brand":
            yield from voice.speech_sources(document)
        case "clocks":
            yield from _targets(document, "source")
        case "incident":
            yield from incidents.incident_sources(document)
        case "triage":
            for path in document.positions:
                if path[:1] == ("rules",) and "source" in path[-2:]:
                    text = text_at(document, path)
                    if text is not None:
                        yield path, text


def _products_named(document: Document) -> Iterator[tuple[Path, str]]:
    match kind_of_file(document.file):
        case "clocks":
            yield from _targets(document, "product")
        case "incident":
            yield from incidents.incident_products(document)
        case "answer":
            yield from answers.answer_products(document)
        case "brand":
            yield from voice.speech_products(document)
        case "triage":
            for rule in entries(document, ("rules",)):
                path = (*rule, "then", "product")
                text = text_at(document, path)
                if text is not None and text != "named":
                    yield path, text


def _targets(document: Document, key: str) -> Iterator[tuple[Path, str]]:
    for clock in entries(document, ("clocks",)):
        yield from texts(document, (*clock, "targets"), key)


def _build(desk: _Desk, files: Mapping[str, bytes]) -> Configuration:
    documents = desk.documents
    sources = documents[SOURCES]
    people = documents.get(team.FILE)
    rules = documents.get(privacy.FILE)
    limits = documents.get(delegation.FILE)
    products = documents.get("policies/brand.yaml")
    look_ups = documents.get(customers.FILE)
    if desk.triage is None:
        raise AssertionError("a configuration without faults has triage rules")
    return Configuration(
        instance=instance.build_instance(sources),
        brands=instance.build_brands(sources),
        sources=instance.build_sources(sources),
        team=team.build_team(people) if people else Team((), ()),
        triage=desk.triage,
        privacy=privacy.build_privacy(rules) if rules else PrivacyPolicy(),
        blobs={file: blob_id(data) for file, data in sorted(files.items())},
        products=brand.build_products(products) if products else (),
        speech=voice.build_speech(products) if products else voice.Speech(),
        clocks=desk.clocks or ClockPolicy(),
        calendars=tuple(desk.calendars),
        tests=tuple(desk.tests),
        escalation=replace(desk.escalation or EscalationPolicy(), mutes=tuple(desk.mutes)),
        delegation=delegation.build_delegation(limits) if limits else None,
        customers=customers.build_customers(look_ups) if look_ups else Customers(),
        incidents=tuple(desk.incidents),
        answers=tuple(desk.answers),
        templates=tuple(
            templates.build_template(document)
            for file, document in sorted(documents.items())
            if kind_of_file(file) == "template"
        ),
    )
