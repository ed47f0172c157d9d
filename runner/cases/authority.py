"""Who may decide what: the people behind new log entries, their roles and their limits.

Only entries that a change adds are judged: a later policy does not make a decision wrong
that was right on its day.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runner.cases.evidence import Data, Finding
from runner.cases.lifecycle import BRAND_CARE, KINDS, ROLES, RUNNER
from runner.errors import Fault, Severity
from runner.model import State
from runner.policies.delegation import FILE, Delegation, Limit
from runner.policies.team import Person, Team
from runner.text.document import Document, Path

if TYPE_CHECKING:
    from runner.policies.incidents import Incident

_TEAM = "policies/team.yaml"
_SETTLED = frozenset({"accepted", "partial"})
_SPEAKS = frozenset({"replied", "messaged", "offered"})
_LIMITED = frozenset({"answered", "approved", "offered", "resolved"})
"""Kinds of entries that may decide more than the one who decides may."""
_WEIGHED = _SPEAKS | _LIMITED
"""Kinds of entries that are judged by what stands above them, too."""


@dataclass(frozen=True, slots=True)
class Authority:
    """By whom and within which limits a case may be decided.

    `actors` are the forge logins or e-mail addresses of those who propose and approve the
    change, None where nobody is asked to prove who decides.  Where not all `approvals_known`
    are, somebody else may still approve.  `incident` finds an incident by its id, None where
    there is none of that name.
    """

    team: Team
    delegation: Delegation | None = None
    actors: frozenset[str] | None = None
    incident: "Callable[[str], Incident | None]" = lambda _: None
    approvals_known: bool = True

    def person(self, name: str) -> Person | None:
        """Return the person of this id."""
        return self.team.person(name)

    def roles(self, name: str) -> tuple[str, ...]:
        """Return the roles of a person, none for somebody unknown."""
        person = self.person(name)
        return person.roles if person else ()

    def acts(self, person: Person) -> bool:
        """Return whether a person is among those who act."""
        return self.actors is None or any(map(person.goes_by, self.actors))


@dataclass(slots=True)
class _Told:
    """What the log has told up to an entry, in the running cycle."""

    state: str | None = None
    entries: list[Data] = field(default_factory=list)
    incident: str | None = None
    unanswered: bool = False
    """The customer wrote after the hand-off and brand care's answer is not known."""

    def tell(self, entry: Data) -> None:
        """Take an entry in."""
        match entry["entry"]:
            case "reopened":
                self.entries.clear()
                self.unanswered = False
            case "handed-off" | "answered":
                self.unanswered = False
            case "incident-linked":
                self.incident = entry["incident"]
            case "incident-unlinked":
                self.incident = None
            case "customer-wrote":
                self.unanswered = self.state == State.HANDED_OFF
        self.entries.append(entry)
        self.state = entry.get("to", self.state)


def check_authority(
    document: Document, added: Iterable[int], authority: Authority
) -> tuple[Fault, ...]:
    """Return the new entries of a case that somebody else had to decide, and warnings.

    `document` has passed the schema; `added` are the indexes of the new entries, in order.
    """
    case: Any = document.value
    log, new = case["log"], frozenset(added)
    if not new:
        return ()
    wrong: list[Finding] = []
    doubtful: list[Finding] = []
    told, heard = _Told(), 0
    for index in added:
        entry, path = log[index], ("log", index)
        wrong += _check_decider(entry, path, authority)
        doubtful += _find_unproven(entry, path, authority)
        if entry["entry"] in _WEIGHED:
            while heard < index:
                told.tell(log[heard])
                heard += 1
            wrong += _check_limits(case, entry, path, told, authority)
            doubtful += _find_doubtful(case, entry, path, told)
    wrong += _check_owner(case, authority)
    faults = _faults(document, wrong)
    faults += [replace(one, severity=Severity.WARNING) for one in _faults(document, doubtful)]
    if "incident-linked" in [entry["entry"] for entry in log]:
        # Few cases are linked; the others do not pay for what reads incidents.
        from runner.cases.incident_terms import check_incident_terms

        faults += check_incident_terms(document, new, authority.incident)
    return tuple(sorted(faults))


def _faults(document: Document, findings: Iterable[Finding]) -> list[Fault]:
    return [document.fault(one.path, one.rule, one.message, one.hint) for one in findings]


def _check_owner(case: Data, authority: Authority) -> Iterator[Finding]:
    owner = case.get("owner")
    if owner is not None and authority.person(owner) is None:
        yield _nobody(("owner",), owner, authority)


def _check_decider(entry: Data, path: Path, authority: Authority) -> Iterator[Finding]:
    kind, by = KINDS[entry["entry"]], entry["by"]
    if by == RUNNER:
        return
    person = authority.person(by)
    if person is None:
        yield _nobody((*path, "by"), by, authority)
        return
    if not set(person.roles) & set(kind.deciders):
        deciders = " or ".join(role for role in kind.deciders if role != RUNNER)
        yield Finding(
            (*path, "by"),
            "role",
            f"{by} is {' and '.join(person.roles)}; `{kind.name}` is for {deciders} to decide",
            f"a {deciders} records it, or {_TEAM} gives {by} the role",
        )
    limit_of = entry.get("limit_of")
    if limit_of is not None and limit_of not in ROLES and authority.person(limit_of) is None:
        yield _nobody((*path, "limit_of"), limit_of, authority)
    if authority.approvals_known and not authority.acts(person):
        yield Finding(
            (*path, "by"),
            "not-the-actor",
            f"{by} neither proposes nor approves this change",
            _act(by),
        )


def _find_unproven(entry: Data, path: Path, authority: Authority) -> Iterator[Finding]:
    if authority.approvals_known:
        return
    by = entry["by"]
    person = authority.person(by)
    if person is not None and not authority.acts(person):
        yield Finding(
            (*path, "by"),
            "unproven",
            f"{by} does not propose this change, and who approves it is not known here",
            _act(by),
        )


def _act(by: str) -> str:
    return (
        f"{by} approves the pull request, or the one who decides stands in `by`; "
        f"{_TEAM} names everybody's login"
    )


def _nobody(path: Path, name: str, authority: Authority) -> Finding:
    known = ", ".join(person.id for person in authority.team.people) or "nobody"
    return Finding(path, "nobody", f"there is no {name} in {_TEAM}", f"it names {known}")


def _check_limits(
    case: Data, entry: Data, path: Path, told: _Told, authority: Authority
) -> Iterator[Finding]:
    kind = entry["entry"]
    if authority.delegation is None or kind not in _LIMITED:
        return
    by = entry["by"]
    limits = authority.delegation.limits_for(
        authority.roles(by), case["category"], case.get("topic")
    )
    judge = _Judge(limits, told, authority)
    if kind == "resolved":
        outcome = entry["outcome"]
        if outcome in _SETTLED and not (judge.may("answer") or judge.heard("answered")):
            yield judge.over(path, by, "settles no such case alone", "answered")
        if outcome == "refused" and not (
            judge.may("refuse")
            or judge.heard("approved", subject="refusal")
            or judge.heard("answered", outcome="refused")
        ):
            yield judge.over((*path, "outcome"), by, "refuses nothing alone", "refusal")
    gives = kind in {"resolved", "offered"} or (
        # What the one who speaks for brand care writes down is brand care's to give.
        (kind == "answered" and BRAND_CARE in authority.roles(by))
        or (kind == "approved" and entry["subject"] == "remedy")
    )
    if gives and "amount" in entry and "currency" in entry:
        amount = Decimal(str(entry["amount"]))
        covered = judge.grants(amount, entry["currency"])
        if not covered and not _is_gesture(case, amount, entry["currency"], told, authority):
            own = next((str(limit.grant) for limit in limits if limit.grant), "nothing")
            yield judge.over(
                (*path, "amount"),
                by,
                f"may grant {own} here, not {entry['amount']} {entry['currency']}",
                "remedy",
            )
    if kind == "approved" and entry["subject"] == "paid-contact" and not judge.may("paid_contact"):
        yield judge.over((*path, "by"), by, "approves no paid contact", "paid-contact")


def _is_gesture(
    case: Data, amount: Decimal, currency: str, told: _Told, authority: Authority
) -> bool:
    """Whether so much is what the case's incident has for all, approved by who may give it."""
    incident = authority.incident(told.incident) if told.incident is not None else None
    gesture = incident.gesture if incident else None
    if (
        incident is None
        or gesture is None
        or (gesture.amount, gesture.currency)
        != (
            amount,
            currency,
        )
    ):
        return False
    roles = authority.roles(incident.approved_by)
    limits = (
        authority.delegation.limits_for(roles, case["category"], case.get("topic"))
        if authority.delegation
        else ()
    )
    return any(limit.grant and limit.grant.covers(amount, currency) for limit in limits)


@dataclass(frozen=True, slots=True)
class _Judge:
    """The limits of the one who decides, and who stands above in the log."""

    limits: tuple[Limit, ...]
    told: _Told
    authority: Authority

    def may(self, what: str) -> bool:
        """Return whether one of the limits allows it."""
        return any(getattr(limit, what) for limit in self.limits)

    def _above(self) -> Iterator[Data]:
        over = {limit.over for limit in self.limits}
        for entry in self.told.entries:
            if over & set(self.authority.roles(entry["by"])):
                yield entry

    def heard(self, kind: str, **facts: str) -> bool:
        """Return whether somebody whose entry covers it has said so in this cycle."""
        return any(
            entry["entry"] == kind and all(entry.get(name) == said for name, said in facts.items())
            for entry in self._above()
        )

    def grants(self, amount: Decimal, currency: str) -> bool:
        """Return whether an amount is within a limit, or covered by an entry above."""
        if any(limit.grant and limit.grant.covers(amount, currency) for limit in self.limits):
            return True
        return any(
            (entry["entry"], entry.get("subject")) in {("answered", None), ("approved", "remedy")}
            and entry.get("currency") == currency
            and amount <= Decimal(str(entry["amount"]))
            for entry in self._above()
            if "amount" in entry
        )

    def over(self, path: Path, by: str, said: str, wanted: str) -> Finding:
        """Return the finding that somebody decides more than the limits allow."""
        roles = sorted({limit.over for limit in self.limits if limit.over})
        entry = "`answered`" if wanted == "answered" else f"`approved` with `subject: {wanted}`"
        hint = f"{FILE} says so"
        if roles and wanted != "paid-contact":
            hint = f"{hint}; an entry {entry} by {' or '.join(roles)} above it covers it"
        return Finding(path, "delegation", f"{by} {said}", hint)


def _find_doubtful(case: Data, entry: Data, path: Path, told: _Told) -> Iterator[Finding]:
    kind = entry["entry"]
    if kind in _SPEAKS and told.state == State.HANDED_OFF and told.unanswered:
        yield Finding(
            path,
            "speaks-unknowing",
            "the customer wrote since the hand-off, and brand care's answer is not on file",
            "ask brand care first, and record what it says as `answered`",
        )
    if kind == "resolved" and entry["outcome"] in _SETTLED and "remedy" in entry:
        # Imported by the few changes that need it: each `check --base` pays for what stands above.
        from runner.cases.remedies import answers

        wishes = [wish["what"] for wish in case.get("asked") or ()]
        if wishes and not answers(entry["remedy"], wishes):
            yield Finding(
                (*path, "remedy"),
                "remedy-not-asked",
                f"the customer asks for: {'; '.join(wishes)}",
                "a remedy that answers something else settles nothing; say in `reason` why it does",
            )
