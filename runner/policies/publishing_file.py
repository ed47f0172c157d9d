"""The setting `publish` of a source: from the file to values, with faults."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.errors import Fault
from runner.policies.document import entries, text_at, value_at
from runner.policies.networks import NETWORKS
from runner.policies.presets import filled_in, shipped_presets
from runner.policies.publishing import PostRecipe, Publishing
from runner.text.document import Document, Path

_WITH_USER = ("bluesky", "discourse")


def build_publishing(source: Mapping[str, Any]) -> Publishing | None:
    """Return what a source without faults says of publishing, None where it says nothing."""
    said = source.get("publish")
    if said is None:
        return None
    return Publishing(said["variable"], said.get("user"), said.get("calendar"), _recipe_of(source))


def _recipe_of(source: Mapping[str, Any]) -> PostRecipe | None:
    preset = shipped_presets().get(source.get("preset", ""))
    if preset is None or preset.publish is None:
        return None
    given = source.get("parameters", {})
    values = {p.name: str(given.get(p.name, p.default)) for p in preset.parameters}
    told = filled_in(preset.publish, values)
    return PostRecipe(
        method=told["method"],
        url=told["url"],
        body=told["body"],
        look=told["look"],
        answer=tuple(told["answer"].split(".")),
        id=tuple(told["id"].split(".")) if "id" in told else (),
        absent=told.get("absent") == 404,
        needs_user="{user}" in str(told),
    )


def check_publishing(document: Document, source: Path) -> Iterator[Fault]:
    """Return the faults of a source's `publish` that no schema can see."""
    said = value_at(document, (*source, "publish"))
    given = value_at(document, source)
    if not isinstance(said, dict) or not isinstance(given, dict):
        return
    path = (*source, "publish")
    kind = text_at(document, (*source, "kind")) or ""
    preset = shipped_presets().get(text_at(document, (*source, "preset")) or "")
    posted = preset.publish if preset is not None else None
    if kind not in NETWORKS and posted is None:
        able = [name for name, each in shipped_presets().items() if each.publish is not None]
        yield document.key_fault(
            path, "cannot-publish", "nothing can be posted at such a source",
            f"kinds {', '.join(NETWORKS)}, and presets {', '.join(able)}, take posts; elsewhere "
            "leave `publish` out and answer by hand",
        )  # fmt: skip
        return
    if (kind in _WITH_USER or "{user}" in str(posted)) and "user" not in said:
        yield document.fault(
            path, "missing-user", "the key `user` is missing: which account writes",
            "such as `user: lumen.example.org`",
        )  # fmt: skip
    # It brings JMESPath: loaded where a source publishes.
    from runner.policies.recipe_checks import check_auth, whole

    yield from check_auth(document, path)
    auth = whole(given).get("auth")
    reading = auth.get("variable") if isinstance(auth, dict) else None
    if reading is not None and said.get("variable") == reading:
        yield document.fault(
            (*path, "variable"), "same-secret",
            f"{reading} is the secret that reads this source",
            "name another variable: who reads what strangers wrote must not be able to post",
        )  # fmt: skip


def publishing_calendars(document: Document) -> Iterator[tuple[Path, str]]:
    """Yield where sources name the calendar of their posts, and which."""
    for source in entries(document, ("sources",)):
        path = (*source, "publish", "calendar")
        if (named := text_at(document, path)) is not None:
            yield path, named
