"""Conversations through the verbs: a feed, a forum and a page of reviews on loopback."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Exchange, Site

from runner.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
SOURCES = """\
version: 1
name: Essai
language: {language}
zone: Europe/Paris
suspend: false
base: main
forge: local
contact: mailto:veille@example.org
watch: {{every: 30m}}
brands:
- {{id: lumen, name: Lumen, names: [Lumen]}}
sources:
- id: forum
  kind: discourse
  category: forum
  site: forum.example.org
  contact: {{public: manual, private: none}}
  server: {site}
  watch: {{latest: true}}
  ignore_authors: [Lumen_SAV]
  bots: [RobotLumen]
- id: blog
  kind: feed
  category: advice-site
  site: blog.example.org
  contact: {{public: manual, private: none}}
  url: {site}/feed
- id: avis
  kind: file
  category: review-site
  site: avis.example.org
  contact: {{public: manual, private: none}}
  path: inbox/*.jsonl
  columns: {{native_id: id, url: url, author: author, posted_at: at, text: text}}
  may_be_empty: true
"""
TEAM = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
routes:
- {owner: ines}
"""
COMPLAINT = (
    "Ma lampe Lumen est en panne depuis trois semaines et je n'ai toujours reçu aucune réponse "
    "du service client, remboursez-moi !"
)
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]


@dataclass
class Forum:
    """A forum with one topic, and a feed, both on one server."""

    site: Site
    posts: list[dict[str, Any]] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)

    def post(
        self, number: int, author: str, at: str, text: str, answers: int | None = None
    ) -> None:
        self.posts.append(
            {
                "id": 100 + number,
                "username": author,
                "created_at": at,
                "cooked": f"<p>{text}</p>",
                "post_number": number,
                "post_type": 1,
                "reply_to_post_number": answers,
                "topic_id": 812,
                "topic_slug": "lampe-aube",
                "topic_title": "Ma lampe",
                "category_id": 3,
                "hidden": False,
                "deleted_at": None,
                "user_deleted": False,
            }
        )

    def latest(self, exchange: Exchange) -> None:
        newest = self.posts[:1] if len(self.posts) > 1 else self.posts
        exchange.answer(body=json.dumps({"latest_posts": newest}).encode())

    def topic(self, exchange: Exchange) -> None:
        stream = {"posts": self.posts, "stream": [post["id"] for post in self.posts]}
        document = {"id": 812, "title": "Ma lampe", "slug": "lampe-aube", "post_stream": stream}
        exchange.answer(body=json.dumps(document).encode())

    def feed(self, exchange: Exchange) -> None:
        items = "".join(self.entries)
        body = f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'
        exchange.answer(body=body.encode())


class _Pages(dict[str, Callable[[Exchange], None]]):
    """Pages by path, whatever is asked behind the question mark."""

    def __missing__(self, path: str) -> Callable[[Exchange], None]:
        if "?" not in path:
            return lambda exchange: exchange.answer(404)
        return self[path.partition("?")[0]]


@pytest.fixture
def forum(site: Site) -> Forum:
    made = Forum(site)
    site.pages = _Pages(
        {
            "/posts.json": made.latest,
            "/t/812.json": made.topic,
            "/feed": made.feed,
        }
    )
    return made


@pytest.fixture
def desk(
    forum: Forum, tmp_path: Path, git: Git, own_git_settings: None, monkeypatch: pytest.MonkeyPatch
) -> Path:
    folder = tmp_path / "desk"
    (folder / "inbox").mkdir(parents=True)
    (folder / "inbox" / "avis.jsonl").write_text("")
    (folder / "sources.yaml").write_text(SOURCES.format(site=forum.site.url(""), language="en"))
    (folder / "policies").mkdir()
    for name in ("triage.yaml", "privacy.yaml", "clocks.yaml"):
        shutil.copy(ROOT / "policies" / name, folder / "policies")
    shutil.copytree(ROOT / "policies" / "calendars", folder / "policies" / "calendars")
    (folder / "policies" / "team.yaml").write_text(TEAM)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    git(folder, "config", "user.email", "ines@example.org")
    git(folder, "config", "user.name", "Inès")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DOLEANCES_ALLOW_LOOPBACK", "1")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T08:00:00Z")
    return folder


def done(capsys: Capture, *arguments: str, code: int = 0) -> str:
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, f"{out}\n{err}"
    return out


def pulls(capsys: Capture) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(capsys, "pulls", "--json"))["pulls"]
    return found


def case_of(capsys: Capture, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(capsys, "show", case_id, "--json"))["case"]
    return found


def test_a_conversation_from_the_first_reply_to_praise(
    forum: Forum, desk: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.post(1, "Camille_R", "2026-11-20T19:00:00Z", COMPLAINT)
    done(capsys, "run")
    (intake,) = pulls(capsys)
    done(capsys, "accept", str(intake["number"]))

    # Nothing new: nothing to do, and nothing is asked for again within the half hour.
    done(capsys, "run")
    asked = len([path for path, _ in forum.site.asked if path.startswith("/t/")])
    assert "Nothing to do" in done(capsys, "run")
    assert len([path for path, _ in forum.site.asked if path.startswith("/t/")]) == asked

    # A forum that is ill costs the conversation one read, and is told of.
    topic = forum.site.pages.pop("/t/812.json")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    told = done(capsys, "collect")
    assert "conversations read again: 0, could not be read: 1" in told
    assert f"- {intake['case']}, forum: " in told
    forum.site.pages["/t/812.json"] = topic
    assert "conversations read again: 1, could not be read: 0" in done(capsys, "collect")

    # Our own reply, found; a stranger beside it.
    forum.post(2, "Lumen_SAV", "2026-11-21T09:10:00Z", "Bonjour Camille, nous regardons.", 1)
    forum.post(3, "Dominique", "2026-11-21T09:20:00Z", "Je lis ce fil avec intérêt.")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
    done(capsys, "run")
    (reply,) = pulls(capsys)
    page = json.loads(done(capsys, "show", str(reply["number"]), "--json"))["case"]
    entry = page["log"][-1]
    assert (entry["entry"], entry["by"], entry["to"]) == ("replied", "runner", "acknowledged")
    assert entry["at"] == "2026-11-21T09:10:00Z"
    assert entry["url"].endswith("/t/lampe-aube/812/2")
    done(capsys, "accept", str(reply["number"]))
    due = json.loads(done(capsys, "due", "--json"))
    assert "first-reply" not in json.dumps(due)

    # Resolved, and contested.
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:40:00Z")
    done(
        capsys, "resolve", intake["case"], "--outcome", "refused", "--reason", "hors garantie",
        "--recourse", "le médiateur", "--channel", "public", "--place", "p1",
        "--url", "https://forum.example.org/t/lampe-aube/812/4", "--at", "2026-11-21T10:30:00Z",
    )  # fmt: skip
    take_up(capsys)
    forum.post(
        5, "Camille_R", "2026-11-21T11:00:00Z", "Je refuse, cette réponse est inacceptable.", 4
    )
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T12:00:00Z")
    done(capsys, "run")
    (contested,) = pulls(capsys)
    shown = done(capsys, "show", str(contested["number"]))
    assert "inacceptable" in shown
    entry = json.loads(done(capsys, "show", str(contested["number"]), "--json"))["case"]["log"][-1]
    assert (entry["entry"], entry["to"], entry["at"]) == (
        "contested", "acknowledged", "2026-11-21T11:00:00Z",
    )  # fmt: skip
    assert entry["why"]["rule"] == "not-content"
    assert [clock["clock"] for clock in entry["clocks"]] == ["next-reply"]
    done(capsys, "accept", str(contested["number"]))
    assert "Nothing to do" in done(capsys, "run")

    # Closed; then praise, which moves nothing, and a week later a complaint.
    done(
        capsys, "resolve", intake["case"], "--outcome", "accepted", "--reason", "geste",
        "--remedy", "une lampe neuve", "--channel", "public", "--place", "p1",
        "--url", "https://forum.example.org/t/lampe-aube/812/6",
    )  # fmt: skip
    take_up(capsys)
    done(
        capsys, "close", intake["case"], "--url",
        "p1=https://forum.example.org/t/lampe-aube/812/6", "--no-survey", "not asked",
        "--root-cause", "joint",
    )  # fmt: skip
    take_up(capsys)
    forum.post(7, "camille_r", "2026-11-22T09:00:00Z", "Merci beaucoup, tout est réglé !", 1)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-22T10:00:00Z")
    done(capsys, "run")
    (thanks,) = pulls(capsys)
    page = json.loads(done(capsys, "show", str(thanks["number"]), "--json"))["case"]
    assert page["log"][-1]["entry"] == "thanked"
    assert page["state"] == "closed"
    done(capsys, "reject", str(thanks["number"]), "--reason", "no need")
    assert "Nothing to do" in done(capsys, "run", "--full")

    forum.post(8, "Camille_R", "2026-11-27T09:00:00Z", "Elle est de nouveau en panne !")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-28T10:00:00Z")
    done(capsys, "run")
    (again,) = pulls(capsys)
    page = json.loads(done(capsys, "show", str(again["number"]), "--json"))["case"]
    assert [entry["entry"] for entry in page["log"][-2:]] == ["reopened", "customer-wrote"]
    assert (page["state"], page["cycle"]) == ("open", 2)
    done(capsys, "accept", str(again["number"]))
    assert case_of(capsys, intake["case"])["state"] == "open"


def test_one_matter_on_three_places_is_one_case(
    forum: Forum, desk: Path, capsys: Capture, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.post(1, "Camille_R", "2026-11-20T19:00:00Z", COMPLAINT)
    forum.entries.append(
        f"<item><guid>b1</guid><link>https://blog.example.org/1#c1</link><author>camille r</author>"
        f"<description>{COMPLAINT} Merci.</description></item>"
    )
    done(capsys, "run")
    (intake,) = pulls(capsys)
    page = case_of(capsys, str(intake["number"]))
    assert [place["source"] for place in page["places"]] == ["forum", "blog"]
    assert "the same words" in page["log"][-1]["reason"]
    done(capsys, "accept", str(intake["number"]))

    review = {"id": "7", "url": "https://avis.example.org/7", "author": "Camille R",
              "at": "2026-11-21T08:30:00Z", "text": COMPLAINT}  # fmt: skip
    (desk / "inbox" / "avis.jsonl").write_text(json.dumps(review) + "\n")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    found = desk.parent / "mentions.jsonl"
    done(capsys, "collect", "--out", str(found))
    done(capsys, "run", "--mentions", str(found))
    (place,) = pulls(capsys)
    assert place["case"] == intake["case"]
    assert "another place: avis" in place["title"]
    done(capsys, "reject", str(place["number"]), "--reason", "another Camille")

    done(capsys, "run", "--mentions", str(found))
    (own,) = pulls(capsys)
    assert own["case"] != intake["case"]
    assert intake["case"] in case_of(capsys, str(own["number"]))["duplicates"]
    done(capsys, "accept", str(own["number"]))
    assert "Nothing to do" in done(capsys, "run")


def take_up(capsys: Capture) -> None:
    """Accept what a person of the desk has just proposed."""
    for pull in pulls(capsys):
        done(capsys, "accept", str(pull["number"]))
