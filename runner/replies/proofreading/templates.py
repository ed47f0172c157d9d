"""Templates and curated answers proofread: every wording, every alternative, filled in once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from runner.policies.answers import CuratedAnswer
from runner.policies.templates import Purpose, Template
from runner.policies.values import Configuration
from runner.policies.wordings import Unfillable, fill_in, needed_variables
from runner.replies.facts import gap, read_facts
from runner.replies.proofreading.check import Finding, proofread
from runner.replies.proofreading.readings import (
    Spellers,
    no_dictionary,
    read_at_desk,
    read_for_purpose,
)
from runner.replies.samples import sample_settings
from runner.replies.values import spoken_name
from runner.replies.variants import Variant, fill, find_frames
from runner.text.typography import typeset

_BEFORE = {
    "fr": "Bonjour, merci pour votre question.",
    "fr-familiar": "Bonjour, merci pour ta question.",
    "en": "Hello, thank you for your question.",
}
"""What an answer stands behind: so an answer with tu among those with vous is found."""


@dataclass(frozen=True, slots=True)
class Amiss:
    """A finding in a text of a template, which starts at `line` of its file, or of an answer."""

    file: str
    line: int
    text: str
    finding: Finding


def proofread_template(
    template: Template, configuration: Configuration, spellers: Spellers = no_dictionary
) -> Iterator[Amiss]:
    """Yield what is wrong with the texts of a template, each kind of finding once a wording.

    A note for the team is no text for a customer: nothing is found in it.
    """
    purpose = Purpose(template.purpose)
    if purpose is Purpose.CRISIS_NOTE:
        return
    reading = read_for_purpose(read_at_desk(configuration, spellers), purpose, template.locale)
    seen: set[tuple[int, str, str]] = set()
    for setting in sample_settings(template, configuration):
        name = setting.place.author or ""
        here = replace(reading, called=(name, spoken_name(name)))
        known = read_facts(setting, template.register)
        for line, text in _texts(template, known):
            for finding in proofread(text, here):
                if (key := (line, finding.rule, finding.words)) not in seen:
                    seen.add(key)
                    yield Amiss(template.file, line, text, finding)


def proofread_answer(
    answer: CuratedAnswer, configuration: Configuration, spellers: Spellers = no_dictionary
) -> Iterator[Amiss]:
    """Yield what is wrong with the words of an answer, in each of its tongues.

    They are read as a customer reads them, behind a salutation; nothing is put in for variables.
    """
    at_desk = read_at_desk(configuration, spellers)
    for tongue, ways in answer.words.items():
        locale = tongue.partition("-")[0]
        reading = replace(at_desk, locale=locale, is_whole=False)
        for way in ways:
            gaps = {name: gap(name, locale) for name in needed_variables(way)}
            try:
                said = fill_in(way, gaps)
            except Unfillable:
                # A fault of the answer's own, which `check` names.
                continue
            text = typeset(f"{_BEFORE[tongue]} {said}", locale)
            for finding in proofread(text, reading):
                yield Amiss(answer.file, answer.line, text, finding)


def _texts(template: Template, known: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Yield texts in which each alternative of each part stands at least once."""
    for frame in find_frames(template, known):
        for turn in range(max(map(len, frame.choices), default=1)):
            chosen = tuple(choices[turn % len(choices)] for choices in frame.choices)
            try:
                yield frame.wording.line, fill(Variant(template, frame, chosen), known)
            except Unfillable:
                # A fault of the template's own, which its trial names.
                continue
