"""What a trial read of a source shows to whoever writes its settings."""

from collections.abc import Iterator, Sequence

from runner.cases.instants import render_instant
from runner.cases.survey import SurveyAnswer, prepare_answer, read_token
from runner.cli.desk import Desk
from runner.cli.explain import judgement_data, ruled, rulings
from runner.cli.surveying import survey_secret
from runner.model import Judgement, Mention
from runner.policies.secrets import SURVEY_SECRET
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Fresh, Unchanged, Unknown
from runner.sources.problem_words import render_problem
from runner.text.language import Language
from runner.triage.judge import judge

_TEXT_SHOWN = 400
_NOTHING = "–"


def print_trial(
    desk: Desk,
    source: Source,
    fetched: Fresh | Unchanged,
    mentions: Sequence[Mention],
    count: int,
) -> None:
    """Print what was found, the first `count` messages, or answers to the survey, by field."""
    language = desk.language
    if isinstance(fetched, Unchanged):
        desk.say(language.say("Nothing changed since the last read."))
        return
    if source.gives_survey_answers:
        _print_answers(desk, fetched, count)
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
            detail = f": {reason.detail}" if reason.detail else ""
            by_rule = language.say(
                "by rule {rule} ({where})",
                rule=reason.rule,
                where=f"{reason.file}:{reason.line}{detail}",
            )
            judged = ruled(language, name, ruling.value)
            desk.say(f"  {name}: {judged}, {by_rule}")


def _print_answers(desk: Desk, fetched: Fresh, count: int) -> None:
    language = desk.language
    answers = _answers(desk, fetched)
    desk.say(language.say_n("{count} answer.", "{count} answers.", len(answers)))
    for remark in _remarks(fetched, language):
        desk.say(f"- {remark}")
    if blank := len(fetched.items) - len(answers):
        said = language.say("{count} without a token or a score", count=blank)
        desk.say(f"- {said}")
    for number, answer in enumerate(answers[:count], start=1):
        desk.say()
        rows = [(name, _shown(value)) for name, value in _answer_fields(answer)]
        desk.terminal.table((f"{number}", answer.token), rows[1:])
        desk.say(_whose(answer, language))


def _answers(desk: Desk, fetched: Fresh) -> tuple[SurveyAnswer, ...]:
    privacy = desk.configuration().privacy
    prepared = (prepare_answer(item, privacy, desk.now()) for item in fetched.items)
    return tuple(answer for answer in prepared if answer is not None)


def _whose(answer: SurveyAnswer, language: Language) -> str:
    """Return which case an answer is about, as far as that can be told here."""
    secret = survey_secret()
    if secret is None:
        return language.say(
            "Whose it is nobody can check, as {variable} is not set.", variable=SURVEY_SECRET
        )
    surveyed = read_token(answer.token, secret)
    if surveyed is None:
        return language.say("Its token is not ours: it would be left out.")
    return language.say(
        "It is about {case}, cycle {cycle}.", case=surveyed.case_id, cycle=surveyed.cycle
    )


def trial_data(
    desk: Desk, source: Source, fetched: Fetched, mentions: Sequence[Mention], count: int
) -> dict[str, object]:
    """Return what was found as data, the first `count` messages or answers in full."""
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
                **_found(desk, source, fetched, mentions, count),
            }


def _found(
    desk: Desk, source: Source, fetched: Fresh, mentions: Sequence[Mention], count: int
) -> dict[str, object]:
    if source.gives_survey_answers:
        secret, answers = survey_secret(), _answers(desk, fetched)
        return {
            "answers": [
                {**dict(_answer_fields(answer)), **_about(answer, secret)}
                for answer in answers[:count]
            ]
        }
    return {
        "messages": [
            {
                **dict(_fields(mention)),
                "judgement": judgement_data(judge(mention, desk.configuration())),
            }
            for mention in mentions[:count]
        ]
    }


def _about(answer: SurveyAnswer, secret: bytes | None) -> dict[str, object]:
    surveyed = read_token(answer.token, secret) if secret is not None else None
    return {
        "checked": secret is not None,
        "case": surveyed.case_id if surveyed else None,
        "cycle": surveyed.cycle if surveyed else None,
    }


def _answer_fields(answer: SurveyAnswer) -> Iterator[tuple[str, object]]:
    yield "token", answer.token
    yield "rating", f"{answer.rating.value:g}/{answer.rating.best:g}"
    yield "text", answer.text or None
    yield "at", render_instant(answer.at) if answer.at else None


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
            yield name, _shown(value)


def _shown(value: object) -> str:
    said = _NOTHING if value is None else str(value)
    return f"{said[:_TEXT_SHOWN]}…" if len(said) > _TEXT_SHOWN else said


def _verdict(judgement: Judgement, language: Language) -> str:
    if judgement.crisis:
        return language.say("This is a crisis: people look at it at once.")
    if judgement.after_sales.value:
        return language.say("This is after-sales: it would be proposed as a case.")
    return language.say("This is not after-sales: no case would be opened.")
