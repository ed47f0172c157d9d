"""What the rules make of a message: each field with the rule that gave it.

For each field the first rule of `policies/triage.yaml` that fits the message and
gives that field speaks; `otherwise` speaks where no rule does.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from runner.model import Judgement, Mention, Rating, Ruling, SourceCategory
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
    Product,
    Rated,
    Rule,
    Says,
    Step,
    TriagePolicy,
    Unrated,
    Weighed,
)
from runner.policies.values import Brand, Configuration
from runner.text.patterns import compile_pattern
from runner.text.words import fold, read_words, words_of
from runner.triage.phrases import PhraseIndex, Reading
from runner.triage.witnesses import SILENT, Witness, join_witnesses, render_witness

NAMED = "named"
"""`product: named` in a rule: whichever product the text names."""


@dataclass(frozen=True, slots=True)
class Message:
    """What rules may ask about.

    `ignored_authors` are the names under which the brand itself speaks there.
    """

    text: str
    rating: Rating | None = None
    language: str | None = None
    author: str | None = None
    source: str | None = None
    source_category: SourceCategory | None = None
    ignored_authors: tuple[str, ...] = ()


def judge(mention: Mention, configuration: Configuration) -> Judgement:
    """Judge a mention by the rules of the desk.  Equal arguments give an equal judgement."""
    source = next((each for each in configuration.sources if each.id == mention.source), None)
    message = Message(
        f"{mention.title}\n{mention.text}" if mention.title else mention.text,
        mention.rating,
        mention.language or (source.language if source else None),
        mention.author,
        mention.source,
        source.category if source else None,
        (*source.ignore_authors, *source.bots) if source else (),
    )
    return judge_message(
        message, configuration.triage, configuration.brands, configuration.products
    )


def judge_message(
    message: Message,
    policy: TriagePolicy,
    brands: tuple[Brand, ...] = (),
    products: tuple[Product, ...] = (),
) -> Judgement:
    """Judge a message that need not come from a source."""
    return _bench(policy, brands, products).judge(message)


def find_holding(
    message: Message,
    policy: TriagePolicy,
    brands: tuple[Brand, ...] = (),
    products: tuple[Product, ...] = (),
) -> tuple[tuple[Rule, str], ...]:
    """Return every rule whose condition holds, in order, each with what made it speak."""
    return _bench(policy, brands, products).find_holding(message)


@lru_cache(maxsize=8)
def _bench(
    policy: TriagePolicy, brands: tuple[Brand, ...], products: tuple[Product, ...]
) -> "_Bench":
    return _Bench(policy, brands, products)


@dataclass(slots=True)
class _View:
    """A message while it is judged; what is costly is worked out when first asked for."""

    message: Message
    reading: Reading
    _folded: str | None = None
    author: str = field(init=False)

    def __post_init__(self) -> None:
        self.author = fold((self.message.author or "").strip().removeprefix("@"))

    @property
    def folded(self) -> str:
        if self._folded is None:
            self._folded = fold(self.message.text)
        return self._folded


_Test = Callable[[_View], Witness | None]
"""Returns what made the condition hold, or None where it does not."""


class _Bench:
    """A policy made ready: phrases indexed, patterns compiled, conditions as functions."""

    def __init__(
        self, policy: TriagePolicy, brands: tuple[Brand, ...], products: tuple[Product, ...]
    ) -> None:
        self.policy = policy
        self._brand_names = frozenset(fold(name) for brand in brands for name in brand.names)
        self._brands = tuple(_named(name) for brand in brands for name in brand.names)
        self._products = tuple(
            (product.id, _named(name)) for product in products for name in product.names
        )
        phrases = [phrase for rule in policy.rules for phrase in _phrases_of(rule.when)]
        names = [*self._brands, *(phrase for _, phrase in self._products)]
        self._index = PhraseIndex.of(
            [phrase for phrase in (*phrases, *names) if phrase.steps], policy.negations
        )
        self._rules = [(rule, rule.then.fields, self._test(rule.when)) for rule in policy.rules]

    def judge(self, message: Message) -> Judgement:
        view = _View(message, self._index.read(read_words(message.text)))
        given: dict[str, Ruling[Any] | None] = {}
        open_fields = {"after_sales", "category", "topic", "product", "urgency", "crisis"}
        for rule, fields, test in self._rules:
            wanted = fields & open_fields
            if not wanted:
                continue
            witness = test(view)
            if witness is None:
                continue
            reason = self.policy.reason(rule, render_witness(witness))
            for name in sorted(wanted):
                if name == "product" and rule.then.product == NAMED:
                    ruling = self._named_product(view, rule)
                    if ruling is None:
                        continue
                else:
                    ruling = Ruling(getattr(rule.then, name), reason)
                given[name] = ruling
                open_fields.discard(name)
            if not open_fields:
                break
        crisis = given.get("crisis")
        otherwise = self.policy.otherwise
        nothing = self.policy.reason(None)
        return Judgement(
            after_sales=given.get("after_sales") or Ruling(otherwise.after_sales, nothing),
            category=given.get("category") or Ruling(otherwise.category, nothing),
            urgency=given.get("urgency") or Ruling(otherwise.urgency, nothing),
            topic=given.get("topic"),
            product=given.get("product"),
            crisis=crisis if crisis and crisis.value else None,
        )

    def find_holding(self, message: Message) -> tuple[tuple[Rule, str], ...]:
        view = _View(message, self._index.read(read_words(message.text)))
        tested = ((rule, test(view)) for rule, _, test in self._rules)
        return tuple(
            (rule, render_witness(witness)) for rule, witness in tested if witness is not None
        )

    def _named_product(self, view: _View, rule: Rule) -> Ruling[str] | None:
        """Return the product named, of several the one with the longest name, then the first."""
        best: tuple[int, str, str] | None = None
        for product, phrase in self._products:
            said = self._find(view, phrase)
            if said is not None and (best is None or len(phrase.steps) > best[0]):
                best = (len(phrase.steps), product, said)
        if best is None:
            return None
        return Ruling(best[1], self.policy.reason(rule, render_witness(Witness(said=(best[2],)))))

    def _find(self, view: _View, phrase: Phrase) -> str | None:
        if not phrase.steps:
            return None
        hit = view.reading.find(self._index.number(phrase), denied=True)
        return view.reading.said(hit) if hit else None

    def _test(self, condition: Condition) -> _Test:
        match condition:
            case Says(phrases, quoted, denied):
                return self._says(phrases, quoted, denied)
            case Matches(patterns):
                return _matches(patterns)
            case ByAuthor(names, own):
                return self._by_author(frozenset(names), own)
            case Names(what, named):
                products = tuple(phrase for _, phrase in self._products)
                return self._names(self._brands if what == "brand" else products, named)
            case AllOf(conditions):
                return _all_of([self._test(each) for each in conditions])
            case AnyOf(conditions):
                return _any_of([self._test(each) for each in conditions])
            case NoneOf(conditions):
                some = _any_of([self._test(each) for each in conditions])
                return lambda view: SILENT if some(view) is None else None
            case Weighed(needed, signs):
                return _weighed(needed, [(s.points, self._test(s.condition)) for s in signs])
            case _:
                return lambda view: _known(condition, view)

    def _says(self, phrases: tuple[Phrase, ...], quoted: bool, denied: bool) -> _Test:
        numbers = [self._index.number(phrase) for phrase in phrases]
        wanted = frozenset(numbers)

        def test(view: _View) -> Witness | None:
            reading = view.reading
            found = wanted & reading.candidates
            if not found:
                return None
            for number in numbers if len(found) > 1 else found:
                if number in found and (hit := reading.find(number, quoted, denied)):
                    return Witness(said=(reading.said(hit),))
            return None

        return test

    def _names(self, names: tuple[Phrase, ...], named: bool) -> _Test:
        def test(view: _View) -> Witness | None:
            said = next(
                (said for name in names if (said := self._find(view, name)) is not None), None
            )
            if said is None:
                return None if named else SILENT
            return Witness(said=(said,)) if named else None

        return test

    def _by_author(self, names: frozenset[str], own: bool) -> _Test:
        def test(view: _View) -> Witness | None:
            if not view.author:
                return None
            known = view.author in names
            if own and not known:
                known = view.author in self._brand_names or view.author in {
                    fold(name.strip().removeprefix("@")) for name in view.message.ignored_authors
                }
            return Witness((view.message.author or "",)) if known else None

        return test


def _named(name: str) -> Phrase:
    steps = tuple(Step(frozenset({word})) for word in words_of(name))
    return Phrase(name, steps)


def _phrases_of(condition: Condition) -> Iterator[Phrase]:
    match condition:
        case Says(phrases=phrases):
            yield from phrases
        case AllOf(conditions) | AnyOf(conditions) | NoneOf(conditions):
            for each in conditions:
                yield from _phrases_of(each)
        case Weighed(_, signs):
            for sign in signs:
                yield from _phrases_of(sign.condition)


def _matches(patterns: Iterable[str]) -> _Test:
    compiled = [compile_pattern(pattern) for pattern in patterns]

    def test(view: _View) -> Witness | None:
        for pattern in compiled:
            if found := pattern.search(view.folded):
                return Witness(said=(str(found.group()),))
        return None

    return test


def _known(
    asked: Rated | Unrated | FromSource | FromCategory | InLanguage | Long, view: _View
) -> Witness | None:
    """Answer what needs no look at the words."""
    message = view.message
    holds, facts = False, ""
    match asked:
        case Rated(low, high):
            rating = message.rating
            if rating is not None:
                holds = low <= rating.share * 5 <= high
                facts = f"{rating.value:g}/{rating.best:g}"
        case Unrated():
            holds = message.rating is None
        case FromSource(sources):
            holds, facts = message.source in sources, message.source or ""
        case FromCategory(categories):
            holds, facts = message.source_category in categories, message.source_category or ""
        case InLanguage(languages):
            holds, facts = message.language in languages, message.language or ""
        case Long(low, high):
            holds = low <= len(view.reading.words.tokens) <= high
    if not holds:
        return None
    return Witness((str(facts),)) if facts else SILENT


def _all_of(tests: list[_Test]) -> _Test:
    def test(view: _View) -> Witness | None:
        found: list[Witness] = []
        for each in tests:
            witness = each(view)
            if witness is None:
                return None
            found.append(witness)
        return join_witnesses(found)

    return test


def _any_of(tests: list[_Test]) -> _Test:
    def test(view: _View) -> Witness | None:
        for each in tests:
            witness = each(view)
            if witness is not None:
                return witness
        return None

    return test


def _weighed(needed: float, signs: list[tuple[float, _Test]]) -> _Test:
    """Only what speaks for the rule is told."""

    def test(view: _View) -> Witness | None:
        total = 0.0
        found: list[Witness] = []
        for points, each in signs:
            witness = each(view)
            if witness is not None:
                total += points
                if points > 0:
                    found.append(witness)
        return None if total < needed else join_witnesses(found)

    return test
