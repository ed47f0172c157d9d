"""How the report says numbers, lengths of time and the keys of tables."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from runner.cases.treatment import Told
from runner.figures.dimensions import Dimension
from runner.figures.life import Survey
from runner.figures.promises import Fate, FirstReply, Wish
from runner.figures.today import Heat
from runner.model import Category
from runner.planning.turns import Turn
from runner.planning.words import clock_name, person_name
from runner.policies.team import Team
from runner.text.language import Language

_LOCALES = {"en": "en_GB", "fr": "fr_FR"}


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the report in one language; `products` are their names by id."""

    language: Language
    team: Team
    products: Mapping[str, str]

    def number(self, value: int) -> str:
        """Return a count, its thousands apart."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=_LOCALES[self.language.locale])

    def percent(self, share: float | None) -> str:
        """Return a share in whole per cent, rounded to the nearest, halves up.

        What is not all is never 100 %, and what is not nothing never 0 %.
        """
        if share is None:
            return "–"
        from babel.numbers import format_percent

        nearest = math.floor(share * 100 + 0.5 + 1e-9)
        whole = min(max(nearest, 1), 99) if 0 < share < 1 else nearest
        return format_percent(whole / 100, locale=_LOCALES[self.language.locale])

    def length(self, seconds: int | None) -> str:
        """Return a length of time in signs, two units at most: `3d 6h`, in French `3 j 6 h`."""
        if seconds is None:
            return "–"
        from babel.units import format_unit

        days, rest = divmod(seconds // 60, 1_440)
        parts = (("day", days), ("hour", rest // 60), ("minute", rest % 60))
        first = next((at for at, (_, amount) in enumerate(parts) if amount), len(parts) - 1)
        locale = _LOCALES[self.language.locale]
        # In French a number stands apart from its sign; of the two forms one does so.
        form: Literal["short", "narrow"] = "short" if self.language.locale == "fr" else "narrow"
        return " ".join(
            format_unit(amount, f"duration-{unit}", form, locale=locale)
            for unit, amount in parts[first : first + 2]
            if amount or unit == parts[first][0]
        )

    def person(self, person: str | None) -> str:
        """Return the name of a person of the team, by id; for None that there is nobody yet."""
        if not person:
            return self.language.say("nobody yet")
        return person_name(person, self.team, self.language)

    def row(self, dimension: Dimension, key: str) -> str:
        """Return the words for a row of a table by some dimension."""
        match dimension:
            case Dimension.WEEK:
                return self.week(key)
            case Dimension.SOURCE:
                return key
            case Dimension.CATEGORY:
                return self.language.word(Category(key))
            case Dimension.PRODUCT:
                return self.product(key)

    def product(self, key: str) -> str:
        """Return the name of a product, by id; its id where it has none any more."""
        return self.products.get(key, key) if key else self.language.say("none named")

    def week(self, key: str) -> str:
        """Return the first day of an ISO week such as `2026-W47`: `16 Nov 2026`."""
        year, _, week = key.partition("-W")
        from babel.dates import format_date

        monday = date.fromisocalendar(int(year), int(week), 1)
        return format_date(monday, "d MMM y", locale=_LOCALES[self.language.locale])

    def dimension(self, dimension: Dimension) -> str:
        """Return what the rows of a table stand for."""
        say = self.language.say
        return {
            Dimension.WEEK: say("week from"),
            Dimension.SOURCE: say("source"),
            Dimension.CATEGORY: say("category"),
            Dimension.PRODUCT: say("product"),
        }[dimension]

    def by(self, dimension: Dimension) -> str:
        """Return the heading of a table by some dimension."""
        say = self.language.say
        return {
            Dimension.WEEK: say("By week"),
            Dimension.SOURCE: say("By source"),
            Dimension.CATEGORY: say("By category"),
            Dimension.PRODUCT: say("By product"),
        }[dimension]

    def clock(self, clock: str) -> str:
        """Return the name of a clock, by id, with a capital."""
        return clock_name(clock, self.language)

    def column(self, key: str) -> str:
        """Return the words for a column of a table, by its key; a key without words is a bug."""
        say = self.language.say
        words: dict[str, Callable[[], str]] = {
            Fate.MET: lambda: say("kept"),
            Fate.MISSED: lambda: say("missed"),
            Fate.OVERDUE: lambda: say("overdue now"),
            Fate.RUNNING: lambda: say("still running"),
            Wish.IDEAL: lambda: say("as ideally wished"),
            Wish.PROMISED: lambda: say("as promised"),
            Wish.LATE: lambda: say("late"),
            FirstReply.HOUR: lambda: say("within 1 h"),
            FirstReply.AVERAGE: lambda: say("within 3 h 42"),
            FirstReply.DAY: lambda: say("within 1 day"),
            FirstReply.THREE_DAYS: lambda: say("within 3 days"),
            FirstReply.LATER: lambda: say("later or not yet"),
            FirstReply.WAITING: lambda: say("waiting, in time"),
            "alone": lambda: say("settled alone"),
            "asked": lambda: say("brand care asked"),
            "once": lambda: say("settled once"),
            "contested": lambda: say("contested"),
            "reopened": lambda: say("reopened"),
            "turned": lambda: say("gave thanks in the end"),
            "not-turned": lambda: say("did not"),
            "cases": lambda: say("cases"),
            Survey.ANSWERED: lambda: say("answered"),
            Survey.SENT: lambda: say("sent, not answered"),
            Survey.NOT_SENT: lambda: say("not sent"),
            Heat.CRISIS: lambda: say("crisis"),
            Heat.DUE: lambda: say("due within 24 h"),
            Heat.CALM: lambda: say("not yet due"),
            Told.TOLD: lambda: say("told"),
            Told.OTHERWISE: lambda: say("told otherwise"),
            Told.NOT_YET: lambda: say("not told yet"),
        }
        return words[key]()

    def heat(self, heat: Heat) -> str:
        """Return what makes a case urgent, as a heading."""
        say = self.language.say
        return {
            Heat.CRISIS: say("In crisis"),
            Heat.OVERDUE: say("Overdue"),
            Heat.DUE: say("Due within 24 hours"),
            Heat.CALM: say("Not yet due"),
        }[heat]

    def turn(self, turn: Turn) -> str:
        """Return whom a case waits for."""
        say = self.language.say
        return {
            Turn.QUALIFY: say("a decision on the proposal"),
            Turn.TEAM: say("the desk"),
            Turn.CUSTOMER: say("the customer"),
            Turn.BRAND_CARE: say("brand care"),
        }[turn]
