"""Texts that are long and odd: whoever proposes an entry could write one."""

import time

import pytest

from runner.replies.proofreading.check import Reading, proofread

LENGTH = 40_000
"""Bytes that `doleances proofread` takes."""
SECONDS = 5.0
"""Several times what each needs; quadratic time was 10 s and more."""


@pytest.mark.parametrize(
    "text",
    [
        "TU " * (LENGTH // 3),
        "FR76 " * (LENGTH // 5),
        "a" * (LENGTH - 30) + " NON NON NON",
        "?" * LENGTH,
        "! " * (LENGTH // 2),
        "remboursement " * (LENGTH // 14),
        "We refund. " * (LENGTH // 11),
    ],
    ids=[
        "capitals",
        "digits",
        "one-word",
        "questions",
        "exclamations",
        "one-sentence",
        "sentences",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    proofread(text, Reading(locale="fr"))
    assert time.process_time() - begun < SECONDS


def test_capitals_beside_a_long_word_are_seen() -> None:
    text = "INCROYABLEMENT" * 10 + " NON"
    found = [one.words for one in proofread(text, Reading()) if one.rule == "capitals"]
    assert found[-1] == "NON"


def test_what_rules_find_after_many_sentences_stands() -> None:
    text = "Oui. " * 300 + "Nous vous remboursons 20 euros. Envoyez-nous votre numéro de téléphone."
    found = {one.rule for one in proofread(text, Reading(locale="fr"))}
    assert found >= {"promise", "personal-data-asked"}
