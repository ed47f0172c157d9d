"""The verbs of every day, on a copy of the shipped desk, as people type them."""

import io
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cases.lifecycle import KINDS
from runner.cli.daily import OPTIONS, VERBS, legal_verbs
from runner.cli.main import SECTIONS, run
from runner.model import State
from runner.text.strict_yaml import read_value

OPEN = "c-d6rn7he0r67d"
Git = Callable[..., str]
Verb = Callable[..., str]
ActAs = Callable[[str], None]


@pytest.fixture(autouse=True)
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk("cases")


def file_of(desk: Path, case_id: str = OPEN) -> Path:
    (found,) = desk.glob(f"cases/*/*/*/{case_id}.yaml")
    return found


def last(desk: Path, case_id: str = OPEN) -> dict[str, object]:
    case = read_value(file_of(desk, case_id).read_bytes())
    assert isinstance(case, dict)
    return {"state": case["state"], **case["log"][-1]}


def test_a_reply_is_proposed_accepted_and_stands_in_the_file(desk: Path, say: Verb) -> None:
    before = file_of(desk).read_text()
    url = "https://forum.example.org/t/1#p9"
    said = say("note", OPEN, "--note", "vu")
    assert said == (f"{OPEN}, note: proposed in pull request 1.\nAccept it: doleances accept 1\n")
    assert file_of(desk).read_text() == before
    say("accept", "1")
    after = file_of(desk).read_text()
    assert after.startswith(before)
    assert last(desk)["by"] == "ines"
    say("reply", OPEN, "--url", url, "--at", "2026-11-21T09:30", "--no-propose")
    assert last(desk)["entry"] == "replied"
    assert (last(desk)["at"], last(desk)["recorded_at"]) == (
        "2026-11-21T08:30:00Z",
        "2026-11-21T09:00:00Z",
    )


POSTED = 'Bonjour Léa,\n\nc’est réparé : l\'atelier vous "rappelle".'


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_the_words_of_a_draft_are_pasted_as_they_were_posted(
    desk: Path, say: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drafted,) = json.loads(say("draft", OPEN, "--json"))["drafts"]
    typed = shlex.split(drafted["record"].replace("ADDRESS", "https://forum.example.org/t/1#p9"))
    assert typed[:3] == ["doleances", "reply", OPEN]
    pipe(monkeypatch, f"{POSTED}\r\n".encode())
    say(*typed[1:], "--no-propose")
    assert last(desk)["text"] == POSTED
    assert last(desk)["template"] == drafted["template"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b" \n", "was given no words"),
        (b"\xff\xfe", "what is not UTF-8"),
        (b"x" * 1_000_001, "more than a megabyte"),
    ],
    ids=["nothing", "no text", "too much"],
)
def test_what_is_no_words_is_refused(
    desk: Path, say: Verb, monkeypatch: pytest.MonkeyPatch, data: bytes, told: str
) -> None:
    before = file_of(desk).read_bytes()
    pipe(monkeypatch, data)
    url = ("--url", "https://forum.example.org/x")
    assert told in say("reply", OPEN, *url, "--text", "-", "--no-propose", code=2)
    assert file_of(desk).read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("reply", OPEN, "--url", "x"), "--url: `x` has not the form of `url`"),
        (("reply", OPEN, "--url", "https://a.example.org/1", "--place", "first"), "--place: "),
        (("note", OPEN, "--note", "x" * 100_000), "--note: `note` has 100000 characters"),
        (
            ("resolve", OPEN, "--outcome", "accepted", "--reason", "x", "--channel", "public",
             "--url", "t/812", "--remedy", "a lamp"),
            "--url: `t/812` has not the form of `url`",
        ),
        (
            ("close", "c-ze7414h45y49", "--url", "p1=forum", "--no-survey", "x",
             "--root-cause", "carrier"),
            "--url: `forum` has not the form of `url`",
        ),
    ],
    ids=["a reply", "a place", "a note", "beside others", "a closing"],
)  # fmt: skip
def test_what_has_not_its_form_is_named_by_its_option(
    desk: Path, say: Verb, typed: tuple[str, ...], told: str
) -> None:
    said = say(*typed, "--no-propose", code=2)
    assert said.startswith(f"doleances: {told}")
    assert ".yaml:" not in said


def test_a_step_that_is_not_legal_says_what_is(say: Verb) -> None:
    said = say("answer", "c-z9dhernv57sj", code=2)
    assert said.splitlines()[0] == ("doleances: `answered` cannot happen to a case that is closed")
    assert "what can: " in said
    assert "reopen" in said


def test_a_refused_step_names_the_change_that_waits(say: Verb) -> None:
    waits = f"pull request 1 (desk/{OPEN}/reply-4) changes this case and waits"
    assert "pull request" not in say("answer", OPEN, code=2)
    say("reply", OPEN, "--url", "https://forum.example.org/x")
    for verb in (("answer", OPEN), ("reopen", OPEN, "--reason", "It broke.")):
        said = say(*verb, code=2)
        assert "what can: " in said
        assert f"{waits}: `doleances accept 1` first" in said
    assert waits not in say("answer", OPEN, "--no-propose", code=2)
    assert waits not in say("answer", "c-z9dhernv57sj", code=2)
    say("accept", "1", "--yes")
    assert waits not in say("answer", OPEN, code=2)


def test_what_is_missing_is_named_by_its_option(say: Verb) -> None:
    said = say("hand-off", OPEN, code=2)
    assert "`hand-off` needs --recipient" in said
    said = say("note", "c-000000000000", "--note", "x", code=2)
    assert "there is no case c-000000000000 that was accepted" in said


def test_nobody_acts_without_a_name(desk: Path, say: Verb, act_as: ActAs) -> None:
    act_as("zoe@example.org")
    assert "nobody with the address zoe@example.org" in say("note", OPEN, "--note", "x", code=5)
    assert "policies/team.yaml has no zoe" in say(
        "note", OPEN, "--note", "x", "--by", "zoe", code=2
    )
    say("note", OPEN, "--note", "x", "--by", "sam-w", "--no-propose")
    assert last(desk)["by"] == "sam"


def test_nothing_happens_tomorrow(say: Verb) -> None:
    said = say("note", OPEN, "--note", "x", "--at", "2026-11-22T09:00", code=2)
    assert "lies ahead" in said
    assert "is no instant" in say("note", OPEN, "--note", "x", "--at", "soon", code=2)


def test_what_the_check_refuses_is_not_recorded(desk: Path, say: Verb, act_as: ActAs) -> None:
    before = file_of(desk).read_text()
    act_as("malo.kerven@agence.example.org")
    said = say("reply", OPEN, "--url", "https://forum.example.org/x", code=1)
    assert "malo is watcher; `replied` is for" in said
    act_as("ines.carpentier@agence.example.org")
    assert file_of(desk).read_text() == before


@pytest.mark.parametrize(
    ("verb", "option", "others"),
    [
        ("note", "--note", ()),
        (
            "hand-off",
            "--asks",
            ("--recipient", "Lumen", "--reference", "S-1", "--consent", "given"),
        ),
        ("wrote", "--where", ("--channel", "private")),
    ],
)
def test_personal_data_in_our_own_words_is_refused_by_the_name_of_the_option(
    desk: Path, say: Verb, verb: str, option: str, others: tuple[str, ...]
) -> None:
    before = file_of(desk).read_text()
    said = say(verb, OPEN, option, "appeler le 06 39 98 12 34", *others, "--no-propose", code=2)
    assert f"{option}: a telephone number must not stand here" in said
    assert ".yaml:" not in said
    assert file_of(desk).read_text() == before


@pytest.mark.parametrize("verb", ["wrote", "thanks"])
def test_a_customers_words_are_masked_as_those_that_are_found(
    desk: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--title", "Au 06 39 98 12 34", "--text", "Ou jean@example.org, 06 39 98 12 34 !")
    where = ("--channel", "private", "--where", "forum inbox", "--no-propose")
    assert run([verb, OPEN, *words, *where]) == 0
    assert "masked: [tel], [e-mail]\n" in capsys.readouterr().err
    entry = last(desk)
    assert (entry["title"], entry["text"]) == ("Au [tel]", "Ou [e-mail], [tel] !")


@pytest.mark.parametrize("amount", ["nan", "inf", "1e400", "-5", "1 000", "0x10", "٣", "1.2345"])
def test_an_amount_is_digits(say: Verb, amount: str) -> None:
    said = say("resolve", OPEN, f"--amount={amount}", code=2)
    assert "is no amount: write digits, such as 15 or 12.50" in said


def test_what_is_pasted_is_cleaned(desk: Path, say: Verb) -> None:
    pasted = "vu\x1b[31m \u202eet\u200b\x07 relu\r\n- entry: forged"
    say("note", OPEN, "--note", pasted, "--no-propose")
    assert last(desk)["note"] == "vu et relu\n- entry: forged"
    facts = ("--outcome", "accepted", "--reason", "r", "--channel", "private", "--where", "w")
    say("resolve", OPEN, *facts, "--remedy", "bon", "--amount", "12,50", "--currency", "EUR",
        "--no-propose")  # fmt: skip
    assert last(desk)["amount"] == 12.5


def test_a_whole_life_step_by_step(desk: Path, say: Verb, act_as: ActAs) -> None:
    private = ("--channel", "private", "--where", "inbox")

    def does(verb: str, *options: str) -> object:
        say(verb, OPEN, *options, "--no-propose")
        return last(desk)["state"]

    if last(desk)["state"] == "open":
        assert does("reply", "--url", "https://forum.example.org/x#1") == "acknowledged"
    assert does("ask", *private, "--wants", "the number", "--wants", "a photo")
    assert last(desk)["wants"] == ["the number", "a photo"]
    assert does("remind", *private) == "awaiting-customer"
    assert does("remind", *private) == "awaiting-customer"
    assert last(desk)["number"] == 2
    assert does("wrote", *private) == "acknowledged"
    assert does("message", "--where", "inbox", "--text", "Merci !") == "acknowledged"
    assert last(desk)["entry"] == "messaged"
    care = ("--recipient", "Lumen care", "--reference", "SAV-9")
    assert does("hand-off", *care, "--asks", "a new lamp", "--consent", "given") == "handed-off"
    act_as("odile.ferrand@lumen.example.org")
    answered = ("--outcome", "accepted", "--decision", "A new one.", "--remedy", "a new lamp")
    assert does("answer", *answered) == "answered"
    assert last(desk)["decided_by"] == "odile"
    act_as("ines.carpentier@agence.example.org")
    told = ("--outcome", "accepted", "--reason", "broken", "--remedy", "a new lamp")
    assert does("resolve", *told, *private) == "resolved"
    case = read_value(file_of(desk).read_bytes())
    assert isinstance(case, dict)
    assert {"what": "a new lamp"} in case["asked"]
    assert "a new lamp" in case["offered"]
    assert does("contest", *private) == "acknowledged"
    assert does("thanks", *private) == "acknowledged"
    assert run(["check"]) == 0


def test_over_the_limit_needs_brand_care(desk: Path, say: Verb, act_as: ActAs) -> None:
    if last(desk)["state"] == "open":
        say("reply", OPEN, "--url", "https://forum.example.org/x#1", "--no-propose")
    refund = ("--outcome", "accepted", "--reason", "late", "--remedy", "refund",
              "--amount", "80", "--currency", "EUR",
              "--channel", "private", "--where", "inbox", "--no-propose")  # fmt: skip
    assert "ines may grant" in say("resolve", OPEN, *refund, code=1)
    approval = ("--subject", "remedy", "--amount", "80", "--currency", "EUR", "--no-propose")
    act_as("odile.ferrand@lumen.example.org")
    say("approve", OPEN, *approval)
    act_as("ines.carpentier@agence.example.org")
    say("resolve", OPEN, *refund)
    assert last(desk)["state"] == "resolved"


def test_data_for_machines(say: Verb) -> None:
    data = json.loads(say("note", OPEN, "--note", "x", "--json"))
    assert data["pull"] == 1
    assert data["branch"].startswith(f"desk/{OPEN}/note-")


def test_a_second_proposal_for_a_case_is_told(
    desk: Path, say: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    say("note", OPEN, "--note", "x")
    run(["note", OPEN, "--note", "y"])
    assert "Pull request 1 changes this case too" in capsys.readouterr().err


class TestTheTable:
    def test_every_option_is_a_fact_of_its_kind(self) -> None:
        for verb in VERBS.values():
            kind = KINDS[verb.kind]
            assert set(verb.facts) <= {*kind.needs, *kind.may}, verb.name
            assert set(verb.facts) <= OPTIONS.keys(), verb.name

    def test_every_needed_fact_can_be_given_or_is_known(self) -> None:
        for verb in VERBS.values():
            needs = set(KINDS[verb.kind].needs) - {"number", "cycle"}
            assert needs <= set(verb.facts), verb.name

    def test_every_verb_is_on_the_help_page_with_the_same_words(self) -> None:
        shown = {verb: said for section in SECTIONS.values() for verb, said in section.items()}
        assert all(shown[verb.name] == verb.said for verb in VERBS.values())

    @pytest.mark.parametrize("state", list(State))
    def test_every_state_but_the_last_allows_something(self, state: State) -> None:
        assert bool(legal_verbs(state)) is (state is not State.ERASED)


def test_qualifying_keeps_what_was(desk: Path, say: Verb) -> None:
    say("qualify", OPEN, "--urgency", "critical", "--known", "yes", "--no-propose")
    entry = last(desk)
    assert entry["set"] == {"urgency": "critical", "known": "yes"}
    assert set(entry["was"]) == {"urgency", "known"}  # type: ignore[call-overload]
    assert "nothing would change" in say(
        "qualify", OPEN, "--urgency", "critical", "--no-propose", code=2
    )
    assert "there is no zoe" in say("qualify", OPEN, "--owner", "zoe", code=1)


def resolve(say: Verb, desk: Path, case_id: str = OPEN) -> None:
    if last(desk, case_id)["state"] == "open":
        say("reply", case_id, "--url", "https://forum.example.org/x#1", "--no-propose")
    say("resolve", case_id, "--outcome", "accepted", "--reason", "r", "--channel", "private",
        "--where", "inbox", "--no-propose")  # fmt: skip


def test_closing_needs_every_place_and_its_reasons(desk: Path, say: Verb) -> None:
    resolve(say, desk)
    url = ("--url", "https://forum.example.org/x#2")
    assert "`close` needs --url p1=URL" in say("close", OPEN, code=2)
    assert "`close` needs --survey" in say("close", OPEN, *url, "--root-cause", "c", code=2)
    no_survey = ("--no-survey", "asked by phone")
    say("close", OPEN, *url, *no_survey, "--root-cause", "late carrier", "--no-propose")
    entry = last(desk)
    assert entry["state"] == "closed"
    assert entry["closings"] == [{"place": "p1", "url": "https://forum.example.org/x#2"}]
    assert entry["survey"] == {"sent": False, "why": "asked by phone"}
    say("reopen", OPEN, "--reason", "again", "--no-propose")
    assert (last(desk)["state"], last(desk)["cycle"]) == ("open", 2)


def test_two_people_end_a_crisis(desk: Path, say: Verb, act_as: ActAs) -> None:
    say("crisis", OPEN, "--raise", "suicide", "--no-propose")
    say("crisis", OPEN, "--taken", "--no-propose")
    assert "no template answers a crisis" in say(
        "reply",
        OPEN,
        "--url",
        "https://forum.example.org/x#1",
        "--template",
        "thanks-fr",
        "--no-propose",
        code=1,
    )
    assert "needs --note" in say("crisis", OPEN, "--lifted", "over", code=2)
    assert "say what happened" in say("crisis", OPEN, code=2)
    say("crisis", OPEN, "--lifted", "over", "--note", "with family", "--no-propose")
    resolve(say, desk)
    close = ("close", OPEN, "--impossible", "thread locked", "--no-survey", "no",
             "--root-cause", "c", "--no-propose")  # fmt: skip
    assert "is closed by two people" in say(*close, code=1)
    act_as("odile.ferrand@lumen.example.org")
    say("approve", OPEN, "--subject", "closing", "--no-propose")
    act_as("ines.carpentier@agence.example.org")
    say(*close)
    assert last(desk)["state"] == "closed"


def test_merging_changes_both_files_in_one_pull_request(desk: Path, say: Verb) -> None:
    other = next(
        path.stem
        for path in sorted(desk.glob("cases/*/*/*/*.yaml"))
        if path.stem != OPEN
        and last(desk, path.stem)["state"] in {"open", "acknowledged", "awaiting-customer"}
    )
    data = json.loads(say("merge", OPEN, other, "--reason", "same parcel", "--json"))
    assert len(data["paths"]) == 2
    say("accept", str(data["pull"]))
    assert last(desk)["target"] == other
    added = last(desk, other)
    assert (added["entry"], added["from"]) == ("place-added", OPEN)
    assert run(["check"]) == 0
    assert "cannot be merged with itself" in say("merge", other, other, code=2)


def test_two_proposals_for_one_case_both_arrive(
    desk: Path, say: Verb, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    say("note", OPEN, "--note", "first")
    say("note", OPEN, "--note", "second")
    say("accept", "1")
    refused = say("accept", "2", code=5)
    assert "conflicts with the base" in refused
    assert "`doleances rebase 2`" in refused
    assert run(["rebase", "2"]) == 0
    out, err = capsys.readouterr()
    assert "proposed in pull request 3" in out
    assert err == ""
    say("accept", "3")
    case = read_value(file_of(desk).read_bytes())
    assert isinstance(case, dict)
    assert [entry["note"] for entry in case["log"][-2:]] == ["first", "second"]
    assert run(["check", "--base", "HEAD~2"]) == 0
    say("note", OPEN, "--note", "third")
    assert "Nothing to do" in say("rebase", "4")


def test_what_became_impossible_is_not_rebased(desk: Path, say: Verb) -> None:
    say("dismiss", OPEN, "--reason", "spam")
    say("crisis", OPEN, "--raise", "suicide")
    say("accept", "1")
    assert run(["rebase", "2"]) == 0
    closed = "c-76xj11xav7kx"
    assert last(desk, closed)["state"] == "closed"
    say("reopen", closed, "--reason", "one")
    say("reopen", closed, "--reason", "two")
    say("accept", "4")
    assert "`reopened` cannot happen to a case that is open" in say("rebase", "5", code=1)


def test_status_lists_what_is_open(desk: Path, say: Verb) -> None:
    cases = json.loads(say("status", "--json"))["cases"]
    assert OPEN in {case["case"] for case in cases}
    assert all(State(case["state"]).is_open for case in cases)
    mine = json.loads(say("status", "--mine", "--json"))["cases"]
    assert {case["owner"] for case in mine} == {"ines"}
    assert len(mine) < len(cases)
    late = json.loads(say("--now", "2026-11-23T09:00:00Z", "status", "--overdue", "--json"))[
        "cases"
    ]
    assert 0 < len(late) < len(cases)
    assert all(case["due_at"] < "2026-11-23T09:00:00Z" for case in late)
    assert say("status", "--source", "nowhere") == "No open case.\n"
    table = say("status").splitlines()
    assert table[0].split()[:2] == ["case", "state"]
    assert table[-1].endswith("open cases.")


NEW = ("new", "--source", "forum-bricolage", "--author", "Zed", "--url",
       "https://forum.example.org/t/99001")  # fmt: skip
TEXT = "Ma lampe Lumen est arrivée cassée, toujours aucune réponse, je veux un remboursement."


def test_a_message_that_a_person_found_becomes_a_case(desk: Path, say: Verb) -> None:
    data = json.loads(say(*NEW, "--text", TEXT + " 06 12 34 56 78", "--json"))
    case_id = data["branch"].split("/")[1]
    assert data["branch"] == f"desk/{case_id}/open"
    say("accept", str(data["pull"]))
    text = file_of(desk, case_id).read_text()
    assert "06 12 34" not in text
    assert "by: ines" in text
    assert last(desk, case_id)["state"] == "open"
    assert f"the message stands in {case_id} already" in say(*NEW, "--text", TEXT, code=5)
    assert "`new` needs --source" in say("new", code=2)
    assert "`new` needs --url and --text" in say("new", "--source", "forum-bricolage", code=2)
    assert "no rule takes it for after-sales" in say(
        "new", "--source", "forum-bricolage", "--url", "https://forum.example.org/t/99002",
        "--text", "Il fait beau aujourd'hui.", code=5,
    )  # fmt: skip


def test_ids_are_completed_in_the_shell(desk: Path) -> None:
    import click

    from runner.cli.case_ids import complete_case_ids

    context = click.Context(click.Command("note"))
    items = complete_case_ids(context, click.Argument(["x"]), OPEN[:4])
    assert OPEN in {item.value for item in items}


def test_erasing_names_the_cases_that_hold_the_same_words(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str], act_as: ActAs
) -> None:
    left = next(
        path.stem
        for path in sorted(desk.glob("cases/*/*/*/*.yaml"))
        if path.stem != OPEN and "\nstate: open\n" in path.read_text()
    )
    assert run(["merge", left, OPEN, "--reason", "same", "--no-propose"]) == 0
    assert run(["dismiss", OPEN, "--reason", "spam", "--no-propose"]) == 0
    act_as("odile.ferrand@lumen.example.org")
    git(desk, "commit", "-qam", "Merge, then dismiss.")
    capsys.readouterr()
    for one, other in ((left, OPEN), (OPEN, left)):
        assert run(["erase", one, "--ground", "request"]) == 0
        told = " ".join(capsys.readouterr().err.split())
        held = file_of(desk, other).relative_to(desk).as_posix()
        assert f"{held} holds messages of this case too, with words and names." in told
        assert f"doleances erase {other} --ground" in told
    assert run(["erase", OPEN, "--ground", "request", "--no-propose"]) == 0
    capsys.readouterr()
    assert run(["erase", left, "--ground", "request", "--no-propose"]) == 0
    assert "messages of this case" not in capsys.readouterr().err


def test_an_erased_case_holds_nothing_of_the_customer(
    desk: Path, say: Verb, capsys: pytest.CaptureFixture[str], act_as: ActAs
) -> None:
    closed = "c-z9dhernv57sj"
    act_as("odile.ferrand@lumen.example.org")
    assert "`erased` cannot happen to a case that is" in say(
        "erase", OPEN, "--ground", "request", code=2
    )
    assert run(["erase", closed, "--ground", "request", "--receipt", "R-1"]) == 0
    out, err = capsys.readouterr()
    assert "proposed in pull request 1" in out
    assert "Git still holds what was written: 1 commit changed this file" in err
    say("accept", "1")
    text = file_of(desk, closed).read_text()
    assert "Sandrine" not in text
    assert "mille morceaux" not in text
    assert "prise en charge" not in text
    assert "state: erased" in text
    assert last(desk, closed)["receipt"] == "R-1"
    assert run(["check", "--base", "HEAD~1"]) == 0


@pytest.mark.parametrize("option", [(), ("--markdown",)])
def test_a_brief_tells_everything_in_order(say: Verb, option: tuple[str, ...]) -> None:
    page = say("brief", "c-z9dhernv57sj", *option)
    told = ["Reçue en morceaux", "Emballage Lumen", "SAV-1184", "Remplacement sans retour",
            "prise en charge a été top"]  # fmt: skip
    # In Markdown, lines are wrapped and signs that could act are held apart.
    page = " ".join(page.replace("\n> ", " ").replace("\u2060", "").replace("\\", "").split())
    places = [page.index(words) for words in told]
    assert places == sorted(places)
    assert page.startswith("# c-z9dhernv57sj" if option else "c-z9dhernv57sj")


def test_a_clock_forged_by_hand_is_not_accepted(desk: Path, say: Verb, git: Git) -> None:
    """`accept` judges by all that `check --base` judges."""
    hand_off = ("hand-off", OPEN, "--recipient", "Lumen care", "--reference", "SAV-1")
    data = json.loads(say(*hand_off, "--asks", "refund", "--consent", "given", "--json"))
    git(desk, "switch", "-q", data["branch"])
    there = file_of(desk)
    there.write_text(there.read_text().replace("stops: [answered]", "stops: [answered, noted]"))
    git(desk, "commit", "-qam", "Let a note do.")
    git(desk, "switch", "-q", "main")
    refused = say("accept", "1", code=1)
    assert "policies/clocks.yaml had answered as `stops` of back-office" in refused


def test_nobody_has_the_runner_speak_on_a_branch_of_his_own(
    desk: Path, say: Verb, git: Git
) -> None:
    data = json.loads(say("note", OPEN, "--note", "vu", "--json"))
    git(desk, "switch", "-q", data["branch"])
    there = file_of(desk)
    before, _, after = there.read_text().rpartition("by: ines")
    there.write_text(f"{before}by: runner{after}")
    git(desk, "commit", "-qam", "Not me.", "--author=Doléances <runner@doleances.invalid>")
    git(desk, "switch", "-q", "main")
    assert "the runner did not write this entry" in say("accept", "1", code=1)


def test_an_answer_in_the_name_of_somebody_else_says_what_works(
    desk: Path, say: Verb, capsys: pytest.CaptureFixture[str], act_as: ActAs
) -> None:
    words = ("note", OPEN, "--note", "vu")
    assert run([*words, "--by", "odile"]) == 0
    out, err = capsys.readouterr()
    assert "For Odile Ferrand to accept: doleances accept 1" in out
    assert "only where git uses odile.ferrand@lumen.example.org" in err
    assert "--decided-by odile" in err
    assert "neither proposes nor approves" in say("accept", "1", code=1)
    act_as("odile.ferrand@lumen.example.org")
    say("accept", "1")
    assert last(desk)["by"] == "odile"


def test_accepting_by_a_stranger_is_taken_with_a_warning(
    desk: Path, say: Verb, capsys: pytest.CaptureFixture[str], act_as: ActAs
) -> None:
    say("note", OPEN, "--note", "vu")
    say("note", OPEN, "--note", "vu encore")
    act_as("zoe@elsewhere.example.org")
    assert run(["accept", "1"]) == 0
    assert "nobody with the address zoe@elsewhere.example.org" in capsys.readouterr().err
    assert run(["doctor"]) == 0
    assert "nobody with the address zoe@elsewhere.example.org" in capsys.readouterr().out
    act_as("ines.carpentier@agence.example.org")
    say("rebase", "2")
    capsys.readouterr()
    assert run(["accept", OPEN]) == 0
    assert not capsys.readouterr().err
    assert run(["doctor"]) == 0
    assert "Here you decide as Inès Carpentier." in capsys.readouterr().out
