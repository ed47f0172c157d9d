"""What a trial read of a source shows to whoever writes its settings."""

from collections.abc import Iterator, Sequence

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.explain import judgement_data, rulings
from runner.model import Judgement, Mention
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Fresh, Unchanged, Unknown
from runner.sources.problem_words import render_problem
from runner.text.language import Language
from runner.triage.judge import judge

_TEXT_SHOWN = 400
_NOTHING = "–"


def print_trial(
    desk: Desk, fetched: Fresh | Unchanged, mentions: Sequence[Mention], count: int
) -> None:
    """Print what was found, the first `count` messages field by field."""
    language = desk.language
    if isinstance(fetched, Unchanged):
        desk.say(language.say("Nothing changed since the last read."))
        return
    found = language.say_n("{count} message", "{count} messages", len(mentions))
    desk.say(f"{found}.")
    for remark in _remarks(fetched, language):
        desk.say(f"- {remark}")
    doubles = len(fetched.items) - len(mentions)
    if doubles > 0:
        desk.say("- " + language.say("Doubles, or nothing left of them: {count}", count=doubles))
    for number, mention in enumerate(mentions[:count], start=1):
        desk.say()
        desk.terminal.table((f"{number}", mention.key), list(_rows(mention)))
        judgement = judge(mention, desk.configuration())
        desk.say(_verdict(judgement, language))
        for name, ruling in rulings(judgement):
            reason = ruling.reason
            detail = f" ({reason.detail})" if reason.detail else ""
            desk.say(f"  {name}: {reason.rule}, {reason.file}:{reason.line}{detail}")


def trial_data(
    desk: Desk, source: Source, fetched: Fetched, mentions: Sequence[Mention]
) -> dict[str, object]:
    """Return what was found as data."""
    language = desk.language
    base: dict[str, object] = {"source": source.id, "kind": source.kind}
    match fetched:
        case Unchanged():
            return {**base, "status": "unchanged"}
        case Unknown(problem, not_before):
            return {
                **base,
                "status": "unknown",
                "problem": render_problem(problem, language),
                "not_before": render_instant(not_before) if not_before else None,
            }
        case Fresh():
            return {
                **base,
                "status": "read",
                "items": len(fetched.items),
                "left_out": fetched.left_out,
                "problem": render_problem(fetched.problem, language) if fetched.problem else "",
                "notes": [render_problem(note, language) for note in fetched.notes],
                "quota_left": fetched.quota.left if fetched.quota else None,
                "not_before": render_instant(fetched.not_before) if fetched.not_before else None,
                "messages": [
                    {
                        **dict(_fields(mention)),
                        "judgement": judgement_data(judge(mention, desk.configuration())),
                    }
                    for mention in mentions
                ],
            }


def _remarks(fetched: Fresh, language: Language) -> Iterator[str]:
    if fetched.problem:
        yield render_problem(fetched.problem, language)
    for note in fetched.notes:
        yield render_problem(note, language)
    if fetched.not_before:
        at = language.instant(fetched.not_before)
        yield language.say("next read from {instant}", instant=at)


def _fields(mention: Mention) -> Iterator[tuple[str, object]]:
    yield "key", mention.key
    yield "key_basis", mention.key_basis
    yield "native_id", mention.native_id
    yield "url", mention.url
    yield "thread_url", mention.thread_url
    yield "author", mention.author
    yield "posted_at", render_instant(mention.posted_at) if mention.posted_at else None
    stars = mention.rating
    yield "rating", f"{stars.value:g}/{stars.best:g}" if stars else None
    yield "language", mention.language
    yield "title", mention.title or None
    yield "text", mention.text


def _rows(mention: Mention) -> Iterator[tuple[str, str]]:
    for name, value in _fields(mention):
        if name != "key":
            said = _NOTHING if value is None else str(value)
            yield name, f"{said[:_TEXT_SHOWN]}…" if len(said) > _TEXT_SHOWN else said


def _verdict(judgement: Judgement, language: Language) -> str:
    if judgement.crisis:
        return language.say("This is a crisis: people look at it at once.")
    if judgement.after_sales.value:
        return language.say("This is after-sales: it would be proposed as a case.")
    return language.say("This is not after-sales: no case would be opened.")
