"""Charsets as pages claim them, rightly and wrongly."""

import pytest

from runner.text.charset import decode

TEXT = "Déçu, très déçu : 3 € pour ça…"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "text/html; charset=iso-8859-1"),
        (TEXT.encode(), "text/html; charset=utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=koi8-r"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), ""),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("cp1252"), ""),
        (TEXT.encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (TEXT.encode("cp1252"), "text/html; charset=utf-8"),
        (TEXT.encode("cp1252"), "text/html; charset=unicode_escape"),
        (TEXT.encode("cp1252"), "text/html; charset=nonsense"),
        (TEXT.replace("…", "...").encode("iso8859-15"), "text/html; charset='ISO-8859-15'"),
    ],
)
def test_texts_are_read_whatever_is_claimed(body: bytes, content_type: str) -> None:
    assert decode(body, content_type).replace("...", "…") == TEXT


@pytest.mark.parametrize(
    "head",
    ['<meta charset="windows-1251">',
     '<meta http-equiv=Content-Type content="text/html; charset=cp1251">',
     '<?xml version="1.0" encoding="windows-1251"?>'],
)  # fmt: skip
def test_pages_name_their_charset_themselves(head: str) -> None:
    page = f"{head}<p>Очень доволен"
    assert decode(page.encode("cp1251"), "text/html") == page


def test_some_broken_places_make_no_other_charset() -> None:
    assert decode("Déçu ".encode() * 9 + b"\xff", "text/html; charset=utf-8").startswith("Déçu")


def test_charsets_of_seven_bits_count_though_they_look_like_ascii() -> None:
    assert decode("残念".encode("iso2022_jp"), "text/html; charset=iso-2022-jp") == "残念"


@pytest.mark.parametrize("name", ["idna", "punycode", "rot13", "zlib", "hex", "utf-7", "undefined"])
def test_no_codec_but_charsets_can_be_named(name: str) -> None:
    assert decode(b"a\xe9 \\u0041 +AEE-", f"text/html; charset={name}") == "aé \\u0041 +AEE-"
