"""Bytes of the web to text, whatever charset they claim."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<(?:meta|\?xml)\s[^>]{0,500}", re.IGNORECASE)
_IN_META = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_SEARCHED = 4096
"""Bytes in which a page must name its charset; HTML asks for 1,024."""

_WESTERN = "cp1252"
_KNOWN = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", _WESTERN, "cp1253", "cp1254"}
    | {"cp1255", "cp1256", "cp1257", "cp1258", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman"}
    | {f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
    | {"gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp", "shift_jis", "cp932", "euc_kr"}
    | {"cp949"}
)
"""The charsets of the WHATWG's Encoding Standard, as Python calls them.  No other codec may be
named from outside: Python also knows `punycode`, `unicode_escape` and the like."""
_READ_AS = {"ascii": _WESTERN, "iso8859-1": _WESTERN, "iso8859-9": "cp1254", "iso8859-11": "cp874",
            "gb2312": "gb18030", "gbk": "gb18030"}  # fmt: skip
"""Charsets that browsers read as a larger one (same standard)."""
_SEVEN_BITS = frozenset({"iso2022_jp"})


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a page, without its byte order mark.

    By the mark; else UTF-8 where it can be nothing else, whatever is claimed; else by the
    charset of `content_type` or of the page's own head; else Windows-1252.  A page that claims
    UTF-8 and has a few broken places is UTF-8.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    claimed = _claimed(body, content_type)
    if claimed in _SEVEN_BITS or claimed.startswith("utf-16"):
        return body.decode(claimed, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if claimed == "utf-8":
        text = body.decode("utf-8", "replace")
        sound = sum(map(len, re.findall("[^\x00-\x7f\ufffd]+", text)))
        return text if text.count("\ufffd") <= sound else body.decode(_WESTERN, "replace")
    return body.decode(claimed or _WESTERN, "replace")


def _claimed(body: bytes, content_type: str) -> str:
    """Return Python's name of the charset that is claimed first and known; empty without one."""
    names = [found[1] for found in _IN_HEADER.finditer(content_type)]
    for meta in _META.finditer(body[:_SEARCHED]):
        if (found := _IN_META.search(meta[0])) is not None:
            # A page whose head can be read as ASCII is not in UTF-16, whatever it says.
            name = found[1].decode("ascii")
            names.append("utf-8" if name.lower().startswith("utf-16") else name)
    for name in names:
        try:
            known = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        known = _READ_AS.get(known, known)
        if known in _KNOWN:
            return known
    return ""
