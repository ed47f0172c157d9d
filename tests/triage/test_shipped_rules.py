"""What the rules of this repository make of ordinary sentences."""

import pytest

from runner.model import Judgement, Rating, SourceCategory
from runner.policies.rules import TriagePolicy
from runner.triage.judge import Message, judge_message


def judged(shipped: TriagePolicy, text: str, stars: float | None = None) -> Judgement:
    return judge_message(Message(text, None if stars is None else Rating(stars)), shipped)


@pytest.mark.parametrize(
    "text",
    [
        "Je vais vous tuer.",
        "Je vais te buter, toi et ta famille",
        "Votre livreur, je vais l'égorger",
        "Le conseiller mérite de crever",
        "Il faudrait tous les pendre, ces employés",
        "Que quelqu'un crève enfin ce directeur, quelqu'un devrait le poignarder",
        "Mort aux contrôleurs et à leur chef, mort à vous",
        "Je sais où vous habitez, faites attention",
        "Je viendrai dans votre agence avec un fusil",
        "Je vais lui mettre une balle dans la tête",
        "I will kill you",
        "I'm going to stab the manager of this shop",
        "Your driver deserves to die",
        "Somebody should shoot those people",
        "I hope your staff get killed",
        "You people should all be hanged",
        "I know where you live",
        "we will burn down your store",
        "I will k1ll you",
        "I will k i l l you all",
    ],
)
def test_threats_of_death_are_a_crisis(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert found.crisis is not None
    assert found.crisis.value == "death-threat"
    assert found.after_sales.value is True
    assert found.urgency.value == "critical"


@pytest.mark.parametrize(
    "text",
    [
        "Aidez-moi ou je me suicide",
        "Je n'ai plus envie de vivre à cause de vous",
        "Vous aurez ma mort sur la conscience",
        "Je vais me jeter sous un train",
        "J'ai envie de mourir",
        "Mon mari pense au suicide depuis cette facture",
        "I want to kill myself",
        "I don't want to live anymore",
        "You left me no reason to live",
        "I am going to end my life",
    ],
)
def test_threats_of_suicide_are_a_crisis(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert found.crisis is not None
    assert found.crisis.value == "suicide"


@pytest.mark.parametrize(
    "text",
    [
        "Je suis mort de rire devant votre publicité",
        "Cette appli me tue",
        "Vous m'avez tué le moral",
        "La batterie est morte au bout de deux jours",
        "La mise à jour a tué mon téléphone",
        "Je tue le temps en attendant votre technicien",
        "C'est mortel, j'adore !",
        "Je ne vais pas vous tuer pour si peu",
        "Vous me faites mourir d'impatience",
        "Ce jeu est une tuerie",
        "On m'a raccroché au nez, c'est un scandale",
        "Je vais vous attaquer en justice",
        "J'en ai marre de ces connards",
        "They are killing me with their ads",
        "This is a killer feature",
        "The update killed my battery",
        "I shot you an email last week",
        "I will shoot you an email",
        "I'm dying to get the new model",
        "The phone died after an hour",
        "You are a bunch of fucking idiots",
        "I would never hurt anybody",
        'He told me "I will kill you" and your staff did nothing',
        "People who say that women should die disgust me",
        "Ces plans devraient être exécutés",
        "If only someone would kill this feature",
        "This app kills the competition",
    ],
)
def test_strong_words_without_a_threat_are_none(shipped: TriagePolicy, text: str) -> None:
    assert judged(shipped, text).crisis is None


@pytest.mark.parametrize(
    "text",
    [
        "La tablette que j'ai commandée ne fonctionne pas !",
        "Je n'ai toujours pas de réponse à mon dossier de demande de crédit",
        "Commande passée il y a un mois, jamais reçue",
        "Le vendeur a été très désagréable avec ma mère",
        "Cuisine mal posée, les portes ferment mal",
        "Spectacle annulé sans prévenir, aucune excuse",
        "Plus d'internet depuis hier soir",
        "On m'a prélevé deux fois",
        "Ma chaudière est encore tombée en panne",
        "Service client injoignable, c'est une honte",
        "The tablet I ordered does not work",
        "Still no answer to my claim",
        "My parcel never arrived",
        "The seller was incredibly rude",
        "I was charged twice for the same order",
        "Train cancelled, nobody told us, unacceptable",
        "The app keeps crashing since the last update",
    ],
)
def test_problems_are_complaints(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert (found.after_sales.value, str(found.category.value)) == (True, "complaint")


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, comment puis-je suivre ma commande ?",
        "Est-ce que la garantie couvre les chocs ?",
        "Quels sont les horaires de votre boutique de Lyon ?",
        "Où trouver la notice de l'aspirateur ?",
        "Aucun problème, juste une question : quand livrez-vous le samedi ?",
        "How do I activate my card?",
        "What time does the shop open on Sunday?",
        "Do you deliver to Belgium?",
    ],
)
def test_questions_are_questions(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert (found.after_sales.value, str(found.category.value)) == (True, "question")


@pytest.mark.parametrize(
    "text",
    [
        "Quel aspirateur me conseillez-vous pour un chien ?",
        "J'hésite entre la lampe Aube et la Brise",
        "Est-ce que le modèle pro vaut le coup ?",
        "Which model should I buy for a small flat?",
        "Would you recommend the pro version?",
    ],
)
def test_counsel_before_buying_is_after_sales_too(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert (found.after_sales.value, str(found.category.value)) == (True, "advice")


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("Bravo à toute l'équipe, je recommande !", None),
        ("Merci pour votre accueil, conseillère très aimable", None),
        ("Excellent service, I love this shop", None),
        ("Great product, works perfectly, no issues", None),
        ("Super", 5),
        ("Aucun souci, livraison rapide", 5),
        ("Good", 4),
    ],
)
def test_praise_is_kept_and_can_wait(shipped: TriagePolicy, text: str, stars: float | None) -> None:
    found = judged(shipped, text, stars)
    assert (found.after_sales.value, str(found.category.value)) == (True, "praise")
    assert found.urgency.value in {"low", "normal"}


@pytest.mark.parametrize(
    ("text", "stars", "complains"),
    [
        ("Nul", 1, True),
        ("Bien", 4, False),
        ("Ne marche plus depuis la mise à jour", 3, True),
        ("Does what it should", 5, False),
        ("Very slow and keeps freezing", 2, True),
        ("", 1, True),
    ],
)
def test_stars_weigh_in(shipped: TriagePolicy, text: str, stars: float, complains: bool) -> None:
    found = judged(shipped, text, stars)
    assert (found.category.value == "complaint") is complains
    assert found.after_sales.value is True


@pytest.mark.parametrize(
    "text",
    [
        "Lumen recrute un conseiller en CDI à Lille, postulez !",
        "We are hiring a care agent, apply now",
        "Jeu concours : tentez de gagner une lampe",
        "Follow and retweet to win a fan, giveaway ends Sunday",
        "Lumen publie un chiffre d'affaires en hausse de 4 %",
        "Lumen quarterly results: revenue up 4%",
        "Communiqué de presse : Lumen ouvre une usine",
        "Lumen announces a new partnership",
        "Gagnez de l'argent depuis la maison, cliquez sur le lien en bio",
        "Lumen ouvre un magasin à Nantes",
    ],
)
def test_what_nobody_wants_an_answer_to_is_not_after_sales(
    shipped: TriagePolicy, text: str
) -> None:
    assert judged(shipped, text).after_sales.value is False


def test_on_a_review_site_everything_is_after_sales(shipped: TriagePolicy) -> None:
    message = Message("Lampe Aube", source_category=SourceCategory.REVIEW_SITE)
    assert judge_message(message, shipped).after_sales.value is True
    assert judge_message(Message("Lampe Aube"), shipped).after_sales.value is False


@pytest.mark.parametrize(
    ("text", "urgency", "topic"),
    [
        ("Le chargeur a pris feu", "critical", "safety"),
        ("Odeur de gaz depuis la pose de votre chaudière", "critical", "safety"),
        ("The battery caught fire", "critical", "safety"),
        ("Mon compte a été piraté", "critical", "fraud"),
        ("My card was stolen", "critical", "fraud"),
        (
            "Il y a une transaction que je n'ai pas faite, opération frauduleuse",
            "critical",
            "fraud",
        ),
        ("Je vais saisir le médiateur", "high", "legal"),
        ("I will contact my lawyer", "high", "legal"),
        ("Troisième relance, toujours rien, colis perdu", "high", "delivery"),
        ("Ma mère de 85 ans n'a plus de téléphone", "high", None),
        ("Colis pas arrivé, c'est urgent", "high", "delivery"),
        ("I have emailed three times, no reply", "high", "no-answer"),
    ],
)
def test_some_things_cannot_wait(
    shipped: TriagePolicy, text: str, urgency: str, topic: str | None
) -> None:
    found = judged(shipped, text)
    assert found.urgency.value == urgency
    if topic is not None:
        assert found.topic is not None
        assert found.topic.value == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Toujours pas reçu mon colis", "delivery"),
        ("Je demande le remboursement de ma lampe", "refund"),
        ("Je veux résilier mon abonnement", "cancellation"),
        ("Le technicien n'est pas venu pour l'installation", "installation"),
        ("Conseillère hautaine et désagréable", "staff"),
        ("Vente forcée à une personne âgée", "sales-methods"),
        ("Personne ne me répond", "no-answer"),
        ("Ma facture a doublé sans raison", "billing"),
        ("Impossible de me connecter à mon compte", "account"),
        ("Le four est en panne", "breakdown"),
        ("Where is my refund?", "refund"),
        ("How do I close my account?", "cancellation"),
        ("The courier left the parcel in the rain", "delivery"),
    ],
)
def test_topics(shipped: TriagePolicy, text: str, topic: str) -> None:
    found = judged(shipped, text)
    assert found.topic is not None
    assert found.topic.value == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Such a nice lady sorted me out in 2 minutes. Can't fault it.", None),
        ("Honestly, I could not be happier", None),
        ("I can't fault the look, but it is broken", "breakdown"),
        ("I could not get it to work", "breakdown"),
        ("Accepte-t-elle un variateur à coupure de phase ?", None),
        ("Encore une coupure de courant ce matin", "breakdown"),
        ("Avec mon variateur à coupure de phase elle ne s'allume plus", "breakdown"),
        ("Les débuts ont été rudes avec ma cafetière, chapeau", None),
        ("Votre vendeur a été rude avec ma mère", "staff"),
        ("They were rude on the phone", "staff"),
        ("La prise en charge de mon dossier a été parfaite, chapeau", None),
        ("I was charged twice", "billing"),
    ],
)
def test_what_only_sounds_like_a_topic_is_none(
    shipped: TriagePolicy, text: str, topic: str | None
) -> None:
    found = judged(shipped, text).topic
    assert (found.value if found else None) == topic
