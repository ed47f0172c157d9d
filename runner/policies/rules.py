"""The rules of triage as values: lists of phrases, conditions, what a rule gives.

`runner.policies.triage` makes them from `policies/triage.yaml`;
`runner.triage.judge` asks them.
"""

from dataclasses import dataclass, field

from runner.model import Category, Reason, SourceCategory, Urgency


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the brand and the words by which people name it."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a phrase: any of `words`, right behind the word before or, after a gap, near it.

    The words are as written in the file, in lower case, contractions undone.
    """

    words: frozenset[str]
    after_gap: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in order within one clause, compared by their stems."""

    text: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Says:
    """The text says one of the phrases.

    `quoted` is false when words between quotation marks do not count, `denied` when
    what the text denies does not.
    """

    phrases: tuple[Phrase, ...]
    quoted: bool = True
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """One of the patterns is found in the folded text, by an engine whose time is linear."""

    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """The author gave stars: so many of five, others scaled."""

    at_least: float = 0.0
    at_most: float = 5.0


@dataclass(frozen=True, slots=True)
class Unrated:
    """The author gave no stars."""


@dataclass(frozen=True, slots=True)
class FromSource:
    """The message stands on one of these sources, by id."""

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FromCategory:
    """The message stands on a site of one of these categories."""

    categories: tuple[SourceCategory, ...]


@dataclass(frozen=True, slots=True)
class ByAuthor:
    """The author is one of these, compared folded; `own` adds those the source ignores."""

    names: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The message is known to be in one of these languages."""

    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The text names a brand, or a product: `what` is `brand` or `product`."""

    what: str
    named: bool = True


@dataclass(frozen=True, slots=True)
class Long:
    """The text has so many words."""

    at_least: int = 0
    at_most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the conditions holds."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No condition holds."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Sign:
    """So many points for or against, where the condition holds."""

    points: float
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The points of the signs that hold add up to at least so many."""

    at_least: float
    signs: tuple[Sign, ...]


Condition = (
    Says
    | Matches
    | Rated
    | Unrated
    | FromSource
    | FromCategory
    | ByAuthor
    | InLanguage
    | Names
    | Long
    | AllOf
    | AnyOf
    | NoneOf
    | Weighed
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule says about a message; None where it says nothing.

    `product` is an id, or `named` for the product that the text names.  `crisis` is
    `suicide`, `death-threat`, or empty text for "no crisis".
    """

    after_sales: bool | None = None
    category: Category | None = None
    topic: str | None = None
    product: str | None = None
    urgency: Urgency | None = None
    crisis: str | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that are given."""
        return frozenset(name for name in FIELDS if getattr(self, name) is not None)


FIELDS = ("after_sales", "category", "topic", "product", "urgency", "crisis")
CRISES = ("suicide", "death-threat")


@dataclass(frozen=True, slots=True)
class Rule:
    """Gives fields to messages for which the condition holds.  `line` is where its id stands."""

    id: str
    line: int
    when: Condition
    then: Given


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What holds where no rule spoke, and where that is written."""

    after_sales: bool
    category: Category
    urgency: Urgency
    line: int


@dataclass(frozen=True, slots=True)
class Negations:
    """How a text denies what it names: `aucun problème`, `never had an issue`.

    A phrase is denied by one of `phrases` that ends up to three words before it, or by a single
    word of them within it, unless it holds that word itself. A word of `until` in between, or
    with which the phrase begins, ends the denial: `if you don't help I ...`. `but_not` are
    phrases that only look like a denial.
    """

    phrases: tuple[Phrase, ...] = ()
    until: frozenset[str] = frozenset()
    but_not: tuple[Phrase, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """The single words that deny."""
        return frozenset(
            word
            for phrase in self.phrases
            if len(phrase.steps) == 1
            for word in phrase.steps[0].words
        )


@dataclass(frozen=True, slots=True)
class TriagePolicy:
    """The rules, in the order of the file: for each field the first that gives it speaks.

    Two policies with the same digest are the same policy, rules and lines included.
    """

    file: str
    digest: str
    otherwise: Otherwise = field(compare=False)
    negations: Negations = field(default_factory=Negations, compare=False)
    rules: tuple[Rule, ...] = field(default=(), compare=False)

    def reason(self, rule: Rule | None, detail: str = "") -> Reason:
        """Return the reason that names a rule, or `otherwise` where no rule spoke."""
        if rule is None:
            return Reason("otherwise", self.file, self.otherwise.line, detail)
        return Reason(rule.id, self.file, rule.line, detail)
