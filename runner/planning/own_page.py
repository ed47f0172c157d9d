"""What an issue of the runner's own says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A title, and a body in Markdown.

    `digest`, 32 hexadecimal digits, stays the same while nothing changes but how long ago
    things were.  `about` and `stop` say, on labels, what the runner's issues are and how it is
    stopped.
    """

    title: str
    body: str
    digest: str
    about: str = ""
    stop: str = ""
