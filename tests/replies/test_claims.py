"""What a reply says that its case does not bear out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from runner.cases.case import Case
from runner.replies.claims import find_claims
from runner.repo.case_files import read_case

CaseText = Callable[..., tuple[str, str]]


@pytest.fixture
def case(case_text: CaseText) -> Case:
    """A case of `lili54` on a forum and of `Lise Moreau` on a site of reviews."""
    path, text = case_text("c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb")
    read = read_case(text.encode(), path)
    assert isinstance(read, Case)
    first, second = read.places
    first, second = replace(first, author="lili54"), replace(second, author="Lise Moreau")
    return replace(read, places=(first, second))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Votre remboursement de 40 € a été effectué.", "remboursement de 40 € a été effectué"),
        ("Bonjour, nous vous avons remboursée hier.", "avons remboursée"),
        ("Vous avez été remboursé ce matin.", "avez été remboursé"),
        ("Le bon d’achat vous a bien été envoyé.", "bon d’achat vous a bien été envoyé"),
        ("Un geste commercial vous est accordé.", "geste commercial vous est accordé"),
        ("J’ai déjà validé le remplacement.", "ai déjà validé le remplacement"),
        ("Le remboursement vient d’être lancé.", "remboursement vient d’être lancé"),
        ("Votre échange est accepté.", "Votre échange est accepté"),
        ("Hello, your refund has now been paid.", "refund has now been paid"),
        ("We’ve already credited your account.", "We’ve already credited"),
        ("You have been refunded in full.", "You have been refunded"),
        ("I have sent you a new voucher.", "I have sent you a new voucher"),
    ],
    ids=lambda each: each[:24],
)
def test_what_is_told_as_given_needs_a_decision(case: Case, text: str, words: str) -> None:
    (found,) = find_claims(f"Bonjour.\n{text} Bonne journée.", case, decided=False)
    assert (found.rule, found.line, found.words) == ("told-as-given", 2, words)
    assert find_claims(text, case, decided=True) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Votre remboursement n’a pas encore été effectué.",
        "Si le remboursement a été effectué, dites-le-moi.",
        "Avez-vous été remboursé ?",
        "Vous dites que le bon d’achat a été envoyé : je vérifie.",
        "Merci d’avoir patienté : la livraison est faite.",
        "La remise du colis a été effectuée hier.",
        "Notre échange a été traité par Inès.",
        "Je demande où en est votre remboursement.",
        "Dès que le remboursement est lancé, je vous l’écris.",
        "Your refund has not been paid yet.",
        "Has your voucher been sent?",
        "I’ll ask whether the refund was approved.",
        "We have sent your request to our team.",
        "Votre demande a été transmise à notre service.",
    ],
    ids=lambda each: each[:24],
)
def test_what_is_denied_asked_or_still_to_come_is_no_claim(case: Case, text: str) -> None:
    assert find_claims(text, case, decided=False) == ()


def test_a_name_of_another_place_is_not_repeated_in_public(case: Case) -> None:
    text = "Bonjour Mme Moreau, je regarde. Inès"
    (found,) = find_claims(text, case, decided=True)
    assert (found.rule, found.words, found.column) == ("name-from-elsewhere", "Moreau", 13)
    assert find_claims(text, case, decided=True, public=False) == ()
    assert find_claims(text, case, place="p2", decided=True) == ()
    # Who signed with that name here goes by it here.
    first, second = case.places
    signed = replace(case, places=(replace(first, text="Merci, Lise Moreau"), second))
    assert find_claims(text, signed, decided=True) == ()
