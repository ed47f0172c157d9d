from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.identity import Identity, fingerprint, folded, identify
from runner.model import KeyBasis

_AT = datetime(2026, 11, 20, 19, 12, tzinfo=UTC)


def _of(
    site: str = "forum.example.org",
    native_id: str | None = None,
    url: str | None = None,
    author: str | None = "Camille_R",
    posted_at: datetime | None = _AT,
    text: str = "Toujours rien reçu !",
) -> Identity:
    return identify(
        site, native_id=native_id, url=url, author=author, posted_at=posted_at, text=text
    )


@pytest.mark.parametrize(
    ("identity", "key", "basis"),
    [
        (_of(native_id="t812-p3"), "c-e7ww9yath4k5", KeyBasis.NATIVE_ID),
        (_of(url="https://forum.example.org/t/812#p3"), "c-0vvcevjgkc09", KeyBasis.URL),
        (_of(), "c-3fpay1ngxhr6", KeyBasis.CONTENT),
        (_of(posted_at=None), "c-33tmbz5tgk4d", KeyBasis.CONTENT),
        (_of(author=None, posted_at=None), "c-6bjt6gvs2vvd", KeyBasis.CONTENT),
    ],
)
def test_keys_never_change(identity: Identity, key: str, basis: KeyBasis) -> None:
    # These stand in merged files.  A change here is a change of everybody's history.
    assert identity == Identity(key, basis)


@pytest.mark.parametrize(
    "other",
    [
        _of(site="Forum.Example.org", native_id="t812-p3"),
        _of(native_id=" t812-p3\n", text="edited since", author="renamed", posted_at=None),
        _of(native_id="t812-p3", url="https://forum.example.org/moved"),
    ],
)
def test_a_native_id_is_enough(other: Identity) -> None:
    assert other == _of(native_id="t812-p3")


@pytest.mark.parametrize(
    "guid",
    [
        "http://forum.example.org/t/812?PHPSESSID=deadbeef#p3",
        "HTTPS://forum.example.org:443/t/812?utm_source=rss#p3",
        "https://forum.example.org/t/812;jsessionid=1A#p3",
    ],
)
def test_an_address_as_id_counts_in_its_canonical_form(guid: str) -> None:
    assert _of(native_id=guid) == _of(native_id="https://forum.example.org/t/812#p3")
    assert _of(url=guid) == _of(url="https://forum.example.org/t/812#p3")


def test_the_site_tells_equal_ids_apart() -> None:
    assert _of(site="a.example.org", native_id="123") != _of(site="b.example.org", native_id="123")


def test_an_address_is_the_same_whichever_site_reported_it() -> None:
    url = "https://forum.example.org/t/812"
    assert _of(site="alerts.example.org", url=url) == _of(site="forum.example.org", url=url)


@pytest.mark.parametrize("url", [None, "", "urn:x", "/relative"])
@pytest.mark.parametrize("native_id", [None, "", "  "])
def test_without_id_or_address_the_words_tell(native_id: str | None, url: str | None) -> None:
    assert _of(native_id=native_id, url=url) == _of()


@pytest.mark.parametrize(
    "same",
    [
        _of(text="toujours  RIEN recu"),
        _of(text="Toujours rien rec\u0327u…"),
        _of(author=" camille_r "),
        _of(posted_at=_AT + timedelta(hours=2)),
        _of(posted_at=datetime(2026, 11, 21, 0, 30, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_the_same_words_on_the_same_day_are_one_message(same: Identity) -> None:
    assert same == _of()


@pytest.mark.parametrize(
    "other",
    [
        _of(text="Toujours rien"),
        _of(author="Dominique"),
        _of(posted_at=_AT + timedelta(days=1)),
        _of(posted_at=None),
        _of(site="autre.example.org"),
    ],
)
def test_anything_else_is_another_message(other: Identity) -> None:
    assert other.key != _of().key


def test_parts_do_not_run_into_each_other() -> None:
    assert _of(author="a", text="b c", posted_at=None) != _of(
        author="a b", text="c", posted_at=None
    )


@given(st.text(), st.text(), st.one_of(st.none(), st.text()))
def test_every_message_has_a_key_of_one_shape(site: str, text: str, native_id: str | None) -> None:
    key = _of(site=site, native_id=native_id, text=text).key
    assert len(key) == 14
    assert key.startswith("c-")
    assert set(key[2:]) <= set("0123456789abcdefghjkmnpqrstvwxyz")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Ça  N’ÉTAIT pas\nprévu !", "ca n etait pas prevu"),
        ("Cœur d'ÆTHER", "coeur d aether"),
        ("Straße № ½", "strasse no 1 2"),
        ("😡😡", ""),
    ],
)
def test_folding(text: str, same: str) -> None:
    assert folded(text) == same


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_a_repost_has_the_same_fingerprint() -> None:
    assert fingerprint("Ma lampe est CASSÉE !!") == fingerprint("ma lampe est cassee")
    assert fingerprint("Ma lampe est cassée") != fingerprint("Ma lampe est réparée")
    assert len(fingerprint("")) == 20
