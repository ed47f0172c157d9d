"""Made-up cases, on which templates are tried."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from runner.cases.case import Asked, Case, Entry, PinnedClock, Place
from runner.model import Category, Known, State, Urgency
from runner.policies.templates import Purpose, Template
from runner.policies.values import Configuration, Source
from runner.policies.voice import tongue_of
from runner.replies.facts import matter_words
from runner.replies.setting import Setting

_DAY = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
_OUTCOMES = {Purpose.REFUSAL: "refused", Purpose.CLOSING_WITHOUT_NEWS: "without-news"}


def sample_settings(template: Template, configuration: Configuration) -> Iterator[Setting]:
    """Return what a template is tried on: much is known, no product is, no name is.

    The matter is the longest that the desk's words give.  Nothing where no source could be.
    """
    source = _source(template, configuration)
    if source is None:
        return
    case = _case(template, source, configuration)
    matters = [
        replace(case, topic=topic, product=product)
        for topic in (None, *(m.topic for m in configuration.speech.matters if m.topic))
        for product in (None, *(product.id for product in configuration.products))
    ]
    tongue = tongue_of(template.locale, template.register)
    longest = max(matters, key=lambda each: len(matter_words(each, configuration, tongue)))
    nameless = replace(
        longest, handle=None, places=(replace(longest.places[0], author=None),), asked=()
    )
    for one in (longest, replace(longest, product=None), nameless):
        purpose = Purpose(template.purpose)
        yield Setting(one, one.places[0], source, purpose, configuration)


def _source(template: Template, configuration: Configuration) -> Source | None:
    fitting = [
        source
        for source in configuration.sources
        if (not template.sources or source.id in template.sources)
        and (not template.source_categories or source.category in template.source_categories)
        and (not template.private or source.private in template.private)
    ]
    speaking = [each for each in fitting if (each.language or template.locale) == template.locale]
    return next(iter(speaking or fitting), None)


def _case(template: Template, source: Source, configuration: Configuration) -> Case:
    category = next(iter(template.categories), Category.COMPLAINT)
    purpose = Purpose(template.purpose)
    outcome = next(iter(template.outcomes), _OUTCOMES.get(purpose, "accepted"))
    english = template.locale == "en"
    owner = next((person.id for person in configuration.team.people), None)
    place = Place(
        id="p1",
        key="c-000000000000",
        source=source.id,
        site=source.site,
        url=f"https://{source.site}/lumen/918273",
        native_id=None,
        author="Alexandrine B",
        posted_at=_DAY,
        detected_at=_DAY,
        title="",
        text="",
    )
    clock = PinnedClock(
        "back-office", "7 business days", "Europe/Paris", None, _DAY, _DAY + timedelta(days=9),
        (), ("answered",), {},
    )  # fmt: skip
    details = ["your order number"] if english else ["votre numéro de commande"]
    said = {"decision": "", "outcome": outcome, "decided_by": "", "decided_at": ""}
    log = (
        Entry("detected", _DAY, _DAY, "runner", State.OPEN, (), {"place": "p1"}),
        _entry("details-asked", State.AWAITING_CUSTOMER, {"channel": "public", "wants": details}),
        _entry("handed-off", State.HANDED_OFF, {}, (clock,)),
        _entry("answered", State.ANSWERED, said),
        _entry("resolved", State.RESOLVED, {"outcome": outcome, "reason": ""}),
    )
    asked = "a lamp that works" if english else "une lampe qui fonctionne"
    return Case(
        id="c-000000000000",
        state=State.RESOLVED,
        cycle=1,
        brand=source.brand,
        language=template.locale,
        category=category,
        urgency=Urgency.NORMAL,
        topic=None,
        product=None,
        crisis="suicide" if purpose is Purpose.CRISIS_NOTE else None,
        owner=owner,
        handle=place.author,
        known=Known.UNKNOWN,
        incident=_incident(template, configuration),
        why={},
        duplicates=(),
        asked=(Asked(asked),),
        offered=(),
        places=(place,),
        log=log,
    )


def _entry(
    kind: str, to: State, facts: Mapping[str, object], clocks: tuple[PinnedClock, ...] = ()
) -> Entry:
    return Entry(kind, _DAY, _DAY, "runner", to, clocks, facts)


def _incident(template: Template, configuration: Configuration) -> str | None:
    """Return the incident with the longest wording, for templates of incidents alone."""
    if template.purpose != Purpose.INCIDENT:
        return None
    lengths = {
        incident.id: len(incident.wording_in(template.locale) or "")
        for incident in configuration.incidents
    }
    return max(lengths, key=lambda each: lengths[each], default=None)
