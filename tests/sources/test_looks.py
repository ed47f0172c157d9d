"""Looking for our messages at six kinds of places on loopback, through the verbs."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Exchange, Site

from runner.cases.identity import identify
from runner.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
CASE = "c-7f3k2m9x4q5t"
PATH = f"cases/2026/11/21/{CASE}.yaml"
ASKED = "Ma lampe Aube ne s'allume plus depuis trois semaines et personne ne me répond !"
SAID = {
    place: f"Bonjour Camille, nous vous avons envoyé {what}. Tout est donc réglé pour nous ; "
    "n'hésitez pas à revenir ici. Inès, pour Lumen"
    for place, what in {
        "p1": "une lampe neuve", "p2": "un second abat-jour", "p3": "le joint manquant",
        "p4": "un remboursement", "p5": "la bonne ampoule", "p6": "un chargeur tout neuf",
    }.items()
}  # fmt: skip
SOURCES = """\
version: 1
name: Essai
language: {language}
zone: Europe/Paris
suspend: false
base: main
forge: local
contact: mailto:veille@example.org
watch: {{per_run: 0{watch}}}
brands:
- {{id: lumen, name: Lumen, names: [Lumen]}}
sources:
- {{id: discourse, kind: discourse, category: forum, contact: {{public: manual, private: none}},
   server: "{site}", watch: {{latest: true}}, ignore_authors: [Lumen_SAV], may_be_empty: true}}
- {{id: forum, kind: file, category: forum, contact: {{public: manual, private: none}},
   site: forum.example.org, path: "inbox/*.jsonl", ignore_authors: [Lumen SAV],
   columns: {{text: text}}, may_be_empty: true}}
- {{id: avis, kind: html, category: review-site, contact: {{public: manual, private: none}},
   url: "{site}/avis", may_be_empty: true}}
- {{id: fediverse, kind: mastodon, category: social-network, site: m.example.org,
   contact: {{public: api, private: none}}, server: "{site}", watch: {{tag: lumen}},
   ignore_authors: ["@lumen@m.example.org"], may_be_empty: true}}
- {{id: bluesky, kind: bluesky, category: social-network, site: bsky.app,
   contact: {{public: api, private: none}}, server: "{site}", watch: {{search: lumen}},
   ignore_authors: [lumen.example.org], may_be_empty: true}}
- {{id: blog, kind: feed, category: advice-site, contact: {{public: manual, private: none}},
   site: blog.example.org, url: "{site}/feed", ignore_authors: [Lumen SAV], may_be_empty: true}}
"""
TEAM = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
routes:
- {owner: ines}
"""
POST = "at://did:plc:abc/app.bsky.feed.post/"
PLACES = {
    # place: source, site, address and id of the customer's message, address and id of ours
    "p1": ("discourse", "127.0.0.1", "{site}/t/lampe/812/1", "101", "{site}/t/lampe/812/2", "102"),
    "p2": ("forum", "forum.example.org", "{site}/forum/9", None, "{site}/forum/9#r2", None),
    "p3": ("avis", "127.0.0.1", "{site}/avis", None, "{site}/avis", None),
    "p4": ("fediverse", "m.example.org", "{site}/@cam/1", "https://m.example.org/s/1",
           "{site}/@lumen/2", "https://m.example.org/s/2"),
    "p5": ("bluesky", "bsky.app", "https://bsky.app/profile/did:plc:abc/post/aaa", f"{POST}aaa",
           "https://bsky.app/profile/did:plc:abc/post/bbb", f"{POST}bbb"),
    "p6": ("blog", "blog.example.org", "{site}/blog/1", "b-1", "{site}/blog/1#c2", None),
}  # fmt: skip
Capture = pytest.CaptureFixture[str]
Git = Callable[..., str]


@dataclass
class Web:
    """What the sites show: by place our words, or None where they are gone."""

    site: Site
    says: dict[str, str | None] = field(default_factory=lambda: dict(SAID))

    def start(self) -> None:
        self.site.pages = _Pages(
            {
                "/t/812.json": self.topic,
                "/forum/9": self.forum,
                "/avis": self.reviews,
                "/api/v1/statuses/2": self.status,
                "/api/v1/statuses/2/context": self.context,
                "/xrpc/app.bsky.feed.getPostThread": self.thread,
                "/feed": self.feed,
                "/blog/1": lambda exchange: exchange.answer(500),
            }
        )

    def topic(self, exchange: Exchange) -> None:
        said = [("Camille_R", ASKED), ("Lumen_SAV", self.says["p1"]), ("leo", "Moi aussi.")]
        posts = [
            {"id": 100 + nth, "username": who, "cooked": f"<p>{text}</p>", "post_number": nth,
             "post_type": 1, "topic_id": 812, "topic_slug": "lampe",
             "created_at": "2026-11-20T19:00:00Z"}
            for nth, (who, text) in enumerate(said, 1) if text
        ]  # fmt: skip
        stream = {"posts": posts, "stream": [post["id"] for post in posts]}
        _json(exchange, {"id": 812, "title": "Ma lampe", "slug": "lampe", "post_stream": stream})

    def forum(self, exchange: Exchange) -> None:
        ours = f"<div id=r2><b>Lumen SAV</b><p>{self.says['p2']}</p></div>" * bool(self.says["p2"])
        _html(exchange, f"<div id=r1><b>Camille_R</b><p>{ASKED}</p></div>{ours}")

    def reviews(self, exchange: Exchange) -> None:
        ours = f"<div>Réponse de Lumen</div><p>{self.says['p3']}</p>" * bool(self.says["p3"])
        _html(
            exchange,
            '<div itemscope itemtype="https://schema.org/Review"><b itemprop=author>Camille_R</b>'
            f"<p itemprop=reviewBody>{ASKED}</p>{ours}</div>",
        )

    def status(self, exchange: Exchange) -> None:
        text = self.says["p4"]
        if text is None:
            exchange.answer(404)
            return
        account = {"acct": "lumen", "url": "https://m.example.org/@lumen"}
        _json(exchange, {"id": "2", "uri": "https://m.example.org/s/2", "visibility": "public",
                         "content": f"<p>@cam {text}</p>", "account": account})  # fmt: skip

    def context(self, exchange: Exchange) -> None:
        _json(exchange, {"ancestors": [], "descendants": []})

    def thread(self, exchange: Exchange) -> None:
        text = self.says["p5"]
        if text is None:
            exchange.answer(400, b'{"error":"NotFound"}')
            return
        author = {"handle": "lumen.example.org", "did": "did:plc:abc"}
        post = {"uri": f"{POST}bbb", "author": author, "record": {"text": text}}
        _json(exchange, {"thread": {"post": post, "replies": []}})

    def feed(self, exchange: Exchange) -> None:
        entries = [("b-1", "Camille_R", ASKED, "/blog/1")]
        if self.says["p6"]:
            entries.append(("b-2", "Lumen SAV", self.says["p6"], "/blog/1#c2"))
        items = "".join(
            f"<item><guid isPermaLink='false'>{guid}</guid><link>{self.site.url(path)}</link>"
            f"<author>{who}</author><description>{text}</description></item>"
            for guid, who, text, path in entries
        )
        body = f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'
        exchange.answer(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


class _Pages(dict[str, Callable[[Exchange], None]]):
    """Pages by path, whatever is asked behind the question mark."""

    def __missing__(self, path: str) -> Callable[[Exchange], None]:
        if "?" not in path:
            return lambda exchange: exchange.answer(404)
        return self[path.partition("?")[0]]


def _json(exchange: Exchange, document: object) -> None:
    exchange.answer(body=json.dumps(document).encode())


def _html(exchange: Exchange, body: str) -> None:
    exchange.answer(
        body=f"<!doctype html><html><body>{body}</body></html>".encode(),
        headers={"Content-Type": "text/html; charset=utf-8"},
    )


def _case(site: str, state: str) -> str:
    """The case, resolved, or closed at all six places."""
    places, closings = [], []
    for place, (source, home, url, native_id, ours, _) in PLACES.items():
        key = CASE if place == "p1" else f"c-00000000000{place[1]}"
        if native_id == "b-1":
            key = identify(
                home, native_id=native_id, url=None, author=None, posted_at=None, text=""
            ).key
        known = f"  native_id: {json.dumps(native_id)}\n" if native_id else ""
        places.append(
            f"- id: {place}\n  key: {key}\n  source: {source}\n  site: {home}\n"
            f"  url: {url.format(site=site)}\n{known}  author: Camille_R\n"
            "  detected_at: 2026-11-21T08:00:00Z\n"
            f"  text: {json.dumps(ASKED, ensure_ascii=False)}\n"
        )
        closings.append(
            f"  - {{place: {place}, url: {json.dumps(ours.format(site=site))}, "
            f"text: {json.dumps(SAID[place], ensure_ascii=False)}}}\n"
        )
    at = "  at: 2026-11-21T09:00:00Z\n  recorded_at: 2026-11-21T09:00:00Z\n"
    why = "{rule: low-stars, file: policies/triage.yaml, line: 31}"
    text = (
        f"schema: 1\nid: {CASE}\nstate: {state}\ncycle: 1\nbrand: lumen\nlanguage: fr\n"
        "category: complaint\nurgency: high\nowner: ines\ncustomer: {known: unknown}\n"
        f"why: {{after_sales: {why}, category: {why}, urgency: {why}}}\n"
        f"places:\n{''.join(places)}log:\n"
        "- entry: detected\n  at: 2026-11-21T08:00:00Z\n  recorded_at: 2026-11-21T08:00:00Z\n"
        "  by: runner\n  to: open\n  place: p1\n"
        f"- entry: place-added\n{at}  by: ines\n  places: [p2, p3, p4, p5, p6]\n"
        f"- entry: replied\n{at}  by: ines\n  to: acknowledged\n  place: p1\n"
        f"  url: {site}/t/lampe/812/2\n  text: {json.dumps(SAID['p1'], ensure_ascii=False)}\n"
        f"- entry: resolved\n{at}  by: ines\n  to: resolved\n  outcome: accepted\n"
        "  reason: geste\n  channel: private\n  where: courrier\n"
    )
    closed = (
        f"- entry: closed\n{at}  by: ines\n  to: closed\n  closings:\n{''.join(closings)}"
        "  survey: {sent: false, why: non}\n  root_cause: joint\n"
    )
    return text + closed if state == "closed" else text


Prepare = Callable[..., Web]


@pytest.fixture
def prepare(
    site: Site, tmp_path: Path, git: Git, own_git_settings: None, monkeypatch: pytest.MonkeyPatch
) -> Prepare:
    """Return what makes a desk with one closed case, and the sites where it stands."""

    def make(language: str = "en", watch: str = "", state: str = "closed") -> Web:
        folder = tmp_path / "desk"
        (folder / "inbox").mkdir(parents=True)
        (folder / "inbox" / "none.jsonl").write_text("")
        home = site.url("")
        sources = SOURCES.format(site=home, language=language, watch=watch)
        (folder / "sources.yaml").write_text(sources)
        (folder / "policies").mkdir()
        for name in ("triage.yaml", "privacy.yaml", "clocks.yaml"):
            shutil.copy(ROOT / "policies" / name, folder / "policies")
        shutil.copytree(ROOT / "policies" / "calendars", folder / "policies" / "calendars")
        (folder / "policies" / "team.yaml").write_text(TEAM)
        (folder / PATH).parent.mkdir(parents=True)
        (folder / PATH).write_text(_case(home, state))
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "Begin.")
        git(folder, "config", "user.email", "ines@example.org")
        git(folder, "config", "user.name", "Inès")
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DOLEANCES_ALLOW_LOOPBACK", "1")
        monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
        web = Web(site)
        web.start()
        return web

    return make


def done(capsys: Capture, *arguments: str, code: int = 0) -> str:
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, f"{out}\n{err}"
    return out


def verdicts(capsys: Capture, *arguments: str) -> dict[str, str]:
    found = json.loads(done(capsys, "look", CASE, "--json", *arguments))["messages"]
    return {each["place"]: each["verdict"] for each in found}


def pulls(capsys: Capture) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(capsys, "pulls", "--json"))["pulls"]
    return [pull for pull in found if pull["case"] == CASE]


def test_every_message_that_stands_is_seen_and_nothing_is_proposed(
    prepare: Prepare, capsys: Capture
) -> None:
    prepare()
    done(capsys, "run")
    assert verdicts(capsys, "--remembered") == dict.fromkeys(SAID, "present")
    assert pulls(capsys) == []
    assert "stands there" in done(capsys, "show", CASE)


def test_what_is_gone_is_missing_after_the_second_look_and_asked_for_in_one_pull_request(
    prepare: Prepare, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = prepare()
    web.says = dict.fromkeys(SAID)
    done(capsys, "run")
    # The feed lists what it likes, and its page answers 500: nothing can be said.
    expected = dict.fromkeys(SAID, "not-seen-yet") | {"p6": "unverified"}
    assert verdicts(capsys, "--remembered") == expected
    assert pulls(capsys) == []
    # An hour later nothing is asked for again, three hours later all of it.
    asked = len(web.site.asked)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T11:00:00Z")
    done(capsys, "look")
    assert len(web.site.asked) == asked
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T13:00:00Z")
    done(capsys, "run")
    (pull,) = pulls(capsys)
    page = done(capsys, "show", str(pull["number"]), "--json")
    log = json.loads(page)["case"]["log"]
    found = {e["place"]: e["found"] for e in log if e["entry"] == "looked"}
    assert found == dict.fromkeys(("p1", "p2", "p3", "p4", "p5"), "missing")
    assert all(e["by"] == "runner" and "to" not in e for e in log if e["entry"] == "looked")
    done(capsys, "run")
    assert len(pulls(capsys)) == 1
    told = json.loads(done(capsys, "dashboard", "--json"))["unseen"]
    assert [each["place"] for each in told if each["verdict"] == "missing"] == [*found]
    assert "Our messages that are not where they should be" in done(capsys, "dashboard")
    done(capsys, "accept", str(pull["number"]))
    done(capsys, "check")
    done(capsys, "run")
    assert pulls(capsys) == []

    # They are put back: that is written down too, because the log says otherwise.
    web.says = dict(SAID)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-22T12:00:00Z")
    done(capsys, "run")
    (again,) = pulls(capsys)
    log = json.loads(done(capsys, "show", str(again["number"]), "--json"))["case"]["log"]
    assert [e["found"] for e in log if e["entry"] == "looked"][-5:] == ["present"] * 5


def test_what_was_seen_and_is_gone_was_removed(
    prepare: Prepare, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = prepare("fr")
    done(capsys, "run")
    web.says["p2"] = web.says["p4"] = None
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-22T10:00:00Z")
    done(capsys, "run")
    assert verdicts(capsys, "--remembered")["p2"] == "not-seen-yet"
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-22T17:00:00Z")
    done(capsys, "run")
    expected = dict.fromkeys(SAID, "present") | {"p2": "removed", "p4": "removed"}
    assert verdicts(capsys, "--remembered") == expected
    (pull,) = pulls(capsys)
    # Put back before anybody decided: the pull request is taken back.
    web.says = dict(SAID)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-23T10:00:00Z")
    done(capsys, "run")
    assert pulls(capsys) == []
    assert pull["number"]


def test_what_was_edited_is_changed_and_a_refusal_is_remembered(
    prepare: Prepare, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = prepare()
    web.says = {place: text.replace("nous vous avons envoyé", "vous n'aurez pas")
                for place, text in SAID.items()}  # fmt: skip
    done(capsys, "run")
    assert verdicts(capsys, "--remembered") == dict.fromkeys(SAID, "changed")
    (pull,) = pulls(capsys)
    done(capsys, "reject", str(pull["number"]), "--reason", "corrected by us")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-22T10:00:00Z")
    done(capsys, "run")
    assert pulls(capsys) == []


def test_what_is_found_later_waits_until_the_first_finding_is_decided(
    prepare: Prepare, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = prepare()
    web.says["p3"] = SAID["p3"].replace("manquant", "qui manque")
    done(capsys, "run")
    (first,) = pulls(capsys)
    web.says["p2"] = SAID["p2"].replace("second", "premier")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-22T10:00:00Z")
    done(capsys, "run")
    assert pulls(capsys) == [first]
    done(capsys, "accept", str(first["number"]))
    done(capsys, "run")
    (second,) = pulls(capsys)
    assert "p2" in second["title"]
    assert "p3" not in second["title"]


def test_a_later_message_at_the_place_answers_a_finding(
    prepare: Prepare, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = prepare()
    web.says["p2"] = None
    done(capsys, "run")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T14:00:00Z")
    done(capsys, "run")
    (pull,) = pulls(capsys)
    assert "p2" in pull["title"]
    done(capsys, "reply", CASE, "--place", "p2", "--url", web.site.url("/forum/9#r7"),
         "--text", SAID["p2"], "--no-propose")  # fmt: skip
    said = done(capsys, "look", CASE)
    assert "reply of Sat 21 Nov 2026, 15:00 at p2" in said


def test_looks_travel_in_the_file_of_mentions(
    prepare: Prepare, capsys: Capture, tmp_path: Path
) -> None:
    web = prepare()
    web.says["p1"] = None
    file = tmp_path / "mentions.jsonl"
    told = done(capsys, "collect", "--out", str(file))
    assert re.search(r"messages of ours looked for: [1-9]\d*, seen: [1-9]", told)
    asked = len(web.site.asked)
    done(capsys, "run", "--mentions", str(file))
    assert len(web.site.asked) == asked
    assert verdicts(capsys, "--remembered")["p1"] == "not-seen-yet"
    file.write_text(file.read_text().replace('"place": "p1"', '"place": "../p1"'))
    done(capsys, "run", "--mentions", str(file), code=5)


def test_a_plan_keeps_looks_until_it_is_applied(
    prepare: Prepare, capsys: Capture, tmp_path: Path
) -> None:
    prepare()
    file = tmp_path / "plan.json"
    done(capsys, "plan", "--out", str(file))
    assert verdicts(capsys, "--remembered")["p1"] is None
    done(capsys, "apply", str(file))
    assert verdicts(capsys, "--remembered")["p1"] == "present"


def test_a_site_that_asks_for_rest_is_left_alone(prepare: Prepare, capsys: Capture) -> None:
    web = prepare()
    web.site.pages["/avis"] = lambda exchange: exchange.answer(429, b"", {"Retry-After": "7200"})
    web.site.pages["/robots.txt"] = lambda exchange: exchange.answer(
        body=b"User-agent: *\nDisallow: /forum\n"
    )
    found = verdicts(capsys)
    assert (found["p2"], found["p3"]) == ("unverified", "unverified")
    said = done(capsys, "look", CASE, "--remembered")
    assert "robots.txt" in said
    assert not [path for path, _ in web.site.asked if path == "/forum/9"]


def test_no_looks_where_the_desk_wants_none(prepare: Prepare, capsys: Capture) -> None:
    web = prepare(watch=", looks_per_run: 0")
    done(capsys, "run")
    assert not [path for path, _ in web.site.asked if path.startswith("/forum")]


def test_a_case_is_closed_with_the_words_of_its_messages_and_of_the_one_reply_that_was_edited(
    prepare: Prepare, capsys: Capture
) -> None:
    web = prepare(state="resolved")
    after = "Bonjour Camille, votre lampe est arrivée, tout est réglé. Inès, pour Lumen"
    urls = [f"--url={place}={PLACES[place][4].format(site=web.site.url(''))}"
            for place in ("p2", "p4", "p5", "p6")]  # fmt: skip
    given = (
        "close", CASE, *urls, f"--text=p2={SAID['p2']}", f"--edited=p1={after}",
        "--no-survey", "non", "--root-cause", "joint", "--no-propose",
    )  # fmt: skip
    # Of every place it has to be said how it was closed.
    done(capsys, *given, code=2)
    nothing_before = (*given, f"--edited=p3={after}")
    done(capsys, *nothing_before, code=2)
    done(capsys, *given, "--impossible=p3=le compte est fermé")
    closed = json.loads(done(capsys, "show", CASE, "--json"))["case"]["log"][-1]
    closings = {each.pop("place"): each for each in closed["closings"]}
    assert closings["p1"] == {"edited": {"before": SAID["p1"], "after": after}}
    assert closings["p2"]["text"] == SAID["p2"]
    assert closings["p3"] == {"impossible": "le compte est fermé"}
    web.says["p1"] = SAID["p1"]
    said = done(capsys, "look", CASE)
    assert "the words before the edit still stand there" in said
    assert "p3: no closing message is possible (le compte est fermé)" in said
    web.says["p1"] = after
    assert verdicts(capsys)["p1"] == "present"
