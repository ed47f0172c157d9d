"""What a pull request would change of a case that stands, for people on a terminal."""

from collections.abc import Iterator
from itertools import takewhile

from runner.cases.case import Case, Entry
from runner.cases.closings import closings_of, prepared_closing
from runner.cases.evidence import BY_CUSTOMERS
from runner.planning.brief import tell_entry
from runner.planning.closing_page import closing_sections
from runner.planning.entry_lines import decided_lines, entry_line
from runner.planning.page import Line, Section, Tone
from runner.policies.values import Configuration
from runner.text.language import Language

QUOTED_ABOVE = BY_CUSTOMERS | {"survey-answered"}
"""Entries whose words stand with what was said."""


def as_it_stands(case: Case, held: Case | None) -> Case:
    """Return the case that a page tells: as it is proposed, but for a closing.

    `held` is the case on the base, None where it is new.  Where the runner has only prepared a
    closing nothing is posted, and the promises run on.
    """
    return case if held is None or prepared_closing(case) is None else held


def added_entries(case: Case, held: Case | None) -> tuple[Entry, ...]:
    """Return the entries by which a proposed case is longer than the one on the base."""
    if held is None:
        return ()
    same = (mine == theirs for mine, theirs in zip(case.log, held.log, strict=False))
    return case.log[sum(takewhile(bool, same)) :]


def proposal_sections(
    case: Case, held: Case | None, configuration: Configuration, language: Language
) -> Iterator[Section]:
    """Return what is proposed: closing messages to post, or entries with their own words."""
    if as_it_stands(case, held) is not case:
        yield from closing_sections(case, closings_of(case.log[-1]), configuration, language)
        return
    lines = _added(added_entries(case, held), configuration, language)
    yield Section(language.say("What is proposed"), tuple(lines))


def state_words(case: Case, held: Case | None, language: Language) -> str:
    """Return the state of a case; where a proposal changes it, that before and that after."""
    states = (each.state for each in (held, case) if each is not None)
    return " → ".join(dict.fromkeys(map(language.word, states)))


def _added(
    added: tuple[Entry, ...], configuration: Configuration, language: Language
) -> Iterator[Line]:
    for entry in added:
        yield Line(entry_line(entry, configuration.team, language))
        yield from map(Line, decided_lines(entry, configuration.team, language))
        told = tell_entry(entry, configuration.team, language)
        for name, value in told.facts:
            yield Line(language.say("{name}: {value}", name=name, value=value))
        if entry.kind not in QUOTED_ABOVE:
            yield from (Line(line, Tone.QUOTE) for line in told.words.splitlines())
