"""From `policies/triage.yaml` to values, with every fault of the file."""

import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import re2

from runner.errors import Fault, Severity
from runner.model import Category, SourceCategory, Urgency
from runner.policies.rules import (
    CRISES,
    FIELDS,
    AllOf,
    AnyOf,
    ByAuthor,
    Condition,
    FromCategory,
    FromSource,
    Given,
    InLanguage,
    Long,
    Matches,
    Names,
    Negations,
    NoneOf,
    Otherwise,
    Phrase,
    Product,
    Rated,
    Rule,
    Says,
    Sign,
    Step,
    TriagePolicy,
    Unrated,
    Weighed,
)
from runner.text.strict_yaml import Document, Path
from runner.text.words import fold, read_words

__all__ = ["Product", "TriagePolicy", "parse_phrase", "parse_triage"]

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Ids of rules, lists, topics and products."""
LIST = re.compile(r"<([^<>]*)>")
GAPS = {"...", "…"}
YES_NO = {"yes": True, "no": False}
PATTERN_MEMORY = 1 << 20
"""Bytes that RE2 may spend on one pattern: `x{1000}{1000}` is refused, not run."""


class PhraseFault(ValueError):
    """A phrase that cannot be read; the message says why."""


def parse_phrase(text: str, lists: Mapping[str, tuple[Phrase, ...]]) -> Phrase:
    """Read one phrase of a rule.

    Words stand for all their inflections; `a/b` is one word or the other, `<name>` any
    word of a list, `...` up to four words in between.

    Raises:
        PhraseFault: with what is wrong with it.
    """
    steps: list[Step] = []
    gap = False
    for piece in text.split():
        if piece in GAPS:
            if not steps or gap:
                raise PhraseFault("`...` stands between two words")
            gap = True
            continue
        found = _parse_piece(piece, lists)
        if not found:
            raise PhraseFault(f"there is no word in {piece!r}")
        steps.append(Step(found[0], after_gap=gap))
        steps += (Step(words) for words in found[1:])
        gap = False
    if gap or not steps:
        raise PhraseFault("`...` stands between two words" if gap else "the phrase is empty")
    return Phrase(text, tuple(steps))


def _parse_piece(piece: str, lists: Mapping[str, tuple[Phrase, ...]]) -> list[frozenset[str]]:
    if "/" not in piece and not LIST.fullmatch(piece):
        return [frozenset({token.word}) for token in read_words(piece).tokens]
    words: set[str] = set()
    for part in piece.split("/"):
        if named := LIST.fullmatch(part):
            if named[1] not in lists:
                raise PhraseFault(f"there is no list {named[1]!r} above")
            for phrase in lists[named[1]]:
                if len(phrase.steps) != 1:
                    raise PhraseFault(
                        f"<{named[1]}> holds {phrase.text!r}; "
                        "only a list of single words can stand inside a phrase"
                    )
                words |= phrase.steps[0].words
            continue
        tokens = read_words(part).tokens
        if len(tokens) != 1:
            raise PhraseFault(f"{part!r} is not one word; `/` parts single words")
        words.add(tokens[0].word)
    return [frozenset(words)]


def parse_triage(document: Document) -> tuple[TriagePolicy | None, tuple[Fault, ...]]:
    """Read the rules.  With any error among the faults there is no policy."""
    reader = _Reader(document)
    policy = reader.read_policy()
    faults = tuple(sorted(reader.faults))
    if any(fault.severity is Severity.ERROR for fault in faults):
        return None, faults
    return policy, faults


@dataclass
class _Reader:
    document: Document
    faults: list[Fault] = field(default_factory=list)
    lists: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def fault(self, path: Path, message: str, hint: str = "", rule: str = "triage") -> None:
        self.faults.append(self.document.fault(path, rule, message, hint))

    def read_policy(self) -> TriagePolicy | None:
        top = self._mapping(
            (), self.document.value, ("version", "otherwise", "negations", "lists", "rules")
        )
        if top is None:
            return None
        if top.get("version") != 1:
            self.fault(("version",), "version must be 1")
        otherwise = self._read_otherwise(top.get("otherwise"))
        self._read_lists(top.get("lists", {}))
        negations = self._read_negations(top.get("negations", {}))
        rules = self._read_rules(top.get("rules"))
        self._check_lists_used()
        if otherwise is None:
            return None
        lines = [rule.line for rule in rules] + [otherwise.line]
        digest = hashlib.sha256(repr((self.document.value, lines)).encode()).hexdigest()
        return TriagePolicy(self.document.file, digest, otherwise, negations, rules)

    # Shapes

    def _mapping(self, path: Path, value: object, known: Iterable[str]) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self.fault(path, "must be a mapping", f"known keys: {', '.join(known)}")
            return None
        for key in value:
            if key not in known:
                self.fault((*path, key), f"unknown key {key!r}", _nearest(str(key), known))
        return value

    def _texts(self, path: Path, value: object) -> tuple[tuple[Path, str], ...]:
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

    def _chosen(
        self, path: Path, value: object, words: Mapping[str, Any], what: str
    ) -> Any:  # the values of `words`
        if isinstance(value, str) and value in words:
            return words[value]
        self.fault(path, f"{value!r} is no {what}", _nearest(str(value), words))
        return None

    def _number(self, path: Path, value: object) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.fault(path, "must be a number")
        return None

    def _name(self, path: Path, value: object, what: str) -> str | None:
        if isinstance(value, str) and NAME.fullmatch(value):
            return value
        self.fault(path, f"{value!r} is no {what}", "small letters, digits and hyphens")
        return None

    # Parts of the file

    def _read_otherwise(self, value: object) -> Otherwise | None:
        path: Path = ("otherwise",)
        known = ("after_sales", "category", "urgency")
        given = self._mapping(path, value, known)
        if given is None:
            return None
        for name in known:
            if name not in given:
                self.fault(path, f"{name} is missing", "it holds where no rule speaks")
        after_sales = self._field((*path, "after_sales"), "after_sales", given)
        category = self._field((*path, "category"), "category", given)
        urgency = self._field((*path, "urgency"), "urgency", given)
        if after_sales is None or category is None or urgency is None:
            return None
        return Otherwise(after_sales, category, urgency, self._line(path))

    def _line(self, path: Path) -> int:
        place = self.document.keys.get(path) or self.document.positions.get(path)
        return place.line if place else 1

    def _read_lists(self, value: object) -> None:
        if not isinstance(value, dict):
            self.fault(("lists",), "must be a mapping from names to lists of phrases")
            return
        for name, entries in value.items():
            path: Path = ("lists", name)
            if self._name(path, name, "name of a list") is not None:
                self.lists[str(name)] = self._phrases(path, entries)

    def _check_lists_used(self) -> None:
        for name in self.lists:
            if name not in self.used:
                idle = self.document.fault(
                    ("lists", name), "triage-idle-list", f"no rule uses the list {name!r}"
                )
                self.faults.append(replace(idle, severity=Severity.WARNING))

    def _phrases(self, path: Path, value: object) -> tuple[Phrase, ...]:
        phrases: list[Phrase] = []
        for place, text in self._texts(path, value):
            names = LIST.findall(text)
            self.used |= set(names)
            whole = LIST.fullmatch(text.strip())
            if unknown := [name for name in names if name not in self.lists]:
                self.fault(
                    place,
                    f"there is no list {unknown[0]!r} above",
                    _nearest(unknown[0], self.lists),
                )
            elif whole:
                phrases += self.lists[whole[1]]
            else:
                try:
                    phrases.append(parse_phrase(text, self.lists))
                except PhraseFault as why:
                    self.fault(place, str(why))
        return tuple(dict.fromkeys(phrases))

    def _read_negations(self, value: object) -> Negations:
        path: Path = ("negations",)
        given = self._mapping(path, value, ("words", "until", "but_not"))
        if not given:
            return Negations()
        but_not = self._phrases((*path, "but_not"), given["but_not"]) if "but_not" in given else ()
        return Negations(
            self._single_words((*path, "words"), given.get("words", [])),
            self._single_words((*path, "until"), given["until"])
            if "until" in given
            else frozenset(),
            but_not,
        )

    def _single_words(self, path: Path, value: object) -> frozenset[str]:
        words: set[str] = set()
        for phrase in self._phrases(path, value):
            if len(phrase.steps) == 1:
                words |= phrase.steps[0].words
            else:
                self.fault(path, f"{phrase.text!r} is more than one word")
        return frozenset(words)

    def _read_rules(self, value: object) -> tuple[Rule, ...]:
        if not isinstance(value, list) or not value:
            self.fault(("rules",), "must be a list of rules", "each with id, when and then")
            return ()
        rules: list[Rule] = []
        seen: dict[str, int] = {}
        for index, entry in enumerate(value):
            rule = self._read_rule(("rules", index), entry)
            if rule is None:
                continue
            if rule.id in seen:
                self.fault(
                    ("rules", index, "id"),
                    f"the rule {rule.id!r} stands already in line {seen[rule.id]}",
                    "give each rule a name of its own",
                    "triage-duplicate-rule",
                )
            seen.setdefault(rule.id, rule.line)
            for earlier in rules:
                if earlier.when == rule.when and rule.then.fields <= earlier.then.fields:
                    self.fault(
                        ("rules", index, "when"),
                        f"this never speaks: {earlier.id!r} above fits the same messages",
                        "join the two, or move the narrower one up",
                        "triage-unreachable-rule",
                    )
                    break
            rules.append(rule)
        return tuple(rules)

    def _read_rule(self, path: Path, value: object) -> Rule | None:
        entry = self._mapping(path, value, ("id", "when", "then"))
        if entry is None:
            return None
        missing = [key for key in ("id", "when", "then") if key not in entry]
        for key in missing:
            self.fault(path, f"{key} is missing")
        if missing:
            return None
        name = self._name((*path, "id"), entry["id"], "name of a rule")
        when = self._condition((*path, "when"), entry["when"])
        then = self._read_then((*path, "then"), entry["then"])
        if name is None or when is None or then is None:
            return None
        return Rule(name, self._line((*path, "id")), when, then)

    def _read_then(self, path: Path, value: object) -> Given | None:
        given = self._mapping(path, value, FIELDS)
        if given is None:
            return None
        if not given:
            self.fault(path, "the rule gives nothing", f"give one of: {', '.join(FIELDS)}")
            return None
        found = {name: self._field((*path, name), name, given) for name in FIELDS if name in given}
        return Given(**found)

    def _field(self, path: Path, name: str, given: Mapping[str, object]) -> Any:
        if name not in given:
            return None
        value = given[name]
        match name:
            case "after_sales":
                return self._chosen(path, value, YES_NO, "answer")
            case "category":
                return self._chosen(path, value, _terms(Category), "category")
            case "urgency":
                return self._chosen(path, value, _terms(Urgency), "urgency")
            case "crisis":
                kinds = {kind: kind for kind in CRISES} | {"none": ""}
                return self._chosen(path, value, kinds, "kind of crisis")
            case _:
                return self._name(path, value, name)

    # Conditions

    def _condition(self, path: Path, value: object, besides: tuple[str, ...] = ()) -> Any:
        given = self._mapping(path, value, (*_CONDITIONS, *besides))
        if given is None:
            return None
        parts: list[Condition] = []
        for key, asked in given.items():
            if key in _CONDITIONS:
                part = _CONDITIONS[key](self, (*path, key), asked)
                if part is not None:
                    parts.append(part)
        if not any(key in _CONDITIONS for key in given):
            self.fault(path, "there is no condition", f"ask for one of: {', '.join(_CONDITIONS)}")
            return None
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _says(self, path: Path, value: object) -> Condition:
        return Says(self._phrases(path, value))

    def _says_unquoted(self, path: Path, value: object) -> Condition:
        return Says(self._phrases(path, value), quoted=False)

    def _matches(self, path: Path, value: object) -> Condition:
        patterns = []
        options = re2.Options()
        options.log_errors = False
        options.max_mem = PATTERN_MEMORY
        for place, pattern in self._texts(path, value):
            try:
                re2.compile(pattern, options)
            except re2.error as why:
                said = why.args[0] if why.args else why
                told = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
                self.fault(place, f"the pattern cannot be read: {told}", "see RE2's syntax")
                continue
            if pattern != fold(pattern) and not re.search(r"\\[A-Z]|\[\[:|\(\?P", pattern):
                self.fault(
                    place,
                    "the pattern can never match: texts are compared in small letters without "
                    "accents",
                    f"write {fold(pattern)!r}",
                )
                continue
            patterns.append(pattern)
        return Matches(tuple(patterns))

    def _rating(self, path: Path, value: object) -> Condition | None:
        if value == "none":
            return Unrated()
        given = self._mapping(path, value, ("at_least", "at_most"))
        if given is None:
            return None
        low = self._number((*path, "at_least"), given.get("at_least", 0))
        high = self._number((*path, "at_most"), given.get("at_most", 5))
        if low is None or high is None:
            return None
        if not given or not 0 <= low <= high <= 5:
            self.fault(path, "no rating is like that", "stars of five: `{at_most: 2}`")
            return None
        return Rated(low, high)

    def _source(self, path: Path, value: object) -> Condition:
        return FromSource(tuple(text for _, text in self._texts(path, value)))

    def _source_category(self, path: Path, value: object) -> Condition:
        found = [
            self._chosen(place, text, _terms(SourceCategory), "category of sources")
            for place, text in self._texts(path, value)
        ]
        return FromCategory(tuple(category for category in found if category is not None))

    def _author(self, path: Path, value: object) -> Condition:
        if value == "own":
            return ByAuthor(own=True)
        return ByAuthor(tuple(fold(text) for _, text in self._texts(path, value)))

    def _language(self, path: Path, value: object) -> Condition:
        return InLanguage(tuple(text for _, text in self._texts(path, value)))

    def _names_brand(self, path: Path, value: object) -> Condition | None:
        named = self._chosen(path, value, YES_NO, "answer")
        return None if named is None else Names("brand", named)

    def _names_product(self, path: Path, value: object) -> Condition | None:
        named = self._chosen(path, value, YES_NO, "answer")
        return None if named is None else Names("product", named)

    def _words(self, path: Path, value: object) -> Condition | None:
        given = self._mapping(path, value, ("at_least", "at_most"))
        if given is None:
            return None
        low = self._number((*path, "at_least"), given.get("at_least", 0))
        high = self._number((*path, "at_most"), given.get("at_most", 1_000_000))
        if low is None or high is None or not given or not 0 <= low <= high:
            self.fault(path, "no text is so long", "numbers of words: `{at_most: 5}`")
            return None
        return Long(int(low), int(high))

    def _several(self, path: Path, value: object) -> tuple[Condition, ...]:
        if not isinstance(value, list) or not value:
            self.fault(path, "must be a list of conditions")
            return ()
        found = (self._condition((*path, index), entry) for index, entry in enumerate(value))
        return tuple(condition for condition in found if condition is not None)

    def _all(self, path: Path, value: object) -> Condition:
        return AllOf(self._several(path, value))

    def _any(self, path: Path, value: object) -> Condition:
        return AnyOf(self._several(path, value))

    def _none(self, path: Path, value: object) -> Condition:
        return NoneOf(self._several(path, value))

    def _score(self, path: Path, value: object) -> Condition | None:
        given = self._mapping(path, value, ("at_least", "of"))
        if given is None:
            return None
        needed = self._number((*path, "at_least"), given.get("at_least"))
        entries = given.get("of")
        if not isinstance(entries, list) or not entries:
            self.fault((*path, "of"), "must be a list of conditions, each with its points")
            return None
        signs = []
        for index, entry in enumerate(entries):
            place = (*path, "of", index)
            condition = self._condition(place, entry, besides=("points",))
            points = entry.get("points") if isinstance(entry, dict) else None
            worth = self._number((*place, "points"), points)
            if condition is not None and worth is not None:
                signs.append(Sign(worth, condition))
        if needed is None:
            return None
        if sum(sign.points for sign in signs if sign.points > 0) < needed:
            self.fault(path, f"all points together do not reach {needed:g}, so this never holds")
        return Weighed(needed, tuple(signs))


_CONDITIONS: dict[str, Callable[[_Reader, Path, object], Condition | None]] = {
    "says": _Reader._says,
    "says_unquoted": _Reader._says_unquoted,
    "matches": _Reader._matches,
    "rating": _Reader._rating,
    "source": _Reader._source,
    "source_category": _Reader._source_category,
    "author": _Reader._author,
    "language": _Reader._language,
    "names_brand": _Reader._names_brand,
    "names_product": _Reader._names_product,
    "words": _Reader._words,
    "all": _Reader._all,
    "any": _Reader._any,
    "none": _Reader._none,
    "score": _Reader._score,
}


def _terms(words: type[StrEnum]) -> dict[str, Any]:
    return {word.value: word for word in words}


def _nearest(word: str, known: Iterable[str]) -> str:
    names = tuple(known)
    if near := difflib.get_close_matches(word, names, n=1):
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(names)}" if names else ""
