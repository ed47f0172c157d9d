"""Small judgements on the raw words of a source, before anything is cleaned."""

import html
import re
from urllib.parse import urljoin

from runner.text.links import LENGTH_LIMIT

_TAG = re.compile(r"<[^<>]*>")
_MAIL = re.compile(r"mailto:|(?<![\w.+@-])[^\s()<>,;:\"@]+@[^\s()<>,;\"@]+")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_NEVER_IN_URLS = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")
_AUTHOR_LIMIT = 300


def visible_length(text: str, *, is_html: bool) -> int:
    """Return roughly how many characters a reader would see, white space apart."""
    if is_html:
        text = html.unescape(_TAG.sub(" ", text))
    return len("".join(text.split()))


def has_words(text: str, *, is_html: bool = False) -> bool:
    """Tell whether a reader would see anything."""
    if is_html and ("<" in text or "&" in text):
        return visible_length(text, is_html=True) > 0
    return bool(text) and not text.isspace()


def joined(title: str, text: str, *, title_is_html: bool, text_is_html: bool) -> tuple[str, str]:
    """Return title and text in the form of the text; without a text, the title serves as both.

    An item says of both at once whether they are HTML, so a plain title beside an HTML text is
    escaped, and an HTML title beside a plain text loses its markup.
    """
    if text_is_html and not title_is_html:
        title = html.escape(title, quote=False)
    if title_is_html and not text_is_html:
        title = html.unescape(_TAG.sub(" ", title))
    return title, text if has_words(text, is_html=text_is_html) else title


def without_addresses(author: str) -> str | None:
    """Return an author's name without e-mail addresses, None when nothing else was there.

    Understands `name (address)`, `address (name)` and `name <address>`.  `@name@host` is a
    handle of the fediverse and stays.
    """
    name = _EMPTY_BRACKETS.sub(" ", _MAIL.sub(" ", author[:_AUTHOR_LIMIT])).strip()
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    return " ".join(name.split()) or None


def web_address(text: str, base: str = "") -> str | None:
    """Return an absolute address on the web, None for anything else.

    `base` is where a relative address starts from.  What may stand in no URL (blanks, quotes,
    angle brackets) is percent-encoded; the rest stays as it is written.
    """
    text = text.strip()
    if not text or len(text) > LENGTH_LIMIT:
        return None
    try:
        whole = urljoin(base, text)
    except ValueError:
        return None
    if not whole.lower().startswith(("https://", "http://")):
        return None
    return _NEVER_IN_URLS.sub(lambda found: f"%{ord(found[0]):02X}", whole)
