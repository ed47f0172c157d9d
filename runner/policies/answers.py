"""`policies/answers/*.yaml` as values: what frequent questions are answered with.

The file's name is the answer's id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from runner.errors import Fault, Severity
from runner.model import Category
from runner.policies.document import Found, check_name, day_at, text_at, texts, value_at
from runner.policies.voice import tongue_of
from runner.policies.wordings import WordingFault, line_of, read_wording
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, shown

ANSWERS_FOLDER = "policies/answers"
ANSWER_VARIABLES = ("brand", "care", "channel", "details", "matter", "product")
"""What the words of an answer may name; salutation and signature come from the template."""
_LONGEST_ID = 60
"""Characters."""


@dataclass(frozen=True, slots=True)
class CuratedAnswer:
    """An answer that the desk keeps for a frequent question.

    `questions` holds by language what customers ask, `words` by tongue several ways to answer,
    Jinja texts.  Empty conditions fit every case.  `until` is the last day, in the desk's zone,
    on which it is proposed, None where it stays true.  `line` is where `answer` stands.
    """

    id: str
    file: str
    title: str
    questions: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]
    categories: tuple[Category, ...]
    brands: tuple[str, ...]
    products: tuple[str, ...]
    topics: tuple[str, ...]
    until: date | None
    approved_by: str
    line: int = field(default=1, compare=False)

    def is_good_on(self, day: date) -> bool:
        """Return whether it may still be proposed on a day."""
        return self.until is None or day <= self.until

    def words_in(self, locale: str, register: str) -> tuple[str, ...]:
        """Return the ways to say it, in the register where it has words of its own."""
        return self.words.get(tongue_of(locale, register)) or self.words.get(locale, ())

    def fits(self, brand: str, category: Category, product: str | None) -> bool:
        """Return whether it may answer a case; what the case does not say stands in no way."""
        return (
            brand in (self.brands or (brand,))
            and category in (self.categories or (category,))
            and (product is None or product in (self.products or (product,)))
        )


def parse_answer(document: Document) -> tuple[CuratedAnswer | None, tuple[Fault, ...]]:
    """Return the answer of a document that has passed `answer.schema.json`, and its faults.

    There is no answer where one of them is an error.
    """
    top: Any = document.value
    faults = [
        *check_name(document, "answer", _LONGEST_ID),
        *_check_languages(document),
        *_check_words(document),
    ]
    until = day_at(document, ("until",), faults)
    if any(fault.severity is Severity.ERROR for fault in faults):
        return None, tuple(sorted(faults))
    fits: Any = top.get("for", {})
    answer = CuratedAnswer(
        id=PurePosixPath(document.file).stem,
        file=document.file,
        title=top["title"],
        questions={locale: tuple(asked) for locale, asked in top["questions"].items()},
        words={tongue: tuple(said) for tongue, said in top["answer"].items()},
        categories=tuple(Category(word) for word in fits.get("categories", ())),
        brands=tuple(fits.get("brands", ())),
        products=tuple(fits.get("products", ())),
        topics=tuple(fits.get("topics", ())),
        until=until,
        approved_by=top["approved_by"],
        line=document.keys[("answer",)].line if ("answer",) in document.keys else 1,
    )
    return answer, tuple(sorted(faults))


def answer_brands(document: Document) -> Iterator[Found]:
    """Return the brands that an answer names, which stand in another file."""
    return texts(document, ("for", "brands"))


def answer_products(document: Document) -> Iterator[Found]:
    """Return the products that an answer names, which stand in another file."""
    return texts(document, ("for", "products"))


def answer_people(document: Document) -> Iterator[Found]:
    """Return who approved an answer: people of another file."""
    name = text_at(document, ("approved_by",))
    if name is not None:
        yield ("approved_by",), name


def _check_languages(document: Document) -> Iterator[Fault]:
    """Yield a fault for each language that has questions and no answer, or an answer alone."""
    asked, said = (value_at(document, (key,)) for key in ("questions", "answer"))
    for locale in asked:
        if locale not in said:
            yield document.key_fault(
                ("questions", locale),
                "answer-language",
                f"there are questions in {shown(locale)}, and no answer in it",
                f"add `{locale}` to `answer`",
            )
    for tongue in said:
        if tongue.partition("-")[0] not in asked:
            yield document.key_fault(
                ("answer", tongue),
                "answer-language",
                f"nobody finds the answer in {shown(tongue)}: no question is in that language",
                f"add `{tongue.partition('-')[0]}` to `questions`",
            )


def _check_words(document: Document) -> Iterator[Fault]:
    for tongue in value_at(document, ("answer",)):
        for path, text in texts(document, ("answer", tongue)):
            yield from _check_wording(document, path, text)


def _check_wording(document: Document, path: Path, text: str) -> Iterator[Fault]:
    named, faults = read_wording(text)
    undeclared = (
        WordingFault(
            "answer-variable",
            f"an answer has no variable {shown(name)}",
            did_you_mean(name, ANSWER_VARIABLES, "write the words out"),
            line_of(text, name),
        )
        for name in sorted(named - set(ANSWER_VARIABLES))
    )
    for each in (*faults, *undeclared):
        yield each.within(document, path, text)
