"""`policies/customers.yaml` as values: who is asked whether a customer has a file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.errors import Fault
from runner.model import Known
from runner.policies.document import entries, repeated, text_at, texts, value_at
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, one_of, shown

FILE = "policies/customers.yaml"

_ASKED_BY = ("order", "handle", "brand")
"""What a customer is asked for by, the surest first."""
_SECONDS = 10
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")
_VALUES = (*_ASKED_BY, "site")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV outside the repository.  `columns` maps what is meant to the file's own headings."""

    path: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A table or view of an SQLite file outside the repository."""

    path: str
    table: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HttpApi:
    """An API that answers in JSON.

    `urls` are templates by what is asked by.  `headers` maps each header to the environment
    variable that holds its value.  `answer` maps what is meant to JMESPath.  `absent_status`
    are statuses that say that nobody was found.
    """

    urls: Mapping[str, str]
    answer: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    absent_status: tuple[int, ...] = ()
    private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A program: JSON in, JSON out.  `environment` names the variables that it may see."""

    arguments: tuple[str, ...]
    asks: tuple[str, ...]
    environment: tuple[str, ...] = ()


Register = CsvFile | SqliteFile | HttpApi | Command
"""Where a look-up has its answers from."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Somebody to ask.

    `brands` are those that it is asked for, none for all.  `absent` is what it means that it
    finds nobody, `seconds` how long one answer may take, `line` where it stands in the file.
    """

    id: str
    register: Register
    brands: tuple[str, ...] = ()
    absent: Known = Known.NO
    seconds: int = _SECONDS
    line: int = 1

    def serves(self, brand: str) -> bool:
        """Return whether it is asked about customers of a brand."""
        return not self.brands or brand in self.brands

    @property
    def asked_by(self) -> tuple[str, ...]:
        """What it is asked by, the surest first.

        By the brand only where it knows nothing else of a customer: it then tells which
        distributor, but nothing of a person.
        """
        match self.register:
            case CsvFile(columns=columns) | SqliteFile(columns=columns):
                named: tuple[str, ...] = tuple(columns)
            case HttpApi(urls=urls):
                named = tuple(urls)
            case Command(asks=asks):
                named = asks
        persons = tuple(name for name in ("order", "handle") if name in named)
        return persons or ("brand",)


@dataclass(frozen=True, slots=True)
class Customers:
    """The look-ups, in the order in which they are asked."""

    look_ups: tuple[LookUp, ...] = ()

    def for_brand(self, brand: str) -> tuple[LookUp, ...]:
        """Return the look-ups that are asked about customers of a brand."""
        return tuple(look_up for look_up in self.look_ups if look_up.serves(brand))


def check_customers(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: repeated ids, odd templates and expressions, commands."""
    yield from repeated(document, texts(document, ("look_ups",), "id"), "look-up")
    allowed = value_at(document, ("allow_commands",)) is True
    for path in entries(document, ("look_ups",)):
        match text_at(document, (*path, "kind")):
            case "http":
                yield from _check_urls(document, path)
                yield from _check_answer(document, path)
            case "command" if not allowed:
                yield document.fault(
                    (*path, "kind"),
                    "commands-off",
                    "commands are off in this file",
                    "write `allow_commands: true` on top once you trust all who may change it",
                )


def customer_brands(document: Document) -> Iterator[tuple[Path, str]]:
    """Return the brands that look-ups name, with their places."""
    for path in entries(document, ("look_ups",)):
        yield from texts(document, (*path, "brands"))


def build_customers(document: Document) -> Customers:
    """Return the look-ups, from a document without faults."""
    top: Any = document.value
    return Customers(
        tuple(
            LookUp(
                id=look_up["id"],
                register=_build_register(look_up),
                brands=tuple(look_up.get("brands", ())),
                absent=Known(look_up.get("absent", Known.NO)),
                seconds=look_up.get("seconds", _SECONDS),
                line=document.line(("look_ups", index)),
            )
            for index, look_up in enumerate(top["look_ups"])
        )
    )


def _build_register(look_up: Any) -> Register:
    match look_up["kind"]:
        case "csv":
            return CsvFile(look_up["path"], look_up["columns"])
        case "sqlite":
            return SqliteFile(look_up["path"], look_up["table"], look_up["columns"])
        case "http":
            return HttpApi(
                urls=look_up["urls"],
                answer=look_up["answer"],
                headers=look_up.get("headers", {}),
                absent_status=tuple(look_up.get("absent_status", ())),
                private_addresses=look_up.get("private_addresses", False),
            )
        case _:
            return Command(
                tuple(look_up["command"]),
                tuple(look_up["asks"]),
                tuple(look_up.get("environment", ())),
            )


def _check_urls(document: Document, look_up: Path) -> Iterator[Fault]:
    private = value_at(document, (*look_up, "private_addresses")) is True
    asked = value_at(document, (*look_up, "urls"))
    if isinstance(asked, dict) and len(asked) > 1 and "brand" in asked:
        yield document.fault(
            (*look_up, "urls", "brand"),
            "brand-beside",
            "who can be asked by more is not asked by brand",
            "make a look-up of its own of it, or narrow the other addresses with `{brand}`",
        )
    for name in _ASKED_BY:
        path = (*look_up, "urls", name)
        url = text_at(document, path)
        if url is None:
            continue
        if url.startswith("http:") and not private:
            yield document.fault(
                path,
                "not-encrypted",
                "customers' names would travel unencrypted",
                "write https://; http:// needs `private_addresses: true`",
            )
        named = []
        for found in _PLACEHOLDER.finditer(url):
            named.append(found[1])
            if found[1] not in _VALUES:
                hint = did_you_mean(found[1] or "", _VALUES)
                said = f"{shown(found[0])} stands for nothing"
                yield document.fault(path, "placeholder", said, hint)
        if name not in named:
            said = f"`{{{name}}}` is missing: every customer would get the same answer"
            yield document.fault(path, "placeholder", said, one_of([f"{{{v}}}" for v in _VALUES]))


def _check_answer(document: Document, look_up: Path) -> Iterator[Fault]:
    from runner.policies.expressions import Wrong, parse_expression

    for name in ("known", "distributor", "reference"):
        path = (*look_up, "answer", name)
        text = text_at(document, path)
        wrong = parse_expression(text) if text is not None else None
        if isinstance(wrong, Wrong):
            yield document.fault(path, "expression", wrong.message, wrong.hint)
