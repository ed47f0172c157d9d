"""The catalogues, and the messages of the code that they must hold.

`python -m runner.locale` brings every catalogue up to date with the code.  A
translator then fills the empty `msgstr` lines of
`runner/locale/<language>/LC_MESSAGES/doleances.po`; run once more, it sets their spaces and
apostrophes.
"""

import ast
import re
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from runner.text.terms import TERMS
from runner.text.typography import typeset

PACKAGE = Path(__file__).resolve().parent.parent
_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: doleances\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms};\\n"

"""
KEYWORDS: dict[str, tuple[int, ...] | None] = {"say": None, "say_n": (1, 2)}
_String = str | list[str] | tuple[str, ...] | None
_PLACEHOLDER = re.compile(r"\{(\w*)")


def extract_said(
    file: IO[bytes],
    keywords: Collection[str],
    comment_tags: object,  # noqa: ARG001 - Babel's signature
    options: object,  # noqa: ARG001
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Yield the calls of `say` and `say_n` of a `Language`, for Babel.

    Babel's own extractor knows functions by name alone; here what is called must be `say`
    or `language.say`, however `language` was reached: `desk.say` prints, and is none.
    """
    nodes = ast.walk(ast.parse(file.read()))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        match call.func:
            case ast.Name(name) | ast.Attribute(
                ast.Name("language") | ast.Attribute(attr="language"), name
            ) if name in keywords:
                words = tuple(
                    word.value
                    if isinstance(word, ast.Constant) and isinstance(word.value, str)
                    else None
                    for word in call.args
                )
                yield call.lineno, name, words, []


def extract_messages() -> Catalog:
    """Return every message of the code: the first argument of `say`, two of `say_n`, the terms."""
    catalog = Catalog(project="Doléances", charset="utf-8")
    for file, _, message, comments, context in extract_from_dir(
        PACKAGE, method_map=[("**.py", f"{__name__}:extract_said")], keywords=KEYWORDS
    ):
        catalog.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for kind, words in TERMS.items():
        for word in words.values():
            catalog.add(word, locations=[("text/terms.py", 0)], context=kind)
    return catalog


def catalogue_file(language: str) -> Path:
    """Return where the catalogue of a language stands."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "doleances.po"


def read_catalogue(path: Path) -> Catalog:
    """Read a `.po` file; its language is the folder two levels up.  No file: nothing translated."""
    if not path.exists():
        return Catalog(locale=path.parent.parent.name, charset="utf-8")
    return read_po(BytesIO(path.read_bytes()), locale=path.parent.parent.name)


def update_catalogue(catalog: Catalog, messages: Catalog) -> Catalog:
    """Return the catalogue with exactly these messages, and what it had translated, typeset."""
    updated = Catalog(locale=catalog.locale, charset="utf-8")
    for message in messages:
        if message.id:
            known = catalog.get(message.id, context=message.context)
            updated.add(
                message.id,
                string=_typeset(known.string, str(catalog.locale)) if known else None,
                locations=message.locations,
                auto_comments=message.auto_comments,
                context=message.context,
            )
    return updated


def render_catalogue(catalog: Catalog) -> bytes:
    """Return the file's bytes: the same for the same messages, whoever runs it and when."""
    rendered = BytesIO()
    write_po(
        rendered, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False
    )
    header = _HEADER.format(language=catalog.locale, plural_forms=catalog.plural_forms)
    return header.encode() + rendered.getvalue()


def check_catalogue(catalog: Catalog, messages: Catalog) -> tuple[str, ...]:
    """Return what is wrong: messages missing, untranslated, gone, or with other placeholders."""
    wrong = [
        f"missing: {message.id}"
        for message in messages
        if message.id and _find(catalog, message) is None
    ]
    for message in catalog:
        if not message.id:
            continue
        if _find(messages, message) is None:
            wrong.append(f"gone from the code: {message.id}")
        elif message.fuzzy or not all(_texts(message.string)):
            wrong.append(f"not translated: {message.id}")
        else:
            asked = _placeholders(_texts(message.id))
            wrong += [
                f"other placeholders: {message.id}"
                for text in _texts(message.string)
                if _placeholders((text,)) != asked
            ]
    return tuple(wrong)


def _typeset(string: _String, language: str) -> _String:
    if string is None or isinstance(string, str):
        return typeset(string, language) if string else string
    return tuple(typeset(form, language) for form in string)


def _find(catalog: Catalog, message: Message) -> Message | None:
    return catalog.get(message.id, context=message.context)


def _texts(string: _String) -> tuple[str, ...]:
    if string is None or isinstance(string, str):
        return (string or "",)
    return tuple(string)


def _placeholders(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for name in _PLACEHOLDER.findall(text)}
