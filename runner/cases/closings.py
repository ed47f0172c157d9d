"""How the places of a case were closed, as an entry `closed` tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runner.cases.case import Case, Entry
from runner.cases.lifecycle import RUNNER

_REPLIES = frozenset({"replied", "published", "details-asked", "resolved"})
"""Entries whose `text` stands at their place for everybody to read."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How one place was closed, or is to be.

    `text` is the closing message; where it took the place of a reply that stood there, that one's
    words are `before`.  `url` is where it stands, "" where nobody has said so yet; `impossible`
    why there can be none.
    """

    place: str
    url: str = ""
    text: str = ""
    before: str = ""
    impossible: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether it says where the message stands, or why there can be none."""
        return bool(self.url or self.impossible)

    @property
    def data(self) -> dict[str, object]:
        """What the file says of it, fields that are not known left out."""
        data: dict[str, object] = {"place": self.place}
        if self.impossible:
            return data | {"impossible": self.impossible}
        if self.before:
            edited = {"before": self.before, "after": self.text}
            return data | {"edited": {"url": self.url, **edited} if self.url else edited}
        said = {"url": self.url, "text": self.text}
        return data | {name: words for name, words in said.items() if words}


def closings_of(entry: Entry) -> tuple[Closing, ...]:
    """Return what an entry `closed` says of each place, in its order."""
    closings = entry.facts.get("closings")
    return tuple(_closings(closings)) if isinstance(closings, list | tuple) else ()


def prepared_closing(case: Case) -> Entry | None:
    """Return the entry `closed` that the runner prepared and nobody has put a name to yet."""
    last = case.log[-1]
    return last if last.kind == "closed" and last.by == RUNNER else None


def last_words(case: Case, place: str) -> str:
    """Return the words that the log holds of what we last said in public at a place.

    A closing message is the last word of its cycle.  "" also where it stands and nobody told its
    words: what was said before it is not what stands there now.
    """
    for entry in reversed(case.log):
        if entry.kind == "closed" and entry.by != RUNNER:
            for closing in closings_of(entry):
                if closing.place == place and not closing.impossible:
                    return closing.text
        text = entry.facts.get("text")
        if entry.kind in _REPLIES and entry.facts.get("place") == place and text:
            return str(text)
    return ""


def said_since_resolved(case: Case, place: str) -> Entry | None:
    """Return our last public reply at a place since the case was resolved: it may close it."""
    for entry in reversed(case.log):
        if entry.kind == "resolved":
            return None
        if entry.kind in {"replied", "published"} and entry.facts.get("place") == place:
            return entry
    return None


def _closings(closings: list[object] | tuple[object, ...]) -> Iterator[Closing]:
    for closing in closings:
        if not isinstance(closing, Mapping):
            continue
        edited = closing.get("edited")
        said = edited if isinstance(edited, Mapping) else closing
        yield Closing(
            place=str(closing.get("place", "")),
            url=str(said.get("url", "")),
            text=str(said.get("after", said.get("text", ""))),
            before=str(said.get("before", "")),
            impossible=str(closing.get("impossible", "")),
        )
