"""Receipts of messages to the team: each once, read by case, brought together from two clones."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.planning.deliveries import ChannelState, Failure, Trouble
from runner.planning.observation import Cursor
from runner.repo.git import Repository, open_repository, read_refs
from runner.repo.ledger import LEDGER, Ledger, newest, read_ledger, write_ledger
from runner.repo.objects import NewCommit, ObjectReader, Signature, write_commits
from runner.repo.receipts import RECEIPTS
from runner.repo.receipts_merge import Union, merge_receipts
from runner.repo.told import (
    Acknowledgement,
    Comment,
    TeamReceipts,
    Told,
    has_told,
    is_team_path,
    parse_team_receipt,
    read_team_receipts,
    write_team_receipts,
)

Git = Callable[..., str]
BOT = Signature("Doléances", "runner@doleances.invalid")
NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CASE, OTHER = "c-7f3k2m9x4q5t", "c-0a1b2c3d4e5f"


def mail(case_id: str = CASE, person: str = "ines", at: datetime = NOW) -> Told:
    key = f"{case_id}/1/first-reply/2026-11-21T08:03:12Z/half/0/mail/{person}"
    return Told(key, case_id, "mail", person, at)


def comment(at: datetime = NOW) -> Told:
    key = f"{CASE}/1/first-reply/2026-11-21T08:03:12Z/half/0/forge/ines"
    return Told(key, CASE, "forge", "ines", at, Comment("Moitié", "Une **phrase**.\n"))


def in_hand(at: datetime = NOW, until: datetime | None = None) -> Acknowledgement:
    return Acknowledgement(CASE, "first-reply", NOW, "ines", at, until, "J'appelle.")


def read(repository: Repository, *case_ids: str, commit: str | None = None) -> TeamReceipts:
    commit = commit or read_refs(repository, RECEIPTS).get(RECEIPTS)
    with ObjectReader(repository) as reader:
        return read_team_receipts(reader, commit, case_ids)


def chain(repository: Repository, *receipts: Told | Acknowledgement) -> str:
    """Write a chain of its own, and take it from its reference."""
    write_team_receipts(repository, receipts, BOT, NOW)
    commit = read_refs(repository, RECEIPTS)[RECEIPTS]
    repository.run("update-ref", "-d", RECEIPTS)
    return commit


def merged(repository: Repository, here: str | None, there: str | None) -> Union:
    return merge_receipts(repository, here, there, lambda one, _: one, BOT)


@pytest.fixture
def repository(folder: Path) -> Repository:
    return open_repository(folder)


def test_what_is_written_is_read_by_its_case(repository: Repository) -> None:
    kept = (mail(), comment(LATER), in_hand(LATER, LATER + timedelta(hours=4)), mail(OTHER))
    assert write_team_receipts(repository, kept, BOT, NOW) == (True,) * 4
    assert read(repository, CASE) == TeamReceipts(kept[:2], (kept[2],))
    assert set(read(repository, OTHER, CASE, CASE).told) == {mail(OTHER), *kept[:2]}
    assert read(repository, "c-111111111111") == TeamReceipts()
    assert (mail().clock, mail().tier) == ("first-reply", "half")


def test_the_earlier_receipt_stays(repository: Repository) -> None:
    assert write_team_receipts(repository, (mail(),), BOT, NOW) == (True,)
    again = (mail(at=LATER), mail(person="sam", at=LATER))
    assert write_team_receipts(repository, again, BOT, LATER) == (False, True)
    assert [each.at for each in read(repository, CASE).told] == [NOW, LATER]
    before = read_refs(repository, RECEIPTS)
    assert write_team_receipts(repository, again, BOT, LATER) == (False, False)
    assert read_refs(repository, RECEIPTS) == before
    with ObjectReader(repository) as reader:
        assert has_told(reader, CASE, mail().key)
        assert not has_told(reader, CASE, comment().key)


def test_two_clones_come_to_the_same_whoever_asks(repository: Repository) -> None:
    here = chain(repository, mail(at=LATER), in_hand())
    there = chain(repository, mail(), comment(), in_hand(LATER))
    one, other = merged(repository, here, there), merged(repository, there, here)
    assert one.commit == other.commit
    assert (one.ignored, one.arrived) == ((), ())
    both = read(repository, CASE, commit=one.commit)
    assert set(both.told) == {mail(), comment()}
    assert both.acknowledged == (in_hand(), in_hand(LATER))
    # Who brings them together again comes to rest.
    assert merged(repository, one.commit, there).commit == one.commit


@pytest.mark.parametrize(
    "broken",
    [
        {"key": f"{CASE}/1/x"},
        {"case": OTHER},
        {"at": "yesterday"},
        {"person": ["ines"]},
        {"channel": None},
    ],
)
def test_a_receipt_that_does_not_belong_where_it_stands_is_none(
    repository: Repository, broken: dict[str, object]
) -> None:
    sound = chain(repository, mail())
    record = json.loads(repository.run("show", f"{sound}:{mail().path}")) | broken
    (hostile,) = write_commits(
        repository,
        (NewCommit("m\n", BOT, NOW, {mail().path: json.dumps(record).encode()}),),
    )
    assert read(repository, CASE, commit=hostile) == TeamReceipts()
    union = merged(repository, sound, hostile)
    assert union.ignored == (f"{mail().path}: it is no receipt",)
    assert read(repository, CASE, commit=union.commit).told == (mail(),)


@pytest.mark.parametrize(
    "path",
    ["told/7f/c-0a1b2c3d4e5f/" + "0" * 32 + ".json", f"told/7f/{CASE}/../x.json",
     f"told/7f/{CASE}/{'0' * 31}.json", f"heard/7f/{CASE}/{'0' * 32}.json", ""],
)  # fmt: skip
def test_other_places_hold_no_receipt(path: str) -> None:
    assert not is_team_path(path)
    with pytest.raises(ValueError, match="nothing of the kind"):
        parse_team_receipt(path, b"{}")


def test_the_ledger_keeps_how_channels_fare_beside_the_cursors(repository: Repository) -> None:
    failure = Failure(mail().key, Trouble.REFUSED, "mail.example.org", "550 no")
    state = ChannelState("mail", NOW, LATER, (failure,))
    cursor = Cursor("forum", None, None, NOW, "digest", (), 3)
    assert write_ledger(repository, BOT, channels=[state])
    assert write_ledger(repository, BOT, cursors=[cursor])
    assert not write_ledger(repository, BOT, channels=[state])
    # A run that began earlier knows less.
    write_ledger(repository, BOT, channels=[ChannelState("mail", NOW - timedelta(hours=1))])
    with ObjectReader(repository) as reader:
        held = read_ledger(reader, read_refs(repository, LEDGER)[LEDGER])
    assert held == Ledger({"forum": cursor}, {"mail": state})
    assert (state.rests(NOW), state.rests(LATER)) == (True, False)
    better = ChannelState("mail", LATER)
    assert newest(held, Ledger({}, {"mail": better})).channels == {"mail": better}
