"""What a case says of its customer changes by a decision, and stays the customer's own."""

from collections.abc import Callable
from datetime import UTC, datetime

from runner.cases.amendments import check_amendment
from runner.cases.case import Entry
from runner.cases.file import parse_case
from runner.cases.rebasing import plan_rebase
from runner.cases.splicing import Amendment, splice_case
from runner.schemas import check_document
from runner.text.strict_yaml import Document, read_document

CaseText = Callable[..., tuple[str, str]]
CASE = "c-7f3k2m9x4q5t"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
QUALIFIED = Entry(
    "qualified", NOW, NOW, "ines", None, (),
    {"set": {"known": "yes"}, "was": {"known": "unknown"}, "reason": "crm: found"},
)  # fmt: skip
NOTED = Entry("noted", NOW, NOW, "ines", None, (), {"note": "Seen."})
TOLD = {"distributor": "Bricoplus Nantes", "reference": "K-4711"}


def document(text: str | bytes) -> Document:
    data = text if isinstance(text, bytes) else text.encode()
    read = read_document(data, f"cases/2026/11/21/{CASE}.yaml")
    assert isinstance(read, Document), read
    assert check_document("case", read) == ()
    return read


def amend(text: str, amendment: Amendment) -> Document:
    return document(splice_case(document(text), text.encode(), amendment))


def test_what_a_look_up_tells_is_spliced_in_with_the_decision(case_text: CaseText) -> None:
    _, text = case_text(CASE)
    after = amend(text, Amendment((QUALIFIED,), fields=TOLD))
    case = parse_case(after.value, after.file)
    assert (case.known, case.distributor, case.reference) == ("yes", *TOLD.values())
    assert check_amendment(document(text), after, NOW) == ()


def test_it_does_not_change_without_one(case_text: CaseText) -> None:
    _, text = case_text(CASE)
    after = amend(text, Amendment((NOTED,), fields=TOLD))
    said = [fault.message for fault in check_amendment(document(text), after, NOW)]
    assert said == [
        (
            "`distributor` has changed from nothing to Bricoplus Nantes, "
            "and no entry says who decided it"
        ),
        "`reference` has changed from nothing to K-4711, and no entry says who decided it",
    ]


def test_it_survives_a_rebase(case_text: CaseText) -> None:
    _, text = case_text(CASE)
    ours = amend(text, Amendment((QUALIFIED,), fields=TOLD))
    theirs_data = splice_case(document(text), text.encode(), Amendment((NOTED,)))
    theirs = document(theirs_data)
    amendment = plan_rebase(document(text), ours, theirs, NOW)
    rebased = document(splice_case(theirs, theirs_data, amendment))
    case = parse_case(rebased.value, rebased.file)
    assert (case.known, case.distributor, case.reference) == ("yes", *TOLD.values())
    assert [entry.kind for entry in case.log] == ["detected", "noted", "qualified"]


def test_a_reference_has_the_form_of_one(case_text: CaseText) -> None:
    _, text = case_text(CASE)
    for odd in ("Camille Roux", "`x`", "a\nb", "x" * 65, ""):
        data = text.replace("known: unknown}", f"known: unknown, reference: {odd!r}}}")
        read = read_document(data.encode(), "cases/x.yaml")
        assert isinstance(read, Document)
        assert check_document("case", read), odd
