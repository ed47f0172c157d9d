"""The satisfaction survey: its tokens, and what customers answered.

A token says which case and cycle an answer is about, and that we asked:

`s1-7f3k2m9x4q5t-2-<16 signs>`: version, the case's id without `c-`, the cycle, and the first 80
bits of an HMAC-SHA256 under the desk's secret.  It names nobody; who has no secret can make none,
and a token of another desk does not fit.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.case import Case
from runner.cases.instants import plausible
from runner.cases.mention import masked_words
from runner.model import KEY, Item, Rating
from runner.policies.privacy import PrivacyPolicy
from runner.text.clean import clean_line

SHORTEST_SECRET = 16
"""Characters."""
_LONGEST = 100
"""Characters that are read of what should be a token."""
_BEST = 1000
_DOMAIN = b"doleances survey 1\0"
_TOKEN = re.compile(r"s1-([0-9a-z]{12})-([1-9][0-9]{0,3})-([a-z2-7]{16})", re.ASCII)
_CASE = re.compile(KEY)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The case and the cycle that a token was made for."""

    case_id: str
    cycle: int


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What somebody answered who gave `token`, which nobody has checked yet.

    `text` is masked, and empty without words; `at` is None where the survey does not tell.
    """

    token: str
    rating: Rating
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SurveyRead:
    """The answers of a source, their tokens checked: the first one for each cycle of a case.

    `blank` counts items without a token or a score, `strange` those whose token this desk did not
    make, `repeated` those whose cycle had one before.  `unchecked` counts all of them where the
    secret is missing; there `given` is empty.
    """

    source: str
    given: Mapping[Surveyed, SurveyAnswer]
    blank: int = 0
    strange: int = 0
    repeated: int = 0
    unchecked: int = 0


def check_answers(
    source: str, items: int, answers: Sequence[SurveyAnswer], secret: bytes | None
) -> SurveyRead:
    """Return the answers, made of so many `items`, that customers gave whom we asked."""
    blank = max(0, items - len(answers))
    if secret is None:
        return SurveyRead(source, {}, blank, unchecked=len(answers))
    given: dict[Surveyed, SurveyAnswer] = {}
    strange = 0
    for answer in answers:
        surveyed = read_token(answer.token, secret)
        if surveyed is None:
            strange += 1
        else:
            given.setdefault(surveyed, answer)
    return SurveyRead(source, given, blank, strange, len(answers) - strange - len(given))


def make_token(surveyed: Surveyed, secret: bytes) -> str:
    """Return the token of a case's cycle.  Equal arguments give equal tokens."""
    named = f"{surveyed.case_id.removeprefix('c-')}-{surveyed.cycle}"
    return f"s1-{named}-{_seal(named, secret)}"


def read_token(token: str, secret: bytes) -> Surveyed | None:
    """Return what a token was made for, None where this desk made no such token."""
    found = _TOKEN.fullmatch(token.strip())
    if found is None or not _CASE.fullmatch(f"c-{found[1]}"):
        return None
    if not hmac.compare_digest(_seal(f"{found[1]}-{found[2]}", secret), found[3]):
        return None
    return Surveyed(f"c-{found[1]}", int(found[2]))


def prepare_answer(item: Item, privacy: PrivacyPolicy, now: datetime) -> SurveyAnswer | None:
    """Return the item as an answer that may be written, None without a token or a score.

    The token is its native id.  Who answered, as far as the survey tells, is left behind.
    """
    token, rating = clean_line((item.native_id or "")[:_LONGEST]), item.rating
    if not token or rating is None or not 0 <= rating.value <= rating.best <= _BEST:
        return None
    return SurveyAnswer(token, rating, masked_words(item, privacy), plausible(item.posted_at, now))


def is_answered(case: Case) -> bool:
    """Return whether the running cycle has an answer."""
    for entry in reversed(case.log):
        if entry.kind == "survey-answered":
            return True
        if entry.kind == "reopened":
            return False
    return False


def unsent_survey(case: Case) -> str | None:
    """Return why no survey was sent when the running cycle was closed, None where one was."""
    for entry in reversed(case.log):
        match entry.kind, entry.facts.get("survey"):
            case "closed", {"sent": False, **rest}:
                return str(rest.get("why", ""))
            case "closed" | "reopened", _:
                return None
    return None


def _seal(named: str, secret: bytes) -> str:
    mac = hmac.new(secret, _DOMAIN + named.encode(), sha256).digest()
    return base64.b32encode(mac[:10]).decode().lower()
