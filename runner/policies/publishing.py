"""Where an approved reply is posted by the program: the setting `publish` of a source, as values.

Off unless a source says so.  The account that writes has a secret of its own, which no job that
reads what strangers wrote ever holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostRecipe:
    """How the one answer that a review site allows is put there, and read back.

    `{native_id}`, `{text}` and `{user}` are filled in, in addresses encoded.  `answer` names the
    keys on the way to the answer's words in what `look` shows, `id` those to its number in what
    comes back; a number in them is a place in a list, `key=` the first entry that has the key.
    """

    method: str
    url: str
    body: Mapping[str, object]
    look: str
    answer: tuple[str, ...]
    id: tuple[str, ...] = ()
    absent: bool = False
    """Whether a 404 of `look` says that there is no answer."""
    needs_user: bool = False


@dataclass(frozen=True, slots=True)
class Publishing:
    """How approved replies are posted at a source.

    `variable` names the secret of the account that writes, `user` the account, where the site
    wants both.  Nothing is posted while the calendar of that id is closed.
    """

    variable: str
    user: str | None = None
    calendar: str | None = None
    recipe: PostRecipe | None = None


def publishing_variables(published: Iterable[Publishing | None]) -> tuple[str, ...]:
    """Return the variables that hold the secrets of accounts that write, sorted."""
    return tuple(sorted({each.variable for each in published if each is not None}))
