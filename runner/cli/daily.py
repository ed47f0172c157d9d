"""The verbs of every day, from one table: each writes one kind of entry into a case's log.

Which facts a kind needs is said in `runner.cases.lifecycle` alone; here stands what they are
called on the command line, and how they are asked for on a terminal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, cast

import click

from runner.cases.case import Case
from runner.cases.evidence import needed_facts
from runner.cases.instants import render_instant
from runner.cases.lifecycle import KINDS, cannot_happen, legal_entries
from runner.cli.case_ids import CASE_ID
from runner.cli.cautions import warn_unlawful, warn_unreachable
from runner.cli.deciding import is_watched
from runner.cli.desk import Desk
from runner.cli.incident_options import GESTURE, WORDING, fill_in_terms
from runner.cli.pasted import cleared, read_words
from runner.cli.recording import (
    Recorded,
    Standing,
    amended,
    keep,
    parse_moment,
    read_actor,
    read_standing,
    tell,
    waiting_changes,
)
from runner.cli.template_names import refuse_unknown_answer, refuse_unknown_template
from runner.errors import UsageError
from runner.model import State
from runner.planning.next_entry import Step, plan_step
from runner.text.clean import clean_text
from runner.text.language import Language

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FactOption:
    """How a fact is given: the option, what it says in --help, and its form.

    `form` is `text`, `many` (the option may be repeated), `moment`, `amount` or `flag`.
    """

    flag: str
    said: str
    form: str = "text"
    choices: tuple[str, ...] = ()


OPTIONS: Mapping[str, FactOption] = {
    "place": FactOption("--place", "The place of the case, such as p1; may be left out with one."),
    "url": FactOption("--url", "The address where the message stands."),
    "channel": FactOption("--channel", "Where it was said.", choices=("public", "private")),
    "where": FactOption("--where", "The private channel, in words."),
    "template": FactOption("--template", "The template that the words came from."),
    "answer": FactOption(
        "--answer", "The answer of the catalogue that the words came from: its id, or a case's."
    ),
    "text": FactOption("--text", "The words themselves; - reads them from standard input."),
    "title": FactOption("--title", "The title of the message."),
    "departs": FactOption("--departs", "Why it departs from the incident's wording or gesture."),
    "paid": FactOption("--paid", "The channel costs money; somebody has approved it.", "flag"),
    "wants": FactOption("--wants", "A detail that was asked for; may be repeated.", "many"),
    "recipient": FactOption("--recipient", "Who at brand care gets it."),
    "reference": FactOption("--reference", "Brand care's own reference."),
    "asks": FactOption("--asks", "What the customer asks for; may be repeated.", "many"),
    "consent": FactOption("--consent", "The customer's consent to pass on contact data."),
    "outcome": FactOption("--outcome", "How it came out."),
    "decision": FactOption("--decision", "What brand care decided, in words."),
    "decided_by": FactOption("--decided-by", "Who at brand care decided it."),
    "decided_at": FactOption("--decided-at", "When brand care decided it.", "moment"),
    "offer": FactOption("--offer", "What is offered."),
    "remedy": FactOption("--remedy", "What the customer gets."),
    "amount": FactOption("--amount", "Its worth, a number.", "amount"),
    "currency": FactOption("--currency", "Three capital letters, such as EUR."),
    "limit_of": FactOption("--limit-of", "Whose limit covers the amount: a person or a role."),
    "recourse": FactOption("--recourse", "What the customer can do against a refusal."),
    "reason": FactOption("--reason", "Why."),
    "note": FactOption("--note", "A sentence for those who read the case."),
    "subject": FactOption("--subject", "What is approved."),
    "not_before": FactOption("--not-before", "From when on it may be posted.", "moment"),
}


@dataclass(frozen=True, slots=True)
class DailyVerb:
    """A verb: the kind of entry that it writes, its options, and an example of its use."""

    name: str
    kind: str
    said: str
    facts: tuple[str, ...]
    example: str


VERBS = {
    verb.name: verb
    for verb in (
        DailyVerb("reply", "replied", "Record a public reply.",
                  ("place", "url", "template", "answer", "text", "departs"),
                  "--url https://forum.example.org/t/812#p4 --template first-contact-fr"),
        DailyVerb("message", "messaged", "Record a private message to the customer.",
                  ("where", "place", "url", "template", "answer", "text", "paid", "departs"),
                  '--where "forum inbox" --text "We have found your parcel."'),
        DailyVerb("ask", "details-asked", "Record that the customer was asked for details.",
                  ("channel", "wants", "place", "url", "where", "template", "text", "paid"),
                  '--channel private --where "forum inbox" --wants "the order number"'),
        DailyVerb("remind", "reminded", "Record a reminder to a customer who has not answered.",
                  ("channel", "place", "url", "where", "template", "text", "paid"),
                  '--channel private --where "forum inbox"'),
        DailyVerb("wrote", "customer-wrote", "Record that the customer wrote.",
                  ("channel", "place", "url", "where", "title", "text"),
                  '--channel private --where "forum inbox"'),
        DailyVerb("thanks", "thanked", "Record the customer's thanks; they move nothing.",
                  ("channel", "place", "url", "where", "title", "text"),
                  "--channel public --url https://forum.example.org/t/812#p9"),
        DailyVerb("contest", "contested", "Record that the customer does not accept the answer.",
                  ("channel", "place", "url", "where", "title", "text"),
                  "--channel public --url https://forum.example.org/t/812#p9"),
        DailyVerb("hand-off", "handed-off", "Record that brand care has the case.",
                  ("recipient", "reference", "asks", "consent", "reason", "text"),
                  '--recipient "Lumen care" --reference SAV-12 --asks "a refund" --consent given'),
        DailyVerb("answer", "answered", "Record what brand care decided.",
                  ("outcome", "decision", "decided_by", "decided_at", "reference", "remedy",
                   "recourse", "amount", "currency", "limit_of", "departs"),
                  '--outcome accepted --decision "A new lamp." --remedy "a new lamp"'),
        DailyVerb("offer", "offered", "Record an offer that the customer has not taken yet.",
                  ("offer", "channel", "place", "url", "where", "template", "text", "departs",
                   "amount", "currency", "limit_of"),
                  '--offer "a new lamp" --channel private --where "forum inbox"'),
        DailyVerb("resolve", "resolved", "Record the decision as the customer was told.",
                  ("outcome", "reason", "channel", "place", "url", "where", "template", "answer",
                   "text", "departs", "remedy", "recourse", "amount", "currency", "limit_of"),
                  '--outcome accepted --reason "Broken on the way." --channel private '
                  '--where "forum inbox" --remedy "a new lamp"'),
        DailyVerb("approve", "approved", "Give the second yes that a step needs.",
                  ("subject", "place", "text", "template", "answer", "not_before", "amount",
                   "currency", "note"),
                  "--subject remedy --amount 80 --currency EUR"),
        DailyVerb("reopen", "reopened", "Take a closed or dismissed case up again.",
                  ("reason", "place", "url"), '--reason "It broke again."'),
        DailyVerb("dismiss", "dismissed", "Put aside what was accepted by mistake.",
                  ("reason", "note"), "--reason not-after-sales"),
        DailyVerb("note", "noted", "Write a note into the log.", ("note", "departs"),
                  '--note "Called back, nobody there."'),
    )
}  # fmt: skip
"""The verbs that write one entry from options; the others have modules of their own."""


def command_of(verb: DailyVerb) -> click.Command:
    """Return the command of a verb."""
    kind = KINDS[verb.kind]
    options = [_option(name, kind.choices.get(name, ())) for name in verb.facts]
    gift = next((name for name in ("remedy", "offer") if name in verb.facts), None)
    if "departs" in verb.facts:
        options += [WORDING] if "text" in verb.facts else []
        options += [GESTURE] if gift else []

    def act(desk: Desk, case_id: str, **given: Any) -> None:
        how = Manner.taken_from(given)
        flags = {name: given.pop(name, False) for name in ("gesture", "wording")}

        def facts(case: Case, by: str) -> Facts:
            told = {name: value for name, value in given.items() if value not in (None, ())}
            if "text" in told:
                told["text"] = read_words(desk, told["text"])
            told = {name: _cleaned(value) for name, value in told.items()}
            if "template" in told:
                refuse_unknown_template(desk, str(told["template"]))
            if "answer" in told:
                refuse_unknown_answer(desk, str(told["answer"]))
            fill_in_terms(desk, case, gift, told, flags)
            complete(desk, verb, case, told, by=by)
            if verb.kind == "answered":
                decided_at = parse_moment(desk, told.get("decided_at", how.at))
                told["decided_at"] = render_instant(decided_at)
            if "not_before" in told:
                moment = parse_moment(desk, str(told["not_before"]), ahead=True)
                told["not_before"] = render_instant(moment)
            return told

        write_entry(desk, verb.name, verb.kind, case_id, facts, how=how)

    return click.Command(
        verb.name,
        callback=click.pass_obj(act),
        params=[CASE_ID, *options, *_COMMON],
        short_help=verb.said,
        help=(
            f"{verb.said}\n\nWhat is needed and not given is asked for on a terminal.\n\n\b\n"
            f"Example:  doleances {verb.name} c-7f3k2m9x4q5t \\\n              {verb.example}"
        ),
    )


def _cleaned(value: object) -> object:
    """Return what was typed, or pasted from a page, as it may stand in a file."""
    match value:
        case str(text):
            return clean_text(text)
        case tuple(texts):
            return [clean_text(text) for text in texts]
        case _:
            return value


class _Amount(click.ParamType):  # type: ignore[type-arg]
    """A sum of money in digits: `15`, `12.50` or `12,50`."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the sum, or refuse what no currency has."""
        if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,3})?", str(value)):
            self.fail(f"{value!r} is no amount: write digits, such as 15 or 12.50", param, ctx)
        return float(str(value).replace(",", "."))


def _option(name: str, choices: tuple[str, ...]) -> click.Option:
    option = OPTIONS[name]
    given: dict[str, Any] = {"help": option.said}
    if words := choices or option.choices:
        given["type"] = click.Choice(words)
    elif option.form == "flag":
        given |= {"is_flag": True, "default": None}
    elif option.form == "amount":
        given["type"] = _Amount()
    elif option.form == "many":
        given["multiple"] = True
    return click.Option((option.flag, name), **given)


_COMMON = (
    click.Option(("--at",), metavar="INSTANT", help="When it happened, if not just now."),
    click.Option(("--by",), metavar="NAME", help="Who you are, if git does not say so."),
    click.Option(
        ("--propose/--no-propose",),
        default=True,
        help="Open a pull request, or write into the file as it lies here.",
    ),
    click.Option(("--json", "as_json"), is_flag=True, help="Print what was done as data."),
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How an entry is written: when it happened, by whom, proposed or not, told as data or not."""

    at: str | None
    by: str | None
    propose: bool
    as_json: bool

    @classmethod
    def taken_from(cls, given: Facts) -> "Manner":
        """Take the options that every verb has out of what was given."""
        return cls(*(given.pop(name) for name in ("at", "by", "propose", "as_json")))


def manner_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that all of them have, as one argument `how`."""

    @wraps(function)
    def with_manner(*positional: Any, **named: Any) -> None:
        function(*positional, how=Manner.taken_from(named), **named)

    decorated: Any = with_manner
    decorated.__click_params__ = [
        *reversed(_COMMON),
        *getattr(function, "__click_params__", []),
    ]
    return cast("Callable[..., None]", decorated)


def write_entry(
    desk: Desk,
    verb: str,
    kind: str,
    case_id: str,
    facts: Callable[[Case, str], Facts],
    *,
    how: Manner,
    fields: Callable[[], Mapping[str, object]] = dict,
) -> Recorded:
    """Write an entry of a kind into a case; `facts` are made of the case and who acts.

    `fields`, asked for after the facts, are what else changes on top.  Returns where it went.

    Raises:
        UsageError: when the life cycle has no such step now, a needed fact is missing, or one
            that is no word of the customer holds personal data.
        FaultyFiles: for what the check refuses.
    """
    at, by = parse_moment(desk, how.at), read_actor(desk, how.by)
    standing = read_standing(desk, case_id, propose=how.propose)
    refuse_illegal(desk, kind, standing)
    given = cleared(desk, kind, facts(standing.case, by.id))
    warn_unreachable(desk, kind, standing.case, given)
    warn_unlawful(desk, kind, standing.case, given)
    step = Step(kind, given, by.id, at, desk.now())
    amendment = plan_step(standing.case, step, desk.configuration())
    amendment = replace(amendment, fields={**amendment.fields, **fields()})
    files = {standing.path: amended(desk, standing, amendment)}
    recorded = keep(desk, standing, verb, files, propose=how.propose)
    tell(desk, recorded, said_so(desk.language, kind, standing.case), as_json=how.as_json, by=by)
    return recorded


def said_so(language: Language, kind: str, case: Case) -> str:
    """Return what was recorded, in a few words."""
    return f"{case.id}, {language.term('entry', kind)}"


def refuse_illegal(desk: Desk, kind: str, standing: Standing) -> None:
    """Raise UsageError, saying what is legal, when a case has no such step in its state.

    Where a change of it is proposed, also that: with it the step may well be legal.
    """
    state = standing.case.state
    if KINDS[kind].moves.get(state):
        return
    verbs = legal_verbs(state)
    hints = [f"what can: {', '.join(verbs)}" if verbs else "nothing follows"]
    if standing.base is not None:
        hints += waiting_changes(desk, standing.case.id)
    raise UsageError(cannot_happen(kind, state), "; ".join(hints))


_OWN_MODULES = {
    "qualified": "qualify",
    "closed": "close",
    "merged": "merge",
    "crisis-raised": "crisis",
    "clock-changed": "promise",
    "erased": "erase",
}


def legal_verbs(state: State) -> tuple[str, ...]:
    """Return the verbs that a case in this state allows, in the order of the life cycle."""
    verb_of = {verb.kind: verb.name for verb in VERBS.values()} | _OWN_MODULES
    kinds = dict.fromkeys(kind.name for kind, _ in legal_entries(state))
    return tuple(verb_of[kind] for kind in kinds if kind in verb_of)


def complete(desk: Desk, verb: DailyVerb, case: Case, facts: Facts, *, by: str) -> None:
    """Fill in what follows by itself, and ask for what is needed and missing.

    Raises:
        UsageError: naming the option, where nobody can be asked.
    """
    defaults: dict[str, Callable[[], object]] = {
        "limit_of": lambda: by,
        "decided_by": lambda: by,
    }
    if len(case.places) == 1:
        defaults["place"] = lambda: case.places[0].id
    while missing := _missing(verb, facts):
        name = missing[0]
        if name in defaults:
            facts[name] = defaults[name]()
        else:
            facts[name] = _asked(desk, verb, name)


_OF_THE_CASE = frozenset({"number", "cycle", "was", "decided_at"})
"""Facts that the program knows by itself."""


def _missing(verb: DailyVerb, facts: Facts) -> list[str]:
    """Return the facts that a person has to say yet."""
    needed = needed_facts(verb.kind, facts)
    return [name for name in needed if name not in facts and name not in _OF_THE_CASE]


def _asked(desk: Desk, verb: DailyVerb, name: str) -> object:
    option = OPTIONS[name]
    choices = KINDS[verb.kind].choices.get(name) or option.choices
    if not is_watched(desk):
        hint = f"one of {', '.join(choices)}" if choices else option.said
        raise UsageError(f"`{verb.name}` needs {option.flag}", hint)
    question = questions(desk.language)[name]
    if choices:
        return click.prompt(question, type=click.Choice(choices), prompt_suffix=" ")
    if option.form == "many":
        return [click.prompt(question, prompt_suffix=" ")]
    return click.prompt(question, prompt_suffix=" ")


def questions(language: Language) -> dict[str, str]:
    """Return the question for each fact that may be asked for."""
    say = language.say
    return {
        "place": say("Which place (p1, p2...)?"),
        "url": say("At which address does it stand?"),
        "channel": say("In public or in private?"),
        "where": say("Through which private channel?"),
        "wants": say("Which detail was asked for?"),
        "recipient": say("Who at brand care gets it?"),
        "reference": say("Brand care's reference?"),
        "asks": say("What does the customer ask for?"),
        "consent": say("Does the customer agree to pass on contact data?"),
        "outcome": say("How did it come out?"),
        "decision": say("What did brand care decide?"),
        "offer": say("What is offered?"),
        "recourse": say("What can the customer do against it?"),
        "reason": say("Why?"),
        "note": say("The note?"),
        "subject": say("What is approved?"),
        "currency": say("In which currency?"),
    }
