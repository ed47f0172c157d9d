"""Changing a case file that people edit: entries are spliced in, the rest stays byte for byte."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.cases.case import Asked, Entry, Place
from runner.cases.file import BLOCKS, asked_data, entry_data, place_data
from runner.text.document import Document
from runner.text.strict_yaml import read_document
from runner.text.yaml_splicing import YamlSplice

OF_CUSTOMER = ("handle", "known", "distributor", "reference")
"""What a case says of its customer, by the names that amendments use."""
_FIELDS = (
    "schema", "id", "state", "cycle", "brand", "language", "category", "urgency", "topic",
    "product", "crisis", "owner", "customer", "incident", "why", "duplicates", "asked", "offered",
)  # fmt: skip
"""The fields on top, as `render_case` orders them."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is added to a case.  The fields on top that the log decides follow from the entries.

    `fields` are other values for fields on top, by name; those of `OF_CUSTOMER` are the
    customer's.
    """

    entries: tuple[Entry, ...] = ()
    places: tuple[Place, ...] = ()
    asked: tuple[Asked, ...] = ()
    offered: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


def splice_case(document: Document, data: bytes, amendment: Amendment) -> bytes:
    """Return the bytes of a case file with an amendment made.

    `document` is what `read_document` made of `data`, and has passed the schema.

    Raises:
        ValueError: where the file is written in a way that no splice can follow.
    """
    case: Any = document.value
    splice = YamlSplice(data.decode(), blocks=BLOCKS)
    wanted = dict(case)
    customer = dict(case.get("customer") or {})
    for name, value in {**told_fields(case, amendment.entries), **amendment.fields}.items():
        if name not in OF_CUSTOMER:
            if case.get(name) != value or name not in case:
                splice.put((name,), value, _FIELDS[: _FIELDS.index(name)])
            wanted[name] = value
            continue
        if name not in customer or customer[name] != value:
            if "customer" in case and case["customer"] is not None:
                splice.put(("customer", name), value)
            else:
                splice.put(("customer",), {name: value}, _FIELDS[: _FIELDS.index("customer")])
        customer[name] = value
        wanted["customer"] = customer
    for name, added in (
        ("asked", [asked_data(wish) for wish in amendment.asked]),
        ("offered", list(amendment.offered)),
        ("places", [place_data(place) for place in amendment.places]),
        ("log", [entry_data(entry) for entry in amendment.entries]),
    ):
        if added:
            splice.append((name,), added, _FIELDS)
            wanted[name] = [*(case.get(name) or ()), *added]
    spliced = splice.text().encode()
    made = read_document(spliced, document.file)
    if not isinstance(made, Document) or made.value != _plain(wanted):
        raise ValueError(f"{document.file} is written in a way that cannot be changed in place")
    return spliced


def told_fields(case: Mapping[str, Any], entries: tuple[Entry, ...]) -> dict[str, object]:
    """Return the fields on top that these entries decide, with their values after them."""
    told: dict[str, object] = {}
    for entry in entries:
        if entry.to is not None:
            told["state"] = entry.to.value
        match entry.kind:
            case "reopened":
                told["cycle"] = entry.facts["cycle"]
            case "crisis-raised":
                told["crisis"] = entry.facts["crisis"]
            case "crisis-lifted":
                told["crisis"] = None
            case "incident-linked":
                told["incident"] = entry.facts["incident"]
            case "incident-unlinked":
                told["incident"] = None
            case "qualified":
                decided: Any = entry.facts["set"]
                told |= decided
    known = case.get("customer") or {}
    return {
        name: value
        for name, value in told.items()
        if value != (known if name == "known" else case).get(name)
    }


def _plain(value: Any) -> Any:
    """Return a value as reading gives it: mappings as dictionaries, tuples as lists."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
