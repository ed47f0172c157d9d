"""What one look at a page says: a long table of pages, and never `present` for one unread."""

from functools import partial

import pytest
from shown_pages import ASKED, TEXT, THEIRS, URL, look, message, ours

from runner.planning.looking import Doubt, Sighting
from runner.planning.sightings import Sight
from runner.policies.privacy import PrivacyPolicy
from runner.text.masking import mask

STANDS = {
    "plain": THEIRS + ours(),
    "without any name": f"<p>{TEXT}</p>",
    "entities": THEIRS + ours(TEXT.replace("é", "&eacute;").replace(" ;", "&nbsp;;")),
    "words broken over lines": THEIRS + ours(TEXT.replace(". ", ".<br>\n   ")),
    "words in bold and links": THEIRS + ours(TEXT.replace("réparée", "<b>répar</b><i>ée</i>")),
    "capitals and dashes": THEIRS + ours(TEXT.upper().replace(",", " —")),
    "a signature below": THEIRS + ours(f"{TEXT}</p><p class=sig>Lumen SAV, 9 h à 18 h"),
    "what one can do behind it": THEIRS + ours(f"{TEXT} <a>Répondre</a> <a>Signaler</a>"),
    "a name before it": THEIRS + f"<p><b>Lumen SAV :</b> {TEXT}</p>",
    "a generic label": THEIRS + f"<div>Réponse de Lumen, le 21 novembre 2026</div><p>{TEXT}</p>",
    "cut short for the eye": THEIRS + ours(TEXT[:130] + "… <a>Lire la suite</a>"),
    "quoted as well": f"{THEIRS}{ours()}<article><h3>Camille_R</h3>"
    f"<blockquote>{TEXT}</blockquote><p>Merci !</p></article>",
    "in another character set": None,
}  # fmt: skip
LATIN = f"<meta charset=iso-8859-1>{THEIRS}{ours()}".encode("iso-8859-1")


@pytest.mark.parametrize("name", STANDS)
def test_a_message_that_stands_there_is_present(name: str) -> None:
    page = STANDS[name]
    assert look(LATIN if page is None else page, kind="text/html") == Sight(Sighting.PRESENT)


def test_without_names_a_message_by_itself_is_present() -> None:
    assert look(f"<p>{ASKED}</p><p>{TEXT}</p>", names=()).sighting is Sighting.PRESENT


CHANGED = {
    "a word": TEXT.replace("vendredi", "lundi"),
    "a sentence less": TEXT.replace("Votre lampe Aube est réparée et ", "Elle "),
    "a sentence more": TEXT + " Mise à jour : finalement nous ne réparons pas.",
    "a sentence in between": TEXT.replace("attente.", "attente. Nous avons pris du retard."),
    "a number": TEXT.replace("demain", "dans 10 jours"),
    "half of it": TEXT[: len(TEXT) // 2],
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_message_that_was_edited_is_changed_and_says_how_much(name: str) -> None:
    seen = look(THEIRS + ours(CHANGED[name]))
    assert seen.sighting is Sighting.CHANGED
    assert seen.share is not None
    assert 0.3 < seen.share < 1


MISSING = {
    "nothing of it": THEIRS,
    "another answer of ours": THEIRS + ours("Bonjour, nous regardons cela avec nos équipes."),
    "another customer's": THEIRS + "<article><h3>Léo</h3><p>Moi aussi, même panne.</p></article>",
    "our words in a quote": THEIRS + f"<article><h3>Camille_R</h3><blockquote>{TEXT}</blockquote>"
    "<p>Et depuis, rien !</p></article>",
    "our words in a quote of a forum": THEIRS + "<article><h3>Camille_R</h3>"
    f'<div class="bbCodeBlock bbCodeBlock--quote">Lumen SAV a dit : {TEXT}</div><p>Rien.</p>',
    "our words behind a sign": THEIRS + f"<p>Camille_R</p><pre>&gt; {TEXT}</pre><p>Rien !</p>",
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_a_message_that_the_customers_page_does_not_show_is_missing(name: str) -> None:
    assert look(MISSING[name]).sighting is Sighting.MISSING


LOGIN = "<h1>Connexion</h1><form><input name=user><input type=password></form>"
UNREADABLE: dict[str, str | bytes] = {
    "empty page": "<html><body></body></html>",
    "login form": LOGIN,
    "login form that says the topic": f"<title>Ma lampe Aube</title>{LOGIN}",
    "captcha": "<h1>Vérifions que vous êtes humain</h1><div class=g-recaptcha></div>",
    "cookie wall": "<div role=dialog>Nous utilisons des cookies. <button>Accepter</button></div>",
    "paywall": "<p>Abonnez-vous pour lire la suite.</p>",
    "age gate": "<p>Avez-vous plus de 18 ans ?</p>",
    "shell": "<div id=root></div><script src=/app.js></script><noscript>Script</noscript>",
    "script shell with the words as data": "<div id=root></div><script>window.__DATA__ = "
    f'{{"posts":[{{"author":"Lumen SAV","text":"{TEXT}"}}]}}</script>',
    "escaped data": '<div id=root></div><script>{"t":"'
    + TEXT.encode("unicode_escape").decode().replace("\\xe9", "\\u00e9") + '"}</script>',
    "soft 404": "<title>Page introuvable</title><h1>Oups, cette page n'existe pas</h1>",
    "front page": "<h1>Bienvenue sur le forum</h1><ul><li>Dernières discussions</ul>",
    "another language": "<html lang=en><h3>Camille_R</h3><p>My Aube lamp is broken.</p>"
    "<h3>Lumen SAV</h3><p>Hello Camille, we are sorry.</p>",
    "the customer's name alone": "<p>Camille_R est membre depuis 2019</p>",
    "a comment": f"{THEIRS}<!-- {TEXT} -->",
    "an element that is not shown": f'{THEIRS}<div style="display: none">{ours()}</div>',
    "an invisible element": f'{THEIRS}<p style="visibility:hidden">{TEXT}</p>',
    "a hidden attribute": f"{THEIRS}<div hidden>{ours()}</div>",
    "a class that hides": f'{THEIRS}<div class="reply d-none">{ours()}</div>',
    "a rule that hides": f"<style>.off {{ display: none }}</style>{THEIRS}"
    f"<div class=off>{ours()}</div>",
    "a template": f"{THEIRS}<template>{ours()}</template>",
    "a text area": f"{THEIRS}<textarea>{TEXT}</textarea>",
    "an attribute": f'{THEIRS}<div data-reply="{TEXT}"></div>',
    "a hidden input": f'{THEIRS}<input type=hidden value="{TEXT}">',
    "a description": f'<head><meta name=description content="{TEXT}"></head>{THEIRS}',
    "a title": f"<head><title>{TEXT}</title></head>{LOGIN}",
    "linked data": f'{THEIRS}<script type="application/ld+json">{{"@type":"Review","comment":'
    f'{{"@type":"Comment","text":"{TEXT}"}}}}</script>',
    "a frame without script": f"{THEIRS}<noscript>{ours()}</noscript>",
    "more pages": f'{THEIRS}<a href="?page=2" rel=next>2</a>',
    "numbered pages": f'{THEIRS}<a href="?page=2">2</a><a href="?page=3">3</a>',
    "a page that comes next": f'{THEIRS}<a href="/t/812/p2">Page suivante</a>',
    "folded answers": f"{THEIRS}<button>Voir les 3 réponses</button>",
    "folded answers in English": f"{THEIRS}<button>Load more comments</button>",
    "a customer who repeats our words": f"{THEIRS}<article><h3>Camille_R</h3>"
    f"<p>Ils m'ont répondu :</p><p>{TEXT}</p><p>Et depuis rien</p></article>",
    "a customer who repeats them in marks": f"{THEIRS}<article><h3>Camille_R</h3>"
    f"<p>Leur réponse : « {TEXT} » et depuis rien</p></article>",
    "a stranger who repeats them in marks": f"{THEIRS}<article><h3>Léo</h3><p>« {TEXT} »</p>",
    "a stranger who says whose they are": f"{THEIRS}<p>Lumen SAV a écrit :</p><p>{TEXT}</p>",
    "among many other words": f"<p>Voici ce que l'on trouve dans notre revue de presse : {TEXT}",
    "damaged letters": f"{THEIRS}{ours()}".encode().decode("latin-1").encode(),
    "a text file of something else": b"User-agent: *\nDisallow: /",
    "bytes": bytes(range(256)) * 40,
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_page_says_nothing(name: str) -> None:
    seen = look(UNREADABLE[name])
    assert seen.sighting is Sighting.UNVERIFIED, seen


@pytest.mark.parametrize(
    "found_at",
    [
        "https://forum.example.org/",
        "https://other.example.com/t/812",
        "https://forum.example.org/home",
    ],
)
def test_a_page_that_redirects_elsewhere_says_nothing(found_at: str) -> None:
    assert look(THEIRS + ours(), found_at=found_at) == Sight(Sighting.UNVERIFIED, Doubt.ELSEWHERE)


def test_two_words_prove_nothing_without_a_name_of_ours() -> None:
    said = message("Merci beaucoup !")
    assert look(f"{THEIRS}<p>Merci beaucoup !</p>", said=said).sighting is Sighting.UNVERIFIED
    assert look(THEIRS + ours("Merci beaucoup !"), said=said).sighting is Sighting.PRESENT


def test_without_its_words_only_the_element_of_the_address_can_be_seen() -> None:
    said = message("", url=f"{URL}#p9")
    assert look(THEIRS + ours(), said=said).sighting is Sighting.PRESENT
    assert look(THEIRS + ours(name="Léo"), said=said).sighting is Sighting.UNVERIFIED
    assert look(THEIRS + ours(), said=message("")).sighting is Sighting.UNVERIFIED


def test_a_reply_that_was_not_edited_is_told_as_missing() -> None:
    said = message(before="Bonjour Camille, nous regardons votre dossier et revenons vers vous.")
    assert look(THEIRS + ours(said.before), said=said) == Sight(Sighting.MISSING, Doubt.OLD_WORDS)
    assert look(THEIRS + ours(), said=said).sighting is Sighting.PRESENT


def test_what_was_masked_in_the_log_is_masked_on_the_page() -> None:
    masked = partial(mask, rules=PrivacyPolicy())
    written = "Bonjour Camille, appelez Inès au 06 39 98 12 34, elle a votre dossier sous les yeux."
    said = message(masked(written))
    assert "39 98" not in said.text
    assert look(THEIRS + ours(written), said=said, cleaned=masked).sighting is Sighting.PRESENT
    other = written.replace("sous les yeux", "en main")
    assert look(THEIRS + ours(other), said=said, cleaned=masked).sighting is Sighting.CHANGED
