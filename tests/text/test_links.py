import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.links import canonical_url

_SESSION = "0123456789abcdef0123456789ABCDEF"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Forum.Example.ORG/T/1", "https://forum.example.org/T/1"),
        ("https://example.org", "https://example.org/"),
        ("  //example.org/a\n", "https://example.org/a"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("https://jean:secret@example.org/", "https://example.org/"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://exemple-été.example/", "https://xn--exemple-t-i4ab.example/"),
        ("https://аррӏе.example/", "https://xn--80ak6aa92e.example/"),
        ("https://[2001:DB8::0:1]/", "https://[2001:db8::1]/"),
        ("https://example.org/a/./b/../c/..", "https://example.org/a/"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/%7Ejean/%c3%a9/%2e%2e/%2f", "https://example.org/~jean/%2F"),
        ("https://example.org/à b", "https://example.org/%C3%A0%20b"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://evil.example\\@example.org/", "https://evil.example/@example.org/"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/?b=2&a=1&b=1", "https://example.org/?b=2&a=1&b=1"),
        ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/?q=é+è&e=", "https://example.org/?q=%C3%A9+%C3%A8&e="),
        ("https://example.org/?utm_source=a&id=1&UTM_Medium=b", "https://example.org/?id=1"),
        ("https://example.org/?gclid=1&fbclid=2&mc_cid=3&mc_eid=4&xtor=5", "https://example.org/"),
        ("https://example.org/?at_medium=rss&at_campaign=x&n=1", "https://example.org/?n=1"),
        ("https://example.org/?PHPSESSID=1&jsessionid=2&n=1", "https://example.org/?n=1"),
        ("https://example.org/a;jsessionid=A1/b;JSESSIONID=2?n=1", "https://example.org/a/b?n=1"),
        (
            f"https://example.org/viewtopic.php?f=1&t=2&sid={_SESSION}#p9",
            "https://example.org/viewtopic.php?f=1&t=2#p9",
        ),
        (
            f"https://example.org/showthread.php?s={_SESSION}&t=2",
            "https://example.org/showthread.php?t=2",
        ),
        (
            "https://example.org/article.php?sid=12&s=lampe",
            "https://example.org/article.php?sid=12&s=lampe",
        ),
        (
            "https://www.youtube.com/watch?v=abc&si=x&feature=share",
            "https://www.youtube.com/watch?v=abc",
        ),
        ("https://x.com/a/status/12?s=20&t=x", "https://x.com/a/status/12"),
        ("https://example.org/?s=20&t=x&feature=a", "https://example.org/?s=20&t=x&feature=a"),
    ],
)
def test_one_page_has_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "fragment",
    [
        "p123",
        "post-12",
        "post12",
        "comment-5f3a9",
        "c12",
        "42",
        "issuecomment-123",
        "answer-7",
        "!/topic/1",
        "msg_99",
        "discussion_r12",
        "li-comment-3",
        "comment12_34",
    ],
)
def test_a_fragment_that_names_a_message_stays(fragment: str) -> None:
    assert canonical_url(f"https://example.org/t#{fragment}") == f"https://example.org/t#{fragment}"


@pytest.mark.parametrize(
    "fragment",
    [
        "",
        "top",
        "comments",
        "respond",
        "comment-form",
        "section-2",
        "chapter2",
        ":~:text=a1",
        "lumen",
        "xtor=RSS-1",
    ],
)
def test_any_other_fragment_goes(fragment: str) -> None:
    assert canonical_url(f"https://example.org/t#{fragment}") == "https://example.org/t"


@pytest.mark.parametrize(
    "wrapper",
    [
        "https://www.google.com/url?rct=j&sa=t&url={}&ct=ga&usg=x",
        "https://google.fr/url?q={}",
        "https://www.google.co.uk/url?q={}",
        "https://l.facebook.com/l.php?u={}&h=AT0",
        "https://l.instagram.com/?u={}&e=1",
        "https://t.umblr.com/redirect?z={}&t=x",
        "https://www.youtube.com/redirect?event=x&q={}",
        "https://eur01.safelinks.protection.outlook.com/?url={}&data=05",
        "https://www.bing.com/news/apiclick.aspx?ref=FexRss&url={}&c=1",
        "https://duckduckgo.com/l/?uddg={}",
        "https://out.reddit.com/t3_x?url={}&token=A",
        "https://vk.com/away.php?to={}",
        "https://steamcommunity.com/linkfilter/?u={}",
        "https://slack-redir.net/link?url={}",
        "https://www.linkedin.com/safety/go?url={}",
        "https://www.awin1.com/cread.php?awinmid=1&ued={}",
    ],
)
def test_a_redirect_page_is_where_it_leads(wrapper: str) -> None:
    once = wrapper.format("https%3A%2F%2Fforum.example.org%2Ft%2F1%3Futm_source%3Drss%26n%3D2%23p3")
    assert canonical_url(once) == "https://forum.example.org/t/1?n=2#p3"


def test_redirects_are_followed_through_each_other() -> None:
    url = "https://forum.example.org/t/1"
    for _ in range(40):
        url = f"https://l.facebook.com/l.php?u={url}"
    assert canonical_url(url) == "https://forum.example.org/t/1"


def test_a_redirect_page_that_leads_nowhere_is_itself() -> None:
    assert (
        canonical_url("https://www.google.com/url?q=lampe") == "https://www.google.com/url?q=lampe"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "/t/1",
        "mailto:jean@example.org",
        "javascript:alert(1)",
        "ftp://example.org/",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://",
        "https:///a",
        "https://a..b/",
        "https://-/",
        "https://exa mple.org/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://[::1/",
        "https://[::1%25eth0]/",
        "https://" + "a" * 64 + ".example/",
        "https://example.org/" + "a" * 5000,
        "https://exa\u202emple.org/",
        "tag:example.org,2026:1",
        "urn:uuid:1",
    ],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


_PIECES = st.lists(
    st.sampled_from(
        [
            "https://www.google.com/url?q=",
            "https%3A%2F%2F",
            "http://",
            "//",
            "example.org",
            "/",
            "..",
            ".",
            "%2e",
            "%2F",
            "%",
            "%zz",
            "?",
            "&",
            "&amp;",
            "amp;",
            "=",
            "#",
            "p1",
            ";jsessionid=",
            "utm_a=1",
            "é",
            " ",
            "+",
            ":",
            "80",
            "@",
            "\\",
            "sid=",
            _SESSION,
            "[::1]",
            "u=",
            "https://l.facebook.com/l.php?u=",
        ]
    ),
    max_size=14,
)


@given(st.from_regex(r"\Ahttps?://[a-z0-9_-]{1,3}(\.[a-z.]{1,3}){0,2}[a-z/.;,:$%2]{0,9}\Z"))
def test_an_ordinary_address_is_read_as_the_long_way_reads_it(url: str) -> None:
    # An empty fragment says nothing, but makes the address less than ordinary.
    assert canonical_url(url) == canonical_url(f"{url}#")


@given(st.one_of(_PIECES.map(lambda pieces: "https://" + "".join(pieces)), st.text()))
def test_a_canonical_address_stays_as_it_is(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert canonical.isprintable()
        assert " " not in canonical
