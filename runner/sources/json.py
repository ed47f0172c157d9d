"""JSON of any API: a list of messages somewhere in it, page after page.

Settings: see `runner.policies.recipes`; `doleances sources presets` prints some that are ready.

Pages are read from the first on, until one is empty, names no next one, repeats what was there,
or is older than a week before the last whole read; so the API must be asked for the newest
first.  Whether it gives them so is seen in the dates of the messages: where it does not, all
pages are read each time, up to the source's limit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from urllib.parse import quote

from runner.planning.observation import Cursor
from runner.policies.expressions import Page as Answer
from runner.policies.recipes import Auth, PageNumber, Recipe, build_recipe
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Fresh, Outside, ThreadRequest, Unknown
from runner.sources.credentials import credential_of
from runner.sources.json_items import Listed, list_items, plain_text
from runner.sources.json_paging import Request, first_request, next_request
from runner.sources.page_requests import ACCEPT, Asking, read_pages
from runner.sources.problems import Problem, Trouble

OVERLAP = timedelta(days=7)
"""A review that a moderator lets through late takes its place among those of its own day."""


@dataclass(frozen=True, slots=True)
class RecipeReading:
    """Pages as a recipe describes them; `now` and `zone` are as for `list_items`."""

    recipe: Recipe
    now: datetime
    zone: tzinfo
    newest_first: bool | None = None
    overlap: timedelta = OVERLAP

    @property
    def pages(self) -> int:
        """As many as the recipe says."""
        return self.recipe.pages

    @property
    def counted(self) -> bool:
        """Tell whether pages are asked for by their number."""
        return isinstance(self.recipe.paging, PageNumber)

    def list(self, document: object, url: str) -> Listed | Problem:
        """Return what the recipe finds in a page."""
        return list_items(document, self.recipe, url, self.now, self.zone)

    def next(
        self, page: int, url: str, document: object, headers: Mapping[str, str]
    ) -> Request | Problem | None:
        """Return what the recipe asks for next."""
        return next_request(self.recipe, page, url, document, headers)

    def backoff(self, document: object) -> float:
        """Return what the recipe finds to wait for."""
        if self.recipe.backoff is None:
            return 0.0
        found = self.recipe.backoff.find(document, Answer(document))
        try:
            seconds = float(plain_text(found) or 0)
        except ValueError:
            return 0.0
        return seconds if seconds > 0 and not math.isnan(seconds) else 0.0


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read the pages of an API, as many as the cursor leaves to read."""
    return await _read(build_recipe(source.settings), cursor, outside)


async def expand(source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
    """Read the conversation of a message, where the setting `expand` says how.

    It is a recipe of its own; what it does not say is as in the source, but for `where` and
    `paging`, which are the list's.  In its `url`, `{native_id}` stands for the message's id.
    """
    own = source.settings.get("expand")
    if not isinstance(own, Mapping) or not _can_stand_in_a_path(thread.native_id):
        return Unknown(Problem(Trouble.NO_CONVERSATION, thread.url or source.id))
    kept = {name: v for name, v in source.settings.items() if name not in ("where", "paging")}
    recipe = build_recipe({**kept, **own})
    url = recipe.url.replace("{native_id}", quote(thread.native_id or "", safe=""))
    fetched = await _read(replace(recipe, url=url), None, outside)
    if not isinstance(fetched, Fresh):
        return fetched
    more = (Trouble.MORE_PAGES, Trouble.NOT_NEWEST_FIRST)
    left = fetched.problem is not None or any(note.trouble in more for note in fetched.notes)
    return replace(fetched, etag=None, last_modified=None, shortened=left)


def _can_stand_in_a_path(native_id: str | None) -> bool:
    return bool(native_id) and native_id not in (".", "..")


async def _read(recipe: Recipe, cursor: Cursor | None, outside: Outside) -> Fetched:
    credential = credential_of(recipe.auth, outside.secrets)
    if isinstance(credential, Problem):
        return Unknown(credential)
    headers = {name: value for name, value in recipe.headers.items() if name != "Accept"}
    accept = recipe.headers.get("Accept", ACCEPT)
    asking = Asking(first_request(recipe), credential, headers, accept)
    fetched = await read_pages(
        asking, RecipeReading(recipe, outside.now, outside.zone), cursor, outside
    )
    return _in_words_of(fetched, recipe.auth) if isinstance(fetched, Unknown) else fetched


def _in_words_of(ended: Unknown, auth: Auth | None) -> Unknown:
    """Return how a read ended; where the secret is to blame, with the variable that holds it."""
    problem = ended.problem
    if auth is None or (problem.trouble, problem.detail) != (Trouble.REFUSED, "401"):
        return ended
    return replace(ended, problem=Problem(Trouble.NOT_ACCEPTED, problem.about, auth.variable))
