"""What no reply should say, by the program's own rules (`rules-*.yaml`), and where a text does."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import re2

from runner.replies.proofreading.sentences import Sentence
from runner.text.strict_yaml import read_value

FILES = ("rules-fr.yaml", "rules-en.yaml")
_GAP = r"(?: [^ |]+){0,5}? "
_LIST = re.compile(r"<(\w+)>")
_PATTERN_MEMORY = 1 << 25
_SHORTEST = 5
"""Characters of a sentence below which nothing is said: `on us` has as many."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule finds; the head of `rules-fr.yaml` says what its words mean."""

    name: str
    scope: str
    says: tuple[tuple[Any, ...], ...]
    denied: tuple[Any, ...]
    neutral: tuple[Any, ...]
    unless: tuple[Any, ...]
    away: tuple[Any, ...]
    still: tuple[Any, ...]
    followed: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A rule fits `text[start:end]`."""

    rule: str
    start: int
    end: int


def find_said(sentences: tuple[Sentence, ...]) -> tuple[Said, ...]:
    """Return what the program's rules find in sentences, in order; a rule once in a sentence."""
    found: dict[tuple[str, int], Said] = {}
    for rule in shipped_rules():
        for nth, sentence in enumerate(sentences):
            if (rule.name, nth) in found or len(sentence.text) < _SHORTEST:
                continue
            said = _find(rule, sentences, nth)
            if said is not None:
                found[rule.name, nth] = Said(rule.name, *said)
    return tuple(sorted(found.values(), key=lambda one: (one.start, one.rule)))


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules that are shipped with this version."""
    return tuple(rule for file in FILES for rule in _read_rules(file))


def _read_rules(file: str) -> Iterator[Rule]:
    folder = resources.files("runner") / "replies" / "proofreading"
    top: Any = read_value((folder / file).read_bytes())
    lists: dict[str, str] = {}
    for name, words in top["lists"].items():
        lists[name] = _spelled(words.replace(" |", "|"), lists)
    for rule in top["rules"]:
        yield Rule(
            name=rule["name"],
            scope=rule["scope"],
            says=tuple(
                _compiled([said] if isinstance(said, str) else said, lists) for said in rule["says"]
            ),
            **{
                key: _compiled(rule.get(key, ()), lists)
                for key in ("denied", "neutral", "unless", "away", "still", "followed")
            },
        )


def _compiled(patterns: Iterable[str], lists: Mapping[str, str]) -> tuple[Any, ...]:
    options = re2.Options()
    options.max_mem = _PATTERN_MEMORY
    options.log_errors = False
    return tuple(re2.compile(_spelled(pattern, lists), options) for pattern in patterns)


def _spelled(pattern: str, lists: Mapping[str, str]) -> str:
    return _LIST.sub(lambda name: lists[name[1]], pattern).replace("~", _GAP)


def _find(rule: Rule, sentences: tuple[Sentence, ...], nth: int) -> tuple[int, int] | None:
    whole = sentences[nth]
    # What fits in a clause fits in its sentence: most rules end here.
    likely = [
        said
        for said in rule.says
        if rule.scope != "clause" or all(pattern.search(whole.text) for pattern in said)
    ]
    if not likely or _any(rule.unless, whole.text.replace("|", " ")):
        return None
    for read in _read(rule, sentences, nth):
        for said in likely:
            for span in _spans(said, read.text):
                if _is_denied(rule, read.text[: span[1]]):
                    continue
                if _any(rule.followed, read.text[span[1] :]):
                    continue
                if _is_away(rule, sentences, nth):
                    continue
                return read.starts[span[0]], read.starts[span[1] - 1] + 1
    return None


def _read(rule: Rule, sentences: tuple[Sentence, ...], nth: int) -> tuple[Sentence, ...]:
    match rule.scope:
        case "clause":
            return sentences[nth].clauses()
        case "pair":
            pair = sentences[nth + 1 : nth + 2]
            return (sentences[nth].flat().with_next(pair[0].flat()),) if pair else ()
        case _:
            return (sentences[nth].flat(),)


def _spans(said: tuple[Any, ...], text: str) -> Iterator[tuple[int, int]]:
    """Yield where a text fits; where several patterns must, from the first to the last of them."""
    if len(said) == 1:
        yield from (found.span() for found in said[0].finditer(text))
        return
    found = [pattern.search(text) for pattern in said]
    if all(found):
        yield min(one.start() for one in found), max(one.end() for one in found)


def _is_denied(rule: Rule, text: str) -> bool:
    for pattern in rule.neutral:
        text = pattern.sub(" ", text)
    return _any(rule.denied, text)


def _is_away(rule: Rule, sentences: tuple[Sentence, ...], nth: int) -> bool:
    if not rule.away:
        return False
    own = sentences[nth].text.replace("|", " ")
    for pattern in rule.neutral:
        own = pattern.sub(" ", own)
    if _any(rule.still, own):
        return False
    around = sentences[max(nth - 1, 0) : nth + 2]
    return any(_any(rule.away, one.text.replace("|", " ")) for one in around)


def _any(patterns: tuple[Any, ...], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)
