"""`doleances explain`: why a case's promises stand as they do, and how a message is judged."""

import re
from typing import TYPE_CHECKING, Any

import click

from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.model import KEY, Category, Judgement, Rating, Ruling, Urgency
from runner.policies.values import Source
from runner.text.language import Language
from runner.text.wording import did_you_mean, shown

if TYPE_CHECKING:
    from runner.cases.case import Case
    from runner.policies.values import Configuration
    from runner.triage.judge import Message

CASE = re.compile(rf"[0-9]+|{KEY}|https?://\S+|cases/\S+\.yaml")
"""What names something that exists already; anything else is a text."""


@click.command(short_help="Say why a case's clocks stand so, or how a message is judged.")
@click.argument("what", metavar="TEXT|NUMBER|CASE|URL")
@click.option("--rating", metavar="STARS", help="The stars given, such as 2 or 7/10.")
@click.option("--author", help="Who wrote it.")
@click.option("--source", metavar="ID", help="The source it stands on, from sources.yaml.")
@click.option("--language", metavar="CODE", help="Its language, such as fr.")
@click.option("--json", "as_json", is_flag=True, help="Print the judgement as data.")
@click.pass_obj
def command(
    desk: Desk,
    what: str,
    *,
    rating: str | None,
    author: str | None,
    source: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Say why a case's clocks stand as they do, or how a message would be judged.

    Of a case (a pull request's number, an id, a file, an address), for each clock: the entry
    that began it, the line that set its target, its pauses, how its time was counted, until
    when; then how its messages would be judged today. Of a text, for each field: the rule,
    where it stands, the words that made it speak.

    \b
    Example:  doleances explain "My parcel has still not arrived"
              doleances explain "Super !" --rating 5
              doleances explain 3
    """
    from runner.triage.judge import Message

    configuration = desk.configuration()
    if CASE.fullmatch(what):
        if (rating, author, source, language) != (None, None, None, None):
            raise UsageError(
                "options describe a text, and this names a case",
                "leave them out: a case has its own author, stars, source and language",
            )
        _explain_case(desk, what, as_json=as_json)
        return
    place = _source(configuration.sources, source)
    message = Message(
        text=what,
        rating=None if rating is None else _rating(rating),
        language=language or (place.language if place else None),
        author=author,
        source=source,
        source_category=place.category if place else None,
        ignored_authors=(*place.ignore_authors, *place.bots) if place else (),
    )
    judgement = _judged(configuration, message)
    if as_json:
        desk.print_json(judgement_data(judgement))
        return
    _print(desk, judgement)


def _explain_case(desk: Desk, wanted: str, *, as_json: bool) -> None:
    from runner.cli.accounts import read_accounts
    from runner.cli.finding import find_case
    from runner.cli.pages import print_line, print_section
    from runner.planning.clock_accounts import account_data, render_accounts

    configuration, language = desk.configuration(), desk.language
    found = find_case(desk, wanted)
    case = found.case
    accounts = read_accounts(desk, found)
    messages = _messages_of_case(configuration, case)
    judgements = [_judged(configuration, message) for message in messages]
    if as_json:
        desk.print_json(
            {
                "case": case.id,
                "clocks": [account_data(account, case) for account in accounts],
                "messages": [judgement_data(judgement) for judgement in judgements],
            }
        )
        return
    sections = render_accounts(accounts, case, configuration.team, desk.now(), language)
    for section in sections:
        print_section(section, desk.terminal)
        desk.say()
    print_line(desk.terminal, language.say("How its messages would be judged today"), "bold")
    for number, judgement in enumerate(judgements):
        if number:
            desk.say()
        _print(desk, judgement)
    if not judgements:
        desk.say(language.say("Their texts are erased or sealed."))


def _judged(configuration: "Configuration", message: "Message") -> Judgement:
    from runner.triage.judge import judge_message

    return judge_message(
        message, configuration.triage, configuration.brands, configuration.products
    )


def _source(sources: tuple[Source, ...], wanted: str | None) -> Source | None:
    if wanted is None:
        return None
    for source in sources:
        if source.id == wanted:
            return source
    known = [source.id for source in sources]
    raise UsageError(f"there is no source {shown(wanted)}", did_you_mean(wanted, known))


def _rating(text: str) -> Rating:
    from runner.sources.records import parse_rating

    rating = parse_rating(text, 5)
    if rating is None:
        raise UsageError(f"{shown(text)} is no rating", "such as 2 (of 5) or 7/10")
    return rating


def _messages_of_case(configuration: "Configuration", case: "Case") -> "list[Message]":
    from runner.triage.judge import Message

    sources = {source.id: source for source in configuration.sources}
    return [
        Message(
            text=f"{place.title}\n{place.text}" if place.title else place.text,
            rating=place.rating,
            language=case.language,
            author=place.author,
            source=place.source,
            source_category=source.category if (source := sources.get(place.source)) else None,
            ignored_authors=(*source.ignore_authors, *source.bots) if source else (),
        )
        for place in case.places
        if place.text is not None
    ]


def _print(desk: Desk, judgement: Judgement) -> None:
    language = desk.language
    if judgement.crisis:
        desk.say(language.say("This is a crisis: people look at it at once."))
    elif judgement.after_sales.value:
        desk.say(language.say("This is after-sales: it would be proposed as a case."))
    else:
        desk.say(language.say("This is not after-sales: no case would be opened."))
    desk.terminal.table(
        (
            language.say("Field"),
            language.say("Judged"),
            language.say("Rule"),
            language.say("Where"),
            language.say("Because"),
        ),
        [
            (
                name,
                ruled(language, name, ruling.value),
                ruling.reason.rule,
                f"{ruling.reason.file}:{ruling.reason.line}",
                ruling.reason.detail,
            )
            for name, ruling in rulings(judgement)
        ],
        below=2,
    )


def rulings(judgement: Judgement) -> list[tuple[str, Ruling[Any]]]:
    """Return the fields that were decided, by the names that the rules use."""
    fields: tuple[tuple[str, Ruling[Any] | None], ...] = (
        ("after_sales", judgement.after_sales),
        ("category", judgement.category),
        ("urgency", judgement.urgency),
        ("topic", judgement.topic),
        ("product", judgement.product),
        ("crisis", judgement.crisis),
    )
    return [(name, ruling) for name, ruling in fields if ruling is not None]


def ruled(language: Language, name: str, value: object) -> str:
    """Return what a rule made of a field, in the team's language."""
    match value:
        case bool():
            return language.say("yes") if value else language.say("no")
        case Category() | Urgency():
            return language.word(value)
        case str() if name in {"topic", "crisis"}:
            return language.term(name, value)
        case _:
            return str(value)


def judgement_data(judgement: Judgement) -> dict[str, object]:
    """Return a judgement as data, fields without a ruling left out."""
    return {
        name: {
            "value": ruling.value,
            "rule": ruling.reason.rule,
            "file": ruling.reason.file,
            "line": ruling.reason.line,
            "detail": ruling.reason.detail,
        }
        for name, ruling in rulings(judgement)
    }
