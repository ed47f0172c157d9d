"""What `policies/escalation.yaml` and mutes name, and whether it is there."""

from collections.abc import Iterable, Iterator, Mapping

from runner.errors import Fault
from runner.policies.document import Found, entries, repeated, text_at, texts, unknown, words
from runner.policies.escalation import ANY, FILE, NONE
from runner.text.document import Document, Path

Known = Mapping[str, tuple[Iterable[str], str]]
"""For a word such as `person`: the names that there are, and the file that holds them."""

_CONDITIONS = {
    "clock": "clock",
    "source": "source",
    "brand": "brand",
    "product": "product",
    "owner": "person",
    "incident": "incident",
}
"""Conditions whose values stand in other files, with what they are."""


def check_escalation(document: Document) -> Iterator[Fault]:
    """Return what is named twice or not at all within the file, sound in form or not."""
    for key, what in (
        ("channels", "channel"),
        ("rotas", "rota"),
        ("quiet_hours", "set of quiet hours"),
    ):
        yield from repeated(document, texts(document, (key,), "id"), what)
    tiers = tuple(_tiers(document, ("routes",)))
    yield from repeated(document, _texts_under(document, tiers, "id"), "tier")

    channels = words(texts(document, ("channels",), "id"))
    rotas = words(texts(document, ("rotas",), "id"))
    quiet = words(texts(document, ("quiet_hours",), "id"))
    by = (found for tier in tiers for found in texts(document, (*tier, "by")))
    yield from unknown(document, by, "channel", channels, document.file)
    summary = _texts_under(document, (("summary",),), "by")
    yield from unknown(document, summary, "channel", channels, document.file)
    speakers = (*tiers, *entries(document, ("channels",)))
    kept = (found for each in speakers for found in texts(document, (*each, "quiet")))
    yield from unknown(document, kept, "set of quiet hours", quiet, document.file)
    told = _texts_under(document, _whom(document), "on_call")
    yield from unknown(document, told, "rota", rotas, document.file)
    yield from _check_inhibitions(document)


def check_references(document: Document, known: Known) -> Iterator[Fault]:
    """Return a fault for each name in the policy or a mute that another file should hold.

    What is not in `known` cannot be read now, and is not looked up.
    """
    for what, found in _references(document):
        if what in known:
            names, where = known[what]
            yield from unknown(document, found, what, names, where)


def _references(document: Document) -> Iterator[tuple[str, Iterable[Found]]]:
    is_policy = document.file == FILE
    conditioned = tuple(_routes(document, ("routes",))) if is_policy else (("match",),)
    for condition, what in _CONDITIONS.items():
        found = _values(document, conditioned, condition)
        yield what, (each for each in found if each[1] not in {ANY, NONE})
    if not is_policy:
        yield "person", _texts_under(document, ((),), "by")
        return
    yield "person", _texts_under(document, _whom(document), "person")
    for rota in entries(document, ("rotas",)):
        yield "person", texts(document, (*rota, "people"))
        yield "person", texts(document, (*rota, "exchanges"), "person")
    yield "calendar", texts(document, ("quiet_hours",), "calendar")
    yield "clock", texts(document, ("inhibit",), "while")
    for each in entries(document, ("inhibit",)):
        yield "clock", texts(document, (*each, "silent"))


def _check_inhibitions(document: Document) -> Iterator[Fault]:
    speaking = {text: path for path, text in texts(document, ("inhibit",), "while")}
    for each in entries(document, ("inhibit",)):
        for path, clock in texts(document, (*each, "silent")):
            if clock in speaking:
                yield document.fault(
                    path,
                    "escalation",
                    f"the clock {clock} is silent here and silences others on line "
                    f"{document.line(speaking[clock])}: nobody might be told",
                    "let a clock do one or the other",
                )


def _routes(document: Document, path: Path) -> Iterator[Path]:
    """Yield all routes, those within others too."""
    for route in entries(document, path):
        yield route
        yield from _routes(document, (*route, "routes"))


def _tiers(document: Document, path: Path) -> Iterator[Path]:
    for route in _routes(document, path):
        yield from entries(document, (*route, "tiers"))


def _whom(document: Document) -> Iterator[Path]:
    for tier in _tiers(document, ("routes",)):
        yield from entries(document, (*tier, "tell"))
    yield from entries(document, ("otherwise",))
    yield from entries(document, ("summary", "tell"))


def _values(document: Document, mappings: Iterable[Path], key: str) -> Iterator[Found]:
    """Yield the texts under a key that holds one or a list of them."""
    for mapping in mappings:
        yield from _texts_under(document, (mapping,), key)
        yield from texts(document, (*mapping, key))


def _texts_under(document: Document, mappings: Iterable[Path], key: str) -> Iterator[Found]:
    for mapping in mappings:
        text = text_at(document, (*mapping, key))
        if text is not None:
            yield (*mapping, key), text
