"""The bundle of evidence of a case: one page that stands by itself, on a screen or on paper.

It asks nobody for anything and holds no script.  All that it says is text, escaped; its style
is the one thing that its policy (CSP) allows, by its digest.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from runner.exports.evidence import Evidence, Filed
from runner.exports.names import without_names
from runner.planning.audit import Weight
from runner.planning.audit_words import fault_words
from runner.planning.brief import make_brief
from runner.planning.clock_accounts import account_lines
from runner.planning.customer_words import customer_lines
from runner.planning.history import render_history
from runner.planning.words import person_name, promise_line
from runner.text.language import Language

MARK = b'<meta name="generator" content="doleances bundle">'
"""By it an older bundle is known."""
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was said or done: `facts` are names and values, `words` as they were."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading; of a version also the names by which it can be checked."""

    heading: str
    lines: tuple[str, ...]
    is_late: bool = False
    hashes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The page as values.  `source` is empty where names are left out."""

    desk: str
    title: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    said: tuple[Told, ...]
    promises: tuple[Part, ...]
    versions: tuple[Part, ...]
    verdict: tuple[str, ...]
    findings: tuple[Part, ...]
    explained: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    source: str


def render_bundle(
    evidence: Evidence, now: datetime, language: Language, *, names: bool = True
) -> str:
    """Return the page; without `names`, names and addresses are taken out of what it tells."""
    environment = Environment(
        loader=PackageLoader("runner.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.tests["address"] = lambda text: bool(_ADDRESS.fullmatch(text))
    style = (resources.files("runner.exports") / "templates" / "bundle.css").read_text("utf-8")
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return environment.get_template("bundle.html").render(
        bundle=make_bundle(evidence, now, language, names=names),
        words=_words(language),
        code=language.locale,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=Markup(digest),  # noqa: S704
    )


def make_bundle(
    evidence: Evidence, now: datetime, language: Language, *, names: bool = True
) -> Bundle:
    """Return the bundle of a case as values."""
    say = language.say
    if not names:
        evidence = without_names(evidence, language)
    case, configuration = evidence.case, evidence.configuration
    lead = [
        say(
            "Made {instant} from commit {commit} of the desk’s repository.",
            instant=language.instant(now),
            commit=evidence.tip,
        ),
        say("Instants are in the zone {zone}.", zone=language.zone.key),
    ]
    if not names:
        lead.append(
            say(
                "Names and addresses were taken out, and with them words of what was said that "
                "are also names. What customers tell of themselves in their own words may still "
                "say who they are."
            )
        )
    findings = tuple(_findings(evidence, language))
    return Bundle(
        desk=configuration.instance.name,
        title=say("Evidence on case {case}", case=case.id),
        lead=tuple(lead),
        facts=tuple(_facts(evidence, language)),
        said=tuple(_said(evidence, now, language)),
        promises=tuple(_promises(evidence, now, language)),
        versions=tuple(_versions(evidence, language)),
        verdict=tuple(_verdict(evidence, language)),
        findings=findings,
        explained=tuple(_explained(language)),
        steps=tuple(_steps(evidence, language)),
        source=evidence.source,
    )


def _words(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "case": say("The case"),
        "said": say("What was said and done"),
        "said_lead": say("In the order in which it happened, each text as it was recorded."),
        "promises": say("Promises, and how they were counted"),
        "promises_lead": say(
            "Computed from the case’s log alone, by the policies that were in force when each "
            "promise was made."
        ),
        "record": say("The record, commit by commit"),
        "record_lead": say(
            "Each commit that changed the file on the main line: when, by whom, what it added, "
            "and how the promises stood then."
        ),
        "audit": say("What the audit says"),
        "verify": say("How to check this"),
        "file": say("The file"),
        "file_lead": say("As the last commit above has it, to the letter."),
    }


def _facts(evidence: Evidence, language: Language) -> Iterator[tuple[str, str]]:
    say = language.say
    case, team = evidence.case, evidence.configuration.team
    yield say("State"), language.word(case.state)
    yield say("Category"), language.word(case.category)
    yield say("Urgency"), language.word(case.urgency)
    yield say("Detected"), language.instant(case.detected_at)
    if case.owner is not None:
        yield say("Owner"), person_name(case.owner, team, language)
    for line in customer_lines(case, language):
        yield say("Customer"), line
    for wish in case.asked:
        yield say("Asks for"), wish.what
    for what in case.offered:
        yield say("Was offered"), what
    yield say("File"), evidence.path


def _said(evidence: Evidence, now: datetime, language: Language) -> Iterator[Told]:
    brief = make_brief(evidence.case, (), now, evidence.configuration.team, language)
    for said in brief.said:
        parts = (language.instant(said.at), said.author, said.heading)
        yield Told(" · ".join(part for part in parts if part), said.facts, said.words)


def _promises(evidence: Evidence, now: datetime, language: Language) -> Iterator[Part]:
    team = evidence.configuration.team
    for account in evidence.accounts:
        lines = account_lines(account, evidence.case, team, language)
        yield Part(
            promise_line(account.standing, now, language),
            tuple(line.text for line in lines),
            is_late=account.standing.missed_at is not None,
        )


def _versions(evidence: Evidence, language: Language) -> Iterator[Part]:
    versions = tuple(filed.version for filed in evidence.filed)
    sections = render_history(versions, evidence.open_times, language)
    for filed, section in zip(evidence.filed, sections, strict=True):
        yield Part(
            section.heading,
            tuple(line.text for line in section.lines),
            hashes=tuple(_hashes(filed, language)),
        )


def _hashes(filed: Filed, language: Language) -> Iterator[tuple[str, str]]:
    say = language.say
    yield say("Commit"), filed.version.commit
    if filed.blob is not None:
        yield say("File in git"), filed.blob
    if filed.digest is not None:
        yield "SHA-256", filed.digest


def _verdict(evidence: Evidence, language: Language) -> Iterator[str]:
    """Yield what was asked, and never that it holds: that is for the findings to say."""
    say, say_n = language.say, language.say_n
    start, since = evidence.audited_from[:12], language.instant(evidence.audited_since)
    if evidence.audited:
        yield say_n(
            "{count} version of this case since commit {start} of {since} was judged: whether its "
            "log only grew, whether each state follows from the one before, whether anything was "
            "back-dated, whether who decided was allowed to.",
            "{count} versions of this case since commit {start} of {since} were judged: whether "
            "its log only grew, whether each state follows from the one before, whether anything "
            "was back-dated, whether who decided was allowed to.",
            evidence.audited,
            start=start,
            since=since,
        )
    else:
        yield say(
            "Nothing of this case was judged: the audit of this desk begins after commit {start} "
            "of {since}.",
            start=start,
            since=since,
        )
    if evidence.unjudged:
        yield say_n(
            "{count} version of this case is not younger than that, and was taken as it is.",
            "{count} versions of this case are not younger than that, and were taken as they are.",
            evidence.unjudged,
        )
    if evidence.findings:
        yield say_n(
            "{count} thing was found:", "{count} things were found:", len(evidence.findings)
        )
    elif evidence.audited:
        yield say("In what was judged, nothing was found against this case.")


def _findings(evidence: Evidence, language: Language) -> Iterator[Part]:
    """Yield what was found, below it what the judge said, in English, and what can be done."""
    weights = {
        Weight.BROKEN: language.say("broken"),
        Weight.UNPROVEN: language.say("unproven"),
        Weight.WARNING: language.say("warning"),
    }
    for finding in evidence.findings:
        fault = finding.fault
        where = f"{finding.commit[:12]}:{fault.line}" if fault.file else finding.commit[:12]
        first, *others = fault_words(fault, language)
        yield Part(f"{where} · {weights[finding.weight]} · {first}", tuple(others))


def _explained(language: Language) -> Iterator[str]:
    yield language.say(
        "A commit’s name is a digest of all that it holds and of every commit before it. Who "
        "has the same names has the same record; who changes one letter gets other names."
    )
    yield language.say(
        "The names prove what was recorded and in which order. The instants are those that the "
        "machines told which made the commits; merges on a forge are also in the forge’s own "
        "record."
    )


def _steps(evidence: Evidence, language: Language) -> Iterator[tuple[str, str]]:
    say = language.say
    tip, path = evidence.tip, evidence.path
    last = next((f for f in reversed(evidence.filed) if f.digest is not None), None)
    yield (
        say("In any clone of the repository: the commit is there, and unharmed."),
        f"git cat-file -t {tip}\ngit fsck --no-dangling",
    )
    yield (
        say("The commits above are those that changed the file."),
        f"git log --first-parent --format='%H %cI %an' {tip} -- {path}",
    )
    if last is not None:
        yield (
            say("The file of the last of them is the one printed here; it has this SHA-256.")
            if evidence.source
            else say("The file of the last of them has this SHA-256."),
            f"git cat-file blob {last.blob} | sha256sum\n# {last.digest}",
        )
    yield (
        say("What each commit changed, word by word."),
        f"git log --first-parent -m -p --reverse {tip} -- {path}",
    )
    yield (
        say("The same by this program: the life, the audit."),
        f"doleances history {evidence.case.id}\ndoleances audit --signatures",
    )
