"""Whether what a customer gets is of the kind that was asked for."""

import pytest

from runner.cases.remedies import answers


@pytest.mark.parametrize(
    ("wish", "remedy"),
    [
        ("a refund", "120 € refunded to the card"),
        ("le remboursement", "Remboursée par virement"),
        ("my money back", "refund of the lamp"),
        ("rendre l'argent", "remboursement de la lampe"),
        ("le remplacement de la lampe", "une lampe neuve"),
        ("an exchange", "a new lamp"),
        ("échange de l'abat-jour", "remplacement de l’abat-jour"),
        ("la réparation ou le remplacement du grille-pain", "grille-pain réparé"),
        ("la réparation ou le remplacement du grille-pain", "nouveau grille-pain"),
        ("une réparation", "remise en état à l'atelier"),
        ("to have it repaired", "fixed at the workshop"),
        ("une remise", "réduction de 10 %"),
        ("un bon d'achat", "avoir de 20 €"),
        ("a discount", "20% discount on the next order"),
        ("la livraison du colis", "colis livré le 3"),
        ("delivery", "shipped again"),
        ("annuler la commande", "commande annulée"),
        ("savoir comment régler le variateur", "explications et notice"),
        ("des excuses", "lettre d'excuses"),
        ("an apology", "we said sorry in public"),
        ("la facture", "facture envoyée"),
        # Who asks for a gesture leaves open which, and a gesture answers what it must.
        ("un geste", "un bon d'achat"),
        ("some compensation", "a refund"),
        ("a refund", "a goodwill gesture of 20 €"),
        # What no word tells is taken to fit.
        ("les places", "deux billets"),
        ("a refund", "two tickets"),
        ("parler à quelqu'un", "un remboursement"),
    ],
)
def test_a_remedy_that_may_be_what_was_asked(wish: str, remedy: str) -> None:
    assert answers(remedy, [wish])


@pytest.mark.parametrize(
    ("wish", "remedy"),
    [
        ("a refund", "a new lamp"),
        ("a refund", "a voucher of 20 €"),
        ("le remboursement", "un bon d'achat"),
        ("le remboursement", "un avoir"),
        ("le remboursement", "des excuses"),
        ("le remplacement de la lampe", "un bon d'achat"),
        ("le remplacement de la lampe", "remise de 10 %"),
        ("une lampe neuve", "réparation de la lampe"),
        ("a repair", "an apology"),
        ("la livraison du colis", "remboursement"),
        ("annuler la commande", "livraison avancée"),
        ("an apology", "a voucher"),
        ("how to set the timer", "a refund"),
    ],
)
def test_a_remedy_of_another_kind(wish: str, remedy: str) -> None:
    assert not answers(remedy, [wish])


def test_one_wish_that_is_answered_is_enough() -> None:
    assert answers("une lampe neuve", ["des excuses", "le remplacement"])
    assert not answers("une lampe neuve", ["des excuses", "le remboursement"])
    assert answers("une lampe neuve", ["des excuses", "les trois vis"]), "nobody knows"
