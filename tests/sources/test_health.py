"""A source that is ill is not taken for an empty one."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from loopback_site import NOW, PATIENT, Site, desk, source

from runner.planning.observation import Cursor, ReadStatus, SourceRead
from runner.policies.values import Source
from runner.sources.collect import Errand, read_sources

RULES = "digest of the rules"


def read(one: Source, *, items: int, in_full: bool = False) -> SourceRead:
    cursor = Cursor(one.id, None, None, NOW - timedelta(days=1), RULES, (), items)
    errand = Errand(
        now=NOW,
        judged_by=RULES,
        cursors={one.id: cursor},
        in_full=frozenset([one.id] if in_full else []),
        allow_loopback=True,
        bounds=PATIENT,
    )
    (done,) = read_sources(desk(one), Path(), errand)
    return done


def api(site: Site, value: object, *, may_be_empty: bool = False) -> Source:
    url = site.page("/api", json.dumps(value).encode())
    settings = {"url": url, "items": "rows", "where": "!spam", "map": {"text": "text"}}
    return replace(source("api", "json", **settings), may_be_empty=may_be_empty)


@pytest.mark.parametrize("in_full", [False, True])
def test_a_source_that_showed_messages_and_shows_none_is_ill(site: Site, in_full: bool) -> None:
    done = read(api(site, {"rows": []}), items=7, in_full=in_full)
    assert done.status is ReadStatus.UNKNOWN
    assert "showed messages before and shows none now" in done.problem
    assert "may_be_empty: true" in done.problem


def test_so_is_a_feed(site: Site) -> None:
    url = site.page("/rss", b"<rss version='2.0'><channel><title>a</title></channel></rss>")
    assert read(source("forum", url=url), items=7).status is ReadStatus.UNKNOWN
    assert read(source("forum", url=url), items=0).status is ReadStatus.READ


def test_one_that_never_showed_any_is_empty(site: Site) -> None:
    assert read(api(site, {"rows": []}), items=0).status is ReadStatus.READ


def test_one_that_may_be_empty_is_empty(site: Site) -> None:
    done = read(api(site, {"rows": []}, may_be_empty=True), items=7)
    assert (done.status, done.problem) == (ReadStatus.READ, "")


def test_one_whose_messages_are_all_left_out_by_its_settings_is_well(site: Site) -> None:
    done = read(api(site, {"rows": [{"text": "a", "spam": True}]}), items=7)
    assert done.status is ReadStatus.READ


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"reviews": [{"text": "a"}]}, "“rows” finds no messages"),
        ({"rows": [{"body": "a"}]}, "has a text or a title where the settings look (text)"),
        ({"error": "quota"}, "another shape than the settings expect"),
    ],
)
@pytest.mark.parametrize("may_be_empty", [False, True])
def test_one_whose_shape_changed_is_ill(
    site: Site, value: object, said: str, may_be_empty: bool
) -> None:
    done = read(api(site, value, may_be_empty=may_be_empty), items=7)
    assert done.status is ReadStatus.UNKNOWN
    assert said in done.problem


def test_what_is_said_of_it_holds_nothing_personal(site: Site) -> None:
    url = site.page("/api", b"camille.roux@example.com, 06 39 98 12 34")
    done = read(source("api", "json", url=url, map={"text": "text"}), items=7)
    assert "something else than JSON" in done.problem
    assert "camille.roux" not in done.problem
    assert "39 98" not in done.problem
