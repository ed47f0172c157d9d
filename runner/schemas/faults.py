"""What a schema finds wrong, in the words of the desk, at its place in the file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs
from jsonschema_rs import ValidationErrorKind as Kind

from runner.errors import Fault
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, one_of, shown

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_YES_NO = {"yes", "no", "on", "off", "true", "false"}


def schema_faults(
    errors: Iterable[jsonschema_rs.ValidationError], document: Document, schema: Mapping[str, Any]
) -> tuple[Fault, ...]:
    """Return the faults of a document, sorted, each once; with an error there is a fault."""
    wording = _Wording(document, schema)
    found = list(errors)
    faults = {fault for error in found for fault in wording.of(error)}
    if found and not faults:
        faults.add(
            document.fault((), "schema-shape", f"this does not fit: {shown(found[0].message)}")
        )
    return tuple(sorted(faults))


class _Wording:
    """Turns the errors of one document into faults."""

    def __init__(self, document: Document, schema: Mapping[str, Any]) -> None:
        self.document = document
        self.schema = schema

    def of(self, error: jsonschema_rs.ValidationError) -> Iterator[Fault]:
        path: Path = tuple(error.instance_path)
        value = self._value(path)
        node = self._node(error.schema_path[:-1])
        about = str(node.get("description", ""))
        match error.kind:
            case (
                Kind.AdditionalProperties(unexpected=keys)
                | Kind.UnevaluatedProperties(unexpected=keys)
            ):
                yield from self._unknown_keys(path, value, node, keys)
            case Kind.Required(property=key):
                said = f"the key {shown(key)} is missing"
                yield self._fault(path, "missing-key", said, self._described(node, key))
            case Kind.Type(types=types):
                yield self._wrong_type(path, value, types)
            case Kind.Enum(options=options):
                yield self._not_among(path, value, options)
            case Kind.Constant(expected_value=expected):
                said = f"{_named(path)} must be {shown(_written(expected))}"
                yield self._fault(path, "value", f"{said}, found {_found(value)}", about)
            case Kind.Pattern():
                said = f"{_found(value)} has not the form of {_named(path)}"
                yield self._fault(path, "form", said, about)
            case Kind.PropertyNames(error=inner):
                yield from self._bad_key(path, inner)
            case Kind.UniqueItems():
                yield self._repeated(path, value)
            case Kind.FalseSchema():
                said = f"{_named(path)} has no meaning here"
                yield self._key_fault(path, "unknown-key", said, about)
            case Kind.AnyOf(context=branches) | Kind.OneOfNotValid(context=branches):
                yield from self._no_branch(path, value, branches, about)
            case _:
                rule, said = _measured(error, path, value)
                yield self._fault(path, rule, said, about)

    def _unknown_keys(
        self, path: Path, value: object, node: Mapping[str, Any], keys: Iterable[str]
    ) -> Iterator[Fault]:
        known = self._known_keys(node, value)
        present = value if isinstance(value, dict) else {}
        hint_words = [key for key in known if key not in present]
        for key in keys:
            # A schema's `unevaluatedProperties` also names keys whose value is wrong.
            if key not in known:
                hint = did_you_mean(key, hint_words, "remove it")
                said = f"unknown key {shown(key)}"
                yield self._key_fault((*path, key), "unknown-key", said, hint)

    def _wrong_type(self, path: Path, value: object, types: Iterable[str]) -> Fault:
        wanted = list(types)
        expected = " or ".join(_TYPES[name] for name in wanted if name != "null")
        hint = ""
        if value == "~" and "null" in wanted:
            hint = "write null for nothing"
        elif not path and "object" in wanted:
            hint = "write keys and values: `version: 1`"
        elif "string" in wanted and isinstance(value, bool | int):
            hint = f"put it in quotes: '{_written(value)}'"
        elif "string" in wanted and isinstance(value, float):
            hint = "put it in quotes"
        elif "boolean" in wanted and str(value).casefold() in _YES_NO:
            hint = "write true or false"
        elif {"integer", "number"} & set(wanted) and isinstance(value, str):
            hint = "write it with digits only, such as 12 or 1.5, without quotes"
        elif "array" in wanted and not isinstance(value, dict | list | None):
            hint = f"write a list: [{_written(value)}]"
        said = f"{_named(path)} must be {expected}, found {_kind_of(value)}"
        return self._fault(path, "type", said, hint)

    def _not_among(self, path: Path, value: object, options: Iterable[object]) -> Fault:
        allowed = list(options)
        words = [_written(option) for option in allowed]
        if value == "~" and None in allowed:
            return self._fault(
                path, "value", f"unknown {_bare(path)} `~`", "write null for nothing"
            )
        if not isinstance(value, str):
            said = f"{_named(path)} must be one of a few words, found {_kind_of(value)}"
            return self._fault(path, "value", said, one_of(words))
        near = did_you_mean(value, words)
        hint = near if near.startswith("known") else f"{near} {one_of(words)}"
        in_list = bool(path) and isinstance(path[-1], int)
        place = f"word in {shown(_bare(path))}:" if in_list else _bare(path)
        return self._fault(path, "value", f"unknown {place} {shown(value)}", hint)

    def _bad_key(self, path: Path, inner: jsonschema_rs.ValidationError) -> Iterator[Fault]:
        key = str(inner.instance)
        about = str(self._node(inner.schema_path[:-1]).get("description", ""))
        match inner.kind:
            case Kind.Enum(options=options):
                hint = did_you_mean(key, [_written(option) for option in options])
                said = f"unknown key {shown(key)}"
                yield self._key_fault((*path, key), "unknown-key", said, hint)
            case _:
                said = f"the key {shown(key)} has not the form of a key here"
                yield self._key_fault((*path, key), "form", said, about)

    def _repeated(self, path: Path, value: object) -> Fault:
        seen: list[object] = []
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if item in seen:
                said = f"{_found(item)} stands twice in {_named(path)}"
                return self._fault((*path, index), "repeated", said, "remove one")
            seen.append(item)
        return self._fault(path, "repeated", f"{_named(path)} holds the same value twice")

    def _no_branch(
        self,
        path: Path,
        value: object,
        branches: Iterable[Iterable[jsonschema_rs.ValidationError]],
        about: str,
    ) -> Iterator[Fault]:
        """Tell the faults of the one branch that the value was meant for, if that is plain."""
        types: list[str] = []
        meant: list[list[jsonschema_rs.ValidationError]] = []
        for branch in map(list, branches):
            wrong = _types_wanted_at(path, branch)
            types += wrong
            if not wrong:
                meant.append(branch)
        if not meant:
            yield self._wrong_type(path, value, types)
        elif len(meant) == 1:
            for error in meant[0]:
                yield from self.of(error)
        else:
            said = f"{_named(path)} has none of the forms it may have"
            yield self._fault(path, "form", said, about)

    def _known_keys(self, node: Mapping[str, Any], value: object) -> dict[str, Mapping[str, Any]]:
        """Return the keys that a mapping may have, with their schemas, conditions weighed."""
        node = self._resolved(node)
        known = {key: self._resolved(sub) for key, sub in node.get("properties", {}).items()}
        fitting, others = [], []
        for part in node.get("allOf", ()):
            if "if" not in part:
                fitting.append(part)
            elif jsonschema_rs.is_valid(part["if"], value):
                fitting.append(part.get("then", {}))
            else:
                others.append(part.get("then", {}))
        for part in fitting or others:
            known |= self._known_keys(part, value)
        return known

    def _described(self, node: Mapping[str, Any], key: str) -> str:
        """Return what a key is for, wherever the schema says it."""
        parts = [node, *self.schema.get("$defs", {}).values()]
        found = (self._resolved(part).get("properties", {}).get(key) for part in parts)
        texts = (str(self._resolved(sub).get("description", "")) for sub in found)
        return next((_first_sentence(text) for text in texts if text), "")

    def _node(self, path: Iterable[str | int]) -> Mapping[str, Any]:
        node: Any = self.schema
        for step in path:
            node = node[step]
        return node if isinstance(node, dict) else {}

    def _resolved(self, node: Any) -> Mapping[str, Any]:
        if not isinstance(node, dict):
            return {}
        if "$ref" in node:
            target = self._node(str(node["$ref"]).removeprefix("#/").split("/"))
            return {**self._resolved(target), **node} if "properties" not in node else node
        return node

    def _value(self, path: Path) -> object:
        value: Any = self.document.value
        for step in path:
            value = value[step]
        return value

    def _fault(self, path: Path, rule: str, message: str, hint: str = "") -> Fault:
        return self.document.fault(path, f"schema-{rule}", message, hint)

    def _key_fault(self, path: Path, rule: str, message: str, hint: str) -> Fault:
        return self.document.key_fault(path, f"schema-{rule}", message, hint)


def _measured(error: jsonschema_rs.ValidationError, path: Path, value: object) -> tuple[str, str]:
    """Return rule and message for a value that is too small, too large, too many."""
    match error.kind:
        case Kind.Minimum(limit=limit):
            return "range", f"{_found(value)} is less than {limit}"
        case Kind.ExclusiveMinimum(limit=limit):
            return "range", f"{_found(value)} is not more than {limit}"
        case Kind.Maximum(limit=limit):
            return "range", f"{_found(value)} is more than {limit}"
        case Kind.MinLength(limit=limit):
            return "size", f"{_named(path)} needs at least {_count(limit, 'character')}"
        case Kind.MaxLength(limit=limit):
            return "size", f"{_named(path)} has {len(str(value))} characters; at most {limit} fit"
        case Kind.MinItems(limit=limit) | Kind.MinProperties(limit=limit):
            return "size", f"{_named(path)} needs at least {_count(limit, 'entry')}"
        case Kind.MaxItems(limit=limit) | Kind.MaxProperties(limit=limit):
            return "size", f"{_named(path)} holds more than {_count(limit, 'entry')}"
        case _:
            return "shape", f"{_named(path)} does not fit: {shown(error.message)}"


def _types_wanted_at(path: Path, branch: Iterable[jsonschema_rs.ValidationError]) -> list[str]:
    """Return the types that a branch wants at a path and did not find there."""
    return [
        name
        for error in branch
        if isinstance(error.kind, Kind.Type) and tuple(error.instance_path) == path
        for name in error.kind.types
    ]


def _bare(path: Path) -> str:
    """Return the name of a value: its key, or for an entry of a list the key of the list."""
    named = [step for step in path if isinstance(step, str)]
    return named[-1] if named else "file"


def _named(path: Path) -> str:
    if not path:
        return "the file"
    entry = "an entry of " if isinstance(path[-1], int) else ""
    return f"{entry}{shown(_bare(path))}" if _bare(path) != "file" else "an entry of the file"


def _kind_of(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {shown(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _found(value: object) -> str:
    if isinstance(value, dict | list) or value is None:
        return _kind_of(value)
    return shown(_written(value))


def _written(value: object) -> str:
    """Return a scalar as YAML writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _count(number: int, thing: str) -> str:
    if number == 1:
        return f"1 {thing}"
    return f"{number} {thing.removesuffix('y')}ies" if thing.endswith("y") else f"{number} {thing}s"


def _first_sentence(text: str) -> str:
    head, dot, _ = text.partition(". ")
    return head + "." if dot else text
