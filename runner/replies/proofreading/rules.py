"""What no reply should say, by the program's own rules (`rules-*.yaml`), and where a text does."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from runner.replies.proofreading.sentences import Sentence
from runner.text.guess import guess_language
from runner.text.patterns import compile_pattern
from runner.text.strict_yaml import read_value

LOCALES = ("fr", "en")
_GAP = r"(?: [^ |]+){0,5}? "
_LIST = re.compile(r"<(\w+)>")
_MEMORY = 1 << 26
"""Bytes that one of these patterns may take: they are the program's own, and long."""
_NEVER = r"[^\s\S]"
_SHORTEST = 5
"""Characters of a sentence below which nothing is said: `on us` has as many."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule finds; the head of `rules-fr.yaml` says what its words mean.

    `hint` fits wherever one of `says` may: one search for most sentences.
    """

    name: str
    locale: str
    scope: str
    says: tuple[tuple[Any, ...], ...]
    hint: Any
    denied: Any
    neutral: Any
    unless: Any
    away: Any
    still: Any


@dataclass(frozen=True, slots=True)
class Said:
    """A rule fits `text[start:end]`.

    Or it reads like what the rule is for, most of all for what stands at `telling`: nothing does
    where the rule itself fits.
    """

    rule: str
    start: int
    end: int
    telling: tuple[int, int] = (0, 0)


def find_said(sentences: tuple[Sentence, ...]) -> tuple[Said, ...]:
    """Return what the program's rules find in sentences, in order; a rule once in a sentence.

    A sentence whose language shows is read by the rules of that language, another by all.
    """
    found: dict[tuple[str, int], Said] = {}
    spoken = [guess_language(sentence.text.replace("|", " ")) for sentence in sentences]
    for rule in shipped_rules():
        for nth, sentence in enumerate(sentences):
            if (rule.name, nth) in found or len(sentence.text) < _SHORTEST:
                continue
            if spoken[nth] not in {None, rule.locale}:
                continue
            said = _find(rule, sentences, nth)
            if said is not None:
                found[rule.name, nth] = Said(rule.name, *said)
    return tuple(sorted(found.values(), key=lambda one: (one.start, one.rule)))


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules that are shipped with this version."""
    return tuple(rule for locale in LOCALES for rule in _read_rules(locale))


def _read_rules(locale: str) -> Iterator[Rule]:
    folder = resources.files("runner") / "replies" / "proofreading"
    top: Any = read_value((folder / f"rules-{locale}.yaml").read_bytes())
    lists: dict[str, str] = {}
    for name, words in top["lists"].items():
        lists[name] = _spelled(words.replace("\n", ""), lists)
    for rule in top["rules"]:
        says = [[said] if isinstance(said, str) else said for said in rule["says"]]
        yield Rule(
            name=rule["name"],
            locale=locale,
            scope=rule["scope"],
            says=tuple(tuple(_compiled([each], lists) for each in said) for said in says),
            hint=_compiled([said[0] for said in says], lists),
            **{
                key: _compiled(rule.get(key, ()), lists)
                for key in ("denied", "neutral", "unless", "away", "still")
            },
        )


def _compiled(patterns: Iterable[str], lists: Mapping[str, str]) -> Any:
    """Return one pattern that fits where any of some does; of none, one that never fits."""
    each = [f"(?:{_spelled(pattern, lists)})" for pattern in patterns]
    return compile_pattern("|".join(each) or _NEVER, memory=_MEMORY)


def _spelled(pattern: str, lists: Mapping[str, str]) -> str:
    return _LIST.sub(lambda name: f"(?:{lists[name[1]]})", pattern).replace("~", _GAP)


def _find(rule: Rule, sentences: tuple[Sentence, ...], nth: int) -> tuple[int, int] | None:
    whole = sentences[nth].text
    # What fits in a clause fits in its sentence: most rules end here.
    if rule.scope == "clause" and not rule.hint.search(whole):
        return None
    for read in _read(rule, sentences, nth):
        if not rule.hint.search(read.text):
            continue
        spans = (_span(said, read.text) for said in rule.says)
        span = next((each for each in spans if each is not None), None)
        if (
            span is None
            or rule.denied.search(rule.neutral.sub(" ", read.text))
            or rule.unless.search(whole.replace("|", " "))
            or _is_away(rule, sentences, nth)
        ):
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


def _span(said: tuple[Any, ...], text: str) -> tuple[int, int] | None:
    """Return where a text fits, from the first to the last of what must fit."""
    found = [pattern.search(text) for pattern in said]
    if not all(found):
        return None
    return min(one.start() for one in found), max(one.end() for one in found)


def _is_away(rule: Rule, sentences: tuple[Sentence, ...], nth: int) -> bool:
    own = rule.neutral.sub(" ", sentences[nth].text.replace("|", " "))
    if rule.still.search(own):
        return False
    around = sentences[max(nth - 1, 0) : nth + 2]
    return any(rule.away.search(one.text.replace("|", " ")) for one in around)
