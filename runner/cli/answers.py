"""`doleances answers`: what others who asked the same were answered."""

from datetime import date

import click

from runner.cli.case_ids import complete_case_ids
from runner.cli.desk import Desk
from runner.errors import UsageError

_LONGEST = 4_000


@click.command(short_help="Search what others were answered: the catalogue, and closed cases.")
@click.argument("words", metavar="[QUERY]", nargs=-1)
@click.option(
    "--case", "case_id", metavar="CASE", shell_complete=complete_case_ids,
    help="What comes near to this case.",
)  # fmt: skip
@click.option(
    "--language", "locale", type=click.Choice(["fr", "en"]),
    help="Of the answers; default: that of the query, else the desk’s.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print them as data.")
@click.pass_obj
def command(
    desk: Desk, words: tuple[str, ...], case_id: str | None, locale: str | None, *, as_json: bool
) -> None:
    """Search what others were answered: the catalogue, and closed cases.

    Names the nearest three, with how those cases ended and why they are near. Without a query
    and a case, lists policies/answers/, each with the cases in which it was told (`--answer` when
    a reply is recorded) and how they ended. Nothing is sent; `doleances draft CASE --answer N` puts
    the words of one into a draft.

    \b
    Example:  doleances answers "comment renvoyer un article"
              doleances answers --case c-7f3k2m9x4q5t
              doleances answers
    """
    from runner.cli.answering import answer_data, nearest_answers, read_catalogue
    from runner.cli.finding import find_case
    from runner.cli.forge import open_forge
    from runner.planning.answer_words import answer_title, answer_why, how_to_take
    from runner.replies.catalogue import Asked
    from runner.text.guess import guess_language

    query = " ".join(words).strip()
    if case_id is not None and (query or locale):
        raise UsageError("--case says it all", "leave the query and --language out")
    if case_id is not None:
        found = find_case(desk, case_id)
        case_id = found.case.id
        nearest = nearest_answers(desk, found)
    elif query:
        spoken = locale or guess_language(query) or desk.configuration().instance.language
        base = open_forge(desk).snapshot().base
        nearest = read_catalogue(desk, base).nearest(Asked(query[:_LONGEST], spoken))
    else:
        _list(desk, locale, as_json=as_json)
        return
    if as_json:
        desk.print_json({"answers": [answer_data(each) for each in nearest]})
        return
    say, language = desk.language.say, desk.language
    for nth, each in enumerate(nearest, 1):
        desk.say(f"{nth}. {answer_title(each, desk.configuration(), language)}")
        desk.say(f"   {each.words[0]}")
        desk.say(f"   {answer_why(each, language)}")
    if not nearest:
        desk.say(say("No answer comes near."))
    elif case_id is not None:
        desk.say(how_to_take(case_id, language))


def _list(desk: Desk, locale: str | None, *, as_json: bool) -> None:
    from runner.cli.answering import uses_of_answers
    from runner.planning.answer_words import uses_words
    from runner.replies.answer_uses import UsesOfAnswer

    configuration = desk.configuration()
    today = desk.now().astimezone(configuration.instance.zone).date()
    answers = [a for a in configuration.answers if locale is None or locale in a.questions]
    used = {each.id: UsesOfAnswer() for each in answers} | uses_of_answers(desk)
    if as_json:
        desk.print_json({
            "answers": [
                {
                    "answer": each.id,
                    "file": each.file,
                    "title": each.title,
                    "languages": list(each.questions),
                    "words": {tongue: list(ways) for tongue, ways in each.words.items()},
                    "approved_by": each.approved_by,
                    "until": each.until.isoformat() if each.until else None,
                    "good": each.is_good_on(today),
                    "used": used[each.id].cases,
                    "endings": dict(used[each.id].endings),
                    "contested": used[each.id].contested,
                    "thanked": used[each.id].thanked,
                }
                for each in answers
            ]
        })  # fmt: skip
        return
    say = desk.language.say
    desk.terminal.table(
        (say("answer"), say("title"), say("language"), say("until"), say("told in")),
        [
            (
                each.id,
                each.title,
                ", ".join(each.questions),
                _until(desk, each.until, today),
                uses_words(used[each.id], desk.language),
            )
            for each in answers
        ],
        [None] * len(answers),
    )


def _until(desk: Desk, until: date | None, today: date) -> str:
    if until is None:
        return ""
    day = desk.language.day(until)
    return desk.language.say("{day}: over", day=day) if until < today else day
