"""`doleances publish` posts what people approved, where and when it may."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from posting_desk import APPROVED, CASES, LATER, TEXT, PostingDesk
from sites import DID, Sites

Desks = Callable[..., PostingDesk]
KINDS = ("mastodon", "bluesky", "discourse")


def test_an_approved_reply_is_posted_once_and_then_proposed_as_published(
    desk_of: Desks, sites: Sites
) -> None:
    desk = desk_of(*KINDS)
    desk.run("publish")
    assert sites.texts() == [TEXT] * 3
    desk.run("publish", now=LATER[0])
    assert sites.texts() == [TEXT] * 3
    desk.run("run", "--offline", now=LATER[0])
    told = {
        kind: desk.git(
            desk.folder, "show",
            f"{_branch(desk, kind)}:cases/2026/11/23/{CASES[kind]}.yaml",
        )
        for kind in KINDS
    }  # fmt: skip
    for text in told.values():
        assert "entry: published" in text
        assert "approved_by: ines" in text
        assert "to: acknowledged" in text
    assert f"{sites.url}/@lumen/200" in told["mastodon"]
    assert "at: 2026-11-23T10:00:00Z" in told["mastodon"], "the post is not later than the run"
    assert f"{sites.url}/t/colis/812/2" in told["discourse"]
    assert f"https://bsky.app/profile/{DID}/post/" in told["bluesky"]
    desk.run("run", "--offline", now=LATER[0])


def test_a_merged_publication_ends_the_promise_and_nothing_is_left(
    desk_of: Desks, sites: Sites
) -> None:
    desk = desk_of("mastodon")
    desk.run("publish")
    desk.run("run", "--offline", now=LATER[0])
    desk.run("accept", "1", now=LATER[0])
    assert "entry: published" in desk.path("mastodon").read_text()
    assert desk.stages(LATER[1]) == {}
    desk.run("check")
    desk.run("publish", now=LATER[1])
    assert sites.texts() == [TEXT]


def test_three_jobs_each_with_its_own_secrets_do_the_same(
    desk_of: Desks, sites: Sites, tmp_path: Path
) -> None:
    desk = desk_of(*KINDS)
    orders, results = str(tmp_path / "orders"), str(tmp_path / "results")
    secrets = {name: desk.environment.pop(name) for name in list(desk.environment)
               if name.endswith("_POSTS")}  # fmt: skip
    desk.run("publish", "--prepare", orders)
    assert sites.texts() == []
    desk.environment |= secrets
    desk.run("publish", "--orders", orders, "--out", results)
    assert sites.texts() == [TEXT] * 3
    for name in secrets:
        del desk.environment[name]
    desk.run("publish", "--record", results)
    assert set(desk.stages().values()) == {"posted"}
    assert "s3cret" not in Path(orders).read_text() + Path(results).read_text()


class Suspending(list[str]):
    """What was posted; once something was, the desk's schedule rests."""

    def __init__(self, desk: PostingDesk) -> None:
        super().__init__()
        self.desk = desk

    def append(self, words: str) -> None:
        super().append(words)
        file = self.desk.folder / "sources.yaml"
        file.write_text(f"{file.read_text()}suspend: true\n")


def test_suspended_while_it_posts_it_posts_no_more_and_goes_on_where_people_let_it(
    desk_of: Desks, sites: Sites, tmp_path: Path
) -> None:
    desk = desk_of(*KINDS)
    sites.written = Suspending(desk)
    orders, results = str(tmp_path / "orders"), str(tmp_path / "results")
    desk.run("publish", "--prepare", orders, "--scheduled")
    said = desk.run("publish", "--orders", orders, "--out", results, "--scheduled")
    assert sites.texts() == [TEXT]
    assert "Suspended" in said
    desk.run("publish", "--record", results)
    assert sorted(desk.stages().values()) == ["posted", "waiting", "waiting"]
    sites.written = [TEXT]
    desk.run("publish", now=LATER[1])
    assert sites.texts() == [TEXT] * 3


def test_what_is_sent_is_what_each_site_wants(desk_of: Desks, sites: Sites) -> None:
    desk_of(*KINDS).run("publish")
    (toot, record, post) = sorted(sites.sent, key=lambda one: KINDS.index(_kind(one[1])))
    assert toot[3]["in_reply_to_id"] == "100"
    assert toot[3]["visibility"] == "unlisted"
    assert len(toot[2]["Idempotency-Key"]) == 32
    assert record[3]["swapRecord"] is None
    assert record[3]["record"]["reply"]["root"]["cid"] == "bafyparent"
    assert len(record[3]["rkey"]) == 13
    assert post[2]["Api-Username"] == "lumen"
    assert post[3] == {"raw": TEXT, "topic_id": 812, "reply_to_post_number": 1}


def test_words_that_stand_there_already_are_recorded_and_not_posted_again(
    desk_of: Desks, sites: Sites
) -> None:
    desk = desk_of("discourse")
    sites.posts.append(
        {"id": 950, "topic_id": 812, "topic_slug": "colis", "post_number": 4, "username": "lumen",
         "created_at": "2026-11-23T09:30:00Z", "cooked": f"<p>{TEXT}</p>"}
    )  # fmt: skip
    desk.run("publish")
    assert sites.sent == []
    assert desk.stages() == {CASES["discourse"]: "posted"}


@pytest.mark.parametrize(
    ("more", "changes", "stage", "why"),
    [
        (("- entry: crisis-raised\n  at: 2026-11-23T09:10:00Z\n"
         "  recorded_at: 2026-11-23T09:10:00Z\n  by: ines\n  crisis: suicide\n"),
         {"crisis": "suicide"}, "lapsed", "the case has changed since"),
        (("- entry: customer-wrote\n  at: 2026-11-23T09:10:00Z\n"
         "  recorded_at: 2026-11-23T09:10:00Z\n  by: ines\n  channel: public\n  place: p1\n"),
         {}, "lapsed", "the case has changed since"),
        (("- entry: replied\n  at: 2026-11-23T09:10:00Z\n  recorded_at: 2026-11-23T09:10:00Z\n"
         "  by: ines\n  to: acknowledged\n  place: p1\n  url: https://forum.example.org/t/1\n"),
         {"state": "acknowledged"}, "lapsed", "the case has changed since"),
        (("- entry: dismissed\n  at: 2026-11-23T09:10:00Z\n  recorded_at: 2026-11-23T09:10:00Z\n"
         "  by: ines\n  to: dismissed\n  reason: spam\n"),
         {"state": "dismissed"}, None, ""),
        (("- entry: noted\n  at: 2026-11-23T09:10:00Z\n  recorded_at: 2026-11-23T09:10:00Z\n"
         "  by: ines\n  note: Rien.\n"), {}, "ready", ""),
    ],
    ids=["crisis", "customer wrote", "person replied", "dismissed", "note"],
)  # fmt: skip
def test_what_happened_since_decides_whether_the_text_is_still_wanted(
    desk_of: Desks, sites: Sites, more: str, changes: dict[str, str], stage: str | None, why: str
) -> None:
    desk = desk_of("discourse")
    desk.add("discourse", more, **changes)
    assert desk.stages().get(CASES["discourse"]) == stage
    if stage == "lapsed":
        assert why in desk.why()
    desk.run("publish")
    assert bool(sites.sent) is (stage == "ready")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Bonjour Camille, nous vous remboursons 500 euros. Bonne journée !", "promise"),
        ("Bonjour Camille, appelez-moi au 06 39 98 12 34. Bonne journée !", "personal data"),
        ("Bonjour Camille, retirez votre avis et nous vous offrons un bon. Merci !", "unlawful"),
    ],
    ids=["promise", "personal data", "offer"],
)
def test_a_text_with_faults_is_held(desk_of: Desks, sites: Sites, text: str, why: str) -> None:
    desk = desk_of("discourse")
    path = desk.path("discourse")
    path.write_text(path.read_text().replace(TEXT, text))
    desk.commit("Other words.")
    assert desk.stages() == {CASES["discourse"]: "held"}
    assert why in desk.why()
    desk.run("publish")
    assert sites.sent == []


def test_it_waits_for_its_hour(desk_of: Desks, sites: Sites) -> None:
    desk = desk_of("discourse")
    desk.add("discourse", "  not_before: 2026-11-23T11:00:00Z\n")
    desk.run("publish")
    assert desk.stages() == {CASES["discourse"]: "waiting"}
    assert sites.sent == []
    desk.run("publish", now=LATER[1])
    assert sites.texts() == [TEXT]


def test_words_approved_anew_take_the_place_of_the_earlier_ones(
    desk_of: Desks, sites: Sites
) -> None:
    desk = desk_of("discourse")
    other = TEXT.replace("ce matin", "ce soir")
    desk.add("discourse", APPROVED.format(text=other).replace("09:00", "09:20"))
    desk.run("publish")
    assert sites.texts() == [other]


def test_a_source_that_does_not_publish_leaves_it_to_people(desk_of: Desks, sites: Sites) -> None:
    desk = desk_of("discourse")
    file = desk.folder / "sources.yaml"
    file.write_text(
        file.read_text().replace(
            "  publish: {when: on-merge, variable: FORUM_POSTS, user: lumen}\n", ""
        )
    )
    desk.commit("By hand.")
    assert desk.stages() == {CASES["discourse"]: "by-hand"}
    desk.run("publish")
    assert sites.sent == []


def test_an_order_of_a_strange_file_is_refused(desk_of: Desks, tmp_path: Path) -> None:
    desk = desk_of("discourse")
    (tmp_path / "orders").write_text('{"order": {"case": "../../x"}}\n')
    desk.run("publish", "--orders", str(tmp_path / "orders"), "--out", str(tmp_path / "o"), code=5)
    claimed: dict[str, Any] = {
        "posting": {
            "case": CASES["discourse"], "key": "0" * 32, "tried": 1, "step": "posted",
            "at": "2026-11-23T09:59:00Z", "run": "", "url": "https://elsewhere.example.org/",
            "native_id": None, "detail": "", "not_before": None,
        }
    }  # fmt: skip
    (tmp_path / "results").write_text(json.dumps(claimed) + "\n")
    desk.run("publish", "--record", str(tmp_path / "results"))
    assert desk.stages() == {CASES["discourse"]: "ready"}, "nobody intended that try"


def _branch(desk: PostingDesk, kind: str) -> str:
    listed = desk.git(
        desk.folder, "for-each-ref", "--format=%(refname)", f"refs/heads/doleances/{CASES[kind]}"
    )
    (branch,) = listed.splitlines()
    return branch


def _kind(path: str) -> str:
    if path == "/posts.json":
        return "discourse"
    return "mastodon" if path.startswith("/api/") else "bluesky"
