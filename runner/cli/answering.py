"""The catalogue of answers for verbs: read, searched, as data."""

from runner.cli.desk import Desk
from runner.cli.finding import Found
from runner.policies.answers import CuratedAnswer
from runner.replies.answer_uses import UsesOfAnswer, count_uses
from runner.replies.catalogue import Catalogue, Nearest, asked_in


def read_catalogue(desk: Desk, base: str) -> Catalogue:
    """Return the answers of the desk: curated ones, and those of the cases closed on a base."""
    from runner.repo.past_answers import read_past_answers

    configuration = desk.configuration()
    today = desk.now().astimezone(configuration.instance.zone).date()
    return Catalogue(configuration, read_past_answers(desk.root, base), today)


def nearest_answers(desk: Desk, found: Found) -> tuple[Nearest, ...]:
    """Return the answers that come nearest to a case, as its pull request shows them."""
    asked = asked_in(found.case, desk.configuration())
    return read_catalogue(desk, found.snapshot.base).nearest(asked) if asked else ()


def uses_of_answers(desk: Desk) -> dict[str, UsesOfAnswer]:
    """Return how often each answer of the catalogue was told, by the cases on the base."""
    from runner.cli.forge import open_forge
    from runner.repo.answer_uses import read_cases_answered

    return count_uses(read_cases_answered(desk.root, open_forge(desk).base()))


def answer_data(answer: Nearest) -> dict[str, object]:
    """Return an answer of the catalogue as data."""
    source = answer.source
    data: dict[str, object] = {
        "answer": answer.id,
        "curated": isinstance(source, CuratedAnswer),
        "words": list(answer.words),
        "likeness": round(answer.likeness, 3),
        "common": list(answer.common),
        "same": list(answer.same),
    }
    if isinstance(source, CuratedAnswer):
        until = source.until.isoformat() if source.until else None
        return data | {"file": source.file, "approved_by": source.approved_by, "until": until}
    return data | {
        "file": source.path,
        "outcome": source.outcome,
        "contested": source.contested,
        "thanked": source.thanked,
        "closed_at": source.closed_at.isoformat(),
    }
