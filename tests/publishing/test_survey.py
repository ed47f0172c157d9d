"""The survey's tokens, and what customers answered."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_desk import CASES, PostingDesk

from runner.cases.survey import Surveyed, make_token, read_token

Desks = Callable[..., PostingDesk]
SECRET = "a-long-secret-of-this-desk"
CASE = CASES["discourse"]


@given(st.integers(1, 9999), st.binary(min_size=16, max_size=40), st.integers(0, 35))
def test_a_token_is_read_by_who_made_it_and_bears_no_change(
    cycle: int, secret: bytes, place: int
) -> None:
    surveyed = Surveyed(CASE, cycle)
    token = make_token(surveyed, secret)
    assert read_token(token, secret) == surveyed
    assert read_token(token, secret + b"x") is None
    place %= len(token)
    other = "a" if token[place] != "a" else "b"
    assert read_token(token[:place] + other + token[place + 1 :], secret) is None


@pytest.fixture
def desk(desk_of: Desks) -> PostingDesk:
    made = desk_of("discourse")
    (made.folder / "policies/brand.yaml").write_text(
        "version: 1\nvoices:\n- survey: https://survey.example.org/?t={token}\n"
    )
    made.commit("A survey.")
    made.environment["DOLEANCES_SURVEY_SECRET"] = SECRET
    return made


def test_the_link_holds_the_token_of_the_case_and_is_read_back(desk: PostingDesk) -> None:
    told = json.loads(desk.run("survey", CASE, "--json"))
    assert told["url"] == f"https://survey.example.org/?t={told['token']}"
    assert "camille" not in told["token"]
    back = json.loads(desk.run("survey", told["token"], "--json"))
    assert back == {"case": CASE, "cycle": 1}


def test_answers_are_proposed_once_and_masked_and_strange_ones_left_out(
    desk: PostingDesk, tmp_path: Path
) -> None:
    token = make_token(Surveyed(CASE, 1), SECRET.encode())
    forged = make_token(Surveyed(CASE, 1), b"another-desk-altogether")
    later = make_token(Surveyed(CASE, 2), SECRET.encode())
    file = tmp_path / "answers.csv"
    file.write_text(
        f"token,score,comment\n{token},2,Bof\n{forged},5,Faux\n{later},5,Demain\n"
        f'{token},4,"Merci, appelez le 06 39 98 12 34"\n{token},9,Trop\n'
    )
    desk.run("survey", "--answers", str(file))
    desk.run("survey", "--answers", str(file))
    desk.run("accept", "1")
    text = desk.path("discourse").read_text()
    assert text.count("entry: survey-answered") == 1
    assert "value: 4" in text
    assert "06 39" not in text
    desk.run("survey", "--answers", str(file))
    listed = desk.git(desk.folder, "for-each-ref", "refs/desk/pulls")
    assert listed == ""


def test_without_a_secret_nothing_is_made(desk: PostingDesk) -> None:
    del desk.environment["DOLEANCES_SURVEY_SECRET"]
    desk.run("survey", CASE, code=2)
    desk.environment["DOLEANCES_SURVEY_SECRET"] = "short"
    desk.run("survey", CASE, code=2)
