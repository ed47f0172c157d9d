"""Posting an answer on Mastodon.

https://docs.joinmastodon.org/methods/statuses/#create

The token wants `read:statuses` and `write:statuses`.  Answers are `unlisted`: everybody may read
them in the conversation, and they fill no timeline.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from runner.planning.postings import Order
from runner.policies.values import Source
from runner.sources.adapter import Fresh, Outside, Unchanged, Unknown
from runner.sources.mastodon import expand, id_at
from runner.sources.moments import parse_instant
from runner.sources.networks import text_in
from runner.sources.posting.places import thread_of
from runner.sources.posting.port import (
    Absent,
    Doubtful,
    Found,
    Refused,
    Seen,
    Sent,
    bearer,
    publishing_of,
    same_words,
    send,
)
from runner.sources.problems import Problem, Trouble
from runner.sources.wording import web_address
from runner.text.html import text_of_html

REMEMBERED = timedelta(minutes=55)
"""Mastodon knows an `Idempotency-Key` again for an hour."""
_MENTION = re.compile(r"(@\w+)@[\w.-]+")


class MastodonPoster:
    """One account on one server."""

    def __init__(self, source: Source, outside: Outside) -> None:
        publish = publishing_of(source)
        self._server = str(source.settings["server"]).rstrip("/")
        auth = {"variable": publish.variable}
        self._source = replace(source, settings={**source.settings, "auth": auth})
        self._outside = outside

    async def look(self, order: Order) -> Seen:
        """Read the conversation, and find our words in it."""
        read = await expand(self._source, thread_of(order), self._outside)
        if isinstance(read, Unknown):
            return read
        if isinstance(read, Unchanged):
            return Unknown(Problem(Trouble.ODD_STATUS, self._server, "304"))
        wanted = _shown(order.text)
        for item in read.items:
            words = _shown(text_of_html(item.text) if item.is_html else item.text)
            answers = item.parent_id == order.native_id or order.native_id is None
            if answers and item.author != order.author and same_words(words, wanted):
                return Found(item.url, item.native_id, item.posted_at)
        return Absent() if _is_whole(read) else Unknown(Problem(Trouble.CUT_SHORT, self._server))

    async def post(self, order: Order) -> Sent:
        """Post it as an answer to the customer's status."""
        credential = bearer(self._source, self._outside)
        number = id_at(self._server, thread_of(order))
        if isinstance(credential, Problem):
            return Refused(credential)
        if number is None:
            return Refused(Problem(Trouble.NO_CONVERSATION, order.url or self._server))
        body = {"status": order.text, "in_reply_to_id": number, "visibility": "unlisted"}
        if order.language:
            body["language"] = order.language.partition("-")[0]
        answer = await send(
            f"{self._server}/api/v1/statuses",
            body,
            credential,
            self._outside,
            headers={"Idempotency-Key": order.key},
        )
        if isinstance(answer, Refused | Doubtful):
            return answer
        url = web_address(text_in(answer, "url"), "")
        if url is None:
            return Doubtful(Problem(Trouble.NO_JSON, self._server))
        at = parse_instant(text_in(answer, "created_at"))
        return Found(url, text_in(answer, "uri") or None, at)

    def repeats_safely(self, order: Order, now: datetime) -> bool:
        """Whether the server still knows the key."""
        return now - order.intended_at < REMEMBERED


def _is_whole(read: Fresh) -> bool:
    return not read.shortened and read.problem is None


def _shown(text: str) -> str:
    """Return a text as statuses show it: `@camille` for `@camille@mastodon.example.org`."""
    return _MENTION.sub(r"\1", text)
