"""What no schema can say of a source of kind `json`: its expressions, and how they fit."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from runner.errors import Fault
from runner.policies.document import text_at, value_at
from runner.policies.expressions import Wrong, parse_expression
from runner.policies.presets import check_parameters, completed
from runner.policies.recipes import FIELDS, parse_template
from runner.text.document import Document, Path
from runner.text.wording import shown

_EXAMPLE = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
_NAMED_FORMS = ("iso", "epoch-seconds", "epoch-ms")
_OF_THE_FORGE = re.compile(r"(GITHUB|GH|ACTIONS|RUNNER|GITLAB|CI|GITEA|FORGEJO|DOLEANCES)_.*")
_WITH_SECRETS = ("authorization", "cookie", "host", "proxy-authorization")


def check_recipe(document: Document, source: Path) -> Iterator[Fault]:
    """Return the faults of a source of kind `json`, where its shape lets them be looked for."""
    yield from check_parameters(document, source)
    for recipe in (source, (*source, "expand")):
        for name in ("items", "where", "backoff"):
            yield from _check_expression(document, (*recipe, name))
        for name in FIELDS:
            yield from _check_expression(document, (*recipe, "map", name))
            yield from _check_template(document, (*recipe, "map", name))
        yield from _check_words(document, recipe)
        yield from _check_dates(document, (*recipe, "coerce", "posted_at"))
        yield from _check_paging(document, recipe)
    yield from check_auth(document, (*source, "auth"))
    yield from _check_headers(document, (*source, "headers"))


def whole(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a source with what its preset says; as it is where that cannot be told."""
    try:
        return completed(source)
    except (KeyError, TypeError, AttributeError, ValueError):
        return source


def _check_expression(document: Document, path: Path) -> Iterator[Fault]:
    text = text_at(document, path)
    found = parse_expression(text) if text is not None else None
    if isinstance(found, Wrong):
        yield document.fault(
            path, "expression", f"{shown(text or '')}: {found.message}", found.hint
        )


def _check_template(document: Document, path: Path) -> Iterator[Fault]:
    text = text_at(document, (*path, "template"))
    found = parse_template(text) if text is not None else None
    if isinstance(found, Wrong):
        place = (*path, "template")
        yield document.fault(place, "template", f"{shown(text or '')}: {found.message}", found.hint)


def _check_words(document: Document, source: Path) -> Iterator[Fault]:
    value = value_at(document, source)
    mapped = whole(value).get("map") if isinstance(value, dict) else None
    if isinstance(mapped, dict) and not {"text", "title"} & set(mapped):
        yield document.key_fault(
            (*source, "map"), "no-text", "no field holds what the customer wrote",
            "name the expression that finds it: `text: body`",
        )  # fmt: skip


def _check_dates(document: Document, path: Path) -> Iterator[Fault]:
    form = text_at(document, path)
    if form is None or form in _NAMED_FORMS:
        return
    try:
        sound = "%" in form and bool(datetime.strptime(_EXAMPLE.strftime(form), form))  # noqa: DTZ007
    except (ValueError, re.error):
        sound = False
    if not sound:
        yield document.fault(
            path, "dates", f"{shown(form)} is no form of dates",
            "write `iso`, `epoch-seconds`, `epoch-ms`, or a form such as `%d/%m/%Y %H:%M`",
        )  # fmt: skip


def _check_paging(document: Document, source: Path) -> Iterator[Fault]:
    yield from _check_expression(document, (*source, "paging", "at"))
    value = value_at(document, source)
    recipe = whole(value) if isinstance(value, dict) else {}
    paging, url = recipe.get("paging"), recipe.get("url")
    if not isinstance(url, str):
        return
    by_number = isinstance(paging, dict) and paging.get("by") == "page"
    in_url = "{page}" in url
    if in_url and not by_number:
        yield document.fault(
            (*source, "url"), "paging", "nothing counts the pages of `{page}`",
            "write `paging: {by: page}`",
        )  # fmt: skip
    if by_number and isinstance(paging, dict) and in_url is ("parameter" in paging):
        yield document.fault(
            (*source, "paging"), "paging", "the page's number has no one place to go",
            "name the URL's `parameter`, or write `{page}` into the URL, one of both",
        )  # fmt: skip


def check_auth(document: Document, path: Path) -> Iterator[Fault]:
    """Return the fault of an `auth` whose variable no source may see."""
    variable = text_at(document, (*path, "variable"))
    # Whoever may add a source could otherwise have the run's own token sent to a site of theirs.
    if variable is not None and _OF_THE_FORGE.fullmatch(variable):
        yield document.fault(
            (*path, "variable"), "forge-secret",
            f"{shown(variable)} is of the forge, the CI or this program, and is sent to no source",
            "put the source's secret into a variable of its own, such as `AVIS_TOKEN`",
        )  # fmt: skip


def _check_headers(document: Document, path: Path) -> Iterator[Fault]:
    headers = value_at(document, path)
    for name in headers if isinstance(headers, dict) else ():
        if str(name).casefold() in _WITH_SECRETS:
            yield document.key_fault(
                (*path, name), "secret-header", f"{shown(str(name))} may not stand in a file",
                "name the environment variable that holds the secret under `auth`",
            )  # fmt: skip
