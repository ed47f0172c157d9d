"""What a source keeps secret: shown to the API alone, as it wants it, and told to nobody else."""

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from json_api import MAP, SECRET, answer, fetch, fresh, ids, refuse, row, unknown
from loopback_site import Exchange, Site

from runner.sources.problems import Trouble


class TestSecrets:
    @pytest.mark.parametrize(
        ("auth", "header", "sent"),
        [
            ({"by": "bearer"}, "Authorization", f"Bearer {SECRET}"),
            ({"by": "basic"}, "Authorization", "Basic czNjcmV0LTVlMWY="),
            ({"by": "header", "name": "apikey"}, "apikey", SECRET),
        ],
    )
    def test_is_sent_as_the_source_says(
        self, site: Site, auth: dict[str, str], header: str, sent: str
    ) -> None:
        site.pages["/api"] = answer([row(9)])
        fresh(site, auth=auth | {"variable": "AVIS"}, secrets={"AVIS": f"{SECRET}\n"})
        assert site.asked[0][1][header] == sent

    def test_as_a_parameter_is_sent_and_shown_nowhere(self, site: Site) -> None:
        site.pages[f"/api?q=1&key={SECRET}"] = answer([{"id": 1, "text": "a", "url": "?x"}])
        auth = {"by": "query", "name": "key", "variable": "AVIS"}
        outcome = fresh(
            site, "/api?q=1", auth=auth, secrets={"AVIS": SECRET}, map=MAP | {"url": "url"}
        )
        assert len(outcome.items) == 1
        assert SECRET not in repr(outcome)

    @pytest.mark.parametrize(
        "page",
        [
            refuse(401),
            refuse(500),
            lambda e: e.answer(200, b"<html>"),
            lambda e: e.answer(302, b"", {"Location": e.path + "&again=1"}),
            lambda e: e.answer(301, b"", {"Location": "http://nowhere.invalid" + e.path}),
            lambda e: e.hang_up(),
        ],
    )
    @pytest.mark.parametrize("by", ["bearer", "query"])
    def test_no_failure_shows_it(
        self, site: Site, page: Callable[[Exchange], None], by: str
    ) -> None:
        class Anywhere(dict[str, Callable[[Exchange], None]]):
            def __missing__(self, path: str) -> Callable[[Exchange], None]:
                return page

        site.pages = Anywhere()
        auth = {"by": by, "name": "key", "variable": "AVIS"}
        assert SECRET not in repr(fetch(site, auth=auth, secrets={"AVIS": SECRET}))

    @pytest.mark.parametrize("by", ["bearer", "query", "header", "basic"])
    def test_does_not_follow_to_another_site(self, site: Site, by: str) -> None:
        elsewhere = site.url("/other", "localhost")
        site.pages["/api?key=" + SECRET] = site.pages["/api"] = lambda exchange: exchange.answer(
            302, b"", {"Location": f"{elsewhere}?key={SECRET}" if by == "query" else elsewhere}
        )
        site.pages["/other"] = answer([row(9)])
        auth = {"by": by, "name": "key", "variable": "AVIS"}
        assert ids(fresh(site, auth=auth, secrets={"AVIS": SECRET})) == ["9"]
        path, headers = site.asked[-1]
        assert path == "/other"
        assert SECRET not in repr(headers)
        assert "Authorization" not in headers

    @pytest.mark.parametrize("by", ["bearer", "query"])
    def test_does_not_follow_to_the_next_page_of_another_site(self, site: Site, by: str) -> None:
        elsewhere = site.url("/other", "localhost")
        site.pages["/api?key=" + SECRET] = site.pages["/api"] = lambda exchange: exchange.answer(
            302, b"", {"Location": elsewhere}
        )
        site.pages["/other"] = answer({"rows": [row(9)], "next": f"{elsewhere}?page=2"})
        site.pages["/other?page=2"] = answer({"rows": [row(8)]})
        auth = {"by": by, "name": "key", "variable": "AVIS"}
        paging = {"by": "next", "at": "next"}
        secrets = {"AVIS": SECRET}
        assert ids(fresh(site, auth=auth, secrets=secrets, items="rows", paging=paging)) == [
            "9",
            "8",
        ]
        assert SECRET not in repr(site.asked[1:])

    def test_that_is_missing_or_cannot_be_sent_is_a_problem(self, site: Site) -> None:
        auth = {"by": "bearer", "variable": "AVIS"}
        assert unknown(site, auth=auth).problem.trouble is Trouble.UNSET
        odd = unknown(site, auth=auth, secrets={"AVIS": "a\r\nX-Evil: 1"})
        assert odd.problem.trouble is Trouble.UNSENDABLE
        assert site.asked == []

    def test_that_is_refused_is_named_by_its_variable(self, site: Site) -> None:
        site.pages["/api"] = refuse(401)
        auth = {"by": "bearer", "variable": "AVIS"}
        problem = unknown(site, auth=auth, secrets={"AVIS": SECRET}).problem
        assert (problem.trouble, problem.detail) == (Trouble.NOT_ACCEPTED, "AVIS")


@pytest.mark.parametrize("by", ["bearer", "basic", "query", "header"])
@pytest.mark.parametrize("before", ["You sent ", "x" * 52, "x" * 45])
def test_a_site_that_repeats_the_secret_makes_nobody_else_know_it(
    site: Site, by: str, before: str
) -> None:
    secret = f"{SECRET}+/=="

    def repeat(exchange: Exchange) -> None:
        told = exchange.headers["Authorization"] or exchange.headers["key"] or exchange.path
        exchange.answer(200, f"{before}{told}".encode())

    name = {"name": "key"} if by in ("query", "header") else {}
    site.pages[f"/api?key={quote(secret, safe='')}"] = site.pages["/api"] = repeat
    auth = {"by": by, "variable": "AVIS_KEY", **name}
    ended = unknown(site, auth=auth, secrets={"AVIS_KEY": secret})
    assert ended.problem.trouble is Trouble.NO_JSON
    told = b64encode(secret.encode()).decode() if by == "basic" else secret
    assert told[:5] not in repr(ended)
