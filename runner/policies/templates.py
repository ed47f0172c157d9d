"""`templates/*.yaml` as values: the words for one purpose in one language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from runner.errors import Fault, Severity
from runner.model import Category, SourceCategory
from runner.policies.document import Found, text_at, texts, words
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, shown

FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "replace", "title",
           "trim", "upper")  # fmt: skip
"""What wordings may do to a value with `|`: nothing that could be costly or random."""
_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it: Jinja text, and the line it starts on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """The words for one purpose in one language.

    `number` says which reminder it is, None for every one.  Empty `categories`,
    `source_categories` and `sources` fit all cases.  `length` is the most characters
    that the filled-in text may have.
    """

    id: str
    purpose: str
    number: int | None
    locale: str
    register: str
    categories: tuple[Category, ...]
    source_categories: tuple[SourceCategory, ...]
    sources: tuple[str, ...]
    variables: tuple[str, ...]
    length: int
    wordings: tuple[Wording, ...]
    file: str


def check_template(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: a name that is not the file's, Jinja that does not fit."""
    name = text_at(document, ("id",))
    stem = PurePosixPath(document.file).stem
    if name is not None and name != stem:
        yield document.fault(
            ("id",),
            "template-name",
            f"the id {shown(name)} is not the file's name",
            f"call it `{stem}`, or the file `{name}.yaml`",
        )
    declared = words(texts(document, ("variables",)))
    used: set[str] = set()
    faulty = False
    for path, text in texts(document, ("wordings",)):
        for fault in _check_wording(document, path, text, declared, used):
            faulty = True
            yield fault
    for path, variable in texts(document, ("variables",)):
        if variable not in used and not faulty:
            at = document.fault(
                path, "idle-variable", f"no wording uses {shown(variable)}", "remove it"
            )
            yield replace(at, severity=Severity.WARNING)


def template_sources(document: Document) -> Iterator[Found]:
    """Return the sources that a template names, which stand in another file."""
    return texts(document, ("for", "sources"))


def build_template(document: Document) -> Template:
    """Return the template, from a document without faults."""
    top: Any = document.value
    fits: Any = top.get("for", {})
    return Template(
        id=top["id"],
        purpose=top["purpose"],
        number=top.get("number"),
        locale=top["locale"],
        register=top.get("register", "formal"),
        categories=tuple(Category(word) for word in fits.get("categories", ())),
        source_categories=tuple(SourceCategory(w) for w in fits.get("source_categories", ())),
        sources=tuple(fits.get("sources", ())),
        variables=tuple(top.get("variables", ())),
        length=top.get("length", _LENGTH),
        wordings=tuple(
            Wording(text, document.line(("wordings", index)))
            for index, text in enumerate(top["wordings"])
        ),
        file=document.file,
    )


def _check_wording(
    document: Document, path: Path, text: str, declared: tuple[str, ...], used: set[str]
) -> Iterator[Fault]:
    import jinja2
    from jinja2 import meta, nodes
    from jinja2.sandbox import SandboxedEnvironment

    def fault(rule: str, message: str, hint: str, line: int) -> Fault:
        at = document.fault(path, rule, message, hint)
        # A text of several lines is a block, which starts below its `|` or `>`.
        return replace(at, line=at.line + line, column=1) if "\n" in text else at

    environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined)
    try:
        tree = environment.parse(text)
    except jinja2.TemplateSyntaxError as error:
        yield fault(
            "template-syntax",
            f"this is no Jinja text: {error.message}",
            "values stand in `{{ }}`, conditions in `{% %}`",
            error.lineno,
        )
        return
    except RecursionError:
        yield fault("template-syntax", "this text is nested too deeply", "write it plainly", 1)
        return
    for node in tree.find_all(_closed_nodes(nodes)):
        what = type(node).__name__.lower()
        yield fault(
            "template-reach",
            f"a wording cannot use Jinja's `{what}`",
            "write the text out",
            node.lineno,
        )
    for node in tree.find_all(nodes.Filter):
        if node.name not in FILTERS:
            yield fault(
                "template-filter",
                f"there is no filter {shown(node.name)} here",
                did_you_mean(node.name, FILTERS),
                node.lineno,
            )
    free = meta.find_undeclared_variables(tree) if _is_tame(tree, nodes) else set()
    used |= free
    lines = {node.name: node.lineno for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    for name in sorted(free - set(declared)):
        yield fault(
            "template-variable",
            f"the variable {shown(name)} is not declared",
            did_you_mean(name, declared, f"add it: `variables: [{name}]`"),
            lines.get(name, 1),
        )


def _closed_nodes(nodes: Any) -> tuple[Any, ...]:
    """Return what reaches beyond the wording, or runs long: other files, macros, calls."""
    return (
        nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block, nodes.Macro,
        nodes.CallBlock, nodes.FilterBlock, nodes.Call, nodes.Pow, nodes.Mul,
    )  # fmt: skip


def _is_tame(tree: Any, nodes: Any) -> bool:
    return not any(node.name not in FILTERS for node in tree.find_all(nodes.Filter)) and not any(
        tree.find_all(_closed_nodes(nodes))
    )
