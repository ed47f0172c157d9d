"""Commands as people type them: what only they know stands in capitals."""

import shlex
from collections.abc import Iterable, Mapping

from runner.cases.evidence import needed_facts
from runner.model import Category
from runner.text.language import Language

_BY_ITSELF = frozenset({"number", "place", "decided_by", "decided_at", "limit_of"})
"""Facts that a verb fills in where nobody gives them; the place only where there is one."""


def stand_in(fact: str, language: Language) -> str:
    """Return what stands for a fact in a command, for people to put in its place."""
    say = language.say
    words = {
        "asks": say("WISH"),
        "cause": say("CAUSE"),
        "consent": say("CONSENT"),
        "decision": say("DECISION"),
        "note": say("NOTE"),
        "offer": say("OFFER"),
        "outcome": say("OUTCOME"),
        "reason": say("WHY"),
        "recipient": say("RECIPIENT"),
        "recourse": say("RECOURSE"),
        "reference": say("REFERENCE"),
        "text": say("WORDS"),
        "url": say("ADDRESS"),
        "wants": say("DETAIL"),
        "where": say("WHERE"),
    }
    return words.get(fact, fact.upper())


def typed_command(
    verb: str, kind: str, case_id: str, said: Mapping[str, str], language: Language
) -> str:
    """Return the command that records an entry of a kind, with an option for each needed fact.

    `said` are facts that are known already, in the order in which they are given; where a channel
    is not among them, it is public.
    """
    facts = dict(said)
    while missing := [
        name for name in needed_facts(kind, facts) if name not in _BY_ITSELF | facts.keys()
    ]:
        name = missing[0]
        facts[name] = "public" if name == "channel" else stand_in(name, language)
    options = [f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in facts.items()]
    return " ".join(["doleances", verb, case_id, *options])


def typed_close(
    case_id: str, category: str, language: Language, closings: Iterable[str] = ()
) -> str:
    """Return the command that records that a case is closed.

    `closings` are options that say how each place is closed; none where the case has one.
    """
    options = [*closings] or [f"--url {stand_in('url', language)}"]
    options.append(f"--no-survey {stand_in('reason', language)}")
    if category == Category.COMPLAINT:
        options.append(f"--root-cause {stand_in('cause', language)}")
    return " ".join(["doleances close", case_id, *options])
