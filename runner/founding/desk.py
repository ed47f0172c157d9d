"""The files of a new desk, out of its charter and the desk that comes with the program.

What is the same for every desk (rules, promises, templates, a calendar) is taken from there, so
that it stands once; what names a brand or its people has a template in `files/`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined

from runner import __version__
from runner.errors import FaultyFiles, Severity
from runner.founding.charter import ROLES, Charter, Founder
from runner.policies.load import load_configuration
from runner.schemas import KINDS, schema_path
from runner.text.language import LANGUAGES
from runner.text.strict_yaml import read_value
from runner.text.yaml_renderer import render_flow
from runner.workflows import carried as carrying
from runner.workflows import installed, render_workflows, requirement_of

_SHIPPED_AS_IT_IS = ("policies/triage.yaml",)
_BY_BRAND = re.compile(r"\b(?:Maison )?Lumen\b")
_MATTERS = "# The customer's matter in a few words"
_PARIS = "Europe/Paris"
_REGIONS = {"Europe/London": "GB", "Europe/Brussels": "BE", "Europe/Zurich": "CH"}
"""Whose telephone numbers are meant without a country code; France's elsewhere."""


def render_desk(charter: Charter, shipped: Mapping[str, bytes], today: date) -> dict[str, bytes]:
    """Return all files of a new desk by their paths; sources.yaml, by which it is one, comes last.

    `shipped` are the files of the desk that comes with the program, `today` dates the example.

    Raises:
        FaultyFiles: when the files would not pass `doleances check`.
    """
    made = {path: _commented(data, charter) for path, data in _policies(charter, shipped)}
    made |= _templates(charter, shipped)
    words = _words(charter)
    for path, name in (
        ("README.md", f"{charter.language}/README.md"),
        (".gitattributes", "gitattributes"),
        (".gitignore", "gitignore"),
        (f"inbox/{_EXAMPLE[charter.language]}.csv", f"{charter.language}/inbox.csv"),
    ):
        made[path] = _rendered(name, {**words, "day": f"{today:%Y-%m-%d}"})
    made["CODEOWNERS"] = render_code_owners(charter).encode()
    if charter.forge != "local":
        made[".github/ISSUE_TEMPLATE/case.yml"] = _read(f"{charter.language}/case.yml").encode()
    # Where the lines that the program writes into cases, and those above, lead editors.
    made |= {f"runner/schemas/{kind}.schema.json": schema_path(kind).read_bytes() for kind in KINDS}
    made |= {"sources.yaml": _rendered(f"{charter.language}/sources.yaml", words)}
    return {**render_desk_workflows(made, charter.install_from), **made}


def list_paths(shipped: Mapping[str, bytes], today: date) -> frozenset[str]:
    """Return the paths of all files that a new desk can have, whatever its charter says."""
    anybody = Founder("a", "A", "a@example.org", "a", tuple(ROLES))
    charters = (
        Charter("A", language, LANGUAGES, "github", _PARIS, "https://example.org", (anybody,))
        for language in LANGUAGES
    )
    return frozenset(path for each in charters for path in render_desk(each, shipped, today))


def render_desk_workflows(
    desk: Mapping[str, bytes], install_from: str, *, carried: bool = False
) -> dict[str, bytes]:
    """Return the workflows of a desk that installs the program, or carries it, by their paths.

    `desk` holds sources.yaml, policies and templates.

    Raises:
        FaultyFiles: when these have faults.
    """
    configuration, faults = load_configuration(
        {path: data for path, data in desk.items() if path.endswith((".yaml", ".yml"))
         and (path == "sources.yaml" or path.startswith(("policies/", "templates/")))}
    )  # fmt: skip
    errors = tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    if configuration is None or errors:
        raise FaultyFiles(errors)
    setting = (
        carrying(configuration) if carried else installed(__version__, configuration, install_from)
    )
    return {path: text.encode() for path, text in render_workflows(setting).items()}


def render_code_owners(charter: Charter) -> str:
    """Return who must look at a change of what: those whom the delegation gives most.

    Gitea and Forgejo read regular expressions, GitHub patterns like those of `.gitignore`.
    """
    deciding = charter.logins_of("brand-care", "quality")
    answering = charter.logins_of("community-manager", "brand-care")
    rows = (
        ("policies/", deciding),
        ("policies/triage.yaml", answering),
        ("templates/", answering),
        ("sources.yaml", answering),
        (".github/", deciding),
        ("CODEOWNERS", deciding),
    )
    lines = [
        "# Who is asked for a review before a change counts; the last line that fits holds.",
        "# Cases are missing on purpose: policies/delegation.yaml says who decides about them.",
    ]
    for path, logins in rows:
        names = " ".join(f"@{login}" for login in dict.fromkeys(logins))
        pattern = f"{re.escape(path)}.*" if path.endswith("/") else re.escape(path)
        shown = pattern if charter.forge == "gitea" else f"/{path}"
        lines.append(f"{shown} {names}" if names else f"# {shown} @login")
    return "\n".join(lines) + "\n"


_EXAMPLE = {"fr": "exemple", "en": "example"}


def _policies(charter: Charter, shipped: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    words = _words(charter)
    yield "policies/team.yaml", _rendered(f"{charter.language}/team.yaml", words)
    for name in ("privacy", "escalation"):
        yield f"policies/{name}.yaml", _rendered(f"{name}.yaml", words)
    matters = shipped["policies/brand.yaml"].decode().partition(_MATTERS)
    yield "policies/brand.yaml", _rendered("brand.yaml", words) + "".join(matters[1:]).encode()
    for path in _SHIPPED_AS_IT_IS:
        yield path, shipped[path]
    delegation = shipped["policies/delegation.yaml"].decode()
    yield "policies/delegation.yaml", _BY_BRAND.sub(lambda _: charter.brand, delegation).encode()
    zoned = {
        path: shipped[path].decode().replace(f"zone: {_PARIS}", f"zone: {charter.zone}")
        for path in ("policies/clocks.yaml", "policies/calendars/brand-care.yaml")
    }
    yield "policies/clocks.yaml", zoned["policies/clocks.yaml"].encode()
    calendar = zoned["policies/calendars/brand-care.yaml"]
    yield "policies/calendars/brand-care.yaml", _calendar(calendar, charter).encode()
    if charter.zone == _PARIS:
        # The stories tell of French holidays.
        stories = shipped["policies/tests/promises.yaml"].decode()
        yield "policies/tests/promises.yaml", _BY_BRAND.sub("à vous", stories).encode()


def _commented(policy: bytes, charter: Charter) -> bytes:
    """Return a policy whose comments are in the team's language, as far as it has words for them.

    The policies that come with the program explain themselves in English.
    """
    text = policy.decode()
    for en, own in _comments(charter.language):
        lines = (re.escape(f"# {line}") for line in _branded(en, charter))
        block = re.compile("^(.*?)" + r"\n\1".join(lines) + "$", re.MULTILINE)
        put = [f"# {line}" for line in _branded(own, charter)]
        text = block.sub(partial(_indented, put), text)
    return text.encode()


def _indented(lines: list[str], found: re.Match[str]) -> str:
    return "\n".join(found[1] + line for line in lines)


def _branded(comment: str, charter: Charter) -> list[str]:
    return comment.replace("{brand}", charter.brand).splitlines()


@cache
def _comments(language: str) -> tuple[tuple[str, str], ...]:
    """Return comments of policies and what stands for them in a language other than English."""
    if language == "en":
        return ()
    pairs: Any = read_value(_read(f"{language}/comments.yaml").encode())
    return tuple((pair["en"], pair[language]) for pair in pairs)


def _calendar(text: str, charter: Charter) -> str:
    """Return the calendar with the brand's name; holidays only where they are France's."""
    name = f"name: {render_flow(f'Brand care, {charter.brand}')}"
    text = re.sub(r"^name: .*$", lambda _: name, text, count=1, flags=re.MULTILINE)
    head = (
        "# When brand care answers.  `business_days: ouvrés` counts the days on which it is open;\n"
        "# `ouvrables` would count Saturdays too.  The hours are a guess: put your own.  Review\n"
        "# the holidays; `doleances calendar FR 2028 --days` prints more of them.\n"
    )
    text = re.sub(r"(?<=#\n)(?:#.*\n)+", lambda _: head, text, count=1)
    if charter.zone == _PARIS:
        return text
    before, _, _ = text.partition("  days:\n")
    hint = "  # To put your country's here: doleances calendar COUNTRY 2026 2027 --days\n"
    return f"{before}{hint}  days: []\n"


def _templates(charter: Charter, shipped: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the templates in the customers' languages, but those for a persona of one brand."""
    for path, data in shipped.items():
        language = path.removesuffix(".yaml").rpartition("-")[2]
        text = data.decode()
        if not path.startswith("templates/") or language not in charter.customers:
            continue
        if not re.search(r"^for: .*personas:", text, re.MULTILINE):
            # A comment shows what a signature looks like.
            yield path, _BY_BRAND.sub(lambda _: charter.brand, text).encode()


def _words(charter: Charter) -> dict[str, object]:
    say = {"fr": "service clients", "en": "customer care"}[charter.language]
    settings = {}
    if charter.forge == "gitea" and urlsplit(charter.server).path.strip("/"):
        # Below a path: what the remote's address ends in tells neither.
        settings = {"repository": charter.repository, "api": f"{charter.server}/api/v1"}
    owner = next((p for p in charter.people if "community-manager" in p.roles), charter.people[0])
    return {
        "brand": charter.brand,
        "brand_id": charter.brand_id,
        "desk_name": f"{charter.brand}, {say}",
        "channel": "team" if charter.forge == "local" else "forge",
        "contact": charter.contact,
        "contact_shown": charter.contact.removeprefix("mailto:"),
        "forge": charter.forge,
        "has_pages": charter.forge != "local",
        "owner": owner.id,
        "people": charter.people,
        "region": _REGIONS.get(charter.zone, "FR"),
        "server_line": f"server: {render_flow(settings)}" if settings else "",
        "shell_requirement": f"'{requirement_of(__version__, charter.install_from)}'",
        "zone": charter.zone,
    }


def _rendered(name: str, words: Mapping[str, object]) -> bytes:
    environment = Environment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - nothing here is HTML
    )
    environment.filters |= {"yaml": render_flow, "quoted": _quoted}
    return environment.from_string(_read(name)).render(words).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read(name: str) -> str:
    return files(__package__).joinpath("files", *name.split("/")).read_text("utf-8")


def read_address(workflow: str) -> str:
    """Return the address from which a workflow of a desk installs the program, "" for the index."""
    found = re.search(r"pip install .*'doleances @ ([^'\s]+)'", workflow)
    return found[1] if found else ""
