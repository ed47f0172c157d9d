"""Presets: how well-known JSON APIs are read, shipped with the program as YAML.

A source that names one takes its settings; what it says itself goes first.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import quote

from runner.errors import Fault
from runner.policies.document import text_at, value_at
from runner.text.document import Document, Path
from runner.text.strict_yaml import read_document
from runner.text.wording import did_you_mean, shown

_PARAMETER = re.compile(r"<([a-z_]+)>")
_DEEP = ("map", "coerce", "headers")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a preset asks of the source that uses it.

    `form` is a regular expression for the whole value; `default` stands where the
    source gives none, and is None where it must.
    """

    name: str
    about: str
    form: str
    example: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Preset:
    """How one API is read, and what is good to know of it.

    `settings` are those of kind `json`, with `<name>` where a parameter goes; `site`
    likewise, None where the source names the address itself.  `category` and `contact` are what
    such a source usually is.  `text` is the file.
    """

    name: str
    title: str
    about: str
    documentation: str
    category: str
    contact: Mapping[str, str]
    auth: str
    limits: str
    replies: str
    traps: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    site: str | None
    may_be_empty: bool
    settings: Mapping[str, Any]
    text: str
    publish: Mapping[str, Any] | None = None
    """How an answer is posted, None where the program cannot."""


@functools.cache
def shipped_presets() -> Mapping[str, Preset]:
    """Return the presets of this version by name, in ABC order."""
    folder = resources.files("runner") / "sources" / "presets"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {
        preset.name: preset
        for preset in (parse_preset(file.name, file.read_bytes()) for file in files)
    }


def parse_preset(file: str, data: bytes) -> Preset:
    """Return the preset that a file holds.

    Raises:
        ValueError: naming the faults of a file that holds none.
    """
    document = read_document(data, file)
    if not isinstance(document, Document):
        raise ValueError("\n".join(map(str, document)))
    top: Any = document.value
    return Preset(
        name=file.removesuffix(".yaml"),
        title=top["title"],
        about=top["about"],
        documentation=top["documentation"],
        category=top["category"],
        contact=top["contact"],
        auth=top["auth"],
        limits=top["limits"],
        replies=top["replies"],
        traps=tuple(top.get("traps", ())),
        parameters=tuple(
            Parameter(
                name, asked["about"], asked.get("form", "[^<>]{1,200}"),
                asked["example"], asked.get("default"),
            )
            for name, asked in top.get("parameters", {}).items()
        ),
        site=top.get("site"),
        may_be_empty=top.get("may_be_empty", False),
        settings=top["settings"],
        text=data.decode(),
        publish=top.get("publish"),
    )  # fmt: skip


def render_example(preset: Preset) -> str:
    """Return a source that uses a preset, as it would stand in `sources.yaml`."""
    asked = ", ".join(f'{p.name}: "{_escaped(p.example)}"' for p in preset.parameters)
    lines = [
        f"- id: {preset.name}",
        "  kind: json",
        f"  category: {preset.category}",
        f"  contact: {{public: {preset.contact['public']}, private: {preset.contact['private']}}}",
        f"  preset: {preset.name}",
        *([f"  parameters: {{{asked}}}"] if asked else []),
        *([] if preset.site else ["  url: https://forum.example.org/feed.json"]),
    ]
    return "\n".join(lines)


def completed(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a source with those of its preset, from a source without faults.

    `map`, `coerce` and `headers` are joined key by key; of the rest, what the source says
    itself stands instead of the preset's.
    """
    own = {key: value for key, value in source.items() if key not in ("preset", "parameters")}
    if "preset" not in source:
        return own
    preset = shipped_presets()[source["preset"]]
    given = source.get("parameters", {})
    values = {p.name: str(given.get(p.name, p.default)) for p in preset.parameters}
    base = {"may_be_empty": preset.may_be_empty, **filled_in(preset.settings, values)}
    if preset.site is not None:
        base["site"] = _filled(preset.site, values)
    joined = {key: {**base[key], **own[key]} for key in _DEEP if key in base and key in own}
    return {**base, **own, **joined}


def check_parameters(document: Document, source: Path) -> Iterator[Fault]:
    """Return what is wrong with the preset that a source names and the parameters it gives."""
    name = text_at(document, (*source, "preset"))
    preset = shipped_presets().get(name) if name is not None else None
    if name is None:
        return
    if preset is None:
        yield document.fault(
            (*source, "preset"), "unknown-preset", f"there is no preset {shown(name)}",
            did_you_mean(name, shipped_presets()),
        )  # fmt: skip
        return
    place = (*source, "parameters")
    given = value_at(document, place)
    given = given if isinstance(given, dict) else {}
    known = {parameter.name: parameter for parameter in preset.parameters}
    for key in given:
        if key not in known:
            yield document.key_fault(
                (*place, key), "unknown-parameter", f"unknown parameter {shown(str(key))}",
                did_you_mean(str(key), known, "this preset has none"),
            )  # fmt: skip
    for parameter in preset.parameters:
        value = given.get(parameter.name)
        if value is None and parameter.default is None:
            yield document.fault(
                place, "missing-parameter", f"the parameter {shown(parameter.name)} is missing",
                f"{parameter.about}: `{parameter.name}: {parameter.example}`",
            )  # fmt: skip
        elif value is not None and not re.fullmatch(parameter.form, str(value)):
            yield document.fault(
                (*place, parameter.name), "form",
                f"{shown(str(value))} has not the form of {shown(parameter.name)}",
                f"{parameter.about}, such as {shown(parameter.example)}",
            )  # fmt: skip


def filled_in(value: Any, values: Mapping[str, str]) -> Any:
    """Return settings with `<name>` replaced by the values of parameters."""
    match value:
        case str():
            return _filled(value, values)
        case list():
            return [filled_in(entry, values) for entry in value]
        case Mapping():
            return {key: filled_in(entry, values) for key, entry in value.items()}
        case _:
            return value


def _filled(text: str, values: Mapping[str, str]) -> str:
    # All of them go into addresses; a site's form lets nothing through that would be encoded.
    return _PARAMETER.sub(lambda found: quote(values[found[1]], safe=""), text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
