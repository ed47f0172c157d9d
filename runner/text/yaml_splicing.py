"""Changing a YAML file that people edit: only the spots meant, every other byte as it was.

Comments, the order of keys, quoting, line endings and blank lines stay.  The file has been
read by `read_document` before, so that it is one document without aliases or tags.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runner.text.document import Path
from runner.text.yaml_renderer import render_flow, render_item


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a value stands: from its first character to just past its last.

    A block collection ends with its last value.  A block text ends where the next line that
    is not blank begins.  `column` is that of the first character, from 0.
    """

    start: int
    end: int
    column: int
    is_flow: bool
    children: tuple[Path, ...] = ()


class YamlSplice:
    """Collects changes to one text; `text` returns it with all of them."""

    def __init__(self, text: str, *, blocks: frozenset[str]) -> None:
        self._text = text
        self._blocks = blocks
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._spans = _locate(text)
        self._edits: list[tuple[int, int, str]] = []

    def put(self, path: Path, value: object, after: Sequence[str] = ()) -> None:
        """Set the value of a mapping's key; a new key stands behind the last of `after`.

        Raises:
            ValueError: when the value to replace is a list or mapping with lines of its own.
        """
        span = self._spans.get(path)
        if span is None:
            self._add(path, render_flow(value), after)
            return
        if span.children and not span.is_flow:
            raise ValueError(f"{'.'.join(map(str, path))} has lines of its own")
        new = render_flow(value)
        if span.start == span.end:
            new = f" {new}"
        elif self._text[span.end - 1] == "\n":
            new += self._newline
        self._edits.append((span.start, span.end, new))

    def append(self, path: Path, values: Sequence[object], after: Sequence[str] = ()) -> None:
        """Put values at the end of the list at `path`; where there is none, it begins one."""
        span = self._spans.get(path)
        parent = self._spans[path[:-1]]
        if span is None:
            if parent.is_flow:
                self._add(path, render_flow(list(values)), after)
            else:
                lines = [f"{path[-1]}:", *self._items(str(path[-1]), values)]
                self._insert_lines(self._anchor(path, after), parent.column, lines)
        elif not span.children and parent.is_flow:
            gap = " " if span.start == span.end else ""
            self._edits.append((span.start, span.end, gap + render_flow(list(values))))
        elif not span.children:
            before = self._text[: span.start].rstrip(" ")
            self._edits.append((len(before), span.end, ""))
            lines = self._items(str(path[-1]), values)
            self._insert_lines(self._line_end(span.end), parent.column, lines)
        elif span.is_flow:
            new = "".join(f", {render_flow(value)}" for value in values)
            end = self._spans[span.children[-1]].end
            self._edits.append((end, end, new))
        else:
            at = self._past_remarks(self._line_end(span.end), span.column)
            self._insert_lines(at, span.column, self._items(str(path[-1]), values))

    def text(self) -> str:
        """Return the text with all changes made."""
        parts: list[str] = []
        done = 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            parts += (self._text[done:start], new)
            done = end
        return "".join((*parts, self._text[done:]))

    def _add(self, path: Path, rendered: str, after: Sequence[str]) -> None:
        parent = self._spans[path[:-1]]
        pair = f"{path[-1]}: {rendered}"
        if not parent.is_flow:
            self._insert_lines(self._anchor(path, after), parent.column, [pair])
        elif parent.children:
            end = self._spans[parent.children[-1]].end
            self._edits.append((end, end, f", {pair}"))
        else:
            self._edits.append((parent.start + 1, parent.start + 1, pair))

    def _anchor(self, path: Path, after: Sequence[str]) -> int:
        """Return where the line of a new key begins."""
        parent = self._spans[path[:-1]]
        before = [child for child in parent.children if child[-1] in after]
        last = max(before, key=lambda child: self._spans[child].start, default=parent.children[-1])
        return self._line_end(self._spans[last].end)

    def _items(self, key: str, values: Iterable[object]) -> list[str]:
        return [
            line
            for value in values
            for line in render_item(value, blocks=self._blocks, squeezed=key not in self._blocks)
        ]

    def _insert_lines(self, at: int, column: int, lines: Iterable[str]) -> None:
        new = "".join(self._indented(line, column) + self._newline for line in lines)
        if at == len(self._text) and not self._text.endswith("\n"):
            new = self._newline + new.removesuffix(self._newline)
        self._edits.append((at, at, new))

    def _line_end(self, at: int) -> int:
        """Return where the line after the one that holds the end of a value begins."""
        if at and self._text[at - 1] == "\n":
            return at
        return self._text.find("\n", at) + 1 or len(self._text)

    def _past_remarks(self, at: int, column: int) -> int:
        """Return where the comments end that are indented like the item above them."""
        while (end := self._text.find("\n", at) + 1) > 0:
            line = self._text[at:end]
            if not line.lstrip(" ").startswith("#") or line.index("#") <= column:
                break
            at = end
        return at

    @staticmethod
    def _indented(line: str, column: int) -> str:
        return " " * column + line if line else ""


def _locate(text: str) -> dict[Path, _Span]:
    import yaml

    spans: dict[Path, _Span] = {}
    events: Iterator[Any] = yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader))

    def node(event: Any, path: Path) -> _Span:
        children: list[Path] = []
        end = event.end_mark.index
        is_flow = True
        if not isinstance(event, yaml.ScalarEvent):
            is_flow = bool(event.flow_style)
            is_list = isinstance(event, yaml.SequenceStartEvent)
            inner: Any = next(events)
            while not isinstance(inner, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                step = len(children) if is_list else inner.value
                end = node(inner if is_list else next(events), (*path, step)).end
                children.append((*path, step))
                inner = next(events)
            closing: Any = inner
            if is_flow:
                end = closing.end_mark.index
        start = event.start_mark
        spans[path] = _Span(start.index, end, start.column, is_flow, tuple(children))
        return spans[path]

    for event in events:
        if isinstance(event, yaml.NodeEvent):
            node(event, ())
    return spans
