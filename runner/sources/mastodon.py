"""Mastodon, and what speaks its API: a tag, a search, mentions, an account.

Settings: see `runner.policies.networks`.  https://docs.joinmastodon.org/methods/

A status is the same on every server: its `uri` says so, and the host of that is its site.  Only
what everybody may read is taken, `public` and `unlisted`; a boost is no message of who boosts.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from runner.cases.instants import plausible
from runner.model import Item
from runner.planning.observation import Cursor
from runner.policies.networks import Watch, build_watch
from runner.policies.values import Source
from runner.sources.adapter import (
    ITEM_LIMIT,
    Fetched,
    Fresh,
    Outside,
    ThreadRequest,
    Unknown,
)
from runner.sources.credentials import Credential, credential_of
from runner.sources.json_items import Listed
from runner.sources.json_paging import Request, linked_page
from runner.sources.moments import parse_instant
from runner.sources.networks import (
    address_parts,
    check_shape,
    host_of,
    in_words_of,
    list_in,
    text_in,
    value_in,
)
from runner.sources.page_requests import Asking, ask_for, read_pages
from runner.sources.problems import Problem, Trouble
from runner.sources.wording import has_words, web_address

OVERLAP = timedelta(days=1)
"""A status of another server may come that much after it was written."""

_SHOWN = ("public", "unlisted")
_MOST = 40
"""Statuses of one answer; of notifications 80 would be given."""

_STRANGERS_SEE = {"ancestors": 40, "descendants": 60}
"""How much of a conversation is shown without a token (Mastodon, `Api::V1::StatusesController`)."""

_ACCOUNT = re.compile(r"\w[\w.-]*(?:@[\w.:-]+)?", re.ASCII)
_ID = re.compile(r"\w{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Pages of statuses, the newest first, each naming the next in the header `Link`.

    A search names none: there the number of statuses to leave out is counted.
    """

    watch: Watch
    now: datetime
    overlap: timedelta = OVERLAP

    @property
    def pages(self) -> int:
        """As many as the source says."""
        return self.watch.pages

    @property
    def counted(self) -> bool:
        """Tell whether it is a search."""
        return self.watch.by == "search"

    @property
    def newest_first(self) -> bool | None:
        """Tell whether it is not a search, for which nothing is promised."""
        return None if self.watch.by == "search" else True

    def list(self, document: object, url: str) -> Listed | Problem:
        """Return the statuses of a page."""
        return parse(document, url, self.watch.server, self.now)

    def next(
        self,
        page: int,
        url: str,
        document: object,  # noqa: ARG002 - a reading may look into the page
        headers: Mapping[str, str],
    ) -> Request | Problem | None:
        """Return what is asked for next: of a search the next so many, else what `Link` names."""
        if self.counted:
            return Request(f"{_address(self.watch)}&offset={page * _MOST}")
        return linked_page(headers, url)

    def backoff(self, document: object) -> float:  # noqa: ARG002 - Mastodon says it in headers
        """Return nothing: how long to wait stands in no page."""
        return 0.0


def parse(document: object, url: str, server: str, now: datetime) -> Listed | Problem:
    """Return the statuses of an answer found at `url`, whichever of the lists of the API it is.

    A list of statuses or of notifications, the result of a search, or the context of a status
    with that `status` beside it.  A status answers another one as far as that stands there too.
    """
    found = _listed(document)
    if found is None:
        return Problem(Trouble.NO_LIST, url, "statuses")
    statuses = [status for status in found[:ITEM_LIMIT] if status is not None]
    if problem := check_shape(statuses, url, ("content",), ("visibility",)):
        return problem
    known = {text_in(s, "id"): _native_id(s) for s in statuses}
    shown = [status for status in statuses if _is_shown(status)]
    made = [_item(status, server, known, now) for status in shown]
    items = tuple(item for item in made if item is not None)
    return Listed(
        items,
        len(found),
        wordless=len(shown) - len(items),
        set_aside=min(len(found), ITEM_LIMIT) - len(shown),
        problem=Problem(Trouble.TOO_MANY_ITEMS, url, str(ITEM_LIMIT))
        if len(found) > ITEM_LIMIT
        else None,
    )


def _listed(document: object) -> list[object] | None:
    """Return the statuses of an answer, None for each entry that is none."""
    if isinstance(document, list):
        return [_of_notification(entry) for entry in document]
    if not isinstance(document, Mapping):
        return None
    if isinstance(document.get("statuses"), list):
        return list(document["statuses"])
    if isinstance(document.get("descendants"), list):
        around = (*list_in(document, "ancestors"), *list_in(document, "descendants"))
        return [*filter(None, [document.get("status")]), *around]
    return None


def _of_notification(entry: object) -> object:
    if value_in(entry, "type") is None or value_in(entry, "visibility") is not None:
        return entry
    return value_in(entry, "status") if text_in(entry, "type") == "mention" else None


def _is_shown(status: object) -> bool:
    return text_in(status, "visibility") in _SHOWN and not value_in(status, "reblog")


def _item(
    status: object, server: str, known: Mapping[str, str | None], now: datetime
) -> Item | None:
    text = "\n".join(_words(status))
    if not has_words(text, is_html=True):
        return None
    native_id = _native_id(status)
    url = web_address(text_in(status, "url"), "") or web_address(native_id or "", "")
    return Item(
        native_id=native_id,
        url=url,
        author=_handle(status, server),
        title="",
        text=text,
        posted_at=plausible(parse_instant(text_in(status, "created_at")), now),
        is_html=True,
        language=text_in(status, "language") or None,
        thread_url=_seen_from(server, status) or url,
        parent_id=known.get(text_in(status, "in_reply_to_id")),
        site=host_of(native_id or ""),
    )


def _words(status: object) -> Iterator[str]:
    """Give all that a reader sees, as HTML: warning, words, choices, what pictures show."""
    if warning := text_in(status, "spoiler_text"):
        yield f"<p>{html.escape(warning, quote=False)}</p>"
    yield text_in(status, "content")
    choices = [text_in(option, "title") for option in list_in(status, "poll", "options")]
    pictures = [text_in(media, "description") for media in list_in(status, "media_attachments")]
    for words in filter(None, (*choices, *pictures)):
        yield f"<p>{html.escape(words, quote=False)}</p>"


def _native_id(status: object) -> str | None:
    return text_in(status, "uri") or text_in(status, "url") or None


def _handle(status: object, server: str) -> str | None:
    """Return `@camille@mastodon.example.org`, which is the same wherever it is read."""
    account = text_in(status, "account", "acct") or text_in(status, "account", "username")
    if not account:
        return None
    if "@" in account:
        return f"@{account}"
    return f"@{account}@{host_of(text_in(status, 'account', 'url')) or host_of(server) or ''}"


def _seen_from(server: str, status: object) -> str | None:
    """Return where the server that was asked shows the status, which names its id there."""
    account, number = text_in(status, "account", "acct"), text_in(status, "id")
    if not (_ACCOUNT.fullmatch(account) and _ID.fullmatch(number)):
        return None
    return f"{server}/@{account}/{number}"


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read what the source watches, from the newest back to the last read."""
    watch = build_watch(source.kind, source.settings)
    credential = credential_of(watch.auth, outside.secrets)
    if isinstance(credential, Problem):
        return Unknown(credential)
    first = _address(watch)
    if watch.by == "account":
        number = await _account_id(watch, credential, outside)
        if isinstance(number, Unknown):
            return in_words_of(number, watch.auth, watch.what)
        first = f"{watch.server}/api/v1/accounts/{number}/statuses?limit={_MOST}"
    asking = Asking(Request(first), credential)
    fetched = await read_pages(asking, Timeline(watch, outside.now), cursor, outside)
    if isinstance(fetched, Unknown):
        return in_words_of(fetched, watch.auth, watch.what or watch.by)
    return fetched


async def expand(source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
    """Read a status and all that was written before and after it in its conversation."""
    watch = build_watch(source.kind, source.settings)
    number = id_at(watch.server, thread)
    credential = credential_of(watch.auth, outside.secrets)
    if isinstance(credential, Problem):
        return Unknown(credential)
    if number is None:
        return Unknown(Problem(Trouble.NO_CONVERSATION, thread.url or watch.server))
    answers = []
    for path in (f"statuses/{number}", f"statuses/{number}/context"):
        answer = await ask_for(f"{watch.server}/api/v1/{path}", credential, outside)
        if isinstance(answer, Unknown):
            return in_words_of(answer, watch.auth, thread.url or number)
        answers.append(answer)
    status, context = answers
    around = context if isinstance(context, dict) else {}
    listed = parse({**around, "status": status}, watch.server, watch.server, outside.now)
    if isinstance(listed, Problem):
        return Unknown(listed)
    return Fresh(
        listed.items,
        problem=listed.problem,
        left_out=listed.set_aside + listed.wordless,
        shortened=watch.auth is None
        and any(len(list_in(context, name)) >= most for name, most in _STRANGERS_SEE.items()),
    )


def _address(watch: Watch) -> str:
    api = f"{watch.server}/api"
    match watch.by:
        case "tag":
            name = quote(watch.what.removeprefix("#"), safe="")
            return f"{api}/v1/timelines/tag/{name}?limit={_MOST}"
        case "search":
            asked = {"q": watch.what, "type": "statuses", "limit": _MOST}
            return f"{api}/v2/search?{urlencode(asked)}"
        case "mentions":
            return f"{api}/v1/notifications?types%5B%5D=mention&limit={_MOST}"
        case _:
            return f"{api}/v1/accounts/lookup?{urlencode({'acct': watch.what.removeprefix('@')})}"


async def _account_id(watch: Watch, credential: Credential, outside: Outside) -> str | Unknown:
    answer = await ask_for(_address(watch), credential, outside)
    if isinstance(answer, Unknown):
        return answer
    number = text_in(answer, "id")
    host = host_of(watch.server) or watch.server
    known = _ID.fullmatch(number)
    return number if known else Unknown(Problem(Trouble.NOT_THERE, host, watch.what))


def id_at(server: str, thread: ThreadRequest) -> str | None:
    """Return the id that a status has at the server, from the addresses that name it there."""
    for address in (thread.thread_url, thread.url, thread.native_id):
        parts = address_parts(address)
        if parts.netloc == urlsplit(server).netloc:
            number = parts.path.rpartition("/")[2]
            if _ID.fullmatch(number):
                return number
    return None
