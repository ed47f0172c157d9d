"""Every preset reads a recorded or documented answer of its API; see `data/api/SOURCE.md`."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from loopback_site import NOW

from runner.model import Item, Rating
from runner.policies.presets import Preset, completed, shipped_presets
from runner.policies.recipes import Recipe, build_recipe
from runner.schemas import check_document
from runner.sources.json_document import parse_json
from runner.sources.json_items import Listed, list_items
from runner.text.document import Document
from runner.text.strict_yaml import read_document

DATA = Path(__file__).parent / "data" / "api"
PRESETS = sorted(shipped_presets())


def example(preset: Preset) -> dict[str, Any]:
    """A source as its documentation would show it."""
    source: dict[str, Any] = {
        "id": "a-source",
        "kind": "json",
        "category": preset.category,
        "contact": dict(preset.contact),
        "preset": preset.name,
    }
    if preset.parameters:
        source["parameters"] = {p.name: p.example for p in preset.parameters}
    if preset.site is None:
        source["url"] = "https://forum.example.org/feed.json"
    return source


def recipe_of(name: str) -> Recipe:
    return build_recipe(completed(example(shipped_presets()[name])))


def read(file: str, name: str | None = None) -> Listed:
    body = (DATA / f"{file}.json").read_bytes()
    recipe = recipe_of(name or file)
    listed = list_items(parse_json(body, ""), recipe, recipe.url, NOW, UTC)
    assert isinstance(listed, Listed), listed
    return listed


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


FIRST: Mapping[str, Item] = {
    "app-store-connect": Item(
        "00000028-b08c-0014-9674-c54800000000", None, "Camille_R", "Lampe perdue",
        "L'application ne trouve plus ma lampe.", at(2026, 11, 19, 9, 12, 9),
        rating=Rating(1, 5), thread_url="https://apps.apple.com/app/id310633997",
    ),
    "app-store-reviews": Item(
        "12847001234", None, "Camille_R", "Ne s'allume plus",
        "Depuis la mise à jour, ma lampe ne répond plus.", at(2026, 11, 19, 9, 12, 9),
        rating=Rating(1, 5), thread_url="https://apps.apple.com/fr/app/id310633997",
    ),
    "google-business-profile": Item(
        "AbFvOqm1", None, "Camille R.", "", "Commande en retard, personne ne répond.",
        at(2026, 11, 18, 10, 23, 45), rating=Rating(2, 5),
    ),
    "google-play": Item(
        "4c0d1b52-6a0e-4d2e-9c8e-1f7f8a2b3c4d",
        "https://play.google.com/store/apps/details?id=org.example.lumen"
        "&reviewId=4c0d1b52-6a0e-4d2e-9c8e-1f7f8a2b3c4d",
        "Camille R", "", "Ne marche plus\tDepuis hier, plus rien ne s'allume.",
        at(2026, 11, 20, 8, 40), rating=Rating(1, 5), language="fr",
    ),
    "hacker-news": Item(
        "42000002", "https://news.ycombinator.com/item?id=42000002", "camille", "",
        "My Maison Lumen lamp died &amp; <i>nobody</i> answers.<p>Any advice?",
        at(2026, 11, 19, 8, 30), is_html=True,
        thread_url="https://news.ycombinator.com/item?id=42000001",
    ),
    "json-feed": Item(
        "812", "https://forum.example.org/t/812", "Camille_R", "Toujours rien",
        "<p>Mon colis n'est <em>jamais</em> arrivé.</p>", at(2026, 11, 20, 18, 12),
        is_html=True, language="fr",
    ),
    "lemmy": Item(
        "https://lemmy.example.org/post/11", "https://lemmy.example.org/post/11", "camille",
        "Maison Lumen, quelqu'un ?", "Ma lampe **clignote**.", at(2026, 11, 19, 8, 30),
        thread_url="https://lemmy.example.org/post/11",
    ),
    "stack-exchange": Item(
        "264321", "https://diy.stackexchange.com/questions/264321/maison-lumen-lamp-flickers",
        "O'Neil", "Maison Lumen lamp doesn't stop flickering",
        "<p>My lamp &amp; its dimmer flicker.</p>\n", at(2026, 11, 20, 7, 33, 20), is_html=True,
    ),
    "trustpilot": Item(
        "637b8d2f0a1b2c3d4e5f6a7b", "https://www.trustpilot.com/reviews/637b8d2f0a1b2c3d4e5f6a7b",
        "Camille R", "Jamais livré", "Commande passée il y a un mois, rien reçu.",
        at(2026, 11, 18, 9, 1, 2), rating=Rating(1, 5), language="fr",
    ),
    "youtube-comments": Item(
        "UgzDE2tasfmrYLyNkGt4AaABAg",
        "https://www.youtube.com/watch?v=dQlumen0001&lc=UgzDE2tasfmrYLyNkGt4AaABAg",
        "@camille_r", "", "La mienne est arrivée cassée, que faire ?", at(2026, 11, 19, 8, 30),
        thread_url="https://www.youtube.com/watch?v=dQlumen0001",
    ),
    "zendesk-community": Item(
        "35467", "https://maison-lumen.zendesk.com/hc/fr/community/posts/35467-Lampe",
        "Camille R", "Lampe qui clignote", "<p>Elle clignote <b>toute la nuit</b>.</p>",
        at(2026, 11, 19, 8, 30), is_html=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_the_first_message_of_a_documented_answer_is_read_whole(name: str) -> None:
    assert read(name).items[0] == FIRST[name]


def test_reddit_as_recorded() -> None:
    listed = read("reddit")
    assert len(listed.items) == 6
    assert {item.author for item in listed.items} >= {"dClauzel", "Ouiski"}
    assert all((item.native_id or "").startswith("t3_") for item in listed.items)
    assert all((item.url or "").startswith("https://www.reddit.com/r/") for item in listed.items)
    assert all(item.posted_at for item in listed.items)


def test_github_as_recorded() -> None:
    pages = json.loads((DATA / "github-issues.json").read_text())
    listed = list_items(pages[0]["response"], recipe_of("github-issues"), "", NOW, UTC)
    assert isinstance(listed, Listed)
    assert [item.title for item in listed.items] == [f"Test issue {n}" for n in (13, 12, 11)]
    assert [item.posted_at for item in listed.items] == [at(2017, 10, 10, 16)] * 3


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_an_answer_to_be_tested_on(name: str) -> None:
    assert (DATA / f"{name}.json").exists()
    assert name in FIRST or name in ("reddit", "github-issues")


class TestTraps:
    def test_a_page_with_one_review_is_an_object(self) -> None:
        listed = read("app-store-reviews-one", "app-store-reviews")
        assert listed.items == (FIRST["app-store-reviews"],)

    def test_the_app_itself_is_no_review(self) -> None:
        listed = read("app-store-reviews")
        assert (listed.entries, listed.not_chosen, len(listed.items)) == (3, 1, 2)

    def test_a_page_without_reviews_is_empty_and_not_of_another_shape(self) -> None:
        assert read("app-store-reviews-none", "app-store-reviews").entries == 0
        assert read("google-play-none", "google-play").entries == 0

    def test_stars_are_words_and_stars_alone_are_no_message(self) -> None:
        listed = read("google-business-profile")
        assert [item.rating for item in listed.items] == [Rating(2, 5), Rating(5, 5)]
        assert listed.items[1].author is None
        assert listed.not_chosen == 1

    def test_posts_and_comments_of_lemmy_stand_in_two_lists(self) -> None:
        post, comment = read("lemmy").items
        assert post.title
        assert comment.title == ""
        assert comment.text == "Pareil, et le service ne répond pas."
        assert comment.native_id == "https://autre.example.org/comment/77"

    def test_a_story_without_text_is_its_title(self) -> None:
        assert read("hacker-news").items[1].text == "Maison Lumen opens its protocol"


@pytest.mark.parametrize("name", PRESETS)
class TestEveryPreset:
    def test_its_example_is_a_source_without_fault(self, name: str) -> None:
        source = example(shipped_presets()[name])
        document = read_document(json.dumps(_desk(source)).encode(), "sources.yaml")
        assert isinstance(document, Document)
        assert check_document("sources", document) == ()

    def test_its_settings_have_the_shape_of_a_source_of_their_own(self, name: str) -> None:
        whole = completed(example(shipped_presets()[name]))
        document = read_document(json.dumps(_desk(whole)).encode(), "sources.yaml")
        assert isinstance(document, Document)
        assert check_document("sources", document) == ()

    def test_it_asks_for_what_it_needs_and_for_nothing_else(self, name: str) -> None:
        preset = shipped_presets()[name]
        asked = re.findall(r"<([a-z_]+)>", repr((preset.site, preset.settings)))
        assert set(asked) == {p.name for p in preset.parameters}

    def test_it_says_where_it_comes_from_and_what_to_watch_out_for(self, name: str) -> None:
        preset = shipped_presets()[name]
        assert preset.documentation.startswith("https://")
        for said in (preset.about, preset.auth, preset.limits, preset.replies, *preset.traps):
            assert said.endswith(".")
        assert preset.traps


def _desk(source: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": 1, "name": "Maison Lumen", "language": "fr", "zone": "Europe/Paris",
        "contact": "mailto:veille@example.org", "brands": [{"id": "lumen", "name": "Lumen"}],
        "sources": [source],
    }  # fmt: skip


def test_a_parameter_stands_percent_encoded_in_addresses() -> None:
    preset = shipped_presets()["hacker-news"]
    source = example(preset) | {"parameters": {"query": "Lumen & Cie/#1"}}
    assert "query=Lumen%20%26%20Cie%2F%231&" in completed(source)["url"]


def test_what_a_source_says_itself_stands_instead() -> None:
    source = example(shipped_presets()["github-issues"])
    own = {"where": "user.type == 'User'", "map": {"author": "user.id"}, "may_be_empty": False}
    whole = completed(source | own)
    assert whole["where"] == "user.type == 'User'"
    assert whole["map"]["author"] == "user.id"
    assert whole["map"]["title"] == "title"
    assert whole["may_be_empty"] is False
    assert completed(source)["map"]["author"] == "user.login"
    assert whole["site"] == "github.com"
