"""What feeds say, well and ill formed, as items."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model import Item, Rating
from runner.sources.adapter import ITEM_LIMIT, Parsed
from runner.sources.feed import parse
from runner.sources.problems import Problem, Trouble

FEEDS = Path(__file__).parent / "data" / "feeds"
URL = "https://forum.example.org/lumen/feed"


def read(body: str | bytes, now: datetime, content_type: str = "") -> Parsed:
    parsed = parse(body.encode() if isinstance(body, str) else body, URL, content_type, now)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def refused(body: str | bytes, now: datetime) -> Trouble:
    parsed = parse(body.encode() if isinstance(body, str) else body, URL, "", now)
    assert isinstance(parsed, Problem), parsed
    return parsed.trouble


def rss(*items: str, namespaces: str = "") -> str:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {namespaces}><channel><title>Lumen</title>{entries}</channel></rss>'


def only(parsed: Parsed) -> Item:
    (item,) = parsed.items
    return item


RECORDED = {
    "feedjira/AtomEscapedHTMLInPreTag.xml": 1,
    "feedjira/AtomFeedWithSpacesAroundEquals.xml": 1,
    "feedjira/AtomWithITunesInCDATA.xml": 1,
    "feedjira/FeedBurnerUrlNoAlternate.xml": 1,
    "feedjira/FeedjiraBlog.xml": 1,
    "feedjira/GoogleDocsList.xml": 2,
    "feedjira/InvalidDateFormat.xml": 2,
    "feedjira/Permalinks.xml": 4,
    "feedjira/RSSWithComments.xml": 30,
    "feedjira/a10.xml": 5,
    "feedjira/atom_simple_single_entry.xml": 1,
    "feedjira/atom_with_link_tag_for_url_unmarked.xml": 1,
    "feedjira/google_alerts_atom.xml": 20,
    "feedjira/itunes_feedburner.xml": 3,
    "feedjira/json_feed.json": 3,
    "feedjira/youtube_atom.xml": 15,
    "feedparser/atom10_id.xml": 0,
    "feedparser/atomthreading.xml": 0,
    "feedparser/demoronize-1.xml": 1,
    "feedparser/euc-kr-item.xml": 1,
    "feedparser/http_high_bit_date.xml": 0,
    "feedparser/item_title.xml": 1,
    "feedparser/koi8r.xml": 1,
    "feedparser/rdf_item_rdf_about.xml": 0,
    "feedparser/rss1.0withModules.xml": 1,
    "feedparser/rss_incomplete_cdata.xml": 0,
    "feedparser/rss_item_link_corrupted_ampersands.xml": 0,
    "feedparser/shiftjis.xml": 1,
    "feedparser/undeclared_namespace.xml": 0,
}
NO_FEEDS = {
    "feedjira/HREFConsideredHarmfulFirstEntry.xml",
    "feedparser/channel_title.xml",
    "feedparser/rss_empty_document.xml",
}


@pytest.mark.parametrize("file", RECORDED)
def test_recorded_feeds_give_all_entries_with_a_word_in_them(file: str, now: datetime) -> None:
    assert len(read((FEEDS / file).read_bytes(), now).items) == RECORDED[file]


@pytest.mark.parametrize("file", sorted(NO_FEEDS))
def test_recorded_pages_that_are_no_feed_are_told_apart(file: str, now: datetime) -> None:
    assert refused((FEEDS / file).read_bytes(), now) is Trouble.NO_FEED


def test_every_recorded_feed_is_in_the_tables() -> None:
    files = {str(f.relative_to(FEEDS)) for f in FEEDS.glob("*/*") if f.name != "LICENSE"}
    assert files == RECORDED.keys() | NO_FEEDS


def test_google_alerts_keep_their_wrapped_address_and_their_markup(now: datetime) -> None:
    item = read((FEEDS / "feedjira/google_alerts_atom.xml").read_bytes(), now).items[0]
    assert item.native_id == "tag:google.com,2013:googlealerts/feed:8974135267215335962"
    assert item.url is not None
    assert item.url.startswith("https://www.google.com/url?rct=j&sa=t&url=https://www.aglobalm")
    assert item.title.startswith("Report offers Prediction of Automotive <b>Slack</b>")
    assert item.author is None
    assert item.posted_at == datetime(2019, 7, 10, 11, 53, 37, tzinfo=UTC)
    assert item.is_html


def test_youtube_videos_have_their_description_and_no_rating_of_others(now: datetime) -> None:
    item = read((FEEDS / "feedjira/youtube_atom.xml").read_bytes(), now).items[0]
    assert item.native_id == "yt:video:5shykyfmb28"
    assert item.author == "Google"
    assert item.text.startswith("A question is the most powerful force")
    assert item.rating is None


def test_comments_name_the_page_of_the_discussion(now: datetime) -> None:
    item = read((FEEDS / "feedjira/RSSWithComments.xml").read_bytes(), now).items[0]
    assert item.thread_url == "https://news.ycombinator.com/item?id=30937433"


def test_comments_of_a_weblog_are_messages_of_their_authors(now: datetime) -> None:
    item = only(
        read(
            rss(
                """<title>De : Camille R.</title>
                <link>https://deco.example.org/lampes/#comment-812</link>
                <dc:creator><![CDATA[Camille R.]]></dc:creator>
                <pubDate>Fri, 20 Nov 2026 19:12:00 +0000</pubDate>
                <guid isPermaLink="false">https://deco.example.org/?p=9#comment-812</guid>
                <description><![CDATA[Ma lampe ne marche…]]></description>
                <content:encoded><![CDATA[<p>Ma lampe ne marche plus&nbsp;!</p>]]></content:encoded>
                <thr:in-reply-to ref="x" href="https://deco.example.org/lampes/" />""",
                namespaces='xmlns:content="http://purl.org/rss/1.0/modules/content/" '
                'xmlns:dc="http://purl.org/dc/elements/1.1/" '
                'xmlns:thr="http://purl.org/syndication/thread/1.0"',
            ),
            now,
        )
    )
    assert item == Item(
        native_id="https://deco.example.org/?p=9#comment-812",
        url="https://deco.example.org/lampes/#comment-812",
        author="Camille R.",
        title="De : Camille R.",
        text="<p>Ma lampe ne marche plus&nbsp;!</p>",
        posted_at=datetime(2026, 11, 20, 19, 12, tzinfo=UTC),
        is_html=True,
        thread_url="https://deco.example.org/lampes/",
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("camille@example.org (Camille R.)", "Camille R."),
        ("Camille R. (camille@example.org)", "Camille R."),
        ("Camille R. &lt;camille@example.org&gt;", "Camille R."),
        ("camille@example.org", None),
        ("mailto:camille@mail.example.org", None),
        ("/u/camille_r", "/u/camille_r"),
        ("@camille@social.example.org", "@camille@social.example.org"),
        ("   ", None),
        ("C" * 1000, "C" * 300),
    ],
)
def test_an_author_is_a_name_and_no_address(written: str, name: str | None, now: datetime) -> None:
    assert only(read(rss(f"<title>x</title><author>{written}</author>"), now)).author == name


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            "<pubDate>Sat, 21 Nov 2026 09:00:00 +0100</pubDate>",
            datetime(2026, 11, 21, 8, tzinfo=UTC),
        ),
        ("<pubDate>21 novembre</pubDate>", None),
        ("<pubDate>Sat, 21 Nov 3026 09:00:00 +0100</pubDate>", None),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate>", None),
        ("<dc:date>2026-11-20T10:00:00Z</dc:date>", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (
            "<pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate><dc:date>2026-11-19T10:00Z</dc:date>",
            datetime(2026, 11, 21, 8, tzinfo=UTC),
        ),
        ("", None),
    ],
)
def test_the_date_is_that_of_the_entry_and_plausible(
    dates: str, expected: datetime | None, now: datetime
) -> None:
    feed = rss(
        f"<title>x</title>{dates}", namespaces='xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ).replace("<title>Lumen", "<pubDate>Sat, 21 Nov 2026 01:00:00 GMT</pubDate><title>Lumen")
    posted_at = only(read(feed, now)).posted_at
    assert posted_at == expected


@pytest.mark.parametrize(
    ("stars", "rating"),
    [
        ("<im:rating>4</im:rating>", Rating(4, 5)),
        ('<gd:rating value="3" max="10" min="1" average="4.2"/>', Rating(3, 10)),
        ("<s:ratingValue>2,5</s:ratingValue>", Rating(2.5, 5)),
        (
            "<s:ratingValue>7</s:ratingValue><s:bestRating>10</s:bestRating>",
            Rating(7, 10),
        ),
        ("<rating>1/5</rating>", Rating(1, 5)),
        ("<im:rating>9</im:rating>", None),
        ("<im:rating>nonfree</im:rating>", None),
        ('<media:starRating count="12" average="4.9" min="1" max="5"/>', None),
    ],
)
def test_stars_are_those_of_the_author(stars: str, rating: Rating | None, now: datetime) -> None:
    feed = rss(
        f"<title>x</title>{stars}",
        namespaces='xmlns:im="http://itunes.apple.com/rss" xmlns:s="https://schema.org/" '
        'xmlns:gd="http://schemas.google.com/g/2005" xmlns:media="http://search.yahoo.com/mrss/"',
    )
    assert only(read(feed, now)).rating == rating


def test_a_plain_title_beside_an_html_text_is_escaped(now: datetime) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>1 &lt; 2 &amp;amp; 3</title>'
        '<content type="html">&lt;b&gt;Bonjour&lt;/b&gt;</content></entry></feed>'
    )
    item = only(read(feed, now))
    assert (item.title, item.text) == ("1 &lt; 2 &amp;amp; 3", "<b>Bonjour</b>")


def test_plain_text_stays_plain(now: datetime) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">a &lt;i&gt;b&lt;/i&gt;'
        '</title><content type="text">Note 2 &lt; 3</content></entry></feed>'
    )
    item = only(read(feed, now))
    assert (item.title, item.text, item.is_html) == ("a  b ", "Note 2 < 3", False)


def test_the_longest_text_is_taken_and_pictures_are_no_text(now: datetime) -> None:
    feed = rss(
        "<title>Avis</title><description>Le texte entier du message</description>"
        '<content:encoded>&lt;img src="a.png" alt="une image"/&gt; Le texte</content:encoded>',
        "<title>Photo</title><description>&lt;img src='b.png'&gt;</description>",
        "<title> </title><description>&lt;br/&gt;&amp;nbsp;</description>",
        namespaces='xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    )
    parsed = read(feed, now)
    assert [item.text for item in parsed.items] == ["Le texte entier du message", "Photo"]
    assert parsed.skipped == 1


def test_an_id_that_several_entries_share_is_none_of_theirs(now: datetime) -> None:
    item = "<title>{n}</title><guid isPermaLink='false'>same</guid><link>http://a.example.org/{n}</link>"
    parsed = read(rss(item.format(n=1), item.format(n=2), "<title>3</title><guid>own</guid>"), now)
    assert [i.native_id for i in parsed.items] == [None, None, "own"]


def test_links_that_are_no_web_addresses_are_left_out(now: datetime) -> None:
    feed = rss("<title>x</title><link>javascript:alert(1)</link><comments>data:,x</comments>")
    item = only(read(feed, now))
    assert (item.url, item.thread_url) == (None, None)


def test_an_id_does_not_depend_on_where_the_feed_was_found(now: datetime) -> None:
    feed = rss("<title>x</title><guid>812</guid>")
    moved = parse(feed.encode(), "https://other.example.org/feed", "", now)
    assert isinstance(moved, Parsed)
    assert only(moved).native_id == only(read(feed, now)).native_id == "812"
    assert only(moved).url is None


def test_relative_links_stand_on_the_address_of_the_feed(now: datetime) -> None:
    assert only(read(rss("<title>x</title><link>/t/9</link>"), now)).url == (
        "https://forum.example.org/t/9"
    )


# What is no feed


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("", Trouble.EMPTY),
        (" \n ", Trouble.EMPTY),
        ("<!doctype html><html><body><h1>Not here</h1></body></html>", Trouble.NO_FEED),
        ("Not found", Trouble.NO_FEED),
        ('{"error": "gone"}', Trouble.NO_FEED),
        ("{", Trouble.NO_FEED),
        ('{"version": "https://jsonfeed.org/version/1.1"}', Trouble.NO_FEED),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": {}}', Trouble.NO_FEED),
        ('{"a":' * 100_000, Trouble.NO_FEED),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>', Trouble.NO_FEED),
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>Lum', Trouble.CUT_SHORT),
        (b"\x00\xff\xfe binary", Trouble.NO_FEED),
    ],
)
def test_what_is_no_feed_is_unknown_and_not_empty(
    body: str | bytes, trouble: Trouble, now: datetime
) -> None:
    assert refused(body, now) is trouble


@pytest.mark.parametrize(
    "body",
    [
        rss(),
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
    ],
)
def test_a_feed_without_entries_is_read_and_empty(body: str, now: datetime) -> None:
    assert read(body, now) == Parsed(())


def test_a_body_that_is_the_name_of_a_file_opens_no_file(now: datetime, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(rss("<title>secret</title>"))
    assert refused(str(secret), now) is Trouble.NO_FEED


# Hostile feeds


def test_an_entity_bomb_does_not_unfold(now: datetime) -> None:
    entities = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12)
    )
    parsed = parse(
        f"<!DOCTYPE rss [{entities}]>{rss('<title>&a11;</title>')}".encode(), URL, "", now
    )
    assert isinstance(parsed, Problem) or all(len(i.text) < 10_000 for i in parsed.items)


def test_an_outside_entity_is_not_fetched(now: datetime, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("c0nfidential")
    bomb = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>{rss("<title>a &x;</title>")}'
    assert "c0nfidential" not in repr(parse(bomb.encode(), URL, "", now))


def test_ten_thousand_entries_are_read_and_one_more_is_told(now: datetime) -> None:
    parsed = read(rss(*(f"<guid>{n}</guid><title>{n}</title>" for n in range(10_001))), now)
    assert len(parsed.items) == ITEM_LIMIT
    assert parsed.problem == Problem(Trouble.TOO_MANY_ITEMS, URL, str(ITEM_LIMIT))


def test_html_in_every_field_stays_data(now: datetime) -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;x&lt;/b&gt;"
    fields = ["title", "link", "author", "guid", "comments", "description", "pubDate", "rating"]
    item = only(read(rss("".join(f"<{f}>{evil}</{f}>" for f in fields)), now))
    assert item.url == (
        "https://forum.example.org/lumen/%3Cscript%3Ealert(1)%3C/script%3E%3Cb%3Ex%3C/b%3E"
    )
    assert (item.posted_at, item.rating) == (None, None)
    assert item.is_html


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        (rss("<title>Déçu</title>").encode("utf-8"), "application/rss+xml; charset=utf-8", "Déçu"),
        (rss("<title>Déçu</title>").encode("cp1252"), "text/xml; charset=windows-1252", "Déçu"),
        (rss("<title>Déçu</title>").encode("cp1252"), "application/xml; charset=utf-8", "Déçu"),
        (rss("<title>Déçu</title>").encode("utf-8"), "application/xml; charset=nonsense", "Déçu"),
        (
            f'<?xml version="1.0" encoding="utf-16"?>{rss("<title>Déçu</title>")}'.encode("utf-16"),
            "",
            "Déçu",
        ),
        (rss("<title>Déçu</title>").encode("utf-8-sig"), "", "Déçu"),
    ],
)
def test_a_wrong_charset_is_survived(
    body: bytes, content_type: str, title: str, now: datetime
) -> None:
    assert only(read(body, now, content_type)).title == title


@given(at=st.integers(0, 16_684))
def test_a_feed_cut_anywhere_gives_what_it_holds_or_a_problem(at: int) -> None:
    body = (FEEDS / "feedjira/google_alerts_atom.xml").read_bytes()[:at]
    parsed = parse(body, URL, "", datetime(2026, 11, 21, tzinfo=UTC))
    if isinstance(parsed, Parsed) and at < 16_600:
        assert parsed.cut_short
        assert len(parsed.items) <= 20


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: rss(text).encode()))
def test_no_body_trips_the_parser(body: bytes) -> None:
    parse(body, URL, "text/xml", datetime(2026, 11, 21, tzinfo=UTC))


# JSON Feed


def json_feed(*items: object, version: str = "https://jsonfeed.org/version/1.1") -> str:
    return json.dumps({"version": version, "title": "Lumen", "items": items})


def test_json_feed_items_have_all_that_the_standard_names(now: datetime) -> None:
    item = only(
        read(
            "\ufeff"
            + json_feed(
                {
                    "id": 812,
                    "url": "https://forum.example.org/t/812",
                    "title": "Colis & retard",
                    "content_html": "<p>Toujours rien</p>",
                    "content_text": "Toujours rien",
                    "date_published": "2026-11-20T19:12:00+01:00",
                    "authors": [{"name": "Camille R. <camille@example.org>"}, {"name": "Autre"}],
                    "language": "fr-FR",
                }
            ),
            now,
        )
    )
    assert item == Item(
        native_id="812",
        url="https://forum.example.org/t/812",
        author="Camille R.",
        title="Colis &amp; retard",
        text="<p>Toujours rien</p>",
        posted_at=datetime(2026, 11, 20, 18, 12, tzinfo=UTC),
        is_html=True,
        language="fr-FR",
    )


def test_json_feed_items_are_tolerated_one_by_one(now: datetime) -> None:
    parsed = read(
        json_feed(
            {"id": "1", "summary": "Résumé", "author": {"name": "A"}, "external_url": "ftp://x"},
            {"id": None, "title": "Titre", "date_modified": "2026-11-20T00:00:00Z", "authors": []},
            {"id": True, "content_text": ["no", "text"]},
            {"id": "4", "content_text": "half \ud800 a character", "authors": "nobody"},
            "no object",
            None,
            version="https://jsonfeed.org/version/1",
        ),
        now,
    )
    assert parsed.skipped == 3
    assert [(i.native_id, i.title, i.text, i.author) for i in parsed.items] == [
        ("1", "", "Résumé", "A"),
        (None, "Titre", "Titre", None),
        ("4", "", "half ? a character", None),
    ]
    assert parsed.items[1].posted_at == datetime(2026, 11, 20, tzinfo=UTC)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["id", "title", "content_html", "authors", "name", "url", "items"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_trips_the_parser(value: object) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [value]})
    parsed = parse(body.encode(), URL, "", datetime(2026, 11, 21, tzinfo=UTC))
    assert isinstance(parsed, Parsed)
    assert re.fullmatch(r"[01]", str(len(parsed.items)))
