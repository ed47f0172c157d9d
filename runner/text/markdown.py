"""Words of strangers in pull requests and comments, unable to do anything there.

Facts this relies on, for GitHub and for Gitea and Forgejo:

- Inside code (a fenced block, a code span) nothing is linked, mentioned, closed, embedded or
  read as HTML.  Gitea strips code before it looks for mentions and references
  (`modules/markup/mdstripper`); GitHub looks at the rendered page and leaves out code.
- Outside code nothing else helps: GitHub resolves `\\@name`, `&#64;name` and `&num;1` as if
  they were plain (github/cmark-gfm#181).
- A squash merge may make the body of the pull request the commit message, where Markdown
  means nothing and `fixes #1`, `@name` and `[skip ci]` do.  So these are also broken by an
  invisible word joiner, which the reader does not see.
- A fence ends at a line of at least as many backticks; a code span at exactly as many.
"""

import re
import textwrap

from runner.text.clean import cap, clean_line, clean_text

_JOINER = "\u2060"

_ACTING = re.compile(
    r"(?<=@)(?=[\w-])"
    r"|(?<=[#!])(?=\d)"
    r"|(?<=[A-Z]-)(?=\d)"
    r"|(?<=http:|ttps:)(?=//\S{0,2000}/(?:issues?|pulls?|commits?|compare|discussions|"
    r"merge_requests|releases)/)"
    r"|(?<=\[)(?=(?:skip|no|ci)[ -])"
    r"|(?<=\*\*\*)(?=NO_CI)"
    r"|(?<=skip-checks)(?=:)",
    re.IGNORECASE,
)
"""Where a word joiner goes: mentions; `#1`, `!1`, `ABC-1`; addresses on a forge; words for CI."""

_FORGE_PAGE = re.compile(r"/(?:issues?|pulls?|commits?|compare|discussions|merge_requests)/")

_LINKABLE = re.compile(r"https?://[!#-;=?-\[\]^_a-{}~]+", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+!|~&:-]")
_MARKED = re.compile(
    r"(?<!`)(?P<ticks>`+)(?P<edge> ?)(?P<code>.+?)(?P=edge)(?P=ticks)(?!`)"
    r"|\\(?P<sign>[!-/:-@\[-`{-~])"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\([^)]*\)"
    r"|\*\*|^#+ |^> (?:\[!WARNING\])?"
)
"""What Markdown has around words of ours: code, escaped signs, links, and bold, heads, quotes."""

_WIDTH = 96
"""Columns of a quote: code is not wrapped by a forge, and readers should not have to scroll."""
_QUOTED = 4000
"""Characters of a quote; wrapped they are less than what `fence` takes."""


def quote(text: str) -> str:
    """Return what a customer wrote as a block of at most 4,000 characters of text.

    Long lines are wrapped.  Nothing to quote gives nothing.
    """
    lines = (
        textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        for line in clean_text(text, _QUOTED).split("\n")
    )
    return fence("\n".join(part for wrapped in lines for part in wrapped))


def fence(text: str, *, limit: int = 8000) -> str:
    """Return a fenced block with the text as it is, or nothing for no text.

    For what must keep its lines and spaces, such as a file; `limit` in characters.
    """
    text = _ACTING.sub(_JOINER, cap(text, limit)).replace("\r", "")
    if not text.strip():
        return ""
    ticks = "`" * max(3, 1 + _longest_ticks(text))
    return f"{ticks}text\n{text}\n{ticks}"


def code(text: str, limit: int = 200) -> str:
    """Return the text as one code span of at most `limit` characters; fits in a table.

    Nothing for no text.  A `|` becomes `¦`, because it would end the cell even in code.
    """
    line = _ACTING.sub(_JOINER, clean_line(text, limit)).replace("|", "¦")
    if not line:
        return ""
    ticks = "`" * (1 + _longest_ticks(line))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def link(url: str, label: str = "") -> str:
    """Return a canonical address as a link, with its label or showing where it leads.

    An address that looks like a page of a forge is only shown: a link to an issue or a pull
    request would leave a trace there.  `url` comes from `runner.text.links.canonical_url`;
    what is none is only shown, too.
    """
    if not _LINKABLE.fullmatch(url) or _FORGE_PAGE.search(url):
        return code(url, 2000)
    if not label:
        return f"<{url}>"
    return f"[{plain(label)}](<{url}>)"


def plain(text: str, limit: int = 200) -> str:
    """Return the text as words on one line, at most `limit` characters; fits in a table."""
    return _MARKUP.sub(_escaped, _ACTING.sub(_JOINER, clean_line(text, limit)))


def unmarked(line: str) -> str:
    """Return the words of a line of our pages, without what Markdown puts around them."""
    return _MARKED.sub(_words, line)


def _words(found: re.Match[str]) -> str:
    if found["label"] is not None:
        return unmarked(found["label"])
    return found["code"] or found["sign"] or ""


def _escaped(sign: re.Match[str]) -> str:
    return f"\\{sign.group()}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
