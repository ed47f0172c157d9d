"""Reading an API over real connections: pages, cursors, refusals, hostile answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from json_api import answer, asked, cursor, fetch, fresh, ids, refuse, row, unknown
from loopback_site import NOW, Exchange, Site

from runner.policies.presets import completed
from runner.sources.adapter import Unchanged
from runner.sources.problems import Trouble


class TestPages:
    def test_by_number_until_one_is_empty(self, site: Site) -> None:
        for number, rows in enumerate(([row(9), row(8)], [row(7), row(6)], []), start=1):
            site.pages[f"/api?page={number}"] = answer(rows)
        outcome = fresh(site, paging={"by": "page", "parameter": "page"})
        assert ids(outcome) == ["9", "8", "7", "6"]
        assert asked(site) == ["/api?page=1", "/api?page=2", "/api?page=3"]

    def test_by_number_in_the_path_past_a_page_that_is_shorter(self, site: Site) -> None:
        for number, rows in enumerate(([row(9), row(8)], [row(7)], [row(6), row(5)], []), start=1):
            site.pages[f"/api/{number}.json"] = answer(rows)
        outcome = fresh(site, "/api/{page}.json", paging={"by": "page"})
        assert ids(outcome) == ["9", "8", "7", "6", "5"]

    def test_by_offset(self, site: Site) -> None:
        site.pages["/api?start=0"] = answer([row(9), row(8)])
        site.pages["/api?start=2"] = answer([row(7)])
        site.pages["/api?start=4"] = answer([])
        paging = {"by": "page", "parameter": "start", "first": 0, "step": 2}
        assert ids(fresh(site, paging=paging)) == ["9", "8", "7"]

    @pytest.mark.parametrize("status", [400, 404, 410])
    def test_a_number_beyond_the_last_may_be_refused(self, site: Site, status: int) -> None:
        site.pages["/api?page=1"] = answer([row(9)])
        site.pages["/api?page=2"] = refuse(status)
        outcome = fresh(site, paging={"by": "page", "parameter": "page"})
        assert ids(outcome) == ["9"]
        assert outcome.problem is None

    def test_by_a_cursor_in_the_answer(self, site: Site) -> None:
        site.pages["/api?size=2"] = answer({"rows": [row(9), row(8)], "meta": {"next": "a/b=="}})
        site.pages["/api?size=2&after=a%2Fb%3D%3D"] = answer({"rows": [row(7)], "meta": {}})
        paging = {"by": "cursor", "at": "meta.next", "parameter": "after"}
        outcome = fresh(site, "/api?size=2", items="rows", paging=paging)
        assert ids(outcome) == ["9", "8", "7"]

    def test_by_a_cursor_within_what_is_sent(self, site: Site) -> None:
        told = iter([{"rows": [row(9)], "end": "c1"}, {"rows": [row(8)], "end": None}])

        def tell(exchange: Exchange) -> None:
            answer(next(told))(exchange)

        site.pages["/api"] = tell
        paging = {"by": "cursor", "at": "end", "parameter": "variables.after"}
        body = {"query": "{reviews}", "variables": {"first": 1}}
        assert ids(fresh(site, items="rows", body=body, paging=paging)) == ["9", "8"]
        sent = json.loads(site.posted[1][2])
        assert sent == {"query": "{reviews}", "variables": {"first": 1, "after": "c1"}}

    @pytest.mark.parametrize("where", ["/api?page=2", "?page=2", "/api?page=2{&size,sort}"])
    def test_by_an_address_in_the_answer(self, site: Site, where: str) -> None:
        site.pages["/api"] = answer({"rows": [row(9)], "next": where})
        site.pages["/api?page=2"] = answer({"rows": [row(8)], "next": None})
        outcome = fresh(site, items="rows", paging={"by": "next", "at": "next"})
        assert ids(outcome) == ["9", "8"]

    @pytest.mark.parametrize(
        "link",
        [
            '<{next}>; rel="next", <{last}>; rel="last"',
            '<{last}>; rel="last", <{next}>; rel=next',
            '<{next}>; title="a, b"; rel="up next"',
        ],
    )
    def test_by_the_header_link(self, site: Site, link: str) -> None:
        told = link.format(next=site.url("/api?page=2"), last=site.url("/api?page=9"))
        site.pages["/api"] = answer([row(9)], {"Link": told})
        site.pages["/api?page=2"] = answer([row(8)])
        assert ids(fresh(site, paging={"by": "link"})) == ["9", "8"]

    def test_in_the_body_of_a_post(self, site: Site) -> None:
        site.pages["/api"] = answer({"rows": [row(9)], "next": "n1"})
        outcome = fresh(
            site,
            items="rows",
            body={"query": "Lumen"},
            paging={"by": "cursor", "at": "next", "parameter": "after", "pages": 2},
        )
        assert ids(outcome) == ["9"]
        assert [json.loads(sent) for _, _, sent in site.posted] == [
            {"query": "Lumen"},
            {"query": "Lumen", "after": "n1"},
        ]

    def test_not_at_another_site(self, site: Site) -> None:
        site.pages["/api"] = answer({"rows": [row(9)], "next": "http://evil.example.org/api"})
        outcome = fresh(site, items="rows", paging={"by": "next", "at": "next"})
        assert ids(outcome) == ["9"]
        assert outcome.problem is not None
        assert outcome.problem.trouble is Trouble.PAGES_ELSEWHERE
        assert outcome.problem.about == "evil.example.org"

    def test_at_most_as_many_as_the_source_says(self, site: Site) -> None:
        for number in range(1, 9):
            site.pages[f"/api?p={number}"] = answer([row(100 - number)])
        outcome = fresh(site, paging={"by": "page", "parameter": "p", "pages": 3})
        assert len(site.asked) == 3
        assert outcome.problem is None
        assert [note.trouble for note in outcome.notes] == [Trouble.MORE_PAGES]


class TestPagesThatNeverEnd:
    def test_the_same_cursor_again(self, site: Site) -> None:
        page = answer({"rows": [row(9)], "next": "x"})
        site.pages["/api"] = site.pages["/api?after=x"] = page
        paging = {"by": "cursor", "at": "next", "parameter": "after", "pages": 100}
        outcome = fresh(site, items="rows", paging=paging)
        assert ids(outcome) == ["9"]
        assert len(site.asked) == 2
        assert [note.trouble for note in outcome.notes] == [Trouble.PAGES_REPEATED]

    def test_another_cursor_each_time_and_the_same_messages(self, site: Site) -> None:
        numbers = iter(range(1000))

        class Endless(dict[str, Callable[[Exchange], None]]):
            def __missing__(self, path: str) -> Callable[[Exchange], None]:
                return answer({"rows": [row(9)], "next": str(next(numbers))})

        site.pages = Endless()
        paging = {"by": "cursor", "at": "next", "parameter": "after", "pages": 100}
        fresh(site, items="rows", paging=paging)
        assert len(site.asked) == 2

    def test_new_messages_on_each_page_for_ever(self, site: Site) -> None:
        class Endless(dict[str, Callable[[Exchange], None]]):
            def __missing__(self, path: str) -> Callable[[Exchange], None]:
                number = int(parse_qs(urlsplit(path).query)["p"][0])
                return answer([row(10_000 - number, days_ago=number)])

        site.pages = Endless()
        outcome = fresh(site, paging={"by": "page", "parameter": "p", "pages": 20})
        assert len(outcome.items) == len(site.asked) == 20

    def test_the_last_page_for_every_number_beyond(self, site: Site) -> None:
        site.pages["/api?p=1"] = answer([row(9), row(8)])
        site.pages["/api?p=2"] = site.pages["/api?p=3"] = answer([row(7), row(6)])
        outcome = fresh(site, paging={"by": "page", "parameter": "p", "pages": 50})
        assert ids(outcome) == ["9", "8", "7", "6"]
        assert len(site.asked) == 3
        assert outcome.problem is None

    def test_pages_so_slow_that_they_would_hold_up_the_run(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("runner.sources.page_requests.LONGEST", 0.0)
        site.pages["/api?p=1"] = answer([row(9)])
        outcome = fresh(site, paging={"by": "page", "parameter": "p"})
        assert ids(outcome) == ["9"]
        assert outcome.problem is not None
        assert outcome.problem.trouble is Trouble.TOO_SLOW
        assert len(site.asked) == 1


PAGED: dict[str, Any] = {"paging": {"by": "page", "parameter": "p", "pages": 10}}


def serve(site: Site, pages: Sequence[Sequence[Mapping[str, object]]], **headers: str) -> None:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    for number, rows in enumerate([*pages, []], start=1):
        site.pages[f"/api?p={number}"] = answer(rows, told)


class TestTheNextRead:
    def test_stops_at_a_page_older_than_a_week_before_the_last(self, site: Site) -> None:
        serve(site, [[row(n, days_ago=n * 2.0)] for n in range(1, 9)])
        first = fresh(site, **PAGED)
        assert len(first.items) == 8
        assert not first.shortened
        site.asked.clear()
        second = fresh(site, cursor=cursor(first), **PAGED)
        assert second.shortened
        assert ids(second) == ["1", "2", "3", "4"]
        assert len(site.asked) == 4

    def test_goes_on_to_the_end_where_the_newest_do_not_come_first(self, site: Site) -> None:
        serve(site, [[row(n, days_ago=50.0 - n)] for n in range(1, 6)])
        first = fresh(site, **PAGED)
        second = fresh(site, cursor=cursor(first), **PAGED)
        assert len(second.items) == 5
        assert not second.shortened

    def test_goes_on_to_the_end_where_a_message_has_no_date(self, site: Site) -> None:
        pages = [[row(n, days_ago=n * 9.0)] for n in range(1, 6)]
        pages[0][0]["at"] = None
        serve(site, pages)
        first = fresh(site, **PAGED)
        assert len(fresh(site, cursor=cursor(first), **PAGED).items) == 5

    def test_warns_where_the_newest_may_be_on_a_page_that_is_not_read(self, site: Site) -> None:
        serve(site, [[row(n, days_ago=50.0 - n)] for n in range(1, 6)])
        outcome = fresh(site, paging={"by": "page", "parameter": "p", "pages": 3})
        assert outcome.problem is not None
        assert outcome.problem.trouble is Trouble.NOT_NEWEST_FIRST

    def test_asks_only_for_what_changed(self, site: Site) -> None:
        told = {"ETag": '"v1"', "Last-Modified": "Sat, 21 Nov 2026"}
        site.pages["/api"] = answer([row(9)], told)
        first = fresh(site)
        site.pages["/api"] = lambda exchange: exchange.answer(304)
        assert isinstance(fetch(site, cursor=cursor(first)), Unchanged)
        assert site.asked[-1][1]["If-None-Match"] == '"v1"'
        assert site.asked[-1][1]["If-Modified-Since"] == "Sat, 21 Nov 2026"

    def test_trusts_no_etag_of_a_first_page_that_does_not_show_the_newest(self, site: Site) -> None:
        serve(site, [[row(1)], [row(2)]], ETag='"v1"')
        first = fresh(site, **PAGED)
        assert first.etag is None
        fetch(site, cursor=cursor(first), **PAGED)
        assert not [headers for _, headers in site.asked if "If-None-Match" in headers]

    def test_reads_in_full_when_the_cursor_says_nothing(self, site: Site) -> None:
        serve(site, [[row(n, days_ago=n * 9.0)] for n in range(1, 6)])
        first = fresh(site, **PAGED)
        assert len(fresh(site, cursor=cursor(first, etag="sha256:x"), **PAGED).items) == 5


class TestPagesThatFail:
    @pytest.mark.parametrize(
        ("page", "said"),
        [
            (refuse(500), Trouble.ILL),
            (refuse(403), Trouble.REFUSED),
            (refuse(429, Retry_After="120"), Trouble.TOLD_TO_WAIT),
            (lambda e: e.answer(200, b'[{"id": 1, "te'), Trouble.BROKEN_OFF),
            (lambda e: e.answer(200, b"<html>Login</html>"), Trouble.NO_JSON),
            (answer({"error": "too many"}), Trouble.NO_LIST),
            (answer([{"key": 1, "body": "renamed"}]), Trouble.NOTHING_MAPPED),
        ],
    )
    def test_the_first_tells_nothing_and_a_later_one_takes_nothing_away(
        self, site: Site, page: Callable[[Exchange], None], said: Trouble
    ) -> None:
        settings = PAGED | {"items": "[?id || key] || rows"} if said is Trouble.NO_LIST else PAGED
        settings = settings | ({"items": "rows"} if said is Trouble.NO_LIST else {})
        good = [row(9, days_ago=1), row(8, days_ago=2)]
        site.pages["/api?p=1"] = page
        assert unknown(site, **settings).problem.trouble is said

        site.pages["/api?p=1"] = answer({"rows": good} if said is Trouble.NO_LIST else good)
        site.pages["/api?p=2"] = page
        outcome = fresh(site, **settings)
        assert ids(outcome) == ["9", "8"]
        assert outcome.problem is not None
        assert outcome.problem.trouble is said
        assert outcome.etag is None
        waits = said in (Trouble.TOLD_TO_WAIT, Trouble.REFUSED)
        assert (outcome.not_before is not None) is waits

    def test_the_read_after_goes_back_as_far_as_the_broken_one_should_have(
        self, site: Site
    ) -> None:
        serve(site, [[row(n, days_ago=n * 2.0)] for n in range(1, 9)])
        whole = fresh(site, **PAGED)
        site.pages["/api?p=2"] = refuse(500)
        broken = fresh(site, cursor=cursor(whole), **PAGED)
        assert broken.shortened
        assert broken.etag == whole.etag

    def test_retry_after_holds_for_the_next_read(self, site: Site) -> None:
        site.pages["/api"] = refuse(429, Retry_After="120")
        assert unknown(site).not_before == NOW + timedelta(seconds=120)

    def test_a_quota_that_is_used_up_holds_until_it_is_renewed(self, site: Site) -> None:
        reset = str(int((NOW + timedelta(minutes=20)).timestamp()))
        told = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset}
        site.pages["/api"] = refuse(403, **told)
        assert unknown(site).not_before == NOW + timedelta(minutes=20)
        site.pages["/api"] = answer([row(9)], {k.replace("_", "-"): v for k, v in told.items()})
        outcome = fresh(site)
        assert outcome.not_before == NOW + timedelta(minutes=20)
        assert outcome.quota is not None
        assert outcome.quota.left == 0

    def test_an_api_that_asks_in_its_answer_to_wait_is_left_alone(self, site: Site) -> None:
        site.pages["/api?p=1"] = answer({"rows": [row(9)], "backoff": 40})
        outcome = fresh(site, items="rows", backoff="backoff", **PAGED)
        assert len(site.asked) == 1
        assert outcome.not_before == NOW + timedelta(seconds=40)

    def test_a_short_wait_is_waited_for(self, site: Site) -> None:
        site.pages["/api?p=1"] = answer({"rows": [row(9)], "backoff": 0.01})
        site.pages["/api?p=2"] = answer({"rows": []})
        outcome = fresh(site, items="rows", backoff="backoff", **PAGED)
        assert len(site.asked) == 2
        assert outcome.problem is None


def test_the_recorded_pages_of_github_are_walked_by_their_links(site: Site) -> None:
    recorded = json.loads((Path(__file__).parent / "data/api/github-issues.json").read_text())
    for page in recorded:
        link = page["link"].replace("https://api.github.com", site.url(""))
        site.pages[page["path"]] = answer(page["response"], {"Link": link})
    preset = completed(
        {
            "preset": "github-issues",
            "parameters": {"owner": "octokit-fixture-org", "repository": "paginate-issues"},
            # In the recording, ids begin anew on each page.
            "map": {"native_id": "html_url"},
        }
    )
    settings = {name: preset[name] for name in ("where", "map", "paging", "headers", "items")}
    outcome = fresh(site, recorded[0]["path"], **settings)
    assert [item.title for item in outcome.items] == [f"Test issue {n}" for n in range(13, 0, -1)]
    assert len(site.asked) == 5
    assert site.asked[0][1]["X-GitHub-Api-Version"] == "2022-11-28"
    assert outcome.problem is None
