"""Mails as they come: headers and words, whatever is wrong with them.  Pure.

The standard library takes messages apart.  What it would decode strictly, or in the charset of
whoever is reading, is decoded here: a mail is read as far as it can be read.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from functools import cached_property
from hashlib import sha256
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from runner.sources.problems import Problem, Trouble
from runner.sources.wording import web_address
from runner.text.charset import decode
from runner.text.html import MARKUP_LIMIT, text_of_html
from runner.text.markup import Tree, parse_markup

HEADER_BYTES = 128 * 1024
"""Bytes of headers that are read; long chains of signatures have 20,000."""

_HEADERS = 1_000
_PARTS = 8
"""Parts of one kind that make the text: what stands before and after a picture, a footer."""
_PLAIN, _HTML = "text/plain", "text/html"
_NESTED = 50
"""Parts that hold parts.  Taking a mail apart goes down by function calls."""
_LINKS = 500
_SENDER_LENGTH = 1_000
_NESTING = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_ADDRESS_IN_TEXT = re.compile(r"https?://[^\s<>\"']{1,2000}", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMED_ADDRESS = re.compile(r"[^<>]*<\s*([^<>\s@,;:]+@[^<>\s@,;:]+)\s*>\s*")
_BARE_ADDRESS = re.compile(r"\s*([^<>\s@,;:()]+@[^<>\s@,;:()]+)\s*")


@dataclass(frozen=True, slots=True)
class TextPart:
    """One text of a mail: `text/plain` or `text/html`, and its bytes as they travel."""

    media_type: str
    charset: str
    encoding: str
    body: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says.

    `headers` are names in small letters and unfolded values, from the top down, encoded words
    still encoded.  `plain` and `html` are its texts, empty where it has none of that kind.
    """

    headers: tuple[tuple[str, str], ...]
    plain: str
    html: str

    def raw(self, name: str) -> tuple[str, ...]:
        """Return the values of a header as they were sent, the topmost first."""
        return tuple(value for each, value in self.headers if each == name)

    def header(self, name: str) -> str:
        """Return the topmost value of a header in words, empty without one."""
        return next((decode_words(value) for value in self.raw(name)), "")

    @property
    def sender(self) -> str | None:
        """The one address in `From`, in small letters; None where it is not plain who that is."""
        values = self.raw("from")
        if len(values) != 1 or len(values[0]) > _SENDER_LENGTH:
            return None
        bare = _QUOTED.sub("", values[0])
        found = _NAMED_ADDRESS.fullmatch(bare) or _BARE_ADDRESS.fullmatch(bare)
        return found[1].lower() if found else None

    @property
    def message_id(self) -> str | None:
        """The `Message-ID`, without its brackets."""
        return self.header("message-id").strip().strip("<>").strip() or None

    @cached_property
    def tree(self) -> Tree:
        """The HTML as a tree, an empty one without HTML."""
        return parse_markup(self.html)

    @cached_property
    def text(self) -> str:
        """The words: of the plain text, else of the HTML."""
        return self.plain if self.plain.strip() else text_of_html(self.html)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The addresses that it links to, each once, as they stand.

        Many go by way of a counter that has the true address in its query; that one follows.
        """
        written = (
            element.attributes["href"]
            for element in self.tree.root
            if element.name in {"a", "area"} and "href" in element.attributes
        )
        named = (found[0].rstrip(".,;:!?)]") for found in _ADDRESS_IN_TEXT.finditer(self.plain))
        both = (address for each in (*written, *named) for address in _unwrapped(each))
        return tuple(islice(dict.fromkeys(both), _LINKS))


def read_mail(data: bytes) -> Mail | Problem:
    """Return what a message says, as RFC 5322 and MIME write it; a nest of parts is a problem."""
    if len(_NESTING.findall(data)) > _NESTED:
        return Problem(Trouble.UNREADABLE_MAIL, "", str(_NESTED))
    message = BytesParser(policy=compat32).parsebytes(data)
    plain, html = _texts(message)
    return Mail(_headers(message), plain, html)


def read_headers(data: bytes) -> Mail:
    """Return a mail of which only the headers are known."""
    return Mail(_headers(BytesParser(policy=compat32).parsebytes(data, headersonly=True)), "", "")


def render_excerpt(headers: bytes, parts: Sequence[TextPart]) -> bytes:
    """Return a message with these headers, but for those of its form, and these parts."""
    kept = _without_form(headers.replace(b"\r\n", b"\n").partition(b"\n\n")[0]).strip(b"\n")
    digest = sha256(b"".join(part.body for part in parts)).hexdigest()
    # First, since a damaged line among the others ends the headers.
    lines = [b'Content-Type: multipart/mixed; boundary="%s"' % digest.encode(), kept, b""]
    for part in parts:
        head = f"Content-Type: {part.media_type}"
        if part.charset:
            head += f'; charset="{part.charset}"'
        lines += [
            b"--" + digest.encode(),
            _token(head),
            _token(f"Content-Transfer-Encoding: {part.encoding}"),
            b"",
            part.body,
        ]
    return b"\n".join([*lines, b"--" + digest.encode() + b"--", b""])


def decode_words(text: str) -> str:
    """Return a header's value with its encoded words (RFC 2047) decoded, broken ones as they are.

    A letter whose bytes are cut between two words is one letter.
    """
    text = _BETWEEN_WORDS.sub(r"\1", text)
    said: list[str] = []
    pending = b""
    charset = ""
    at = 0
    for word in _ENCODED_WORD.finditer(text):
        decoded = _word(word[2], word[3])
        named = word[1].partition("*")[0].lower()
        if pending and (word.start() > at or named != charset or decoded is None):
            said.append(decode(pending, f"charset={charset}"))
            pending = b""
        said.append(text[at : word.start()])
        if decoded is None:
            said.append(word[0])
        else:
            pending, charset = pending + decoded, named
        at = word.end()
    said.append(decode(pending, f"charset={charset}") if pending else "")
    said.append(text[at:])
    return "".join(said)


def _word(encoding: str, coded: str) -> bytes | None:
    raw = coded.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=True)
    return _base64(raw)


def _base64(coded: bytes) -> bytes | None:
    """Return as much as can be decoded, None where nothing can."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", coded)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    if coded and not kept:
        return None
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except (binascii.Error, ValueError):
        return None


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.lower(), _FOLD.sub(" ", _readable(value)).strip())
        for name, value in islice(message.raw_items(), _HEADERS)
    )


def _readable(value: object) -> str:
    """Return what the parser keeps of a header, its 8-bit letters in their charset."""
    return decode(str(value).encode("utf-8", "surrogateescape"))


def _texts(message: Message) -> tuple[str, str]:
    """Return the plain text and the HTML; what a mail in the mail says comes last."""
    leaves = [leaf for leaf in _leaves(message) if leaf[0].get_content_type() in {_PLAIN, _HTML}]
    parts = [part for part, _ in sorted(leaves, key=lambda leaf: leaf[1])]

    def joined(kind: str) -> str:
        fit = islice((part for part in parts if part.get_content_type() == kind), _PARTS)
        return "\n".join(map(_decoded, fit))[:MARKUP_LIMIT]

    return joined(_PLAIN), joined(_HTML)


def _leaves(message: Message) -> Iterator[tuple[Message, bool]]:
    """Give the parts that are no attachments, and whether each is inside another mail."""
    rest = [(message, False)]
    while rest:
        part, is_inside = rest.pop()
        if part.is_multipart():
            is_inside = is_inside or part.get_content_maintype() == "message"
            inner = [each for each in part.get_payload() if isinstance(each, Message)]
            rest.extend((each, is_inside) for each in reversed(inner))
        elif not str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment"):
            yield part, is_inside


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    return decode(body, str(part.get("Content-Type", ""))).replace("\r\n", "\n")


def _unwrapped(link: str) -> Iterator[str]:
    address = web_address(link)
    if address is None:
        return
    yield address
    try:
        values = parse_qsl(urlsplit(address).query, max_num_fields=50)
    except ValueError:
        return
    yield from filter(None, (web_address(value) for _, value in values))


def _without_form(headers: bytes) -> bytes:
    return re.sub(rb"(?im)^(?:content-[a-z-]+|mime-version)\s*:.*(?:\n[ \t].*)*\n?", b"", headers)


def _token(line: str) -> bytes:
    return re.sub(r"[^\x20-\x7e]", "", line).encode("ascii")
