"""A catalogue that is compiled here says what one says that Babel compiles."""

from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from runner.locale import catalogue_file
from runner.text.catalogue import compile_catalogue

ODD = r"""
# a comment, then the head
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgctxt "State"
msgid "open"
msgstr "ouvert"

msgid "open"
msgstr "ouvrir"

msgid ""
"a \"quoted\" line\n"
"and \\ another"
msgstr "une ligne « citée »\n\tet \\n une autre"

msgid "not translated"
msgstr ""

msgid "{count} case"
msgid_plural "{count} cases"
msgstr[0] "{count} dossier"
msgstr[1] "{count} dossiers"

#~ msgid "gone"
#~ msgstr "parti"
"""


def by_babel(text: str) -> bytes:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text.encode()), locale="fr"))
    return compiled.getvalue()


def said(compiled: bytes) -> dict[object, str]:
    told: dict[object, str] = dict(vars(GNUTranslations(BytesIO(compiled)))["_catalog"])
    told.pop("", None)
    return told


@pytest.mark.parametrize("name", ["shipped", "odd"])
def test_it_says_what_babel_makes_of_it(name: str) -> None:
    text = ODD if name == "odd" else catalogue_file("fr").read_text(encoding="utf-8")
    assert said(compile_catalogue(text)) == said(by_babel(text))


def test_plurals_and_contexts_are_told_apart() -> None:
    french = GNUTranslations(BytesIO(compile_catalogue(ODD)))
    assert french.pgettext("State", "open") == "ouvert"
    assert [french.ngettext("{count} case", "{count} cases", n) for n in (1, 2)] == [
        "{count} dossier",
        "{count} dossiers",
    ]
    assert french.gettext("not translated") == "not translated"
