"""Sources that give answers to the survey: read like others, checked, proposed once."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from posting_desk import CASES, PostingDesk

from runner.cases.survey import Surveyed, make_token
from runner.policies.load import load_configuration
from runner.repo.files import read_configuration_files
from runner.workflows import carried, render_workflows

Desks = Callable[..., PostingDesk]
SECRET = "a-long-secret-of-this-desk"
CASE = CASES["discourse"]
TOKEN = make_token(Surveyed(CASE, 1), SECRET.encode())
SOURCE = """\
- id: enquete
  kind: file
  category: review-site
  contact: {public: none, private: none}
  site: survey.example.org
  path: inbox/enquete*.csv
  gives: survey-answers
"""
AT = ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z")


def found(desk: PostingDesk, source: str = SOURCE) -> PostingDesk:
    with (desk.folder / "sources.yaml").open("a") as file:
        file.write(source)
    (desk.folder / "inbox").mkdir()
    return desk


@pytest.fixture
def desk(desk_of: Desks) -> PostingDesk:
    return found(desk_of("discourse"))


def answers(desk: PostingDesk, *rows: str) -> None:
    lines = "\n".join(("token,score,comment,name,date", *rows))
    (desk.folder / "inbox/enquete.csv").write_text(lines + "\n")
    desk.commit("Answers.")


def collect(desk: PostingDesk, now: str = AT[0]) -> Path:
    """Read the source as the job does that has no secret of the survey."""
    desk.environment.pop("DOLEANCES_SURVEY_SECRET", None)
    file = desk.folder.parent / "mentions.jsonl"
    desk.run("collect", "--source=enquete", f"--out={file}", now=now)
    return file


def propose(desk: PostingDesk, now: str = AT[0], secret: str = SECRET) -> None:
    file = collect(desk, now)
    desk.environment["DOLEANCES_SURVEY_SECRET"] = secret
    desk.run("run", f"--mentions={file}", now=now)


def pulls(desk: PostingDesk) -> list[str]:
    told = json.loads(desk.run("pulls", "--json"))
    return [each["branch"] for each in told["pulls"]]


def said(desk: PostingDesk) -> str:
    told = json.loads(desk.run("sources", "--json"))
    return str(next(each for each in told if each["source"] == "enquete")["problem"])


def log(desk: PostingDesk) -> str:
    return desk.path("discourse").read_text()


def test_an_answer_stands_in_its_case_once_masked_and_without_its_author(
    desk: PostingDesk,
) -> None:
    answers(desk, f'{TOKEN},4,"Merci, appelez le 06 39 98 12 34",Camille Lefort,2026-11-23')
    file = collect(desk)
    assert "Lefort" not in file.read_text()
    assert "06 39" not in file.read_text()
    propose(desk)
    propose(desk, AT[1])
    assert pulls(desk) == [f"doleances/{CASE}/survey-1"]
    desk.run("accept", "1", now=AT[1])
    propose(desk, AT[2])
    assert pulls(desk) == []
    assert log(desk).count("entry: survey-answered") == 1
    assert "rating: {value: 4, best: 5}" in log(desk)
    assert "by: runner\n  rating" in log(desk)
    desk.run("check", now=AT[2])


def test_what_was_refused_is_not_proposed_again(desk: PostingDesk) -> None:
    answers(desk, f"{TOKEN},4,Merci,")
    propose(desk)
    desk.run("reject", "1", "--reason", "A joke.")
    answers(desk, f"{TOKEN},5,Encore merci,")
    propose(desk, AT[1])
    assert pulls(desk) == []


def test_strange_answers_are_counted_and_open_nothing(desk: PostingDesk) -> None:
    forged = make_token(Surveyed(CASE, 1), b"another-desk-altogether")
    later = make_token(Surveyed(CASE, 2), SECRET.encode())
    nobody = make_token(Surveyed("c-0000000000zz", 1), SECRET.encode())
    answers(
        desk, f"{forged},1,Escroc !,", f"{later},5,Demain,", f"{nobody},5,Qui ?,", ",3,Rien,",
        f"{TOKEN},4,Merci,", f"{TOKEN},1,Non,", "camille@example.org,3,Moi,",
    )  # fmt: skip
    propose(desk)
    assert pulls(desk) == [f"doleances/{CASE}/survey-1"]
    told = said(desk)
    for words in (
        "1 without a token or a score", "2 whose token is not ours", "1 given once more",
        "2 of an earlier cycle, or of no case here",
    ):  # fmt: skip
        assert words in told
    assert "camille@" not in told


def test_without_the_secret_nothing_is_taken_and_that_is_said_until_it_is_there(
    desk: PostingDesk,
) -> None:
    answers(desk, f"{TOKEN},4,Merci,")
    propose(desk, secret="")
    assert pulls(desk) == []
    assert "DOLEANCES_SURVEY_SECRET is not set" in said(desk)
    propose(desk, AT[1])
    assert pulls(desk) == [f"doleances/{CASE}/survey-1"]
    assert said(desk) == ""


def test_a_proposal_is_renewed_when_its_case_has_grown(desk: PostingDesk) -> None:
    answers(desk, f"{TOKEN},2,,")
    propose(desk)
    desk.run("note", CASE, "--note", "Called back.", "--by", "ines", "--no-propose", now=AT[1])
    desk.commit("Note.")
    propose(desk, AT[2])
    desk.run("accept", "1", now=AT[2])
    assert log(desk).index("entry: noted") < log(desk).index("entry: survey-answered")


def test_a_branch_goes_when_its_cycle_is_over(desk: PostingDesk) -> None:
    answers(desk, f"{TOKEN},4,Merci,")
    propose(desk)
    desk.add("discourse", ANSWERED)
    propose(desk, AT[2])
    assert pulls(desk) == []


ANSWERED = """\
- entry: survey-answered
  at: 2026-11-23T10:30:00Z
  recorded_at: 2026-11-23T10:30:00Z
  by: ines
  rating: {value: 3, best: 5}
"""


def test_the_job_that_proposes_holds_the_secret_and_no_other(desk: PostingDesk) -> None:
    files, _ = read_configuration_files(desk.folder)
    loaded, _ = load_configuration(files)
    assert loaded is not None
    workflow = render_workflows(carried(loaded))
    whole = workflow[".github/workflows/collect.yml"]
    assert whole.count("secrets.DOLEANCES_SURVEY_SECRET") == 1
    before, after = whole.split("- name: Propose cases")
    assert "DOLEANCES_SURVEY_SECRET" in after.split("run: |")[0]
    assert "DOLEANCES_SURVEY_SECRET" not in before


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_api_gives_answers_with_and_without_words(desk_of: Desks, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    listed = [
        {"hidden": {"t": TOKEN}, "score": 9, "who": "Camille"},
        {"hidden": {"t": "s1-forged"}, "score": 1},
    ]
    (tmp_path / "site/answers.json").write_text(json.dumps({"items": listed}))
    with served(tmp_path / "site") as url:
        source = SOURCE.replace("kind: file", "kind: json").replace(
            "  path: inbox/enquete*.csv\n",
            f"  url: {url}/answers.json\n  items: items\n"
            "  map: {native_id: hidden.t, rating: score, best: 10, text: comment}\n",
        )
        desk = found(desk_of("discourse"), source)
        desk.commit("A survey.")
        propose(desk)
    assert pulls(desk) == [f"doleances/{CASE}/survey-1"]
    desk.run("accept", "1")
    assert "rating: {value: 9, best: 10}" in log(desk)


def test_a_trial_shows_the_answers_and_whose_they_are(desk: PostingDesk) -> None:
    answers(desk, f"{TOKEN},4,Merci,Camille Lefort,2026-11-23", "s1-nonsense,2,Bof,,", ",3,,,")
    desk.environment.pop("DOLEANCES_SURVEY_SECRET", None)
    told = desk.run("sources", "test", "enquete")
    assert "2 answers." in told
    assert "1 without a token or a score" in told
    assert "4/5" in told
    assert "Lefort" not in told
    assert "DOLEANCES_SURVEY_SECRET is not set" in told
    desk.environment["DOLEANCES_SURVEY_SECRET"] = SECRET
    told = desk.run("sources", "test", "enquete")
    assert f"It is about {CASE}, cycle 1." in told
    assert "Its token is not ours" in told
    data = json.loads(desk.run("sources", "test", "enquete", "--json"))
    assert "messages" not in data
    assert [(each["case"], each["rating"]) for each in data["answers"]] == [
        (CASE, "4/5"),
        (None, "2/5"),
    ]


def test_show_tells_what_was_answered(desk: PostingDesk) -> None:
    answers(desk, f"{TOKEN},4,Tout est réglé.,,2026-11-23")
    propose(desk)
    desk.run("accept", CASE)
    told = desk.run("show", CASE)
    assert "Rating: 4 of 5" in told
    assert "Tout est réglé." in told
