"""What is a customer's message, and of which kind; what is none.

Every text was written for these tables.
"""

import pytest

from runner.model import Judgement, Rating, SourceCategory
from runner.policies.rules import TriagePolicy
from runner.policies.values import Brand
from runner.triage.judge import Message, judge_message

LUMEN = (Brand("lumen", "Lumen", ("Lumen", "Maison Lumen")),)


def judged(shipped: TriagePolicy, text: str, stars: float | None = None) -> Judgement:
    return judge_message(Message(text, None if stars is None else Rating(stars)), shipped, LUMEN)


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("Burning smell and sparks", 1),
        ("Third bulb in a month", 1),
        ("Do not bother, I sent mine back", 2),
        ("I want my money back", 1),
        ("My lamp arrived in pieces", 2),
        ("Is this a joke? The lid fell off on day one", 1),
        ("What were they thinking? I cannot read the display", 1),
        ("La vis est tordue et la notice est en chinois", 2),
        ("Je cherche encore le bouton, mon produit est arrivé sans", 1),
        ("Pourquoi vendre une lampe qui grésille ?", 1),
        ("Deux étoiles parce que le livreur a été gentil", 2),
    ],
)
def test_one_or_two_stars_with_something_told_complain(
    shipped: TriagePolicy, text: str, stars: float
) -> None:
    found = judged(shipped, text, stars)
    assert (found.after_sales.value, str(found.category.value)) == (True, "complaint")


@pytest.mark.parametrize(
    "text",
    [
        "I want my money back, this is the third time I write",
        "Rendez-moi mon argent",
        "On me balade de service en service",
    ],
)
def test_who_demands_complains(shipped: TriagePolicy, text: str) -> None:
    assert str(judged(shipped, text).category.value) == "complaint"


def test_a_word_with_another_meaning_is_none(shipped: TriagePolicy) -> None:
    assert not judged(shipped, "Balade dimanche, rendez-vous à dix heures").after_sales.value


@pytest.mark.parametrize(
    "text",
    [
        "There was smoke coming out of the toaster",
        "The brake gave way, I fell and hurt my arm",
        "Je suis tombée et je me suis cassé le poignet à cause de votre escabeau",
        "The kettle started smoking",
        "Sparks flew out of the plug",
        "Burning smell after ten minutes",
        "It gave me an electric shock",
        "I got a shock from the metal base",
        "The charger melted",
        "The cable caught fire overnight",
        "My son choked on a small part",
        "Our baby swallowed a button that came off",
        "The handle burned my hand",
        "I had an allergic reaction to the strap",
        "I smell gas since your fitter left",
        "De la fumée noire sort du grille-pain",
        "La bouilloire s'est mise à fumer",
        "Des étincelles quand je branche la lampe",
        "Odeur de brûlé dès l'allumage",
        "J'ai pris une décharge en touchant le socle",
        "J'ai pris le jus",
        "La prise a fondu",
        "Le câble est brûlant et la gaine a cramé",
        "Mon fils a failli s'étouffer avec un morceau de plastique",
        "Ma fille a avalé une pile de la télécommande",
        "Je me suis brûlée avec la vapeur, main au deuxième degré",
        "Le bracelet m'a fait une réaction allergique",
        "Ça sent le gaz depuis le passage de l'installateur",
        "On a fini aux urgences à cause de ce siège",
    ],
)
@pytest.mark.parametrize("stars", [None, 1, 3])
def test_what_may_hurt_somebody_is_a_critical_complaint(
    shipped: TriagePolicy, text: str, stars: float | None
) -> None:
    found = judged(shipped, text, stars)
    assert (found.after_sales.value, str(found.category.value)) == (True, "complaint")
    assert str(found.urgency.value) == "critical"
    assert found.topic is not None
    assert found.topic.value == "safety"


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("Six months in and still as new, no trouble at all", 5),
        ("Had it for six months, never stuck, never late, love it", 5),
        ("Trois mois d'usage et aucun souci, un bonheur", 5),
        ("After two months I can't fault it", 5),
        ("Ma troisième commande chez vous, toujours impeccable, je recommande", 5),
        ("Unlike my old one, which caught fire, this one is excellent", 5),
        ("Does the smoke detector work with the Aube lamp?", None),
        ("Le détecteur de fumée est-il compatible avec votre lampe ?", None),
    ],
)
def test_praise_and_plain_questions_do_not_press(
    shipped: TriagePolicy, text: str, stars: float | None
) -> None:
    found = judged(shipped, text, stars)
    assert str(found.urgency.value) in {"low", "normal"}


@pytest.mark.parametrize(
    "text",
    [
        "Comment détartrer la cafetière ?",
        "Bonjour, comment détartrer ma bouilloire ? Je ne trouve pas la notice.",
        "Comment lance-t-on le cycle de nettoyage ?",
        "Comment changer le filtre ?",
        "Quelqu'un sait si cette suspension accepte un variateur à coupure de phase ?",
        "Peut-on brancher la lampe sur un variateur ?",
        "Est-ce que la Halo fonctionne avec un variateur ?",
        "Can I use the pendant with a dimmer?",
        "Does anyone know whether the pendant takes a dimmer?",
        "How do I descale the kettle?",
        "Is it possible to buy a spare shade?",
    ],
)
def test_how_to_use_it_is_a_question(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert (found.after_sales.value, str(found.category.value)) == (True, "question")


@pytest.mark.parametrize(
    "text",
    [
        (
            "Les débuts ont été rudes, mais la prise en charge de mon problème a su renverser"
            " la tendance, chapeau"
        ),
        "Un souci au départ, finalement tout a été réglé en deux jours, bravo à l'équipe",
        "Ma lampe était en panne mais remplacée en trois jours, merci beaucoup",
        "Problème de livraison pris en charge le jour même, je recommande",
        "Had a problem with the lid but they replaced it within days, excellent service",
        "The first one was broken, customer care sorted me out in no time, thank you so much",
        "It started badly and ended well, great service",
    ],
)
def test_what_began_badly_and_ended_well_is_praise(shipped: TriagePolicy, text: str) -> None:
    assert str(judged(shipped, text).category.value) == "praise"


@pytest.mark.parametrize(
    "text",
    [
        "Bravo Lumen, colis toujours pas arrivé",
        "Chapeau, trois semaines sans réponse",
        "Great service, my parcel never arrived",
        "Merci pour la panne, je suis sans lumière depuis hier",
    ],
)
def test_praise_with_a_sting_is_a_complaint(shipped: TriagePolicy, text: str) -> None:
    assert str(judged(shipped, text).category.value) == "complaint"


TECH_BLOG = (
    "Why our tests were slow. Last week I spent two days looking for the reason why the test"
    " suite of my pet project took ten minutes. It turned out that every test opened a new"
    " connection to the database and the old ones were never closed, so the pool was stuck. The"
    " fix is a single line, but finding it was a nightmare. First I tried a profiler, which did"
    " not help because most of the time was spent waiting. Then I added some logging to the"
    " driver and saw the error. The problem is that the library hides failures and retries three"
    " times before it gives up. If you use the same library you should set the timeout yourself."
    " In the next post we will look at how the retry policy can be tested without a real server,"
    " and why random numbers make bad fixtures."
)
BUILDER_BLOG = (
    "Rénover une longère, épisode 12. Cette semaine nous avons attaqué la toiture et ce n'était"
    " pas triste. La charpente était plus abîmée que prévu : deux pannes cassées, des chevrons"
    " rongés, et une fuite qui avait pourri le plancher. Avec mon beau-père, on a commencé par"
    " étayer, puis on a remplacé les bois l'un après l'autre. Le plus difficile a été de trouver"
    " du chêne sec à la bonne section ; la scierie du village a fermé et il a fallu faire cent"
    " kilomètres. Le samedi il a plu sans arrêt, impossible de travailler dehors, alors j'ai"
    " avancé sur les enduits. Petit conseil : ne sous-estimez jamais le temps de séchage de la"
    " chaux en hiver. La semaine prochaine, je vous montre la pose des ardoises et le problème"
    " du conduit de cheminée, qui penche."
)
NEWS = (
    "The regional council has approved the budget for next year after a debate that lasted"
    " until late in the night. Spending on roads will fall, schools lose a third of their"
    " grants, and the problem of the bridge remains open. The opposition called the plan a"
    " failure."
)
PRESSE = (
    "Le conseil municipal a voté lundi soir la fermeture de la piscine, dont les fuites"
    " coûtaient chaque année davantage. Les clubs dénoncent une erreur. Les travaux, plusieurs"
    " fois reportés, devaient être financés par la région ; le dossier est maintenant bloqué."
)
PRODUCT_TEST = (
    "Five desk fans compared. Summer is coming and the shops are full of fans, so the lab put"
    " five of them on the bench. The cheapest is noisy and its base is unstable. The second has"
    " a weak motor, although the remote is nice. Number three failed the safety test because the"
    " grille breaks when it falls. The fourth is quiet, moves a lot of air and costs a fair"
    " price. The last one looks great, but the app keeps losing the connection and the timer is"
    " wrong by a minute an hour. All of them were run for two hundred hours at full speed, in a"
    " room kept at thirty degrees, and noise was measured at one metre. The verdict: take the"
    " fourth, wait for a new version of the last one, and leave the others on the shelf."
)
RELEASE_NOTES = (
    "Release notes for the spring version. The editor no longer loses the selection when a tab"
    " is closed. A crash on start-up with an empty profile was fixed, and an error message that"
    " made no sense is gone. Images load faster on slow lines. The import of old files, broken"
    " since the winter version, works again."
)


@pytest.mark.parametrize(
    "text", [TECH_BLOG, BUILDER_BLOG, NEWS, PRESSE, PRODUCT_TEST, RELEASE_NOTES]
)
def test_articles_that_nobody_sent_to_the_brand_are_not_after_sales(
    shipped: TriagePolicy, text: str
) -> None:
    assert judged(shipped, text).after_sales.value is False


def test_on_a_review_site_even_an_article_is_after_sales(shipped: TriagePolicy) -> None:
    message = Message(PRODUCT_TEST, source_category=SourceCategory.REVIEW_SITE)
    assert judge_message(message, shipped, LUMEN).after_sales.value is True


def test_an_article_that_names_the_brand_is_looked_at(shipped: TriagePolicy) -> None:
    text = PRODUCT_TEST.replace("Number three", "The Lumen fan")
    assert judged(shipped, text).after_sales.value is True


LONG_COMPLAINTS = [
    (
        "Bonjour à tous, je viens raconter ma mésaventure pour que d'autres l'évitent. Début"
        " septembre j'ai commandé une suspension sur leur site, payée comptant, livraison"
        " annoncée sous dix jours. Au bout de trois semaines, rien. J'appelle, on me promet un"
        " rappel dans la journée, personne ne rappelle. Je rappelle, nouvelle promesse, même"
        " silence. Finalement le colis arrive, ouvert, avec un abat-jour fendu et une vis en"
        " moins. Je fais des photos, je remplis leur formulaire, je joins la facture. Depuis,"
        " plus une nouvelle. Ma femme a essayé de son côté, on lui a dit que le dossier était"
        " clos parce que nous n'avions pas répondu à un message que nous n'avons jamais reçu. Je"
        " n'ai ni lampe ni argent et on se renvoie la balle entre le transporteur et le magasin."
        " Quelqu'un a-t-il déjà obtenu gain de cause ?"
    ),
    (
        "I have never written a post like this, but enough is enough. In August we ordered a"
        " fitted kitchen light and paid for the installation as well. The fitter came on the"
        " wrong day, found nobody at home, and charged us for the visit. The second time he came"
        " without the parts. The third time he drilled into a pipe and left us with a wet"
        " ceiling and a bucket. Since then I have spent hours on the telephone. Every agent is"
        " friendly, every agent promises that a manager will call, and no manager has ever"
        " called. My refund was approved in writing six weeks ago and still is not in my"
        " account. I have sent the same photographs four times. All I want is what I paid for,"
        " or my money, and an apology to my wife who took three days off work for nothing. Does"
        " anybody here know whom to write to?"
    ),
    (
        "Cliente depuis dix ans, je suis à bout. Mon réveil lumineux s'éteint tout seul depuis"
        " la mise à jour, une nuit sur deux, et comme je commence à cinq heures je suis arrivée"
        " deux fois en retard à l'hôpital où je travaille. Le service client me fait répéter les"
        " mêmes manipulations à chaque appel : débrancher, attendre, rebrancher, remettre à"
        " zéro. J'ai tout fait, trois fois, devant témoin. On me propose maintenant un échange à"
        " mes frais, alors que l'appareil est sous garantie jusqu'en mars. J'ai écrit, j'ai"
        " envoyé une vidéo, j'ai même proposé de le rapporter au magasin le plus proche, qui"
        " refuse parce que je l'ai acheté en ligne. Je ne demande pas la lune, je demande un"
        " appareil qui sonne, ou qu'on me rende ce que j'ai payé. Merci de me lire et de me dire"
        " qui peut prendre une décision chez vous."
    ),
    (
        "Long time lurker here. My mother is eighty-one and bought a kettle from them in the"
        " spring. It leaked from the first week. She posted it back as they asked, at her own"
        " cost, and got a text that said the parcel was on its way to the workshop. That was in"
        " May. In June the helpline said they had never seen it. In July they found it, in"
        " August they lost it again. She does not do e-mail, so I took over, and now they say"
        " that they can only speak to the account holder. I put her on the line, she answered"
        " all their questions, and they asked for a form that can only be filled in online. We"
        " are going round in circles over forty pounds. She has been boiling water in a saucepan"
        " since spring. I would be grateful for the name of a human being who can end this."
    ),
]


@pytest.mark.parametrize("text", LONG_COMPLAINTS)
def test_a_customer_may_tell_a_long_story(shipped: TriagePolicy, text: str) -> None:
    found = judged(shipped, text)
    assert (found.after_sales.value, str(found.category.value)) == (True, "complaint")


@pytest.mark.parametrize(
    "text",
    [
        (
            "Panne générale depuis ce matin dans tout le quartier, plus de réseau, plus de"
            " télé, aucune information sur la page d'accueil et un numéro qui sonne dans le"
            " vide."
        ),
        (
            "Impossible de joindre qui que ce soit, vingt minutes de musique, puis le"
            " répondeur, puis plus rien, et cela recommence tous les jours à la même heure."
        ),
        (
            "No heating in the whole block since Friday, no answer on the emergency number, and"
            " a website that shows nothing but a green tick and a smiling engineer."
        ),
    ],
)
def test_trouble_need_not_say_i(shipped: TriagePolicy, text: str) -> None:
    assert judged(shipped, text).after_sales.value is True
