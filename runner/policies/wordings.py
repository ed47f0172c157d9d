"""The Jinja that wordings are written in: values, filters and conditions, nothing else.

No loops, calls, assignments or other files: whatever a wording says, filling it in takes time
and room in proportion to its length and to its values.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from runner.errors import Fault
from runner.text.document import Document, Path
from runner.text.typography import with_a, with_de
from runner.text.wording import did_you_mean, shown

if TYPE_CHECKING:
    import jinja2

FILTERS = ("a", "capitalize", "de", "default", "first", "join", "last", "length", "lower",
           "replace", "title", "trim", "upper")  # fmt: skip
"""What wordings may do to a value with `|`: nothing that could be costly or random.

`de` and `a` are the French prepositions, contracted and elided as the value wants it.
"""
LONGEST = 20_000
"""Characters that a filter may make; no reply is so long."""


_VALUE = re.compile(r"\{\{ *([a-z][a-z0-9_]*) *(?:\| *([a-z]+) *)?\}\}")
_OWN: Mapping[str, Callable[[str], str]] = {"a": with_a, "de": with_de}
_CONSTANTS = frozenset({"true", "false", "none", "not", "and", "or", "if", "else", "in", "is"})


@dataclass(frozen=True, slots=True)
class WordingFault:
    """Something wrong with a wording; `line` counts within it, from 1."""

    rule: str
    message: str
    hint: str
    line: int

    def within(self, document: Document, path: Path, text: str) -> Fault:
        """Return it as a fault of the document that has the wording `text` at a path."""
        at = document.fault(path, self.rule, self.message, self.hint)
        # A text of several lines is a block, which starts below its `|` or `>`.
        return replace(at, line=at.line + self.line, column=1) if "\n" in text else at


class Unfillable(ValueError):
    """A wording that cannot be filled in, or would make more text than any reply has."""


@cache
def wording_environment() -> "jinja2.Environment":
    """Return the sandbox, with the filters of `FILTERS` and no globals."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    own: dict[str, Callable[..., str]] = {
        "a": with_a,
        "de": with_de,
        "join": _join,
        "replace": _replace,
    }
    environment.filters = {name: own.get(name) or environment.filters[name] for name in FILTERS}
    environment.globals.clear()
    return environment


@dataclass(frozen=True, slots=True)
class _Plain:
    """A wording of values alone: `texts` stand between `values`, names each with its filter."""

    texts: tuple[str, ...]
    values: tuple[tuple[str, str | None], ...]


@lru_cache(maxsize=4096)
def _read_plain(text: str) -> _Plain | None:
    """Return a wording that holds values and no conditions, None for another or a faulty one.

    Almost all are so.  They need no Jinja, whose parsing and compiling of a desk's wordings
    takes half a second; tests hold the two to the same result.
    """
    texts = _VALUE.split(text)
    if any(sign in part for part in texts[::3] for sign in ("{{", "}}", "{%", "{#")):
        return None
    values = tuple(zip(texts[1::3], (each or None for each in texts[2::3]), strict=True))
    if (
        text.endswith("\n")
        or "\r" in text
        # Jinja takes the first two of three braces.
        or any(part.endswith("{") for part in texts[:-1:3])
        or any(f not in _OWN for _, f in values if f)
        or any(name in _CONSTANTS for name, _ in values)
    ):
        return None
    return _Plain(tuple(texts[::3]), values)


def read_wording(text: str) -> tuple[frozenset[str], tuple[WordingFault, ...]]:
    """Return the variables that a wording names, and what is wrong with it.

    Of a wording with a fault no variable is told: it may name others than it means.
    """
    plain = _read_plain(text)
    if plain is not None:
        return frozenset(name for name, _ in plain.values), ()
    import jinja2
    from jinja2 import meta

    try:
        tree = wording_environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        hint = "values stand in `{{ }}`, conditions in `{% %}`"
        said = f"this is no Jinja text: {error.message}"
        return frozenset(), (WordingFault("template-syntax", said, hint, error.lineno),)
    except RecursionError:
        said = "this text is nested too deeply"
        return frozenset(), (WordingFault("template-syntax", said, "write it plainly", 1),)
    faults = tuple(dict.fromkeys(_reaching(tree)))
    return (frozenset() if faults else frozenset(meta.find_undeclared_variables(tree))), faults


@lru_cache(maxsize=4096)
def needed_variables(text: str) -> frozenset[str]:
    """Return what a sound wording cannot do without: it names them, and asks nowhere for them.

    `{% if asked %}… {{ asked }}{% endif %}` can do without `asked`.
    """
    plain = _read_plain(text)
    if plain is not None:
        return frozenset(name for name, _ in plain.values)
    from jinja2 import meta, nodes

    tree = wording_environment().parse(text)
    asked: set[str] = set()
    tests = [node.test for node in tree.find_all(nodes.If)]
    tests += [node.test for node in tree.find_all(nodes.CondExpr)]
    for test in tests:
        named = (test, *test.find_all(nodes.Name))
        asked |= {each.name for each in named if isinstance(each, nodes.Name)}
    return frozenset(meta.find_undeclared_variables(tree)) - asked


def line_of(text: str, variable: str) -> int:
    """Return the line, from 1, on which a sound wording first names a variable."""
    from jinja2 import nodes

    names = wording_environment().parse(text).find_all(nodes.Name)
    return next((node.lineno for node in names if node.name == variable), 1)


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Return a sound wording with its variables filled in.

    Raises:
        Unfillable: when it would make more than `LONGEST` characters, or compares a text with
            what is none, and the like.
    """
    plain = _read_plain(text)
    if plain is not None:
        return _fill_plain(plain, values)
    import jinja2

    try:
        made = _compiled(text).render(values)
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise Unfillable(str(error)) from error
    _refuse_beyond(len(made))
    return made


def _fill_plain(plain: _Plain, values: Mapping[str, str]) -> str:
    made = [plain.texts[0]]
    for (name, filter_), text in zip(plain.values, plain.texts[1:], strict=True):
        if name not in values:
            raise Unfillable(f"{name} has no value")
        value = values[name]
        made += (_OWN[filter_](value) if filter_ else value, text)
    whole = "".join(made)
    _refuse_beyond(len(whole))
    return whole


@lru_cache(maxsize=4096)
def _compiled(text: str) -> "jinja2.Template":
    return wording_environment().from_string(text)


def _replace(text: str, old: str, new: str) -> str:
    _refuse_beyond(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _join(text: str, between: str = "") -> str:
    _refuse_beyond(len(text) * (1 + len(between)))
    return between.join(text)


def _refuse_beyond(length: int) -> None:
    """Refuse before it is made what would be too long: of such filters a chain grows fast."""
    if length > LONGEST:
        raise Unfillable(f"more than {LONGEST} characters")


def _reaching(tree: Any) -> Iterator[WordingFault]:
    from jinja2 import nodes

    open_nodes = (
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter,
        nodes.Test, nodes.If, nodes.CondExpr, nodes.Not, nodes.And, nodes.Or, nodes.Compare,
        nodes.Operand, nodes.Keyword,
    )  # fmt: skip
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, open_nodes):
            what = type(node).__name__.lower()
            said = f"a wording cannot use Jinja's `{what}`"
            yield WordingFault("template-reach", said, "write the text out", node.lineno)
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            said = f"there is no filter {shown(node.name)} here"
            hint = did_you_mean(node.name, FILTERS)
            yield WordingFault("template-filter", said, hint, node.lineno)
