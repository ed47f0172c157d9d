"""What a template may say of a case: its variables, with values as far as they are known."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runner.cases.case import Case
from runner.model import Category, ContactAbility
from runner.policies.values import Configuration
from runner.policies.voice import Tongues, Voice, tongue_of
from runner.replies.setting import SAYS_VOUS, Setting
from runner.replies.steps import last_entry
from runner.replies.values import listed, plain_words, spoken_name
from runner.text.words import fold

OPTIONAL = frozenset({"name", "product", "asked"})
"""What may well be unknown: a wording, or an alternative of a part, that needs it is then not
used.  Every other variable without a value is a gap for people to fill."""

_THEIRS: Mapping[str, Mapping[str, str]] = {
    "fr": {"son": "votre", "sa": "votre", "ses": "vos", "leur": "votre", "leurs": "vos",
           "mon": "votre", "ma": "votre", "mes": "vos"},
    "fr-familiar": {"son": "ton", "sa": "ta", "ses": "tes", "mon": "ton", "ma": "ta",
                    "mes": "tes", "vos": "tes"},
    "en": {"his": "your", "her": "your", "their": "your", "my": "your"},
}  # fmt: skip
"""What the desk notes of customers, as it is said to them."""
_NOUN_FOLLOWS = {
    "fr": frozenset({
        "un", "une", "des", "le", "la", "les", "du", "de", "deux", "trois", "quelque", "votre",
        "vos", "ton", "ta", "tes",
    }),
    "en": frozenset({"a", "an", "the", "some", "another", "one", "two", "three", "your"}),
}  # fmt: skip
"""Words with which what somebody asks for begins, where it is a thing and no deed."""
_WORD = re.compile(r"\w+")
_DATE = {"fr": "EEEE d MMMM", "en": "EEEE d MMMM"}
_PRIVATELY = {"fr": "en message privé", "en": "in a private message"}

GAPS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "name": "le prénom",
        "matter": "l’objet de la demande",
        "product": "le produit",
        "asked": "ce que demande le client",
        "brand": "la marque",
        "care": "le nom du service client",
        "signature": "la signature",
        "details": "ce qu’il faut pour retrouver le dossier",
        "channel": "où écrire en privé",
        "answer_by": "le jour où la réponse est due",
        "asked_on": "le jour de la question",
        "answer": "la réponse, en deux ou trois phrases",
        "reason": "le motif, sans jargon",
        "recourse": "ce qui reste possible",
        "mediator": "le médiateur et son adresse",
        "outcome": "ce qui a été fait",
        "advice": "le conseil",
        "link": "le lien du questionnaire",
        "wording": "le texte validé de l’incident",
        "place": "où le message a été lu",
        "detected": "quand il a été lu",
        "people": "qui est prévenu",
        "spoken": "la langue du client",
    },
    "en": {
        "name": "the first name",
        "matter": "what it is about",
        "product": "the product",
        "asked": "what the customer asks for",
        "brand": "the brand",
        "care": "the name of customer care",
        "signature": "your signature",
        "details": "what finds the file",
        "channel": "where to write in private",
        "answer_by": "the day the answer is due",
        "asked_on": "the day we asked",
        "answer": "the answer, in two or three sentences",
        "reason": "the reason, without jargon",
        "recourse": "what is still possible",
        "mediator": "the dispute resolution body and its address",
        "outcome": "what was done",
        "advice": "your advice",
        "link": "the link to the survey",
        "wording": "the approved text of the incident",
        "place": "where the message was read",
        "detected": "when it was read",
        "people": "who has been told",
        "spoken": "the customer’s language",
    },
}
"""The variables that the program knows, each with what its gap says."""


def gap(variable: str, locale: str, hint: str = "") -> str:
    """Return what stands where a value is missing: `[… la signature]`.

    `hint` is what people can make the value of, in words that no customer should read.
    """
    said = GAPS[locale].get(variable, variable.replace("_", " "))
    between = "\u00a0: " if locale == "fr" else ": "
    return f"[… {said}{between}{hint}]" if hint else f"[… {said}]"


def read_facts(setting: Setting, register: str) -> dict[str, str]:
    """Return the variables that have a value, as plain words for the customer's eyes.

    Words that the desk wrote down in its own language are only used for customers who speak it.
    """
    case, place, configuration = setting.case, setting.place, setting.configuration
    locale = setting.locale or configuration.instance.language
    tongue = tongue_of(locale, register)
    voice = configuration.speech.voice_of(case.brand)
    zone = configuration.instance.zone
    facts = {
        "name": spoken_name(place.author or case.handle),
        "matter": matter_words(case, configuration, tongue),
        "product": _product(case, configuration, tongue),
        "brand": next((brand.name for brand in configuration.brands if brand.id == case.brand), ""),
        "signature": _signature(case, configuration, voice, tongue),
        "channel": _channel(setting.private, voice, locale, tongue),
        # With a case's own token only who has the secret knows the link: `doleances survey`.
        "link": "" if "{token}" in voice.survey else voice.survey,
        "wording": _incident_wording(case, configuration, locale),
        "place": place.url or place.site,
        "detected": day_words(case.detected_at, locale, zone),
        "spoken": (setting.spoken or "").lower(),
    }
    facts |= _said_by_voice(voice, tongue)
    facts |= _told_by_log(case, locale, zone)
    if locale == configuration.instance.language:
        facts |= _desk_words(case, voice, locale, tongue)
        if _says_no_more(facts.get("asked", ""), facts["matter"], locale):
            del facts["asked"]
    return {name: value for name, value in facts.items() if value}


def matter_words(case: Case, configuration: Configuration, tongue: str) -> str:
    """Return the customer's matter in a few words, empty where `policies/brand.yaml` has none."""
    product = configuration.speech.products.get(case.product or "")
    for matter in configuration.speech.matters:
        if matter.topic not in {None, case.topic} or matter.category not in {None, case.category}:
            continue
        named = matter.with_product.get(tongue)
        if product is not None and named is not None:
            yours, called = product.yours.get(tongue), product.called.get(tongue)
            if ("{yours}" not in named or yours) and ("{called}" not in named or called):
                return named.replace("{yours}", yours or "").replace("{called}", called or "")
        if tongue in matter.alone:
            return matter.alone[tongue]
    return ""


def day_words(at: datetime, locale: str, zone: ZoneInfo) -> str:
    """Return a day as a customer reads it: `lundi 1er décembre`, `Monday 1 December`."""
    from babel.dates import format_date

    day = at.astimezone(zone).date()
    habit = "fr_FR" if locale == "fr" else "en_GB"
    words = format_date(day, _DATE[locale], locale=habit)
    return words.replace(" 1 ", " 1er ") if locale == "fr" else words


def said_as_theirs(asked: str, tongue: str) -> str:
    """Return what a customer asks for, as the desk noted it, in words said to them.

    `son remboursement` is `votre remboursement`; empty where it would not fit behind `vous
    demandez`, "you’re asking for": `être remboursé`, "to be refunded".
    """
    first, _, rest = asked.partition(" ")
    first = _THEIRS[tongue].get(first, first)
    fits = first in _NOUN_FOLLOWS[tongue[:2]] or first.startswith(("l’", "l'", "d’", "d'"))
    said = f"{first} {rest}".strip()
    return said if fits and _speaks(tongue, said) else ""


def _product(case: Case, configuration: Configuration, tongue: str) -> str:
    product = configuration.speech.products.get(case.product or "")
    if product is None:
        return ""
    # Who asks before buying has none yet.
    owned = case.category is Category.COMPLAINT
    return (product.yours if owned else product.called).get(tongue, "")


def _signature(case: Case, configuration: Configuration, voice: Voice, tongue: str) -> str:
    owner = configuration.team.person(case.owner) if case.owner else None
    pattern = voice.signature.get(tongue, "")
    if owner is None or not pattern:
        return ""
    return pattern.replace("{person}", owner.name.split()[0])


def _channel(private: ContactAbility, voice: Voice, locale: str, tongue: str) -> str:
    if private is ContactAbility.NONE:
        return voice.reach.get(tongue, "")
    return _PRIVATELY[locale]


def _incident_wording(case: Case, configuration: Configuration, locale: str) -> str:
    incident = configuration.incident(case.incident)
    wording = incident.wording_in(locale) if incident else None
    return " ".join(wording.split()) if wording else ""


def _said_by_voice(voice: Voice, tongue: str) -> dict[str, str]:
    said: Mapping[str, Tongues] = {
        "care": voice.care,
        "details": voice.details,
        "recourse": voice.recourse,
        "mediator": voice.mediator,
    }
    return {name: words[tongue] for name, words in said.items() if tongue in words}


def _told_by_log(case: Case, locale: str, zone: ZoneInfo) -> dict[str, str]:
    """Return the days that the log knows: when we asked, until when brand care answers."""
    facts: dict[str, str] = {}
    asked = last_entry(case, "details-asked")
    if asked is not None:
        facts["asked_on"] = day_words(asked.at, locale, zone)
    handed = last_entry(case, "handed-off")
    if handed is not None and handed.clocks:
        due_at = max(
            (clock.due_at for clock in handed.clocks if "answered" in clock.stops),
            default=datetime.min.replace(tzinfo=UTC),
        )
        if due_at.year > 1:
            facts["answer_by"] = day_words(due_at, locale, zone)
    return facts


def _says_no_more(asked: str, matter: str, locale: str) -> bool:
    """Whether `votre remboursement` would only repeat `le remboursement de votre lampe`."""
    words = set(_WORD.findall(fold(asked))) - _NOUN_FOLLOWS[locale]
    return bool(words) and words <= set(_WORD.findall(fold(matter)))


def _speaks(tongue: str, noted: str) -> bool:
    """Whether the desk's own words can be said in a tongue: no vous to whom is told tu."""
    return tongue != "fr-familiar" or not SAYS_VOUS.search(noted)


def _desk_words(case: Case, voice: Voice, locale: str, tongue: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    if case.asked:
        asked = plain_words(case.asked[-1].what, 120).rstrip(" .!")
        facts["asked"] = said_as_theirs(asked[:1].lower() + asked[1:], tongue)
    wanted = last_entry(case, "details-asked")
    wants = wanted.facts.get("wants") if wanted else None
    if isinstance(wants, (list, tuple)) and wants:
        details = listed(tuple(plain_words(str(want), 80) for want in wants), locale)
        if _speaks(tongue, details):
            facts["details"] = details
        elif details not in voice.details.values():
            facts["details"] = gap("details", locale, details)
    return facts | _brand_care_said(case, locale)


def _brand_care_said(case: Case, locale: str) -> dict[str, str]:
    """Return gaps that hold what brand care noted for the desk: to be put in words by people."""
    facts: dict[str, str] = {}
    answered, resolved = last_entry(case, "answered"), last_entry(case, "resolved")
    told = {**(answered.facts if answered else {}), **(resolved.facts if resolved else {})}
    reply = "reason" if told.get("outcome") == "refused" else "answer"
    noted = {reply: "decision", "outcome": "remedy", "recourse": "recourse"}
    for variable, fact in noted.items():
        hint = plain_words(str(told.get(fact, "")), 200).rstrip(" .")
        if hint:
            facts[variable] = gap(variable, locale, hint)
    return facts
