"""From `policies/triage.yaml` to values, with every fault of the file."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runner.errors import Fault, Severity
from runner.model import Category, Urgency
from runner.policies.conditions import YES_NO, ConditionReader, terms
from runner.policies.rules import (
    CRISES,
    FIELDS,
    Given,
    Negations,
    Otherwise,
    Rule,
    TriagePolicy,
)
from runner.text.document import Document, Path
from runner.text.wording import one_of, shown

__all__ = ["TriagePolicy", "parse_triage"]

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Ids of rules, lists, topics and products."""


def parse_triage(document: Document) -> tuple[TriagePolicy | None, tuple[Fault, ...]]:
    """Read the rules.  With any error among the faults there is no policy."""
    reader = _PolicyReader(document)
    policy = reader.read_policy()
    faults = tuple(sorted(reader.faults))
    if any(fault.severity is Severity.ERROR for fault in faults):
        return None, faults
    return policy, faults


class _PolicyReader(ConditionReader):
    def read_policy(self) -> TriagePolicy | None:
        top = self.mapping(
            (), self.document.value, ("version", "otherwise", "negations", "lists", "rules")
        )
        if top is None:
            return None
        if top.get("version") != 1:
            self.fault(("version",), "version must be 1")
        otherwise = self._read_otherwise(top.get("otherwise"))
        self._read_lists(top.get("lists", {}))
        negations = self._read_negations(top.get("negations", {}))
        rules = self._read_rules(top.get("rules"))
        self._check_lists_used()
        if otherwise is None:
            return None
        lines = [rule.line for rule in rules] + [otherwise.line]
        digest = hashlib.sha256(repr((self.document.value, lines)).encode()).hexdigest()
        return TriagePolicy(self.document.file, digest, otherwise, negations, rules)

    def _name(self, path: Path, value: object, what: str) -> str | None:
        if isinstance(value, str) and NAME.fullmatch(value):
            return value
        self.fault(path, f"{shown(str(value))} is no {what}", "small letters, digits and hyphens")
        return None

    def _read_otherwise(self, value: object) -> Otherwise | None:
        path: Path = ("otherwise",)
        known = ("after_sales", "category", "urgency")
        given = self.mapping(path, value, known)
        if given is None:
            return None
        for name in known:
            if name not in given:
                self.fault(path, f"{name} is missing", "it holds where no rule speaks")
        after_sales = self._field((*path, "after_sales"), "after_sales", given)
        category = self._field((*path, "category"), "category", given)
        urgency = self._field((*path, "urgency"), "urgency", given)
        if after_sales is None or category is None or urgency is None:
            return None
        return Otherwise(after_sales, category, urgency, self._line(path))

    def _line(self, path: Path) -> int:
        place = self.document.keys.get(path) or self.document.positions.get(path)
        return place.line if place else 1

    def _read_lists(self, value: object) -> None:
        if not isinstance(value, dict):
            self.fault(("lists",), "must be a mapping from names to lists of phrases")
            return
        for name, entries in value.items():
            path: Path = ("lists", name)
            if self._name(path, name, "name of a list") is not None:
                self.lists[str(name)] = self.phrases(path, entries)

    def _check_lists_used(self) -> None:
        for name in self.lists:
            if name not in self.used:
                idle = self.document.fault(
                    ("lists", name), "triage-idle-list", f"no rule uses the list {shown(name)}"
                )
                self.faults.append(replace(idle, severity=Severity.WARNING))

    def _read_negations(self, value: object) -> Negations:
        path: Path = ("negations",)
        given = self.mapping(path, value, ("says", "until", "but_not"))
        if not given:
            return Negations()
        said = {
            key: self.phrases((*path, key), given[key])
            for key in ("says", "but_not")
            if key in given
        }
        until = self._single_words((*path, "until"), given["until"]) if "until" in given else ()
        return Negations(said.get("says", ()), frozenset(until), said.get("but_not", ()))

    def _single_words(self, path: Path, value: object) -> frozenset[str]:
        words: set[str] = set()
        for phrase in self.phrases(path, value):
            if len(phrase.steps) == 1:
                words |= phrase.steps[0].words
            else:
                self.fault(path, f"{shown(phrase.text)} is more than one word")
        return frozenset(words)

    def _read_rules(self, value: object) -> tuple[Rule, ...]:
        if not isinstance(value, list) or not value:
            self.fault(("rules",), "must be a list of rules", "each with id, when and then")
            return ()
        rules: list[Rule] = []
        seen: dict[str, int] = {}
        for index, entry in enumerate(value):
            rule = self._read_rule(("rules", index), entry)
            if rule is None:
                continue
            if rule.id in seen:
                self.fault(
                    ("rules", index, "id"),
                    f"the rule {shown(rule.id)} stands already in line {seen[rule.id]}",
                    "give each rule a name of its own",
                    "triage-duplicate-rule",
                )
            seen.setdefault(rule.id, rule.line)
            for earlier in rules:
                if earlier.when == rule.when and rule.then.fields <= earlier.then.fields:
                    self.fault(
                        ("rules", index, "when"),
                        f"this never speaks: {shown(earlier.id)} above fits the same messages",
                        "join the two, or move the narrower one up",
                        "triage-unreachable-rule",
                    )
                    break
            rules.append(rule)
        return tuple(rules)

    def _read_rule(self, path: Path, value: object) -> Rule | None:
        entry = self.mapping(path, value, ("id", "when", "then"))
        if entry is None:
            return None
        missing = [key for key in ("id", "when", "then") if key not in entry]
        for key in missing:
            self.fault(path, f"{key} is missing")
        if missing:
            return None
        name = self._name((*path, "id"), entry["id"], "name of a rule")
        when = self.condition((*path, "when"), entry["when"])
        then = self._read_then((*path, "then"), entry["then"])
        if name is None or when is None or then is None:
            return None
        return Rule(name, self._line((*path, "id")), when, then)

    def _read_then(self, path: Path, value: object) -> Given | None:
        given = self.mapping(path, value, FIELDS)
        if given is None:
            return None
        if not given:
            self.fault(path, "the rule gives nothing", one_of(FIELDS))
            return None
        found = {name: self._field((*path, name), name, given) for name in FIELDS if name in given}
        return Given(**found)

    def _field(self, path: Path, name: str, given: Mapping[str, object]) -> Any:
        if name not in given:
            return None
        value = given[name]
        match name:
            case "after_sales":
                return self.chosen(path, value, YES_NO, "answer")
            case "category":
                return self.chosen(path, value, terms(Category), "category")
            case "urgency":
                return self.chosen(path, value, terms(Urgency), "urgency")
            case "crisis":
                kinds = {kind: kind for kind in CRISES} | {"none": ""}
                return self.chosen(path, value, kinds, "kind of crisis")
            case _:
                return self._name(path, value, name)
