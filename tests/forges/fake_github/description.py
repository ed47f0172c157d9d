"""GitHub's own description of its REST: which requests it takes, which answers it gives."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

FILE = Path(__file__).with_name("description.json")
_MISSING = object()


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked for, with the values that stood in its path."""

    id: str
    spec: Mapping[str, Any]
    values: Mapping[str, str]


@dataclass(frozen=True)
class _Route:
    method: str
    pattern: re.Pattern[str]
    spec: Mapping[str, Any]


@cache
def read_description(file: Path = FILE) -> "Description":
    """Return what a file describes, read once for all fakes: its validators are dear."""
    return Description(file)


class Description:
    """The description, and what does not fit it."""

    def __init__(self, file: Path) -> None:
        self.data = _plain_schema(json.loads(file.read_text()))
        self._routes = [
            _Route(method.upper(), self._pattern(path, spec), spec)
            for path, methods in self.data["paths"].items()
            for method, spec in methods.items()
        ]
        self._validators: dict[str, Any] = {}

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request is for."""
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found and route.method == method:
                return Operation(route.spec["operationId"], route.spec, found.groupdict())
        return None

    def wrong_in_request(self, operation: Operation, query: str, body: Any) -> list[str]:
        """Return what GitHub's description does not know in a request."""
        said = []
        known = {
            one["name"]: one
            for one in map(self._resolved, operation.spec.get("parameters", ()))
            if one["in"] == "query"
        }
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name not in known:
                said.append(f"{operation.id}: unknown parameter {name}")
                continue
            schema = known[name]["schema"]
            typed: Any = int(value) if schema.get("type") == "integer" else value
            said += [f"{operation.id}: {name}: {e}" for e in self._errors(schema, typed)]
        content = operation.spec.get("requestBody", {}).get("content", {})
        if not content:
            return said + ([f"{operation.id}: takes no body"] if body is not None else [])
        schema = content["application/json"]["schema"]
        if body is None:
            return [*said, f"{operation.id}: has no body"]
        if "properties" in schema:
            schema = {"additionalProperties": False, **schema}
        return said + [f"{operation.id}: {error}" for error in self._errors(schema, body)]

    def wrong_in_answer(
        self, operation: Operation, status: int, headers: Mapping[str, str], body: Any
    ) -> list[str]:
        """Return what GitHub's description does not know in an answer."""
        answer = operation.spec["responses"].get(str(status))
        if answer is None:
            return [f"{operation.id}: never answers {status}"]
        answer = self._resolved(answer)
        content = answer.get("content")
        if not content:
            return []
        said = [
            f"{operation.id}: no header {name}"
            for name in answer.get("headers", {})
            if name not in headers and name != "Link"
        ]
        return said + [
            f"{operation.id} {status}: {error}"
            for error in self._errors(content["application/json"]["schema"], body)
        ]

    def answer_schema(self, operation: Operation, status: int) -> Mapping[str, Any] | None:
        """Return the form of an answer, None for one that is empty or not described."""
        answer = self._resolved(operation.spec["responses"].get(str(status), {}))
        content = answer.get("content")
        return dict(content["application/json"]["schema"]) if content else None

    def fill(self, schema: Mapping[str, Any], given: Any = _MISSING) -> Any:
        """Return what is given, with everything that the form asks for beside it."""
        schema = self._resolved(schema)
        if given is None:
            return None
        for word in ("oneOf", "anyOf", "allOf"):
            if word in schema and (given is _MISSING or isinstance(given, dict)):
                forms = [self._resolved(form) for form in schema[word]]
                objects = (form for form in forms if "properties" in form)
                return self.fill(next(objects, forms[-1]), given)
        if isinstance(given, list):
            return [self.fill(schema.get("items", {}), one) for one in given]
        if isinstance(given, dict) or (given is _MISSING and "properties" in schema):
            if given is _MISSING and "null" in _types(schema):
                return None
            named = {} if given is _MISSING else given
            forms = schema.get("properties", {})
            names = dict.fromkeys((*schema.get("required", ()), *named))
            return {n: self.fill(forms.get(n, {}), named.get(n, _MISSING)) for n in names}
        return given if given is not _MISSING else _example(schema)

    def _pattern(self, path: str, spec: Mapping[str, Any]) -> re.Pattern[str]:
        given = map(self._resolved, spec.get("parameters", ()))
        long = {one["name"] for one in given if one.get("x-multi-segment")}
        escaped = re.sub(
            r"\\{(\w+)\\}",
            lambda found: f"(?P<{found[1]}>{'.+' if found[1] in long else '[^/]+'})",
            re.escape(path),
        )
        return re.compile(escaped)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            node: Any = self.data
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def _errors(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        validator = self._validator(json.dumps(schema, sort_keys=True))
        for error in validator.iter_errors(value):
            where = "/".join(str(part) for part in error.instance_path)
            yield f"{where}: {error.message[:200]}"

    def _validator(self, schema: str) -> Any:
        if schema not in self._validators:
            whole = {"components": self.data["components"], **json.loads(schema)}
            self._validators[schema] = jsonschema_rs.Draft202012Validator(whole)
        return self._validators[schema]


def _plain_schema(node: Any) -> Any:
    """Return OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(node, list):
        return [_plain_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _plain_schema(one) for name, one in node.items() if name != "nullable"}
    if node.get("nullable") is not True:
        return plain
    if "type" in plain and "enum" not in plain:
        return {**plain, "type": [plain["type"], "null"]}
    if "enum" in plain:
        return {
            **plain,
            "type": [plain.get("type", "string"), "null"],
            "enum": [*plain["enum"], None],
        }
    return {"anyOf": [{"type": "null"}, plain]}


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return kind if isinstance(kind, list) else [kind]


def _example(schema: Mapping[str, Any]) -> Any:
    kinds = _types(schema)
    if "null" in kinds:
        return None
    if "enum" in schema:
        return schema["enum"][0]
    match kinds[0] if kinds else "":
        case "string" if schema.get("format") == "uri":
            return "https://forge.example.org/somewhere"
        case "string" if schema.get("format") == "date-time":
            return "2026-11-01T00:00:00Z"
        case "string":
            return "something"
        case "integer" | "number":
            return 1
        case "boolean":
            return False
        case "array":
            return []
        case _:
            return {}
