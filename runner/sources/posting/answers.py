"""Posting the one answer that a review site allows, as its preset says.

Put twice it is the same answer; another one that stands there is never overwritten.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from runner.planning.postings import Order
from runner.policies.publishing import PostRecipe
from runner.policies.values import Source
from runner.sources.adapter import Outside, Unknown
from runner.sources.networks import text_in
from runner.sources.page_requests import ask_for
from runner.sources.posting.port import (
    Absent,
    Doubtful,
    Found,
    Refused,
    Seen,
    Sent,
    Taken,
    bearer,
    publishing_of,
    same_words,
    send,
)
from runner.sources.problems import Problem, Trouble


class AnswerPoster:
    """The owner's account at a site of reviews."""

    def __init__(self, source: Source, outside: Outside) -> None:
        self._source = source
        self._outside = outside
        publish = publishing_of(source)
        if publish.recipe is None:
            raise ValueError(f"no preset says how {source.id} is posted to")
        self._recipe: PostRecipe = publish.recipe
        self._user = publish.user or ""

    async def look(self, order: Order) -> Seen:
        """Read the review with its answer."""
        credential = bearer(self._source, self._outside)
        if isinstance(credential, Problem):
            return Unknown(credential)
        if not order.native_id:
            return Unknown(Problem(Trouble.NO_CONVERSATION, order.url or self._source.site))
        recipe = self._recipe
        read = await ask_for(self._address(recipe.look, order), credential, self._outside)
        if isinstance(read, Unknown):
            gone = read.problem.trouble is Trouble.GONE
            return Absent() if gone and recipe.absent else read
        said = text_at(read, recipe.answer)
        if not said.strip():
            return Absent()
        if not same_words(said, order.text):
            return Taken(said)
        return Found(order.url, text_at(read, recipe.id) or None)

    async def post(self, order: Order) -> Sent:
        """Put the answer there."""
        credential = bearer(self._source, self._outside)
        if isinstance(credential, Problem):
            return Refused(credential)
        if not order.native_id:
            return Refused(Problem(Trouble.NO_CONVERSATION, order.url or self._source.site))
        recipe = self._recipe
        words = {"text": order.text, "native_id": order.native_id, "user": self._user}
        body = _filled(recipe.body, words)
        if not isinstance(body, Mapping):
            raise TypeError("a body is an object")
        address = self._address(recipe.url, order)
        answer = await send(address, body, credential, self._outside, method=recipe.method)
        if isinstance(answer, Refused | Doubtful):
            return answer
        return Found(order.url, text_at(answer, recipe.id) or None)

    def repeats_safely(self, order: Order, now: datetime) -> bool:  # noqa: ARG002 - others forget
        """Whether a review has one answer, however often it is put: always."""
        return True

    def _address(self, address: str, order: Order) -> str:
        return address.replace("{native_id}", quote(order.native_id or "", safe=""))


def text_at(document: object, path: Sequence[str]) -> str:
    """Return the text at a path, empty where there is none; see `PostRecipe.answer`."""
    value = document
    for step in path:
        if step.endswith("="):
            entries = value.get(step[:-1]) if isinstance(value, Mapping) else value
            listed = entries if isinstance(entries, list) else []
            value = next((e for e in listed if isinstance(e, Mapping) and step[:-1] in e), None)
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            return ""
    return value.strip() if isinstance(value, str) else text_in({"at": value}, "at")


def _filled(value: object, words: Mapping[str, str]) -> object:
    match value:
        case str():
            return words.get(value[1:-1], value) if value[:1] == "{" else value
        case Mapping():
            return {key: _filled(each, words) for key, each in value.items()}
        case _:
            return value
