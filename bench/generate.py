"""Make a repository with many cases, to measure on.

    python bench/generate.py 10000 /tmp/desk-10000

The desk is this repository's own (its sources, policies, templates and inbox) with COUNT cases of
about 2.5 KB over three years, one commit a day, 500 of them open (a tenth where there are fewer
than 5,000).  The same count and seed give the same commit, byte for byte.
"""

import argparse
import hashlib
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from runner.cases.identity import identify

ROOT = Path(__file__).resolve().parent.parent
DESK = ("sources.yaml", "policies", "templates", "inbox")
LAST_DAY = date(2026, 11, 20)
DAYS = 3 * 365
OPEN_CASES = 500
ZONE = ZoneInfo("Europe/Paris")

SITES = (
    ("avis-conso", "avis.example.org", "fr"),
    ("forum-bricolage", "forum.example.org", "fr"),
    ("entraide", "entraide.example.org", "fr"),
    ("reviews-uk", "reviews.example.org", "en"),
)
TOPICS = ("delivery", "warranty", "refund", "staff", "assembly")
URGENCIES = ("low", "normal", "normal", "normal", "high")
NAMES = ("Camille", "Nadia", "Paul", "Ingrid", "Theo", "Maud", "Yann", "Lise", "Omar", "Rose")

WORDS = {
    "fr": (
        "Bonjour, j'ai commandé une lampe de la marque au début du mois pour le salon.",
        "Le colis est arrivé avec quinze jours de retard et le carton était enfoncé d'un côté.",
        "Le variateur grésille dès que l'on baisse la lumière, on l'entend de la cuisine.",
        "J'ai suivi la notice deux fois, avec un ami électricien, sans trouver ce qui cloche.",
        "Au téléphone, on m'a promis un rappel sous deux jours et personne n'a rappelé.",
        "La vendeuse du magasin a été aimable mais ne pouvait rien décider elle-même.",
        "Je ne demande pas un bon d'achat, je demande une lampe qui marche.",
        "Mes voisins ont la même depuis des années et n'ont jamais eu le moindre souci.",
        "Est-ce que quelqu'un ici sait à qui il faut écrire pour avoir une vraie réponse ?",
        "Je mettrai ce message à jour si l'on me répond, dans un sens ou dans l'autre.",
    ),
    "en": (
        "Hello, I ordered one of their lamps for the living room at the start of the month.",
        "The parcel came two weeks late and one side of the box had been crushed on the way.",
        "The dimmer buzzes as soon as you turn the light down, we can hear it from the kitchen.",
        "I went through the leaflet twice with a friend who is an electrician, to no avail.",
        "On the phone they promised to call back within two days and nobody ever did.",
        "The lady in the shop was kind enough but could not decide anything by herself.",
        "I am not asking for a voucher, I am asking for a lamp that does what it should.",
        "Our neighbours have had the same one for years and never had the slightest trouble.",
        "Does anybody here know whom to write to if you want a real answer from them?",
        "I shall update this review if I hear back from them, one way or the other.",
    ),
}
REPLIES = {
    "fr": "Bonjour {name}, merci de nous l'avoir dit. Nous regardons cela dès aujourd'hui.",
    "en": "Hello {name}, thank you for telling us. We are looking into it today.",
}


@dataclass(frozen=True, slots=True)
class Filed:
    """A case file and the day of its last change."""

    path: str
    content: bytes
    changed_on: date


def generate_cases(count: int, seed: int = 1) -> Iterator[Filed]:
    """Yield the case files, oldest detection first; the youngest are open."""
    chance = random.Random(seed)
    clocks = _blob_id(ROOT / "policies/clocks.yaml")
    still_open = min(OPEN_CASES, count // 10)
    first = LAST_DAY - timedelta(days=DAYS - 1)
    for number in range(count):
        day = first + timedelta(days=number * DAYS // count)
        yield _case(number, day, number >= count - still_open, chance, clocks)


def _blob_id(file: Path) -> str:
    content = file.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _case(number: int, day: date, is_open: bool, chance: random.Random, clocks: str) -> Filed:
    source, site, language = chance.choice(SITES)
    native_id = f"t{number}"
    detected_at = datetime(
        day.year, day.month, day.day, chance.randrange(6, 16), chance.randrange(60), tzinfo=UTC
    )
    posted_at = detected_at - timedelta(minutes=chance.randrange(10, 600))
    name = chance.choice(NAMES)
    handle = f"{name}_{chance.randrange(10, 100)}"
    stars = chance.choice((1, 1, 2, 2, 3))
    urgency = chance.choice(URGENCIES)
    lines = chance.sample(WORDS[language], k=chance.randrange(6, 10))
    text = "\n".join(f"    {line}" for line in lines)
    url = f"https://{site}/t/{number}"
    known = identify(
        site, native_id=native_id, url=url, author=handle, posted_at=posted_at, text=text
    )
    key = known.key
    due_at = (detected_at.astimezone(ZONE) + timedelta(days=3)).astimezone(UTC)
    state = "open" if is_open else "closed"
    content = f"""\
# yaml-language-server: $schema=../../../../runner/schemas/case.schema.json
schema: 1
id: {key}
state: {state}
cycle: 1
brand: lumen
language: {language}
category: complaint
urgency: {urgency}
topic: {chance.choice(TOPICS)}
owner: {"sam" if language == "en" else "ines"}
customer: {{handle: {handle}, known: unknown}}
why:
  after_sales: {{rule: low-stars, file: policies/triage.yaml, line: 31, detail: {stars} of 5}}
  category: {{rule: low-stars, file: policies/triage.yaml, line: 31, detail: {stars} of 5}}
  urgency: {{rule: by-default, file: policies/triage.yaml, line: 8}}
places:
- id: p1
  key: {key}
  source: {source}
  site: {site}
  url: {url}
  native_id: {native_id}
  author: {handle}
  posted_at: {_instant(posted_at)}
  detected_at: {_instant(detected_at)}
  rating: {{value: {stars}, best: 5}}
  title: {lines[0].split(",")[-1].strip().rstrip(".?")}
  text: |-
{text}
log:
- entry: detected
  at: {_instant(detected_at)}
  recorded_at: {_instant(detected_at)}
  by: runner
  to: open
  place: p1
  clocks:
  - clock: first-reply
    target: 3 civil days
    zone: Europe/Paris
    started_at: {_instant(detected_at)}
    due_at: {_instant(due_at)}
    stops: [replied, published]
    policies: {{policies/clocks.yaml: {clocks}}}
"""
    changed_at = detected_at
    if not is_open:
        replied_at = detected_at + timedelta(minutes=chance.randrange(30, 2000))
        resolved_at = replied_at + timedelta(minutes=chance.randrange(600, 9000))
        changed_at = resolved_at + timedelta(minutes=chance.randrange(5, 600))
        by = "sam" if language == "en" else "ines"
        content += f"""\
- entry: replied
  at: {_instant(replied_at)}
  recorded_at: {_instant(replied_at)}
  by: {by}
  to: acknowledged
  place: p1
  url: {url}#p2
  template: first-contact
  text: |-
    {REPLIES[language].format(name=name)}
- entry: resolved
  at: {_instant(resolved_at)}
  recorded_at: {_instant(resolved_at)}
  by: {by}
  to: resolved
  outcome: accepted
  reason: the dimmer was replaced under warranty
  channel: public
  place: p1
  url: {url}#p4
  remedy: a new dimmer
- entry: closed
  at: {_instant(changed_at)}
  recorded_at: {_instant(changed_at)}
  by: {by}
  to: closed
  closings:
  - {{place: p1, url: "{url}#p5"}}
  survey: {{sent: false, why: the site has no private channel}}
  root_cause: dimmer-batch
"""
    path = f"cases/{day:%Y/%m/%d}/{key}.yaml"
    return Filed(path, content.encode(), min(changed_at.date(), LAST_DAY))


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_repository(folder: Path, count: int, seed: int = 1) -> None:
    """Write a new repository with its working tree."""
    folder.mkdir(parents=True)
    git = ("git", "-C", str(folder), "-c", "core.fsync=none", "-c", "gc.auto=0")
    subprocess.run((*git, "init", "--quiet", "--initial-branch=main"), check=True)
    by_day: dict[date, list[Filed]] = defaultdict(list)
    for filed in generate_cases(count, seed):
        by_day[filed.changed_on].append(filed)
    with subprocess.Popen((*git, "fast-import", "--quiet"), stdin=subprocess.PIPE) as importer:
        assert importer.stdin
        first = min(by_day, default=LAST_DAY) - timedelta(days=1)
        _write_commit(importer.stdin, first, "Set up the desk.", _desk_files())
        for day in sorted(by_day):
            files = ((filed.path, filed.content) for filed in by_day[day])
            _write_commit(importer.stdin, day, f"Cases of {day}.", files)
        importer.stdin.write(b"done\n")
        importer.stdin.close()
    if importer.returncode != 0:
        raise SystemExit("git fast-import failed")
    subprocess.run((*git, "reset", "--quiet", "--hard"), check=True)


def _desk_files() -> Iterator[tuple[str, bytes]]:
    for name in DESK:
        top = ROOT / name
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file():
                yield str(file.relative_to(ROOT)), file.read_bytes()


def _write_commit(
    stream: IO[bytes], day: date, message: str, files: Iterator[tuple[str, bytes]]
) -> None:
    seconds = int(datetime(day.year, day.month, day.day, 22, tzinfo=UTC).timestamp())
    author = b"Ines Carpentier <ines.carpentier@agence.example.org>"
    stream.write(b"commit refs/heads/main\n")
    stream.write(b"committer %s %d +0000\n" % (author, seconds))
    stream.write(b"data %d\n%s\n" % (len(message), message.encode()))
    for path, content in files:
        stream.write(b"M 100644 inline %s\ndata %d\n" % (path.encode(), len(content)))
        stream.write(content)
        stream.write(b"\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a repository with many cases.")
    parser.add_argument("count", type=int, metavar="COUNT")
    parser.add_argument("folder", type=Path, metavar="DIR", help="must not exist yet")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.folder.exists():
        parser.error(f"{arguments.folder} exists already")
    began = time.perf_counter()
    write_repository(arguments.folder, arguments.count, arguments.seed)
    took = time.perf_counter() - began
    print(f"{arguments.count} cases in {arguments.folder}, made in {took:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
