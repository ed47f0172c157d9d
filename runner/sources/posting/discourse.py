"""Posting an answer in a Discourse forum.

https://docs.discourse.org, `POST /posts.json`

The forum has no key by which it would know a post again, so that one that may have been posted
is looked for, and never posted a second time.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from runner.planning.postings import Order
from runner.policies.recipes import Auth
from runner.policies.values import Source
from runner.sources.adapter import Outside, Unchanged, Unknown
from runner.sources.credentials import Credential, credential_of
from runner.sources.discourse import expand, topic_of, topic_url
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
    publishing_of,
    same_words,
    send,
)
from runner.sources.problems import Problem, Trouble
from runner.text.html import text_of_html

_NUMBERED = re.compile(r"/t/[^/]+/[0-9]+/([1-9][0-9]{0,8})/?$")


class DiscoursePoster:
    """One account of a forum."""

    def __init__(self, source: Source, outside: Outside) -> None:
        self._publish = publishing_of(source)
        self._server = str(source.settings["server"]).rstrip("/")
        auth = {"variable": self._publish.variable, "user": self._publish.user}
        self._source = replace(source, settings={**source.settings, "auth": auth})
        self._outside = outside

    async def look(self, order: Order) -> Seen:
        """Read the topic, the newest posts first, and find our words in it."""
        read = await expand(self._source, thread_of(order), self._outside)
        if isinstance(read, Unknown):
            return read
        if isinstance(read, Unchanged):
            return Unknown(Problem(Trouble.ODD_STATUS, self._server, "304"))
        for item in read.items:
            words = text_of_html(item.text) if item.is_html else item.text
            ours = item.author == self._publish.user
            if ours and same_words(words, order.text):
                return Found(item.url, item.native_id, item.posted_at)
        # What is left out of a long topic is older than the approval.
        return Absent() if read.problem is None else Unknown(read.problem)

    async def post(self, order: Order) -> Sent:
        """Post it in the topic, as an answer to the customer's post."""
        auth = Auth("header", self._publish.variable, "Api-Key")
        key = credential_of(auth, self._outside.secrets)
        if isinstance(key, Problem):
            return Refused(key)
        topic = topic_of(self._server, thread_of(order))
        if topic is None:
            return Refused(Problem(Trouble.NO_CONVERSATION, order.url or self._server))
        credential = Credential({**key.headers, "Api-Username": self._publish.user or "system"})
        body: dict[str, object] = {"raw": order.text, "topic_id": int(topic)}
        if numbered := _NUMBERED.search(order.url or ""):
            body["reply_to_post_number"] = int(numbered[1])
        answer = await send(f"{self._server}/posts.json", body, credential, self._outside)
        if isinstance(answer, Refused | Doubtful):
            return answer
        return self._found(answer)

    def _found(self, answer: Mapping[str, object]) -> Sent:
        number, place = text_in(answer, "id"), text_in(answer, "post_number")
        url = topic_url(self._server, text_in(answer, "topic_id"), text_in(answer, "topic_slug"))
        if not number or url is None or not place.isdecimal():
            # `action: enqueued`: a moderator sees it first.
            return Doubtful(Problem(Trouble.NO_JSON, self._server))
        return Found(f"{url}/{place}", number, parse_instant(text_in(answer, "created_at")))

    def repeats_safely(self, order: Order, now: datetime) -> bool:  # noqa: ARG002 - others do
        """Whether the forum would know it again: never."""
        return False
