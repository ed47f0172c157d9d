"""A month told in words, as Markdown and as data."""

from dataclasses import replace
from datetime import timedelta

from told_cases import Happened, at, case, closed, replied
from told_months import PARIS, SEPTEMBER, happened, months, told

from runner.cases.case import Case, PinnedClock
from runner.figures.month import Month
from runner.figures.month_pages import render_markdown, summary_data
from runner.figures.month_words import make_summary
from runner.model import Category, State
from runner.text.language import Language


def test_small_numbers_are_counts_and_large_ones_have_a_percentage_beside() -> None:
    few = [case(n, "10-05T08:00", replied("10-05T09:00")) for n in range(19)]
    assert "Within one day: 19 of 19." in told(*few)
    assert "Within three days: 199 of 200 (99%)" in told(
        case(200, "10-05T08:00"),
        *(case(n, "10-05T08:00", replied("10-05T09:00")) for n in range(199)),
    )
    assert "Within one day: 20 of 20 (100%)." in told(
        *few, case(19, "10-05T08:00", replied("10-05T09:00"))
    )


def test_the_month_before_stands_beside_in_words() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00")),
        case(2, "10-05T08:00", replied("10-05T10:00")),
        case(3, "10-06T08:00", replied("10-12T10:00")),
    )
    assert text.startswith("Essai: October 2026\n\n2 cases were opened, 1 more than in September.")
    assert "At the end 3 were open, 2 more than in September." in text
    assert "Within three days: 1 of 2; in September 1 of 1." in text
    assert "Half had an answer within 2 hours, in September within 1 hour." in text
    assert "- c-000000000003: first reply after 6 days 2 hours (complaint, avis)\n" in text


def test_who_was_answered_before_the_desk_noticed_waited_for_no_time() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00")),
        case(2, "10-05T08:00", replied("10-05T07:00")),
    )
    assert "Half had an answer within less than a minute, in September within 1 hour." in text


def test_who_waits_too_long_without_an_answer_is_named() -> None:
    text = told(
        case(1, "10-05T08:00"),
        case(2, "10-06T08:00", replied("11-02T10:00")),
        case(3, "10-30T08:00"),
        case(4, "09-02T08:00"),
    )
    late = "c-000000000001, c-000000000002"
    said = "2 customers had waited for longer than three days and had no answer yet"
    assert f"{said}: {late}. 1 customer was still waiting for a first word" in text


def test_a_month_that_lasts_says_what_is_open_now() -> None:
    begun = told(case(1, "11-19T08:00"), month=Month(2026, 11))
    assert "This month is not over. As of Fri 20 Nov 2026, 10:00." in begun
    assert "1 is open now, 1 more than in October." in begun
    assert "None is open now." in told(month=Month(2026, 11))


def test_what_customers_said_stands_beside_the_month_before() -> None:
    def rated(when: str, value: float) -> Happened:
        return happened("survey-answered", when, rating={"value": value, "best": 5})

    then = case(
        1, "09-01T08:00", rated("09-03T08:00", 3), happened("contested", "09-04T08:00"),
        happened("thanked", "09-05T08:00"), happened("thanked", "10-05T08:00"),
        ("reopened", "10-06T08:00", State.OPEN, {}),
    )  # fmt: skip
    now = case(2, "10-01T08:00", rated("10-03T08:00", 4), rated("10-04T08:00", 5))
    for said in (
        "2 answers to the survey, 90 of 100 on average.",
        "In September there was 1, 60 of 100.",
        "1 customer gave thanks, as many as in September.",
        "Nobody contested an answer; in September 1 did.",
        "1 case was taken up again: c-000000000001.",
    ):
        assert said in told(then, now)
    contested = case(3, "10-01T08:00", happened("contested", "10-04T08:00"))
    assert "1 contested an answer, as many as in September." in told(then, now, contested)
    assert "1 answer to the survey, 60 of 100." in told(then, month=SEPTEMBER)
    quiet = told(case(2, "10-01T08:00"))
    assert "No answer to the survey.\n" in quiet
    assert "thanks" not in quiet


def test_kinds_are_told_where_there_are_several_and_causes_where_they_grow() -> None:
    def caused(number: int, detected: str, closed_at: str) -> Case:
        return case(number, detected, closed(closed_at, root_cause="Calage", procedure="pesée"))

    cases = [
        caused(1, "09-01T08:00", "09-02T08:00"),
        caused(2, "10-01T08:00", "10-02T08:00"),
        caused(3, "10-03T08:00", "10-04T08:00"),
    ]
    text = told(*cases, replace(case(4, "10-05T08:00"), category=Category.QUESTION))
    assert (
        "3 cases were opened, 2 more than in September. By kind: question 1, complaint 2." in text
    )
    assert "2 were closed, 1 more than in September. At the end 1 was open, 1 more" in text
    assert "Calage: 2 cases, in September 1 (c-000000000002, c-000000000003)" in text
    # One of two is fewer, and one case is no growth.
    assert "ROOT CAUSES THAT GREW\n\nNone.\n" in told(*cases[:2])
    assert "ROOT CAUSES THAT GREW\n\nNone.\n" in told(*cases[1:2])
    assert "By kind" not in told(*cases)
    assert "was closed, 1 fewer than in October." in told(
        *cases, caused(5, "11-01T08:00", "11-02T08:00"), month=Month(2026, 11)
    )


def test_promises_are_told_where_there_is_a_verdict() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00"), promised=True),
        case(2, "09-05T08:00", replied("09-15T09:00"), promised=True),
        case(3, "09-06T08:00", promised=True),
        case(4, "10-05T08:00", replied("10-15T10:00"), promised=True),
        case(5, "10-05T08:00", replied("10-05T09:00"), promised=True),
        case(6, "10-05T08:00", promised=True),
        case(7, "10-06T08:00", promised=True),
        case(8, "10-30T08:00", promised=True),
    )
    assert "PROMISES\n\n- First reply: kept 1 of 4; in September 1 of 3\n" in text
    assert "kept" not in told(case(8, "10-30T08:00", promised=True))


def test_a_promise_beyond_the_first_reply_is_a_wait_too() -> None:
    begun = at("10-09T08:00")
    clock = PinnedClock(
        "closing", "3 civil days", "Europe/Paris", None, begun, begun + timedelta(days=3),
        (), ("closed",), {},
    )  # fmt: skip
    resolved = case(1, "10-05T08:00", replied("10-05T09:00"), ("resolved", "10-09T08:00",
                    State.RESOLVED, {}))  # fmt: skip
    *log, last = resolved.log
    late = replace(resolved, log=(*log, replace(last, clocks=(clock,))))
    (wait,) = months(late)[0].waits
    assert (wait.clock, wait.is_over, wait.seconds) == (
        "closing",
        False,
        19 * 86_400 + 15 * 3600 - 1,
    )
    said = "- c-000000000001: Closing, overdue for 19 days 14 hours (complaint, avis)\n"
    assert said in told(late)


def test_the_share_settled_alone_stands_beside_the_aim() -> None:
    handed: Happened = ("handed-off", "10-06T08:00", State.HANDED_OFF, {})
    text = told(
        case(1, "10-05T08:00", closed("10-09T08:00")),
        case(2, "10-05T08:00", handed, closed("10-09T08:00")),
        case(3, "09-05T08:00", closed("09-09T08:00")),
    )
    said = "Of the cases opened and settled in the month: 1 of 2; in September 1 of 1."
    assert f"{said} The aim is 70%." in text


def test_proposals_are_told_with_their_cases() -> None:
    late = [
        case(n, "10-05T08:00", replied("10-12T08:00"), promised=True, source="forum")
        for n in range(9)
    ]
    text = told(*late)
    assert "- First reply: late 9 of 9, most of them on forum: see who answers there" in text
    assert "c-000000000006, c-000000000007 and 1 more)" in text
    assert "c-000000000007)" in told(*late[:8])
    spread = [replace(each, places=(replace(each.places[0], source="avis"),)) for each in late[:4]]
    assert "- First reply: late 8 of 8: see where these cases waited (c-" in told(
        *spread, *late[4:8]
    )
    alike = [case(n, "10-05T08:00", product="aube", topic="delivery") for n in range(5)]
    assert "- aube, delivery: 5 complaints without an incident: declare one" in told(*alike)


def test_the_procedures_that_a_month_changed_are_named_with_their_cases() -> None:
    text = told(
        case(1, "10-01T08:00", closed("10-09T08:00", root_cause="calage", procedure="pesée")),
        case(2, "10-01T08:00", closed("11-09T08:00", root_cause="calage", procedure="étiquette")),
        case(3, "09-01T08:00", closed("09-09T08:00", root_cause="colis", procedure="adresse")),
    )
    assert "Changed in the month: “pesée” (c-000000000001).\n" in text
    assert "étiquette" not in text


def test_a_month_without_cases_says_so() -> None:
    text = told()
    for said in ("No case was opened. None was closed. None was open at the end.",
                 "Nobody waited for a first reply.", "Nobody waited longer than a day.",
                 "Nothing in the month asks for a change."):  # fmt: skip
        assert said in text


def test_french_is_typeset() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00")),
        case(2, "10-05T08:00", replied("10-05T10:00")),
        case(3, "10-05T08:00"),
        locale="fr",
    )
    assert text.startswith(
        "Essai\u00a0: octobre 2026\n\n2 dossiers ont été ouverts, 1 de plus qu’en"
    )
    assert "En un jour au plus\u00a0: 1 sur 2\u202f; en septembre, 1 sur 1." in text


def test_free_words_act_nowhere_in_markdown() -> None:
    hostile = "![x](https://evil.example.org) <script> @team closes #1"
    cases = [
        case(n, f"10-0{n}T08:00", closed(f"10-1{n}T08:00", root_cause=hostile)) for n in (1, 2, 3)
    ]
    summary = make_summary(*months(*cases), "Essai", Language("en", PARIS))
    text = render_markdown(summary)
    assert "<script>" not in text
    assert "![x](" not in text
    assert "@team" not in text
    assert text.startswith("# Essai: October 2026\n")


def test_ids_can_be_copied_out_of_markdown() -> None:
    waits = case(1, "10-05T08:00"), replace(case(2, "10-05T08:00"), id="c-ze7414h45y49")
    text = render_markdown(make_summary(*months(*waits), "Essai", Language("en", PARIS)))
    assert "had no answer yet: c-000000000001, c-ze7414h45y49." in text
    assert "- c-000000000001: without a reply" in text


def test_what_does_nothing_in_markdown_is_not_escaped() -> None:
    made = make_summary(*months(), "Essai", Language("en", PARIS))
    lead = r"By 16:27, 3 cases (question): see [x](y), 1) first, :100: and 1:100:2 (a*b)."
    text = render_markdown(replace(made, lead=lead))
    assert r"By 16:27, 3 cases (question): see \[x\]\(y\), 1\) first, " in text
    assert r"\:100: and 1\:100\:2 \(a\*b\)." in text


def test_as_data_every_count_names_its_cases() -> None:
    data = summary_data(*months(case(1, "10-05T08:00", closed("10-09T08:00", root_cause="calage"))))
    month = data["month"]
    assert isinstance(month, dict)
    assert (month["month"], month["opened"]) == ("2026-10", ["c-000000000001"])
    assert month["causes"] == {"calage": ["c-000000000001"]}
