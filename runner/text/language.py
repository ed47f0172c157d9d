"""What the team reads, in its language, zone and habits.

English is the source text and stands in the code; other languages are gettext
catalogues, `runner/locale/<language>/LC_MESSAGES/doleances.po`.  They are read
as they are, without a compiled file, and only in a run that says something in that language.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from zoneinfo import ZoneInfo

from runner.model import Known
from runner.text.catalogue import compile_catalogue
from runner.text.terms import TERMS

LANGUAGES = ("en", "fr")
"""The languages that a team may read."""

_HABITS = {"en": ("en_GB", ", "), "fr": ("fr_FR", " à ")}
"""The locale, and what stands between a day and a time."""
_DAY = "EEE d MMM y"


@dataclass(frozen=True, slots=True)
class Language:
    """A locale (`en`, `fr`) and a zone.  English is the source text; others are catalogues."""

    locale: str
    zone: ZoneInfo

    def load(self) -> None:
        """Load the catalogue and the names of days and units before the first use of each does.

        It takes 30 ms: for a program that waits for something else meanwhile.
        """
        _catalogue(self.locale)
        self.day(date.min)
        self.span(timedelta(days=1))

    def say(self, message: str, **values: object) -> str:
        """Return the message in this language, `{name}` replaced by the values.

        `message` is a literal, so that the extractor of `python -m runner.locale` finds it.
        """
        return _catalogue(self.locale).gettext(message).format(**values)

    def say_n(self, one: str, many: str, count: int, **values: object) -> str:
        """Like `say`, with the plural form for `count`, which is also a value."""
        form = _catalogue(self.locale).ngettext(one, many, count)
        return form.format(count=count, **values)

    def word(self, term: StrEnum) -> str:
        """Return the word the trade uses for a term of `runner.model` and its like."""
        kind = type(term).__name__
        return _catalogue(self.locale).pgettext(kind, TERMS[kind][term.value])

    def term(self, kind: str, value: str) -> str:
        """Return the trade's word for a value that is text in files; the value when unknown.

        `kind` is a key of `TERMS` in small letters; topics and clocks may be a team's own.
        """
        word = TERMS[kind].get(value)
        return value if word is None else _catalogue(self.locale).pgettext(kind, word)

    def tongue(self, code: str | None) -> str:
        """Return the name of a language: `French`, `français`; what is no language is unknown."""
        if code is not None:
            from babel import Locale, UnknownLocaleError

            try:
                name = Locale.parse(code, sep="-").get_display_name(self.locale)
            except (UnknownLocaleError, ValueError):
                name = None
            if name is not None:
                return name
        return self.word(Known.UNKNOWN)

    def instant(self, at: datetime) -> str:
        """Return date and time, to the minute, in the zone: `Sat 21 Nov 2026, 09:03`."""
        local = at.astimezone(self.zone)
        locale, between = _HABITS[self.locale]
        return f"{_day(local.date(), locale)}{between}{local:%H:%M}"

    def day(self, day: date) -> str:
        """Return a date: `Sat 21 Nov 2026`."""
        locale, _ = _HABITS[self.locale]
        return _day(day, locale)

    def month(self, day: date, *, year: bool = False) -> str:
        """Return the name of a day's month, with its year: `October 2026`."""
        from babel.dates import format_date

        locale, _ = _HABITS[self.locale]
        return format_date(day, "LLLL y" if year else "LLLL", locale=locale)

    def span(self, length: timedelta, *, in_days: bool = True) -> str:
        """Return a length in words, two units at most, such as `2 days 3 hours`.

        Whole minutes, the rest left out; the sign too: whether something lies behind
        or ahead is for the sentence around it to say.  Without `in_days` hours are not
        summed up in days: open time has none.
        """
        minutes = abs(length) // timedelta(minutes=1)
        days, hours = divmod(minutes // 60, 24) if in_days else (0, minutes // 60)
        parts = (("day", days), ("hour", hours), ("minute", minutes % 60))
        first = next((at for at, (_, amount) in enumerate(parts) if amount), None)
        if first is None:
            # Under this name the extractor of messages finds the call.
            language = self
            return language.say("less than a minute")
        locale, _ = _HABITS[self.locale]
        return " ".join(
            _length(amount, unit, locale) for unit, amount in parts[first : first + 2] if amount
        )


# Babel takes 20 µs for a day and 30 µs for a length, and a report has millions of a few thousand.
@lru_cache(maxsize=4096)
def _day(day: date, locale: str) -> str:
    from babel.dates import format_date

    return format_date(day, _DAY, locale=locale)


@lru_cache(maxsize=4096)
def _length(amount: int, unit: str, locale: str) -> str:
    from babel.units import format_unit

    return format_unit(amount, f"duration-{unit}", "long", locale=locale).replace("\u00a0", " ")


@cache
def _catalogue(locale: str) -> NullTranslations:
    if locale == LANGUAGES[0]:
        return NullTranslations()
    path = resources.files("runner") / "locale" / locale / "LC_MESSAGES" / "doleances.po"
    return GNUTranslations(BytesIO(compile_catalogue(path.read_text(encoding="utf-8"))))
