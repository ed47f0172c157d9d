"""Messages that come under another id each time: they keep the key that they had.

Some sites number messages anew at each reading.  Without a memory each reading would open
the same cases again, also those that somebody refused.  The memory is the cursor's; without it
(a lost ledger) people see possible duplicates once more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from runner.cases.identity import identify
from runner.model import Mention
from runner.planning.observation import Cursor, ReadStatus, SourceRead
from runner.text.language import Language
from runner.triage.same_matter import TELLING_LENGTH, name_of

MOST_REMEMBERED = 2_000
"""Messages of a source whose words are remembered; with their keys 80 kB."""


def contents_of(mentions: Iterable[Mention], opened: Iterable[str]) -> tuple[str, ...]:
    """Return what makes the opened messages known again under other ids, in their order.

    Each as `_content` gives it, empty where a message is not among `mentions` or says too
    little; of the first `MOST_REMEMBERED`.
    """
    by_key = {mention.key: mention for mention in mentions}
    return tuple(
        _content(by_key[key]) if key in by_key else ""
        for key, _ in zip(opened, range(MOST_REMEMBERED), strict=False)
    )


def keep_keys(
    reads: Iterable[SourceRead], cursors: Mapping[str, Cursor], language: Language
) -> tuple[SourceRead, ...]:
    """Return the reads, messages that only changed their ids under the keys that they had.

    That is a message whose key is new, with the author, day and words of one that was opened
    when the source was last read and is shown no more; where each is the only one of its kind.
    """
    return tuple(_with_kept_keys(read, cursors.get(read.source), language) for read in reads)


def _with_kept_keys(read: SourceRead, cursor: Cursor | None, language: Language) -> SourceRead:
    if read.status is not ReadStatus.READ or read.shortened or cursor is None:
        return read
    shown = {mention.key for mention in read.mentions}
    gone = _only_ones(
        (content, key)
        for key, content in zip(cursor.opened, cursor.contents, strict=False)
        if key not in shown
    )
    if not gone:
        return read
    opened = set(cursor.opened)
    new = _only_ones((_content(m), m.key) for m in read.mentions if m.key not in opened)
    kept = {key: gone[content] for content, key in new.items() if content in gone}
    if not kept:
        return read
    why = language.say(
        "{count} messages come under other ids than before: they count as what they were",
        count=len(kept),
    )
    return replace(
        read,
        mentions=tuple(replace(m, key=kept.get(m.key, m.key)) for m in read.mentions),
        answers={kept.get(key, key): answer for key, answer in read.answers.items()},
        problem=read.problem or why,
    )


def _only_ones(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs whose first half is not empty and stands in no other pair."""
    listed = list(pairs)
    times = Counter(content for content, _ in listed)
    return {content: key for content, key in listed if content and times[content] == 1}


def _content(mention: Mention) -> str:
    """Return the key that a message would have by author, day and words, or nothing.

    Nothing where strangers may have said the same: short words of nobody known, or on a day
    that is not known.
    """
    telling = name_of(mention.author) and mention.posted_at is not None
    if not telling and len(mention.text) < TELLING_LENGTH:
        return ""
    return identify(
        mention.site,
        native_id=None,
        url=None,
        author=mention.author,
        posted_at=mention.posted_at,
        text=mention.text,
    ).key
