from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.mention import AUTHOR_LIMIT, TITLE_LIMIT, prepare_mention
from runner.model import ContactAbility, Item, KeyBasis, Mention, Rating, SourceCategory
from runner.policies.privacy import OrderForm, PrivacyPolicy
from runner.policies.values import Source
from runner.text.masking import find_personal_data

_NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
_SOURCE = Source(
    id="forum-bricolage",
    kind="feed",
    category=SourceCategory.FORUM,
    site="forum.example.org",
    brand="lumen",
    public=ContactAbility.MANUAL,
    private=ContactAbility.NONE,
    language=None,
    every=timedelta(minutes=15),
    ignore_authors=(),
    settings={},
    line=1,
)
_PRIVACY = PrivacyPolicy()
_ITEM = Item(
    native_id="t812-p3",
    url="https://forum.example.org/t/812?utm_source=rss#p3",
    author="Camille_R",
    title="Colis jamais reçu",
    text="Bonjour, ma lampe n'est jamais arrivée.",
    posted_at=datetime(2026, 11, 20, 19, 12, 30, 999, tzinfo=UTC),
)


def _prepared(privacy: PrivacyPolicy = _PRIVACY, **changes: object) -> Mention:
    mention = prepare_mention(replace(_ITEM, **changes), _SOURCE, privacy, _NOW)
    assert mention is not None
    return mention


def test_a_message_becomes_a_mention() -> None:
    mention = _prepared(rating=Rating(1, 5), thread_url="https://forum.example.org/t/812#top")
    assert mention == Mention(
        key=mention.key,
        key_basis=KeyBasis.NATIVE_ID,
        source="forum-bricolage",
        site="forum.example.org",
        native_id="t812-p3",
        url="https://forum.example.org/t/812#p3",
        author="Camille_R",
        title="Colis jamais reçu",
        text="Bonjour, ma lampe n'est jamais arrivée.",
        posted_at=datetime(2026, 11, 20, 19, 12, 30, tzinfo=UTC),
        detected_at=_NOW,
        rating=Rating(1, 5),
        language="fr",
        thread_url="https://forum.example.org/t/812",
    )


def test_html_is_read_as_text_only_where_it_is_html() -> None:
    markup = "<p>5 &lt; 6 <b>!</b></p>"
    assert _prepared(text=markup, is_html=True).text == "5 < 6 !"
    assert _prepared(text=markup).text == markup
    assert _prepared(title="AT&amp;T", is_html=True).title == "AT&T"


def test_personal_data_is_masked_in_every_field() -> None:
    mention = _prepared(
        author="Jean jean@example.org",
        title="rappelez-moi 06 39 98 12 34",
        text="Mon IBAN : FR76 3000 6000 0112 3456 7890 189",
        native_id="<42.jean@mail.example.org>",
        url="https://example.org/t?tel=0639981234",
        thread_url="https://example.org/t?mail=jean%40example.org",
    )
    assert mention.author == "Jean [e-mail]"
    assert mention.title == "rappelez-moi [tel]"
    assert mention.text == "Mon IBAN : [IBAN]"
    assert mention.native_id == "<[e-mail]>"
    assert mention.url == "https://example.org/t?tel=[tel]"
    assert mention.thread_url == "https://example.org/t?mail=[e-mail]"


@pytest.mark.parametrize(
    "changes",
    [
        {"native_id": "mail-jean@example.org"},
        {"native_id": None, "url": "https://example.org/t?tel=0639981234"},
        {"native_id": None, "url": None, "text": "rappelez le 06 39 98 12 34"},
    ],
)
def test_a_masking_rule_never_changes_who_is_who(changes: dict[str, object]) -> None:
    forms = (OrderForm("all", r"\w+", (), (), 1),)
    other = PrivacyPolicy(
        allowed=("06 39 98 12 34", "mail-jean@example.org"), order_forms=forms, text_limit=10
    )
    assert _prepared(**changes).key == _prepared(other, **changes).key


@pytest.mark.parametrize(
    ("title", "text", "kept", "said"),
    [
        ("Colis jamais reçu", "Bonjour.", "Colis jamais reçu", "Bonjour."),
        (
            "Bonjour, ma lampe…",
            "Bonjour, ma lampe est cassée.",
            "",
            "Bonjour, ma lampe est cassée.",
        ),
        (
            "BONJOUR MA LAMPE",
            "Bonjour, ma\nlampe est cassée.",
            "",
            "Bonjour, ma\nlampe est cassée.",
        ),
        ("Lampe cassée", "", "", "Lampe cassée"),
        ("Lampe\ncassée", " \u200b ", "", "Lampe cassée"),
        ("!!!", "Bonjour.", "!!!", "Bonjour."),
    ],
)
def test_a_title_says_something_of_its_own_or_goes(
    title: str, text: str, kept: str, said: str
) -> None:
    mention = _prepared(title=title, text=text)
    assert (mention.title, mention.text) == (kept, said)


@pytest.mark.parametrize(("title", "text"), [("", ""), (" \n", "\u200b\x00"), ("", "\u202e")])
def test_nothing_said_is_no_mention(title: str, text: str) -> None:
    assert prepare_mention(replace(_ITEM, title=title, text=text), _SOURCE, _PRIVACY, _NOW) is None


@pytest.mark.parametrize(
    ("posted_at", "kept"),
    [
        (None, None),
        (_NOW + timedelta(days=1), _NOW + timedelta(days=1)),
        (_NOW + timedelta(days=1, seconds=1), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(9999, 12, 31, tzinfo=UTC), None),
        (
            datetime(2026, 11, 20, 20, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 11, 20, 18, tzinfo=UTC),
        ),
    ],
)
def test_a_date_that_cannot_be_is_none(posted_at: datetime | None, kept: datetime | None) -> None:
    assert _prepared(posted_at=posted_at).posted_at == kept


@pytest.mark.parametrize(
    ("of_source", "said", "of_item", "language"),
    [
        ("en", "Bonjour, ma lampe est cassée", "fr", "en"),
        (None, "Bonjour, ma lampe est cassée", "en", "fr"),
        (None, "LX-204 ?", "fr-FR", "fr"),
        (None, "LX-204 ?", "EN_us", "en"),
        (None, "LX-204 ?", "<b>", None),
        (None, "LX-204 ?", None, None),
    ],
)
def test_the_language_is_the_sources_else_the_words_else_the_items(
    of_source: str | None, said: str, of_item: str | None, language: str | None
) -> None:
    source = replace(_SOURCE, language=of_source)
    item = replace(_ITEM, title="", text=said, language=of_item)
    mention = prepare_mention(item, source, _PRIVACY, _NOW)
    assert mention is not None
    assert mention.language == language


@pytest.mark.parametrize(
    ("rating", "kept"),
    [
        (Rating(0, 5), True),
        (Rating(10, 10), True),
        (Rating(6, 5), False),
        (Rating(-1, 5), False),
        (Rating(1, 0), False),
        (Rating(float("nan"), 5), False),
        (Rating(1, float("inf")), False),
    ],
)
def test_stars_that_cannot_be_are_none(rating: Rating, kept: bool) -> None:
    assert _prepared(rating=rating).rating == (rating if kept else None)


def test_everything_is_capped() -> None:
    mention = _prepared(
        PrivacyPolicy(text_limit=100), text="mot " * 9999, title="titre " * 99, author="nom " * 99
    )
    assert len(mention.text) <= 100
    assert len(mention.title) <= TITLE_LIMIT
    assert len(mention.author or "") <= AUTHOR_LIMIT
    assert mention.text.endswith("mot…")


@pytest.mark.parametrize("before", range(85, 102))
def test_a_number_at_the_cut_is_masked_or_gone(before: int) -> None:
    text = "x" * before + " 06 39 98 12 34 " + "y" * 5000
    mention = _prepared(PrivacyPolicy(text_limit=100), text=text)
    assert not any(character.isdigit() for character in mention.text)


def test_a_number_at_the_end_of_what_is_masked_does_not_show_in_half() -> None:
    for shift in range(40):
        text = "a" * shift + " " + "camille.durand-lefevre@courriel.example.org " * 2000
        mention = _prepared(PrivacyPolicy(text_limit=400), text=text)
        assert "@" not in mention.text
        assert "camille" not in mention.text


@given(
    st.text(st.sampled_from("06 39 98 12 34+.-@exampl.org<p>&;\n\x1b\u202e\u200bé")),
    st.text(st.sampled_from("06 39 98 12 34@exampl.org")),
    st.booleans(),
    st.integers(1, 60),
)
def test_whatever_is_read_what_is_written_is_clean(
    text: str, author: str, is_html: bool, limit: int
) -> None:
    privacy = PrivacyPolicy(text_limit=limit)
    item = replace(_ITEM, title=author, text=text, author=author, is_html=is_html)
    mention = prepare_mention(item, _SOURCE, privacy, _NOW)
    if mention is not None:
        for field in (mention.text, mention.title, mention.author or ""):
            assert not find_personal_data(field, privacy)
            assert not set("\x1b\u202e\u200b") & set(field)
        assert len(mention.text) <= limit
