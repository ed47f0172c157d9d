"""Stories that say who is told at which run: what they can say, and how they fail."""

from pathlib import Path

import pytest

from runner.cli.main import run

ROOT = Path(__file__).parents[2]


def tell(capsys: pytest.CaptureFixture[str], folder: Path, text: str) -> tuple[int, str]:
    """Return exit code and output, with the file called STORIES."""
    file = folder / "stories.yaml"
    file.write_text(f"version: 1\nzone: Europe/Paris\ncases:\n{text}")
    code = run(["-C", str(ROOT), "test", str(file)])
    said = capsys.readouterr()
    return code, (said.out + said.err).replace(file.as_posix(), "STORIES")


DUE = """\
- name: Told
  log: [{entry: detected, at: 2026-11-23 09:00}]
  runs: [2026-11-26 09:00, 2026-11-26 08:00]
"""


@pytest.mark.parametrize(
    "told",
    [
        "[{at: 2026-11-26 08:00, to: ines}, {at: 2026-11-26 09:00, to: [ines, malo]}]",
        (
            "[{at: 2026-11-26 08:00, to: ines, by: [mail, forge], tier: reply-soon},"
            " {at: 2026-11-26 09:00, clock: first-reply, to: [ines, malo], by: [mail, chat]}]"
        ),
        # The same thing in parts.
        (
            "[{at: 2026-11-26T07:00:00Z, to: ines, by: mail}, {at: 2026-11-26 08:00, to: ines,"
            " by: forge}, {at: 2026-11-26 09:00, to: ines}, {at: 2026-11-26 09:00, to: malo}]"
        ),
    ],
)
def test_all_messages_of_all_runs_are_expected(
    told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = tell(capsys, tmp_path, f"{DUE}  told: {told}\n")
    assert (code, said) == (0, "1 récit, tout est conforme.\n")


def test_a_message_more_and_a_message_less_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = (
        "[{at: 2026-11-26 08:00, to: ines, by: forge}, {at: 2026-11-26 09:00, to: [ines, malo]},"
        " {at: 2026-11-26 09:00, tier: reply-soon, to: sam, by: chat}, {at: 2026-11-27, to: malo}]"
    )
    code, said = tell(capsys, tmp_path, f"{DUE}  told: {told}\n")
    assert code == 1
    assert (
        said
        == """\
STORIES:7:97: Told
    told at 2026-11-26T08:00:00Z (Thursday 2026-11-26 09:00 Europe/Paris)
      expected  reply-soon to sam by chat
      got       reply-late to ines by mail, reply-late to ines by chat, \
reply-late to malo by mail, reply-late to malo by chat
STORIES:7:158: Told
    told at 2026-11-26T23:00:00Z (Friday 2026-11-27 00:00 Europe/Paris)
      expected  a message to malo
      got       nobody is told
      why       there is no run at that instant
STORIES:6:9: Told
    told at 2026-11-26T07:00:00Z (Thursday 2026-11-26 08:00 Europe/Paris)
      expected  nobody else
      got       reply-soon to ines by mail
1 récit, non conformes\u00a0: 1.
"""
    )


def test_it_is_said_why_nobody_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = """\
- name: At night
  log: [{entry: detected, at: 2026-11-23 21:00}]
  runs: [2026-11-26 22:00]
  told: [{at: 2026-11-26 22:00, to: ines, by: mail}]
"""
    code, said = tell(capsys, tmp_path, text)
    assert code == 1
    assert (
        said
        == """\
STORIES:7:10: At night
    told at 2026-11-26T21:00:00Z (Thursday 2026-11-26 22:00 Europe/Paris)
      expected  a message to ines by mail
      got       nobody is told
      why       first-reply: reply-late held, quiet: mail until 2026-11-27T07:00:00Z
                first-reply: reply-late held, quiet: chat until 2026-11-27T07:00:00Z
                first-reply: reply-soon overtaken by reply-late
1 récit, non conformes\u00a0: 1.
"""
    )


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("to: inez", "there is no person `inez`\n      why       did you mean `ines`?"),
        ("to: ines, by: male", "there is no channel `male`\n      why       did you mean `mail`?"),
        ("to: ines, tier: reply-son",
         "there is no tier `reply-son`\n      why       did you mean `reply-soon`?"),
        ("to: ines, clock: first-repli", "there is no clock `first-repli` in policies/clocks.yaml"),
    ],
)  # fmt: skip
def test_names_that_are_nowhere(
    told: str, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = tell(capsys, tmp_path, f"{DUE}  told: [{{at: 2026-11-26 08:00, {told}}}]\n")
    assert code == 1
    assert f"STORIES:7:10: Told\n    {message}" in said


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("owner: inez", "STORIES:4:3: Told\n    there is no person `inez`"),
        ("acknowledged: [{clock: first-reply, at: 2026-11-26, by: mallo}]",
         "STORIES:4:3: Told\n    there is no person `mallo`"),
        ("acknowledged: [{clock: first-repl, at: 2026-11-26, by: malo}]",
         "STORIES:6:9: Told\n    there is no clock `first-repl` in policies/clocks.yaml"),
    ],
)  # fmt: skip
def test_facts_that_are_nowhere(
    fact: str, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = tell(capsys, tmp_path, f"{DUE}  told: []\n  {fact}\n")
    assert code == 1
    assert message in said


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("now: 2026-11-24", "the story expects nothing"),
        ("expect: {first-reply: none}", "`expect` needs `now`"),
        ("runs: [2026-11-24]", "`runs` needs `told`"),
        ("now: 2026-11-24\n  expect: {first-reply: none}\n  told: []", "`told` needs `runs`"),
        ("runs: [tomorrow]\n  told: []", "`tomorrow` has not the form of an entry of `runs`"),
        ("runs: [2026-02-30]\n  told: []", "`2026-02-30` is no instant"),
    ],
)
def test_what_goes_together(
    keys: str, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = f"- name: T\n  log: [{{entry: detected, at: 2026-11-23}}]\n  {keys}\n"
    code, said = tell(capsys, tmp_path, text)
    assert code == 1
    assert message in said


def test_facts_change_as_the_log_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = """\
- name: Facts
  accepted: 2026-11-23 10:00
  owner: none
  log:
  - {entry: detected, at: 2026-11-23 09:00}
  - {entry: qualified, at: 2026-11-25 12:00, set: {urgency: critical, owner: sam}}
  now: 2026-11-25 13:00
  expect: {first-reply: {standing: running}}
  runs: [2026-11-25 11:00, 2026-11-25 13:00]
  told:
  - {at: 2026-11-25 13:00, tier: critical-half, to: sam, by: [forge, mail, chat]}
- name: Without an owner
  owner: none
  log:
  - {entry: detected, at: 2026-11-23 09:00}
  runs: [2026-11-25 19:00]
  told:
  - {at: 2026-11-25 19:00, tier: reply-soon, to: malo, by: [forge, mail]}
"""
    assert tell(capsys, tmp_path, text) == (0, "2 récits, tout est conforme.\n")
