"""What customers who write again mean, in two languages: who thanks, and who must not be missed."""

from pathlib import Path

import pytest

from runner.model import Rating
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.files import read_configuration_files
from runner.triage.follow_ups import Meaning, read_follow_up
from runner.triage.judge import Message

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def desk() -> Configuration:
    files, _ = read_configuration_files(ROOT)
    configuration, faults = load_configuration(files)
    assert configuration is not None, faults
    return configuration


THANKS = """
Merci beaucoup, tout est réglé !
Merci pour votre réactivité, la nouvelle lampe fonctionne parfaitement.
Un grand merci à Inès pour son aide.
Colis bien arrivé ce matin, merci.
Bon, j'ai enfin été remboursée. Merci.
Le problème est résolu, merci à toute l'équipe 👍
Super service client, bravo !
Aucun problème depuis l'échange, je suis ravie.
Plus aucun souci depuis, merci encore.
Ça remarche, nickel
Parfait, merci
merci bcp !!!
Chapeau pour le suivi, je recommande.
J'étais en colère mais vous avez été très réactifs. Merci !
Thank you so much, everything is sorted.
Thanks! The new lamp works perfectly.
Problem solved, many thanks to Sam.
I received the replacement today, it works great.
Really impressed with your customer service.
No more issues since the repair, thank you.
It arrived safely, cheers
All good now, thanks 👍
Brilliant, much appreciated.
"""

COMPLAINTS = """
Toujours rien reçu.
Merci, mais je n'ai toujours pas reçu mon colis.
La lampe est de nouveau en panne.
Ça recommence, même problème qu'avant.
Merci pour rien.
Bravo pour le retard !
Je refuse ce bon d'achat, je veux être remboursé.
Votre réponse est inacceptable.
Cela ne me convient pas du tout.
Je ne suis pas satisfait de votre réponse.
Je ne suis pas d'accord avec cette décision.
Personne ne m'a rappelé.
Aucune nouvelle depuis dix jours...
Vous vous moquez de moi ?
Je vais saisir le médiateur.
Elle ne fonctionne plus.
Merci pour l'échange, la nouvelle lampe ne marche pas non plus.
Encore un copier-coller, marre.
C'est une honte, plus jamais chez vous
J'attends toujours le remboursement promis, merci.
Still nothing.
Thanks, but the lamp still does not work.
It broke again after two days.
Same problem as before!
Thanks for nothing.
I do not accept this offer.
Not happy with your answer.
I am not satisfied at all.
Nobody called me back.
No reply for two weeks.
I want a refund.
I will take this further, see you in small claims court.
This is a joke.
The new one is faulty too.
Thank you for the replacement. It stopped working yesterday.
I never received the parcel.
Fed up with canned replies.
"""

QUESTIONS = """
Où en êtes-vous ?
Avez-vous des nouvelles ?
Merci de me recontacter.
Merci d'avance pour votre réponse
Comment dois-je renvoyer la lampe
Merci ! Et pour l'abat-jour, je fais comment ?
Any news?
Thanks in advance
Could you tell me how long it takes
Thank you. When will the parcel be here?
"""

NEUTRAL = """
Ok, je vous tiens au courant.
Je vous ai envoyé un message privé, merci.
Voici mon numéro de commande : [commande/order], merci.
Merci mais il manque encore la vis.
D'accord.
Done.
I sent you a DM, thanks.
Here is the serial number: 12 345 678. Thank you
Thanks, however the colour differs a bit.
"""


def rows(*tables: tuple[str, tuple[Meaning, ...]]) -> list[tuple[str, tuple[Meaning, ...]]]:
    return [(line, meanings) for text, meanings in tables for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("text", "meanings"),
    rows(
        (THANKS, (Meaning.THANKS,)),
        (COMPLAINTS, (Meaning.COMPLAINT,)),
        (QUESTIONS, (Meaning.QUESTION,)),
        (NEUTRAL, (Meaning.NEUTRAL, Meaning.QUESTION, Meaning.COMPLAINT)),
    ),
)
def test_follow_ups_are_told_apart(
    text: str, meanings: tuple[Meaning, ...], desk: Configuration
) -> None:
    read = read_follow_up(Message(text), desk)
    assert read.meaning in meanings, read.reason
    assert read.reason.file in {"runner/policies/follow_ups.yaml", "policies/triage.yaml"}


def test_stars_speak_before_words(desk: Configuration) -> None:
    assert read_follow_up(Message("Merci", Rating(1, 5)), desk).meaning is Meaning.COMPLAINT
    assert read_follow_up(Message("Mise à jour", Rating(5, 5)), desk).meaning is Meaning.THANKS


def test_the_reason_names_what_was_said_and_where_the_rule_stands(desk: Configuration) -> None:
    reason = read_follow_up(Message("Merci, c'est encore en panne !"), desk).reason
    lines = (ROOT / reason.file).read_text().splitlines()
    assert lines[reason.line - 1].strip() == f"- id: {reason.rule}"
    assert "en panne" in reason.detail


def test_a_long_story_that_ends_in_thanks_is_no_thanks(desk: Configuration) -> None:
    story = "Je suis passé au magasin et le vendeur a regardé la lampe avec moi. " * 8
    assert read_follow_up(Message(story + "Merci."), desk).meaning is not Meaning.THANKS
