"""The report as people meet it: in Chromium, light and dark, on a phone and on a desk.

Needs Debian's `chromium` and `chromium-driver`, and npm for axe-core, which finds what keeps
people out of a page.  Left out where one of them is missing.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver")

AXE = "axe-core@~4.14"
TABS = ("index", "cases", "clocks", "autonomy", "incidents", "quality", "process", "sources")
CASE = "case/z9/c-z9dhernv57sj.html"
PAGES = (*(f"{tab}.html" for tab in TABS), "clock-first-reply.html", CASE)
PUBLIC = ("index.html", "clocks.html", "process.html")
DESK, PHONE = (1100, 900), (360, 740)
LOOKS = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""The rules of axe whose answer may change with the size and the colours."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
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
    opened.set_script_timeout(20)
    try:
        yield opened
    finally:
        opened.quit()


@pytest.fixture(scope="module")
def axe() -> str:
    kept = Path(sys.prefix) / f"{AXE.replace('~', '')}.js"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here to fetch axe-core with")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [npm, "pack", AXE, "--silent"], cwd=folder, capture_output=True, check=False
        )
        packed = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or packed is None:
            pytest.skip("axe-core cannot be fetched")
        with tarfile.open(packed) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member is not None
            source = member.read()
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(source)
        fresh.replace(kept)
    return source.decode()


@pytest.fixture(scope="module")
def served(
    site: Path, public_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    root = tmp_path_factory.mktemp("served")
    (root / "inside").symlink_to(site)
    (root / "public").symlink_to(public_site)
    handler = partial(Quiet, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def look_as(browser: Any, size: tuple[int, int], scheme: str) -> None:
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def asked_for(browser: Any) -> list[str]:
    """Return the addresses that pages asked for since this was last called."""
    found = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return found


def what_is_wrong(browser: Any, axe: str, rules: list[str] | None = None) -> list[str]:
    """Return what keeps people out of the page that is open, by all rules or by some."""
    wide = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if not browser.execute_script("return 'axe' in window"):
        browser.execute_script(axe)
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules is not None:
        options["runOnly"] = rules
    found: list[str] = browser.execute_async_script(
        "const [options, done] = arguments; axe.run(options).then("
        "r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))))",
        options,
    )
    return found if wide <= 0 else [f"too wide by {wide}", *found]


@pytest.mark.parametrize(
    ("language", "views"),
    [
        ("fr", ((DESK, "light"), (PHONE, "dark"))),
        ("en", ((PHONE, "light"), (DESK, "dark"))),
    ],
    ids=["fr", "en"],
)
def test_nobody_is_kept_out_of_a_page(
    browser: Any,
    axe: str,
    served: str,
    language: str,
    views: tuple[tuple[tuple[int, int], str], ...],
) -> None:
    pages = [f"inside/{language}/{page}" for page in PAGES]
    pages += [f"public/{language}/{page}" for page in PUBLIC]
    asked_for(browser)
    for page in pages:
        look_as(browser, *views[0])
        browser.get(f"{served}/{page}")
        assert what_is_wrong(browser, axe) == [], (page, views[0])
        look_as(browser, *views[1])
        assert what_is_wrong(browser, axe, LOOKS) == [], (page, views[1])
    assert browser.get_log("browser") == []
    assert [address for address in asked_for(browser) if not address.startswith(served)] == []


def wait_for(browser: Any, script: str) -> Any:
    """Return what a script returns once that is something."""
    return browser.execute_async_script(
        "const done = arguments[0]; const look = () => { const found = (() => {" + script + "})();"
        " found ? done(found) : setTimeout(look, 20); }; look();"
    )


FOUND = "const f = document.getElementById('found').textContent; return /[0-9]/.test(f) && f;"
TITLES = "return [...document.querySelectorAll('#results .what')].map(e => e.textContent)"


def choose(browser: Any, field: str, value: str) -> None:
    browser.execute_script(
        "const [name, value] = arguments; const e = document.getElementById(name);"
        "document.getElementById('found').textContent = ''; e.value = value;"
        "e.dispatchEvent(new Event('input', {bubbles: true}));",
        field,
        value,
    )


def test_a_page_that_keeps_people_out_is_found(browser: Any, axe: str, served: str) -> None:
    look_as(browser, DESK, "light")
    browser.get(f"{served}/inside/en/clocks.html")
    browser.execute_script(
        "document.querySelector('.lead').style.color = '#ddd';"
        "document.querySelector('nav').removeAttribute('aria-label');"
        "document.querySelector('html').removeAttribute('lang');"
    )
    rules = {each.partition(":")[0] for each in what_is_wrong(browser, axe)}
    assert {"color-contrast", "html-has-lang"} <= rules
    browser.execute_script("new Image().src = 'https://example.org/x.png'")
    refused = [entry["message"] for entry in browser.get_log("browser")]
    assert any("Content Security Policy" in message for message in refused)


def test_search_and_filters_find_cases(browser: Any, served: str) -> None:
    look_as(browser, DESK, "light")
    browser.get(f"{served}/inside/fr/cases.html")
    everything = browser.execute_script("return document.querySelectorAll('#plain .what').length")
    choose(browser, "q", "RECUE morceaux")
    assert wait_for(browser, FOUND) == "1 dossier"
    assert browser.execute_script(TITLES) == ["Reçue en morceaux"]
    choose(browser, "q", "retour d’affection")
    assert wait_for(browser, FOUND) == "1 dossier"
    assert browser.execute_script(TITLES) == ["Retour d'affection"]
    choose(browser, "q", "")
    choose(browser, "state", "dismissed")
    assert wait_for(browser, FOUND) == "1 dossier"
    choose(browser, "source", "forum-bricolage")
    assert wait_for(browser, FOUND) == "0 dossiers"
    browser.refresh()
    assert wait_for(browser, FOUND) == "0 dossiers"
    browser.find_element("css selector", "button[type=reset]").click()
    wait_for(browser, "return !document.getElementById('plain').hidden")
    choose(browser, "category", "complaint")
    wait_for(browser, FOUND)
    shown = browser.execute_script(TITLES)
    assert 0 < len(shown) < everything
    assert any("<img src=x onerror=alert(1)>" in title for title in shown)
    assert browser.get_log("browser") == []


def test_a_number_opens_the_cases_that_it_counts(browser: Any, served: str) -> None:
    browser.get(f"{served}/inside/en/clocks.html")
    link = browser.find_element("css selector", "td a")
    count = int(link.text)
    link.click()
    words = "1 case" if count == 1 else f"{count} cases"
    assert wait_for(browser, FOUND) == f"Behind the number: {words}"
    assert len(browser.execute_script(TITLES)) == count


def test_pages_work_when_opened_from_a_disk(browser: Any, site: Path) -> None:
    browser.get((site / "index.html").as_uri())
    assert wait_for(browser, "return document.title.startsWith('Aujourd') && document.title")
    browser.get((site / "fr" / "cases.html").as_uri() + "#q=lampe")
    assert wait_for(browser, FOUND)
    assert browser.execute_script(TITLES)
    browser.find_element("css selector", "#results a").click()
    colour = "return getComputedStyle(document.body).maxWidth"
    assert wait_for(browser, colour) != "none"
    assert browser.get_log("browser") == []


def test_keys_alone_lead_to_the_content(browser: Any, served: str) -> None:
    browser.get(f"{served}/inside/en/index.html")
    keys = webdriver.ActionChains(browser)
    keys.send_keys(webdriver.Keys.TAB).perform()
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the content"
    assert skip.rect["x"] >= 0
    keys.send_keys(webdriver.Keys.ENTER).perform()
    assert browser.switch_to.active_element.get_attribute("id") == "content"
    keys.send_keys(webdriver.Keys.TAB).perform()
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
