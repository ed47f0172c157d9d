"""Pages that are written to keep a look busy: whoever may post somewhere could write one."""

import time
from datetime import UTC, datetime

import pytest

from runner.planning.looking import Doubt, OurMessage, Sighting
from runner.planning.shown_page import ShownPage
from runner.planning.sightings import Asked, Names, Sight, sight_on_pages

SAID_AT = datetime(2026, 11, 1, tzinfo=UTC)
ASKED = "Ma lampe est cassée depuis trois jours et personne ne répond"
OURS = "Bonjour Camille, votre lampe sera remplacée dès demain par notre service, merci encore."
MESSAGE = OurMessage(
    "c-7f3k2m9x4q5t", "p1", "reply", "forum", "https://forum.example.org/t/1", None, OURS,
    SAID_AT, SAID_AT, "forum.example.org", "https://forum.example.org/t/1", None, None, ASKED,
    "Camille",
)  # fmt: skip
SECONDS = 5.0
"""Far more than needed; each of these pages took a minute or hours."""


def sight(more: str) -> Sight:
    body = f"<html><body><p>Camille</p><p>{ASKED}</p>{more}</body></html>".encode()
    page = ShownPage(body, "text/html; charset=utf-8")
    url = MESSAGE.url or ""
    return sight_on_pages(Asked(MESSAGE, url, url, (page,), Names(("Lumen",), ("Camille",))))


@pytest.mark.parametrize(
    "more",
    [
        "." * 200_000 + "x",
        "… " * 100_000 + "x",
        f"<p>{'… ' * 45}x</p>" * 2_000,
        f"<style>{'a' * 200_000}</style>" * 25,
        f"<style>{('a{' + 'b' * 1_999) * 100}</style>" * 25,
        "<summary>" + "voir 1 " * 70 + "</summary>" * 1_000,
    ],
    ids=["dots", "ellipses", "short-ellipses", "selectors", "rules", "controls"],
)
def test_no_page_keeps_a_look_busy(more: str) -> None:
    begun = time.process_time()
    assert sight(more).sighting is not Sighting.PRESENT
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "end", ["…", "...", "… Lire la suite", "... read more »", " Voir plus", " read more."]
)
def test_what_is_cut_short_for_the_eye_was_seen(end: str) -> None:
    cut = " ".join(OURS.split()[:-2])
    assert sight(f"<p>Lumen</p><p>{cut}{end}</p>").sighting is Sighting.PRESENT


def test_a_rule_hides_whatever_stands_before_it() -> None:
    style = ".a{color:red}@media print{.b{color:red}}.c, .hid { display : none }"
    seen = sight(f"<style>{style}</style><div class=hid>{OURS}</div>")
    assert (seen.sighting, seen.doubt) == (Sighting.UNVERIFIED, Doubt.HIDDEN)
