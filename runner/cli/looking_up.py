"""Asking the look-ups of `policies/customers.yaml` who customers are, for the verbs that do."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from runner.cases.case import Case
from runner.cases.customer import Answer, Came, Question, make_answer
from runner.cli.desk import Desk
from runner.model import Mention
from runner.planning.observation import SourceRead
from runner.policies.customers import LookUp
from runner.text.masking import TOKENS


def ask_about(desk: Desk, questions: Mapping[str, Question]) -> dict[str, Answer]:
    """Return what the look-ups answer to each question; nothing where none was asked."""
    rules = desk.configuration().privacy
    came = ask_each(desk, questions)
    answers = {name: make_answer(one, rules, desk.language) for name, one in came.items()}
    return {name: answer for name, answer in answers.items() if answer is not None}


def ask_each(
    desk: Desk, questions: Mapping[str, Question]
) -> dict[str, tuple[tuple[LookUp, Came], ...]]:
    """Return what came of each question, look-up by look-up."""
    configuration = desk.configuration()
    if not questions or not configuration.customers.look_ups:
        return {}
    from runner.lookups.asking import ask_look_ups
    from runner.lookups.registers import Vicinity

    vicinity = Vicinity(
        root=desk.root,
        now=desk.now(),
        language=desk.language,
        contact=configuration.instance.contact,
        environment=os.environ,
    )
    return ask_look_ups(configuration.customers, questions, vicinity)


def ask_about_new(
    desk: Desk,
    reads: tuple[SourceRead, ...],
    orders: Mapping[str, tuple[str, ...]],
    unsettled: Callable[[Iterable[str]], Iterable[str]],
) -> tuple[SourceRead, ...]:
    """Return the reads with what the look-ups say of those who may open a case.

    `orders` are the references that messages show, by their keys.  `unsettled` tells which
    keys are no case yet, nor proposed or refused: nobody is asked about the rest, nor about
    messages that are not after-sales.
    """
    from runner.triage.judge import judge

    configuration = desk.configuration()
    sources = {source.id: source for source in configuration.sources}
    mentions = {mention.key: mention for read in reads for mention in read.mentions}
    questions: dict[str, Question] = {}
    for key in unsettled(mentions):
        mention = mentions[key]
        if judge(mention, configuration).after_sales.value:
            brand = sources[mention.source].brand
            questions[key] = question_about(mention, brand, orders.get(key, ()))
    answers = ask_about(desk, questions)
    failed = (answer.reason for answer in answers.values() if answer.failed)
    for reason in dict.fromkeys(failed):
        desk.terminal.warn(f"{reason.rule}: {reason.detail}")
    return tuple(_with_answers(reads, answers))


def question_about(mention: Mention, brand: str, orders: tuple[str, ...]) -> Question:
    """Return the question of who wrote a message; a name that had to be masked asks for nobody."""
    author = mention.author
    if author is not None and any(token in author for token in TOKENS.values()):
        author = None
    return Question(brand, mention.site, author, orders)


def question_of(case: Case, orders: tuple[str, ...] = ()) -> Question:
    """Return the question of whose case it is."""
    return Question(case.brand, case.places[0].site, case.handle, orders)


def said_of(desk: Desk, answer: Answer) -> str:
    """Return in a line what was asked and what came."""
    say = desk.language.say
    parts = (
        say(
            "Look-up {name}: customer known: {known}",
            name=answer.reason.rule,
            known=desk.language.word(answer.known),
        ),
        answer.reason.detail,
        say("Distributor: {distributor}", distributor=answer.distributor or "-"),
        say("The customer's reference: {reference}", reference=answer.reference or "-"),
    )
    return "; ".join(part for part in parts if part)


def _with_answers(
    reads: Iterable[SourceRead], answers: Mapping[str, Answer]
) -> Iterator[SourceRead]:
    for read in reads:
        own = {m.key: answers[m.key] for m in read.mentions if m.key in answers}
        yield replace(read, answers=own) if own else read
