"""The bundle of evidence: whole, safe, true, and checkable with git alone."""

import base64
import hashlib
import html
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run

Git = Callable[..., str]
AtWork = Callable[[str], AbstractContextManager[None]]
NOW = "2026-11-25T09:00:00Z"
HOSTILE, CLOSED = "c-bbbbbbbbbbbb", "c-z9dhernv57sj"


def bundle(desk: Path, case: str, out: Path, *options: str) -> str:
    assert run(["-C", str(desk), "bundle", case, "--out", str(out), *options]) == 0
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(exported_desk: Path, tmp_path_factory: pytest.TempPathFactory, at_work: AtWork) -> str:
    out = tmp_path_factory.mktemp("bundle") / "case.html"
    with at_work(NOW):
        return bundle(exported_desk, CLOSED, out, "--language", "en")


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_it_tells_the_case_the_promises_the_commits_and_the_audit(
    exported_desk: Path, page: str, git: Git
) -> None:
    told = words(page)
    for said in (
        "Evidence on case c-z9dhernv57sj",
        "Lampe Aube reçue cassée",
        "handed off to brand care (Inès Carpentier)",
        "First reply: done Mon 5 Oct 2026, 11:41",
        "Promised: 3 civil days, policies/clocks.yaml:24",
        "Counted: business days of the calendar brand-care",
        "Nothing of this case was judged: the audit of this desk begins after commit",
        "1 version of this case is not younger than that, and was taken as it is.",
    ):
        assert said in told
    assert "was found" not in told
    path = f"cases/2026/10/05/{CLOSED}.yaml"
    for name in (git(exported_desk, "rev-parse", "HEAD"),
                 git(exported_desk, "rev-parse", f"HEAD:{path}")):  # fmt: skip
        assert name in told
    assert (exported_desk / path).read_text() in told


def test_what_it_tells_to_run_proves_what_it_says(exported_desk: Path, page: str) -> None:
    commands = [html.unescape(each) for each in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    ours = [line for each in commands for line in each.splitlines() if line.startswith("git ")]
    assert len(ours) == 5
    for command in ours:
        done = subprocess.run(
            ["sh", "-ec", command], cwd=exported_desk, capture_output=True, text=True, check=True
        )
        if "sha256sum" in command:
            assert done.stdout.split()[0] in words(page)


def test_it_stands_by_itself_and_allows_nothing_but_its_style(page: str) -> None:
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page
    for tag, attributes in Elements(page).found:
        assert tag not in {"script", "img", "link", "iframe", "object", "form", "base"}
        assert not {"src", "srcset", "style", "background"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        if tag == "a":
            assert attributes["href"].startswith("https://")
            assert "noreferrer" in attributes["rel"]
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_hostile_words_stay_words(exported_desk: Path, tmp_path: Path) -> None:
    page = bundle(exported_desk, HOSTILE, tmp_path / "case.html")
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("</style>") == 1
    assert "<script>alert(2)</script></style><img src=x" in words(page)
    assert "{{" not in page


def test_a_bare_clone_gives_the_same_page(
    exported_desk: Path, page: str, git: Git, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(exported_desk), "bare.git")
    out = tmp_path / "case.html"
    assert bundle(tmp_path / "bare.git", CLOSED, out, "--language", "en") == page


def test_names_and_addresses_are_taken_out(exported_desk: Path, tmp_path: Path) -> None:
    page = bundle(exported_desk, CLOSED, tmp_path / "case.html", "--without-names")
    for name in ("Sandrine", "Carpentier", "Inès", "Odile", "Malo", "ines", "https://avis"):
        assert not re.search(rf"\b{name}\b", page, re.IGNORECASE), name
    assert "88120" not in page
    assert "Lampe Aube reçue cassée" in words(page)
    assert "href" not in page
    assert "handle:" not in page


@pytest.fixture
def own_desk(exported_desk: Path, tmp_path: Path) -> Path:
    """Return a desk whose audit begins with its first commit."""
    desk = tmp_path / "desk"
    shutil.copytree(exported_desk, desk)
    settings = desk / "sources.yaml"
    settings.write_text(re.sub(r"(?m)^audit:.*\n", "", settings.read_text()))
    return desk


def rewrite(desk: Path, git: Git) -> None:
    file = desk / f"cases/2026/10/05/{CLOSED}.yaml"
    file.write_text(
        file.read_text().replace("at: 2026-10-05T09:41:00Z", "at: 2026-10-05T08:41:00Z")
    )
    git(desk, "commit", "-qam", "Polish.")


def test_a_rewritten_log_is_told(own_desk: Path, git: Git) -> None:
    rewrite(own_desk, git)
    told = words(bundle(own_desk, CLOSED, own_desk.parent / "case.html", "--language", "en"))
    assert re.search(r"1 version of this case since commit \w{12} of .*:.* was judged: whether "
                     r"its log only grew, ", told)  # fmt: skip
    assert "things were found:" in told
    assert "What was merged before was rewritten." in told
    assert "broken" in told


def test_a_french_page_asks_and_finds_in_french_with_the_evidence_below(
    own_desk: Path, git: Git
) -> None:
    rewrite(own_desk, git)
    page = bundle(own_desk, CLOSED, own_desk.parent / "case.html", "--language", "fr")
    told = words(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "On a vérifié si son journal n’a fait que croître" in told
    assert "rien n’a été antidaté, qui" not in told
    found = re.search(
        r"<li>\w{12}:\d+ · rompu · une inscription du journal a été réécrite\s*"
        r'<p class="lead">[^<]*has changed</p>\s*<p class="lead">[^<]*</p>\s*</li>',
        page,
    )
    assert found is not None, told


def test_where_the_start_of_the_audit_was_moved_it_says_so_and_judges_nothing(
    own_desk: Path, git: Git
) -> None:
    rewrite(own_desk, git)
    tip = git(own_desk, "rev-parse", "HEAD").strip()
    with (own_desk / "sources.yaml").open("a") as settings:
        settings.write(f"audit: {{baseline: {tip}}}\n")
    git(own_desk, "commit", "-qam", "Begin the audit here.")
    told = words(bundle(own_desk, CLOSED, own_desk.parent / "case.html", "--language", "fr"))
    told = told.replace("\N{NO-BREAK SPACE}", " ")
    assert f"l’audit de ce registre commence après le commit {tip[:12]} (" in told
    assert "2 versions de ce dossier ne sont pas plus récentes" in told
    assert "avertissement · le point de départ de l’audit a été déplacé" in told
    assert f"the baseline of the audit was bdb34c2f3539 and is {tip[:12]}" in told
    assert "réécrite" not in told
    assert "Dans ce qui a été examiné, rien n’a été relevé" not in told


def test_what_is_no_bundle_is_left_alone(exported_desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "thesis.html"
    out.write_text("<p>years of work</p>")
    command = ["-C", str(exported_desk), "bundle", CLOSED, "--out", str(out)]
    assert run(command) == 5
    assert out.read_text() == "<p>years of work</p>"
    assert run([*command, "--force"]) == 0
    assert run(command) == 0
    assert run(["-C", str(exported_desk), "bundle", "c-000000000000", "--out", str(out)]) == 2


def test_where_no_file_is_named_it_goes_where_git_adds_nothing(
    exported_desk: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    desk, elsewhere = tmp_path / "desk", tmp_path / "elsewhere"
    shutil.copytree(exported_desk, desk)
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for _ in range(2):
        assert run(["-C", str(desk), "bundle", CLOSED]) == 0
        assert str(desk / "exports" / f"{CLOSED}.html") in capsys.readouterr().out
    assert (desk / "exports" / f"{CLOSED}.html").is_file()
    assert git(desk, "status", "--porcelain", "--untracked-files=all") == ""
    assert list(elsewhere.iterdir()) == []

    inside = str(desk / "case.html")
    assert run(["-C", str(desk), "bundle", CLOSED, "--out", inside]) == 0
    assert f"git ajouterait {inside}" in capsys.readouterr().err
    (desk / "case.html").unlink()

    (desk / "exports" / ".gitignore").unlink()
    assert run(["-C", str(desk), "bundle", CLOSED]) == 2
    assert "/exports/ to .gitignore" in capsys.readouterr().err
    git(tmp_path, "clone", "-q", "--bare", str(desk), "bare.git")
    assert run(["-C", "../bare.git", "bundle", CLOSED]) == 0
    assert [each.name for each in elsewhere.iterdir()] == [f"{CLOSED}.html"]


@pytest.fixture
def browser() -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("no chromium with chromedriver here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


def test_a_browser_shows_it_without_a_complaint_or_a_request(
    exported_desk: Path, tmp_path: Path, browser: Any
) -> None:
    out = tmp_path / "case.html"
    bundle(exported_desk, HOSTILE, out)
    browser.get(out.as_uri())
    assert HOSTILE in browser.title
    assert browser.find_element("tag name", "h1").value_of_css_property("font-size") == "27.2px"
    assert browser.get_log("browser") == []
    log = "".join(entry["message"] for entry in browser.get_log("performance"))
    asked = re.findall(r'"request":\{[^}]*?"url":"([^"]+)"', log)
    assert set(asked) <= {out.as_uri()}
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390
    printed = base64.b64decode(browser.print_page())
    assert printed.startswith(b"%PDF-")
    assert len(printed) > 10_000
