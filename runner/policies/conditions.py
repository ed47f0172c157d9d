"""The conditions of rules: from a document to values, with every fault."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from runner.errors import Fault
from runner.model import SourceCategory
from runner.policies.phrases import LIST, PhraseFault, parse_phrase
from runner.policies.rules import (
    AllOf,
    AnyOf,
    ByAuthor,
    Condition,
    FromCategory,
    FromSource,
    InLanguage,
    Long,
    Matches,
    Names,
    NoneOf,
    Phrase,
    Rated,
    Says,
    Sign,
    Unrated,
    Weighed,
)
from runner.text.document import Document, Path
from runner.text.patterns import compile_pattern
from runner.text.wording import did_you_mean, one_of, shown
from runner.text.words import fold

YES_NO = {"yes": True, "no": False}
LONGEST_TEXT = 1_000_000
"""Words; more than any text that is kept."""


@dataclass
class ConditionReader:
    """Reads conditions of one document, and collects what is wrong with them.

    `lists` are those read so far, `used` the names that something asked for.
    """

    document: Document
    faults: list[Fault] = field(default_factory=list)
    lists: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def fault(self, path: Path, message: str, hint: str = "", rule: str = "triage") -> None:
        """Remember a fault at the value at `path`."""
        self.faults.append(self.document.fault(path, rule, message, hint))

    def mapping(self, path: Path, value: object, known: Iterable[str]) -> dict[str, Any] | None:
        """Return a mapping, unknown keys included, or None where there is none."""
        if not isinstance(value, dict):
            self.fault(path, "must be a mapping", one_of(known))
            return None
        for key in value:
            if key not in known:
                self.faults.append(
                    self.document.key_fault(
                        (*path, key),
                        "triage-unknown-key",
                        f"{shown(str(key))} is no key here",
                        did_you_mean(str(key), known),
                    )
                )
        return value

    def texts(self, path: Path, value: object) -> tuple[tuple[Path, str], ...]:
        """Return the texts of a list, or of one text standing alone, with their paths."""
        if isinstance(value, str):
            value = [value]
            places: list[Path] = [path]
        elif isinstance(value, list):
            places = [(*path, index) for index in range(len(value))]
        else:
            self.fault(path, "must be a text or a list of texts")
            return ()
        if not value:
            self.fault(path, "the list is empty, so this never holds")
        found = []
        for place, text in zip(places, value, strict=True):
            if isinstance(text, str) and text.strip():
                found.append((place, text))
            else:
                self.fault(place, "must be a text", "put quotation marks around it")
        return tuple(found)

    def chosen(self, path: Path, value: object, words: Mapping[str, Any], what: str) -> Any:
        """Return what a word stands for in `words`, or None where it is none of them."""
        if isinstance(value, str) and value in words:
            return words[value]
        self.fault(path, f"{shown(str(value))} is no {what}", did_you_mean(str(value), words))
        return None

    def number(self, path: Path, value: object) -> float | None:
        """Return a number; None, with a fault, where it is none."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.fault(path, "must be a number")
        return None

    def phrases(self, path: Path, value: object) -> tuple[Phrase, ...]:
        """Return the phrases of a list, those of the lists it names included."""
        phrases: list[Phrase] = []
        for place, text in self.texts(path, value):
            names = LIST.findall(text)
            self.used |= set(names)
            whole = LIST.fullmatch(text.strip())
            if unknown := [name for name in names if name not in self.lists]:
                self.fault(
                    place,
                    f"there is no list {shown(unknown[0])} above",
                    did_you_mean(unknown[0], self.lists, "lists stand before their use"),
                )
            elif whole:
                phrases += self.lists[whole[1]]
            else:
                try:
                    phrases.append(parse_phrase(text, self.lists))
                except PhraseFault as why:
                    self.fault(place, str(why))
        return tuple(dict.fromkeys(phrases))

    def condition(
        self, path: Path, value: object, besides: tuple[str, ...] = ()
    ) -> Condition | None:
        """Return the condition that a mapping asks: all of its keys must hold, but `besides`."""
        given = self.mapping(path, value, (*CONDITIONS, *besides))
        if given is None:
            return None
        parts: list[Condition] = []
        for key, asked in given.items():
            if key in CONDITIONS:
                part = CONDITIONS[key](self, (*path, key), asked)
                if part is not None:
                    parts.append(part)
        if not any(key in CONDITIONS for key in given):
            self.fault(path, "there is no condition", one_of(CONDITIONS))
            return None
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _says(self, path: Path, value: object) -> Condition:
        return Says(self.phrases(path, value))

    def _mentions(self, path: Path, value: object) -> Condition:
        return Says(self.phrases(path, value), denied=True)

    def _says_unquoted(self, path: Path, value: object) -> Condition:
        return Says(self.phrases(path, value), quoted=False)

    def _matches(self, path: Path, value: object) -> Condition:
        patterns = []
        for place, pattern in self.texts(path, value):
            try:
                compile_pattern(pattern)
            except ValueError as why:
                self.fault(place, f"the pattern cannot be read: {why}", "see RE2's syntax")
                continue
            if _is_plain(pattern) and pattern != fold(pattern):
                self.fault(
                    place,
                    "the pattern can never match: texts are compared in small letters without "
                    "accents",
                    f"write {shown(fold(pattern))}",
                )
                continue
            patterns.append(pattern)
        return Matches(tuple(patterns))

    def _rating(self, path: Path, value: object) -> Condition | None:
        if value == "none":
            return Unrated()
        given = self.mapping(path, value, ("at_least", "at_most"))
        if given is None:
            return None
        low = self.number((*path, "at_least"), given.get("at_least", 0))
        high = self.number((*path, "at_most"), given.get("at_most", 5))
        if low is None or high is None:
            return None
        if not given or not 0 <= low <= high <= 5:
            self.fault(path, "no rating is like that", "stars of five: `{at_most: 2}`")
            return None
        return Rated(low, high)

    def _source(self, path: Path, value: object) -> Condition:
        return FromSource(tuple(text for _, text in self.texts(path, value)))

    def _source_category(self, path: Path, value: object) -> Condition:
        found = [
            self.chosen(place, text, terms(SourceCategory), "category of sources")
            for place, text in self.texts(path, value)
        ]
        return FromCategory(tuple(category for category in found if category is not None))

    def _author(self, path: Path, value: object) -> Condition:
        if value == "own":
            return ByAuthor(own=True)
        return ByAuthor(tuple(fold(text) for _, text in self.texts(path, value)))

    def _language(self, path: Path, value: object) -> Condition:
        return InLanguage(tuple(text for _, text in self.texts(path, value)))

    def _names_brand(self, path: Path, value: object) -> Condition | None:
        named = self.chosen(path, value, YES_NO, "answer")
        return None if named is None else Names("brand", named)

    def _names_product(self, path: Path, value: object) -> Condition | None:
        named = self.chosen(path, value, YES_NO, "answer")
        return None if named is None else Names("product", named)

    def _words(self, path: Path, value: object) -> Condition | None:
        given = self.mapping(path, value, ("at_least", "at_most"))
        if given is None:
            return None
        low = self.number((*path, "at_least"), given.get("at_least", 0))
        high = self.number((*path, "at_most"), given.get("at_most", LONGEST_TEXT))
        if low is None or high is None or not given or not 0 <= low <= high:
            self.fault(path, "no text is so long", "numbers of words: `{at_most: 5}`")
            return None
        return Long(int(low), int(high))

    def _several(self, path: Path, value: object) -> tuple[Condition, ...]:
        if not isinstance(value, list) or not value:
            self.fault(path, "must be a list of conditions")
            return ()
        found = (self.condition((*path, index), entry) for index, entry in enumerate(value))
        return tuple(condition for condition in found if condition is not None)

    def _all(self, path: Path, value: object) -> Condition:
        return AllOf(self._several(path, value))

    def _any(self, path: Path, value: object) -> Condition:
        return AnyOf(self._several(path, value))

    def _none(self, path: Path, value: object) -> Condition:
        return NoneOf(self._several(path, value))

    def _score(self, path: Path, value: object) -> Condition | None:
        given = self.mapping(path, value, ("at_least", "of"))
        if given is None:
            return None
        needed = self.number((*path, "at_least"), given.get("at_least"))
        entries = given.get("of")
        if not isinstance(entries, list) or not entries:
            self.fault((*path, "of"), "must be a list of conditions, each with its points")
            return None
        signs = []
        for index, entry in enumerate(entries):
            place = (*path, "of", index)
            condition = self.condition(place, entry, besides=("points",))
            points = entry.get("points") if isinstance(entry, dict) else None
            worth = self.number((*place, "points"), points)
            if condition is not None and worth is not None:
                signs.append(Sign(worth, condition))
        if needed is None:
            return None
        if sum(sign.points for sign in signs if sign.points > 0) < needed:
            self.fault(path, f"all points together do not reach {needed:g}, so this never holds")
        return Weighed(needed, tuple(signs))


CONDITIONS: dict[str, Callable[[ConditionReader, Path, object], Condition | None]] = {
    "says": ConditionReader._says,
    "says_unquoted": ConditionReader._says_unquoted,
    "mentions": ConditionReader._mentions,
    "matches": ConditionReader._matches,
    "rating": ConditionReader._rating,
    "source": ConditionReader._source,
    "source_category": ConditionReader._source_category,
    "author": ConditionReader._author,
    "language": ConditionReader._language,
    "names_brand": ConditionReader._names_brand,
    "names_product": ConditionReader._names_product,
    "words": ConditionReader._words,
    "all": ConditionReader._all,
    "any": ConditionReader._any,
    "none": ConditionReader._none,
    "score": ConditionReader._score,
}


def _is_plain(pattern: str) -> bool:
    """Whether capitals in a pattern are meant as letters, not as a class such as `\\S`."""
    return not any(mark in pattern for mark in ("\\", "[[:", "(?"))


def terms(words: type[StrEnum]) -> dict[str, Any]:
    """Return the members of an enumeration by the words that files write."""
    return {word.value: word for word in words}
