"""Feeds written by the book are read fast, and exactly as feedparser reads them."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import NOW

from runner.sources.adapter import Parsed
from runner.sources.feed import parse, parse_with_feedparser
from runner.sources.plain_feed import TAGS_LIMIT, read_plain_feed

HERE = Path(__file__).parent / "data" / "feeds"
URL = "https://forum.example.org/lumen/feed"
CONTENT_TYPES = (
    "", "application/xml", "application/rss+xml", "text/xml", "text/xml; charset=utf-8",
    "application/atom+xml;charset=UTF-8", "text/html", "text/xml; charset=iso-8859-1",
)  # fmt: skip

RSS = """\
<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="look.xsl"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
     xmlns:wfw="http://wellformedweb.org/CommentAPI/">
<channel>
  <title>Forum</title><link>https://forum.example.org/</link><description>x</description>
  <atom:link href="https://forum.example.org/feed" rel="self" type="application/rss+xml"/>
  <image><url>https://forum.example.org/i.png</url><title>i</title><link>/</link></image>
  <item>
    <title>Colis &amp; carton</title>
    <link>https://forum.example.org/t/1</link>
    <guid isPermaLink="false">t-1</guid>
    <dc:creator><![CDATA[Camille R]]></dc:creator>
    <pubDate>Fri, 20 Nov 2026 19:12:00 +0100</pubDate>
    <category domain="a">colis</category><category>b</category>
    <description><![CDATA[<p>Toujours rien reçu…</p>]]></description>
    <content:encoded>&lt;p&gt;Toujours rien, &lt;b&gt;rien&lt;/b&gt; !&lt;/p&gt;</content:encoded>
    <comments>https://forum.example.org/t/1#comments</comments>
    <slash:comments>3</slash:comments>
    <wfw:commentRss>https://forum.example.org/t/1/feed</wfw:commentRss>
    <enclosure url="https://forum.example.org/1.png" length="1" type="image/png"/>
  </item>
  <item>
    <guid>https://forum.example.org/t/2</guid>
    <description>Plain words, and 5 &lt; 6</description>
    <author>Ingrid</author>
    <pubDate>Fri, 20 Nov 2026 19:12:00 GMT</pubDate>
  </item>
</channel>
</rss>
"""
ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
  <title type="html">Forum</title><id>tag:forum.example.org,2026:feed</id>
  <updated>2026-11-20T19:12:00Z</updated>
  <author><name>Forum</name><email>forum@forum.example.org</email></author>
  <link href="https://forum.example.org/"/>
  <entry>
    <id>tag:forum.example.org,2026:1</id>
    <title>Colis &amp;amp; carton</title>
    <link rel="replies" type="application/atom+xml" href="https://forum.example.org/t/1/feed"/>
    <link rel="alternate" type="text/html" href="https://forum.example.org/t/1"/>
    <author><name>Camille R</name><uri>https://forum.example.org/u/1</uri></author>
    <published>2026-11-20T19:12:00.123+01:00</published>
    <updated>2026-11-20T19:12:00Z</updated>
    <category term="colis"/>
    <summary>Toujours rien</summary>
    <content type="html">&lt;p&gt;Toujours rien reçu !&lt;/p&gt;</content>
  </entry>
  <entry>
    <title type="html">Merci</title><id>urn:2</id><author><name/></author>
    <content>Merci &amp; bravo</content>
  </entry>
</feed>
"""


def assert_same(body: bytes, content_type: str) -> bool:
    """Tell whether a feed is plain; if it is, both readers make the same of it."""
    if read_plain_feed(body, content_type) is None:
        return False
    expected = parse_with_feedparser(body, URL, content_type, NOW)
    assert parse(body, URL, content_type, NOW) == expected
    return True


@pytest.mark.parametrize("content_type", CONTENT_TYPES[:7])
@pytest.mark.parametrize("feed", [RSS, ATOM])
def test_what_is_written_by_the_book_is_plain(feed: str, content_type: str) -> None:
    assert assert_same(feed.encode(), content_type)
    parsed = parse(feed.encode(), URL, content_type, NOW)
    assert isinstance(parsed, Parsed)
    assert len(parsed.items) == 2


def test_every_recorded_feed_is_read_as_feedparser_reads_it() -> None:
    folder = os.environ.get("DOLEANCES_SHARED_DATA")
    shared = Path(folder) if folder else Path(__file__).parents[3] / "shared" / "data"
    files = [*HERE.glob("*/*.xml"), *(shared / "feeds").glob("**/*.xml")]
    plain = sum(assert_same(f.read_bytes(), t) for f in files for t in CONTENT_TYPES)
    assert plain >= len(CONTENT_TYPES)


ODD = (
    "&amp;", "&#233;", "&#150;", "&lt;b&gt;x&lt;/b&gt;", "<b>x</b>", "<![CDATA[<i>a</i>]]>", "é",
    "Ã©", "\x85", "\u2028", "<!-- a -->", " xml:base='https://x.example.org/'", " base='/x'",
    " type='html'", " type='xhtml'", " mode='base64'", "<title>again</title>", "<link>/rel</link>",
    "<link href='/rel'/>", "<guid isPermaLink='true'>a:///b</guid>", "<rating>3/5</rating>",
    "<author>a@b.example.org</author>", "<pubDate>yesterday</pubDate>", "<summary>s</summary>",
    "<description>again</description>", "http:///x", "?a=1&amp;b;=2", " ", "\n", "<image>",
    "<dc:creator>Z</dc:creator>", "<source url='https://x.example.org/'>s</source>", "<item>",
    "</item><item>", "<dc:date>2026-11-01T00:00:00-00:30</dc:date>", "<content>c</content>",
    "<updated>2026-11-01</updated>", "</entry><entry>", "<language>fr</language>", "<?x y?>",
    "<atom:link href='https://forum.example.org/z'/>", "<content type='text'> c </content>",
)  # fmt: skip


@given(
    st.sampled_from([RSS, ATOM]),
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(ODD)), min_size=1, max_size=3),
    st.sampled_from(CONTENT_TYPES),
)
def test_whatever_is_put_into_a_feed_is_read_as_feedparser_reads_it(
    feed: str, put: list[tuple[int, str]], content_type: str
) -> None:
    for at, odd in put:
        # Before a tag, or within one, so that most stay well formed.
        places = [i for i, c in enumerate(feed) if c in "<>"][1:]
        place = places[at % len(places)]
        feed = feed[:place] + odd + feed[place:]
    assert_same(feed.encode(), content_type)


@given(st.sampled_from([RSS, ATOM]), st.integers(0, 2000), st.text(max_size=4))
def test_any_words_are_read_as_feedparser_reads_them(feed: str, at: int, words: str) -> None:
    places = [i for i, c in enumerate(feed) if c == "<"]
    place = places[at % len(places)]
    body = (feed[:place] + words.replace("<", "&lt;") + feed[place:]).encode("utf-8", "replace")
    assert_same(body, "")


@given(
    st.sampled_from(
        ["{d:%a, %d %b %Y %H:%M:%S} {z}", "{d:%Y-%m-%dT%H:%M:%S}{z}", "{d:%Y-%m-%dT%H:%M:%S}.25{z}"]
    ),
    st.datetimes(),
    st.sampled_from(["GMT", "Z", "UT", "+0000", "-0330", "+02:00", "-11:59", "+99:99", "EST", ""]),
)
def test_any_date_is_read_as_feedparser_reads_it(form: str, at: datetime, zone: str) -> None:
    item = f"<item><title>a</title><pubDate>{form.format(d=at, z=zone)}</pubDate></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>"
    assert_same(body.encode(), "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html/>",
        b"<rss version='0.91'><channel/></rss>",
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel/></rss>",
        b"<rss version='2.0'><channel><item><title>a</title></item>",
        b"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:r='http://purl.org/rss/1.0/'/>",
        "<?xml version='1.0' encoding='utf-16'?><rss version='2.0'><channel/></rss>".encode(
            "utf-16"
        ),
        b"<rss version='2.0'><channel>" + b"<ttl/>" * TAGS_LIMIT + b"</channel></rss>",
        b"<rss version='2.0'><channel>\xe9</channel></rss>",
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(body: bytes) -> None:
    assert read_plain_feed(body, "") is None
