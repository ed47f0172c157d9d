"""Reviews in schema.org's words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from loopback_site import NOW

from runner.cases.identity import identify
from runner.model import Item, KeyBasis, Rating
from runner.sources.review_item import Setting, lasting_address, scaled
from runner.sources.reviews import read_reviews
from runner.sources.structured_data import read_json_ld, read_microdata
from runner.text.markup import parse_markup

PAGE = "https://avis.example.org/lampe"


def items(markup: str) -> tuple[Item, ...]:
    tree = parse_markup(markup)
    scripts = read_json_ld(tree).values
    return read_reviews(
        scripts, read_microdata(tree), Setting(PAGE, NOW, UTC), 4 * len(markup)
    ).items


def script(*values: object) -> str:
    return "".join(
        f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values
    )


def review(**fields: object) -> dict[str, object]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": "Zoé B."},
        "reviewBody": "La lampe clignote.",
        "datePublished": "2026-11-20",
        **fields,
    }


def one(**fields: object) -> Item:
    (item,) = items(script(review(**fields)))
    return item


@pytest.mark.parametrize(
    "value",
    [
        review(),
        [review()],
        {"@type": "Product", "review": review()},
        {"@type": "Product", "review": [review()], "aggregateRating": {"@type": "AggregateRating"}},
        {"@type": "LocalBusiness", "reviews": {"@type": "ItemList", "itemListElement": [
            {"@type": "ListItem", "item": review()}]}},
        {"@graph": [{"@type": "Organization"}, [[{"review": [[review()]]}]]]},
        {"@graph": [{"@type": "Product", "review": {"@id": "#r"}}, review(**{"@id": "#r"})]},
        review(**{"@type": ["Thing", "https://schema.org/Review"]}),
        review(**{"@type": "http://schema.org/UserReview"}),
        review(**{"@type": "CriticReview"}),
        {"review": {k: v for k, v in review().items() if k != "@type"}},
    ],
)  # fmt: skip
def test_reviews_are_found_wherever_they_stand(value: object) -> None:
    (item,) = items(script(value))
    assert (item.author, item.text) == ("Zoé B.", "La lampe clignote.")


@pytest.mark.parametrize("kind", ["AggregateRating", "ClaimReview", "MediaReview", "Rating"])
def test_what_is_no_persons_opinion_is_no_review(kind: str) -> None:
    assert items(script(review(**{"@type": kind}))) == ()


def test_a_review_says_all_it_knows() -> None:
    assert one(
        name="Déçue",
        reviewRating={"@type": "Rating", "ratingValue": "2", "bestRating": "10"},
        inLanguage="fr",
    ) == Item(
        native_id=None,
        url=None,
        author="Zoé B.",
        title="Déçue",
        text="La lampe clignote.",
        posted_at=datetime(2026, 11, 20, tzinfo=UTC),
        rating=Rating(2, 10),
        language="fr",
        thread_url=PAGE,
    )


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Zoé", "Zoé"),
        ({"name": "Zoé"}, "Zoé"),
        ([{"@type": "Person", "name": "Zoé"}], "Zoé"),
        (["", "Zoé"], "Zoé"),
        ({"givenName": "Zoé", "familyName": "B."}, "Zoé B."),
        ({"@id": "#zoe"}, "Zoé du graphe"),
        ({"name": ["Zoé", "Z"]}, "Zoé"),
        ({"name": "Zo&eacute; <b>B</b>"}, "Zoé B"),
        ({"name": "zoe@example.org"}, None),
        (None, None),
        (12, "12"),
        ({"name": {"@value": "Zoé"}}, "Zoé"),
    ],
)
def test_authors_come_in_many_forms(author: object, name: str | None) -> None:
    graph = [{"@type": "Person", "@id": "#zoe", "name": "Zoé du graphe"}, review(author=author)]
    assert items(script({"@graph": graph}))[0].author == name


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T10:00:00+01:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T10:00:00.000Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00+0100", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20 10:00:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-1-5", datetime(2026, 1, 5, tzinfo=UTC)),
        ("20/11/2026", datetime(2026, 11, 20, tzinfo=UTC)),
        ("November 20, 2026", datetime(2026, 11, 20, tzinfo=UTC)),
        ("Nov 20, 2026", datetime(2026, 11, 20, tzinfo=UTC)),
        ("20 novembre 2026", datetime(2026, 11, 20, tzinfo=UTC)),
        ("le 1er août 2026 à 14h30", datetime(2026, 8, 1, 14, 30, tzinfo=UTC)),
        ("20 déc. 2025", datetime(2025, 12, 20, tzinfo=UTC)),
        ("Fri Nov 20 2026 10:00:00 GMT+0000 (Coordinated Universal Time)",
         datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 10:00:00 GMT", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("il y a 3 jours", None),
        ("3 days ago", None),
        ("2031-01-01", None),
        ("None", None),
        ("", None),
    ],
)  # fmt: skip
def test_dates_come_in_many_forms_and_relative_ones_are_none(
    date: str, at: datetime | None
) -> None:
    assert one(datePublished=date).posted_at == at


@pytest.mark.parametrize(
    ("value", "best", "worst", "rating"),
    [
        ("4", "", "", Rating(4, 5)),
        ("4,5", "5", "1", Rating(4.5, 5)),
        ("8", "10", "", Rating(8, 10)),
        ("8", "", "", Rating(8, 10)),
        ("80", "", "", Rating(80, 100)),
        ("3/5", "", "", Rating(3, 5)),
        ("0", "5", "", None),
        ("0", "5", "0", Rating(0, 5)),
        ("-1", "1", "-1", Rating(0, 2)),
        ("2", "1", "6", Rating(4, 5)),
        ("7", "5", "", None),
        ("", "5", "1", None),
        ("bien", "", "", None),
    ],
)
def test_stars_keep_their_scale(value: str, best: str, worst: str, rating: Rating | None) -> None:
    assert scaled(value, best, worst, None) == rating


def test_a_review_of_stars_alone_is_a_message() -> None:
    item = one(reviewBody="", reviewRating={"ratingValue": 1})
    assert (item.text, item.rating) == ("1/5", Rating(1, 5))


def test_a_review_without_words_or_stars_is_none() -> None:
    assert items(script(review(reviewBody=" ", reviewRating={"ratingValue": "0"}))) == ()


@pytest.mark.parametrize(
    ("body", "text", "is_html"),
    [
        ("a &amp; b &#39;c&#39;", "a & b 'c'", False),
        ("<p>a &amp; b</p>", "<p>a &amp; b</p>", True),
        ("1 < 2 <3", "1 < 2 <3", False),
        ("l'un\nl'autre", "l'un\nl'autre", False),
        ("\ud83d", "�", False),
    ],
)
def test_scripts_hold_text_and_html_alike(body: str, text: str, is_html: bool) -> None:
    item = one(reviewBody=body)
    assert (item.text, item.is_html) == (text, is_html)


MICRODATA = """
<div itemscope itemtype="http://schema.org/Product"><span itemprop=name>Lampe</span>
 <div itemprop=review itemscope itemtype="http://schema.org/Review">
  <span itemprop=author itemscope itemtype="http://schema.org/Person">
   <a itemprop=name href=/zoe>Zoé B.</a></span>
  <meta itemprop=datePublished content=2026-11-20>
  <div itemprop=reviewRating itemscope itemtype="http://schema.org/Rating">
   <span itemprop=ratingValue content=2></span>/<span itemprop=bestRating>5</span></div>
  <b itemprop=name>Déçue</b><div itemprop=reviewBody>La <b>lampe</b> clignote.<br>Fin.</div>
 </div>
</div>"""


def test_microdata_says_as_much() -> None:
    (item,) = items(MICRODATA)
    assert (item.author, item.rating, item.is_html) == ("Zoé B.", Rating(2, 5), True)
    assert item.text == "La <b>lampe</b> clignote.<br>Fin."
    assert item.posted_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_what_scripts_and_markup_both_say_counts_once() -> None:
    both = script(review(reviewBody="La lampe clignote. Fin."), review(reviewBody="Autre"))
    assert len(items(both + MICRODATA)) == 2


@pytest.mark.parametrize(
    ("page", "count"),
    [
        # Followed along every property, 40 levels would be a million million nodes.
        ('<i itemscope itemtype="http://schema.org/Review" itemprop="review x">' * 40, 0),
        (
            """<p itemscope itemref=a></p>
            <div id=a itemscope itemtype="http://schema.org/Review" itemprop="review @value"
            itemref=b><p itemprop=reviewBody>x</p></div>
            <p id=b itemscope itemprop="author @value" itemref=a></p>""",
            1,
        ),
    ],
)
def test_items_that_are_several_properties_or_hold_themselves_count_once(
    page: str, count: int
) -> None:
    assert len(items(page)) == count


@pytest.mark.parametrize("prefix", ["schema:", "http://schema.org/", "https://schema.org/"])
def test_properties_may_name_their_vocabulary(prefix: str) -> None:
    said = {"reviewBody": "Panne", "author": [{"name": [{"@value": "Zoé"}]}]}
    value = json.dumps({"@type": f"{prefix}Review", **said})
    for name in ("reviewBody", "author", "name"):
        value = value.replace(f'"{name}"', f'"{prefix}{name}"')
    (item,) = items(f'<script type="application/ld+json">{value}</script>')
    assert (item.author, item.text) == ("Zoé", "Panne")


def test_a_review_cut_off_in_the_middle_is_left_out() -> None:
    cut = json.dumps({"@type": "Product", "review": [review(), review()]})[:-60]
    assert len(items(f'<script type="application/ld+json">{cut}')) == 1


@pytest.mark.parametrize(
    ("url", "lasts"),
    [
        ("https://avis.example.org/reviews/63f0a1b2c3d4", True),
        ("/lampe#review-120934", True),
        ("/lampe?review=120934", True),
        ("/lampe#review-3", False),
        ("#product-review", False),
        ("/lampe", False),
        ("urn:uuid:0d5c9a7e-1111-2222-3333-444455556666", False),
        ("_:b0", False),
    ],
)
def test_addresses_count_where_they_point_at_one_review_for_ever(url: str, lasts: bool) -> None:
    assert (lasting_address(url, PAGE) is not None) is lasts


def basis(item: Item) -> KeyBasis:
    return identify(
        "avis.example.org", native_id=item.native_id, url=item.url, author=item.author,
        posted_at=item.posted_at, text=item.text,
    ).basis  # fmt: skip


def test_identity_falls_to_author_day_and_text() -> None:
    assert basis(one(**{"@id": f"{PAGE}#product-review"})) is KeyBasis.CONTENT
    assert basis(one(url=f"{PAGE}/avis/120934")) is KeyBasis.URL
    assert basis(one(identifier={"@type": "PropertyValue", "value": "r-9"})) is KeyBasis.NATIVE_ID


@pytest.mark.parametrize("shared", [{"url": "/avis/120934"}, {"identifier": "lampe-9"}])
def test_what_several_reviews_have_names_none_of_them(shared: dict[str, Any]) -> None:
    found = items(script(review(**shared), review(**shared, reviewBody="Autre")))
    assert [basis(item) for item in found] == [KeyBasis.CONTENT] * 2


def test_texts_in_texts_are_read_up_to_a_bound() -> None:
    nested = '<div itemscope itemtype="http://schema.org/Review"><div itemprop=reviewBody>x'
    page = parse_markup(nested * 200 + "y" * 10_000)
    setting = Setting(PAGE, NOW, UTC)
    assert not read_reviews((), read_microdata(page), setting, 4 * len(page.markup)).whole
