"""What robots.txt says, and what it means that a site has none."""

import pytest

from runner.sources.adapter import Unknown
from runner.sources.http import Page
from runner.sources.problems import Problem, Trouble
from runner.sources.robots import EVERYTHING, LONGEST_DELAY, Rules, judge_answer, parse_robots

SITE = "https://avis.example.org"


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("", "/avis", True),
        ("User-agent: *\nDisallow: /", "/avis", False),
        ("User-agent: *\nDisallow:", "/avis", True),
        ("User-agent: other\nDisallow: /", "/avis", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Doleances\nDisallow: /x", "/avis", True),
        ("User-agent: Doleances\nDisallow: /avis\n\nUser-agent: *\nAllow: /", "/avis", False),
        ("User-agent: *\nDisallow: /avis\nAllow: /avis/lumen", "/avis/lumen", True),
        ("User-agent: *\nAllow: /avis\nDisallow: /avis", "/avis", True),
        ("User-agent: *\nDisallow: /*?sort=", "/avis?sort=date", False),
        ("User-agent: *\nDisallow: /*.php$", "/avis.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/avis.php5", True),
        ("User-agent: *\nDisallow: /%C3%A9t%C3%A9", "/été", False),
        ("\ufeffUser-agent: *\r\nDisallow: /avis # comment\r\n", "/avis", False),
        ("<html><body>Disallow: /</body></html>", "/avis", True),
    ],
)
def test_the_longest_rule_for_this_program_wins(robots: str, path: str, allowed: bool) -> None:
    assert parse_robots(robots.encode()).allow(SITE + path) is allowed


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("2.5", 2.5), ("900", LONGEST_DELAY), ("-1", 0.0), ("inf", 0.0), ("soon", 0.0)],
)
def test_delays_are_bounded(said: str, seconds: float) -> None:
    assert parse_robots(f"User-agent: *\nCrawl-delay: {said}".encode()).delay == seconds


def test_hostile_rules_cost_little() -> None:
    rules = "User-agent: *\n" + ("Disallow: /" + "*a" * 50 + "b\n") * 4000
    assert parse_robots(rules.encode()).allow(f"{SITE}/{'a' * 2000}")


@pytest.mark.parametrize(
    ("trouble", "detail"),
    [(Trouble.GONE, "404"), (Trouble.REFUSED, "403"), (Trouble.ODD_STATUS, "418")],
)
def test_sites_that_have_none_let_everything_be_read(trouble: Trouble, detail: str) -> None:
    assert judge_answer(Unknown(Problem(trouble, "h", detail)), "h") is EVERYTHING


@pytest.mark.parametrize(
    ("trouble", "detail"),
    [
        (Trouble.ILL, "500"),
        (Trouble.TOLD_TO_WAIT, "503"),
        (Trouble.TOLD_TO_WAIT, "429"),
        (Trouble.TOO_SLOW, ""),
        (Trouble.BROKEN_OFF, "in the middle"),
    ],
)
def test_where_nobody_knows_nothing_may_be_read(trouble: Trouble, detail: str) -> None:
    answer = judge_answer(Unknown(Problem(trouble, "h", detail)), "h")
    assert isinstance(answer, Unknown)
    assert answer.problem.trouble is Trouble.NO_ROBOTS


def test_an_answer_holds_rules() -> None:
    page = Page(f"{SITE}/robots.txt", b"User-agent: *\nDisallow: /", {}, None, None, True, None)
    rules = judge_answer(page, "avis.example.org")
    assert isinstance(rules, Rules)
    assert not rules.allow(SITE)


def test_a_site_that_cannot_be_reached_says_so() -> None:
    unreachable = Unknown(Problem(Trouble.NO_CONNECTION, "h"))
    assert judge_answer(unreachable, "h") is unreachable
    redirected = judge_answer(Unknown(Problem(Trouble.PRIVATE, "10.0.0.1", "10.0.0.1")), "h")
    assert isinstance(redirected, Unknown)
    assert redirected.problem.trouble is Trouble.NO_ROBOTS
