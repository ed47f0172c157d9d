"""Who is spoken to, where, and how: what decides which template speaks."""

import re
from dataclasses import dataclass

from runner.cases.case import Case, Place
from runner.cases.summary import reminders_sent
from runner.model import ContactAbility
from runner.policies.templates import Purpose, Template
from runner.policies.values import Configuration, Source
from runner.policies.voice import FAMILIAR, Persona
from runner.replies.steps import outcome_of
from runner.text.guess import guess_language

_LOCALES = ("fr", "en")
SAYS_VOUS = re.compile(r"\b(?:vous|votre|vos|vôtres?)\b", re.IGNORECASE)
"""Words that say vous, for which a text with tu has no room."""
_OURS = frozenset({"replied", "published", "messaged", "details-asked", "reminded", "resolved"})
"""Entries whose `text` the customer read."""
REPLY_LENGTHS = {
    "app-store-connect": 5970,
    "app-store-reviews": 5970,
    "bluesky": 300,
    "google-business-profile": 3500,
    "google-play": 350,
    "mastodon": 500,
    "reddit": 10_000,
    "youtube-comments": 10_000,
}
"""The most characters of a reply, by preset or kind of source.

Bluesky counts 300 graphemes (lexicon `app.bsky.feed.post`, `maxGraphemes`), Mastodon 500 unless
its server says otherwise, an address as 23 (docs.joinmastodon.org, `entities/Instance`), Google
Play about 350 (`androidpublisher` v3, `reviews.reply`: more is rejected).  Google Business takes
4,096 bytes (`accounts.locations.reviews`, `ReviewReply`), which French in UTF-8 fills with some
3,500 characters.  The App Store's 5,970 is as its console counts.  Discourse takes 32,000 by
default (`max_post_length`), more than anybody reads.  Trustpilot documents no limit.
`lengths` in `policies/brand.yaml` says otherwise, source by source.
"""
_LONGEST = 10_000
ONE_REPLY = frozenset({
    "app-store-connect", "app-store-reviews", "google-business-profile", "google-play",
    "trustpilot",
})  # fmt: skip
"""The presets whose sites let a company answer a review once, and edit that answer.

Google Business: `accounts.locations.reviews.updateReply` makes or replaces the one reply; Google
Play: `reviews.reply` replaces it; App Store: a review has one `customerReviewResponse`;
Trustpilot: one reply a review.  `contact: {replies: one}` says so of any other source.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """A message of one purpose to the customer of a case, at one of its places.

    `source` is None where `sources.yaml` no longer has it.
    """

    case: Case
    place: Place
    source: Source | None
    purpose: Purpose
    configuration: Configuration

    @property
    def locale(self) -> str | None:
        """The language to write in, `fr` or `en`; None where the customer speaks another.

        A note for the team is in the team's, whatever the customer speaks.
        """
        own = self.configuration.instance.language
        if self.purpose is Purpose.CRISIS_NOTE:
            return own
        locale = (self.spoken or own).partition("-")[0]
        return locale if locale in _LOCALES else None

    @property
    def spoken(self) -> str | None:
        """What the customer writes there, as `fr` or `en-GB`; None where nobody can tell."""
        of_source = self.source.language if self.source else None
        here = None
        if self.place.id != self.case.places[0].id:
            # Who writes on a French forum and on an English review site is answered in both.
            here = of_source or guess_language(f"{self.place.title}\n{self.place.text or ''}")
        return here or self.case.language or of_source

    @property
    def private(self) -> ContactAbility:
        """What the site allows in private."""
        return self.source.private if self.source else ContactAbility.NONE

    @property
    def persona(self) -> Persona | None:
        """The first of the typical customers that fits."""
        source, case = self.source, self.case
        if source is None:
            return None
        for persona in self.configuration.speech.personas:
            if persona.fits(source.id, source.category, case.product, case.topic):
                return persona
        return None

    @property
    def number(self) -> int | None:
        """Which reminder it would be, None for another purpose."""
        return reminders_sent(self.case) + 1 if self.purpose is Purpose.REMINDER else None

    @property
    def length(self) -> int:
        """The most characters that the site takes."""
        if self.source is None:
            return _LONGEST
        by_kind = REPLY_LENGTHS.get(self.source.kind, _LONGEST)
        default = REPLY_LENGTHS.get(self.source.preset or "", by_kind)
        return self.configuration.speech.lengths.get(self.source.id, default)


def source_at(place: Place, configuration: Configuration) -> Source | None:
    """Return the source of a place, None where `sources.yaml` no longer has it."""
    return next((one for one in configuration.sources if one.id == place.source), None)


def takes_one_reply(source: Source | None) -> bool:
    """Whether a site lets the desk answer a message once, and edit that answer later."""
    if source is None:
        return False
    return source.one_reply if source.one_reply is not None else source.preset in ONE_REPLY


def choose_template(setting: Setting) -> Template | None:
    """Return the template with the most conditions that all fit, None where none fits.

    The register is the persona's, unless we have said vous to this customer; where there is no
    such template, the formal one is taken.
    """
    persona = setting.persona
    familiar = (
        persona is not None and persona.register == FAMILIAR and not _was_told_vous(setting.case)
    )
    fitting = [
        template
        for template in setting.configuration.templates
        if template.purpose == setting.purpose.value
        and template.locale == setting.locale
        and (familiar or template.register != FAMILIAR)
        and fits(template, setting)
    ]
    fitting.sort(
        key=lambda each: (familiar and each.register != FAMILIAR, -_conditions(each), each.id)
    )
    return next(iter(fitting), None)


def fits(template: Template, setting: Setting) -> bool:
    """Return whether all conditions of a template hold."""
    case, source, persona = setting.case, setting.source, setting.persona
    return (
        template.number in {None, setting.number}
        and (not template.categories or case.category in template.categories)
        and (not template.sources or (source is not None and source.id in template.sources))
        and (
            not template.source_categories
            or (source is not None and source.category in template.source_categories)
        )
        and (not template.personas or (persona is not None and persona.id in template.personas))
        and (not template.outcomes or outcome_of(case) in template.outcomes)
        and (not template.private or setting.private in template.private)
    )


def _was_told_vous(case: Case) -> bool:
    """Whether a text of ours says vous: nobody goes from vous to tu in one matter."""
    return any(
        entry.kind in _OURS and SAYS_VOUS.search(str(entry.facts.get("text", "")))
        for entry in case.log
    )


def _conditions(template: Template) -> int:
    conditions = (
        template.number, template.categories, template.sources, template.source_categories,
        template.personas, template.outcomes, template.private,
    )  # fmt: skip
    return sum(bool(condition) for condition in conditions)
