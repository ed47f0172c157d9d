"""Policies that go, incidents in somebody's name, and a main line that says it is none."""

import pytest
from audit_book import CASE, INES, MALO, ODILE, Audit, Book, Person, clean

INCIDENT = "policies/incidents/joint.yaml"
TEXT = """version: 1
title: Un joint qui lâche
happened: Un lot de joints est mal moulé.
since: 2026-10-12
brands: [lumen]
recognise: {mentions: joint}
wording: {fr: Le joint lâche.}
gesture: {text: une lampe, amount: 900, currency: EUR}
approved_by: odile
"""


@pytest.mark.parametrize("name", ["clocks", "delegation", "team"])
def test_a_policy_that_limits_and_goes_is_odd(book: Book, audit: Audit, name: str) -> None:
    path = f"policies/{name}.yaml"
    was = book.read(path)
    (book.root / path).unlink()
    guilty = book.merge()
    book.later(hours=1)
    book.write(path, was)
    book.merge()
    found = [one for one in audit(code=0)["findings"] if one["commit"] == guilty]
    assert [(one["rule"], one["weight"], one["file"]) for one in found] == [
        ("policy-removed", "warning", path)
    ]


def test_an_incident_is_approved_by_who_had_a_hand_in_it(book: Book, audit: Audit) -> None:
    book.write(INCIDENT, TEXT)
    guilty = book.merge(by=MALO)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"], found["commit"], found["file"]) == (
        "unproven", "unproven", guilty, INCIDENT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "proposer"),
    [(ODILE, ODILE), (INES, ODILE), (ODILE, MALO)],
    ids=["by oneself", "accepted by another", "proposed by another"],
)
def test_an_incident_that_its_approver_proposed_or_accepted_is_fine(
    book: Book, audit: Audit, by: Person, proposer: Person
) -> None:
    book.write(INCIDENT, TEXT)
    book.merge(by=by, proposer=proposer)
    book.later(hours=1)
    # Who approved it has no part in how its cases are found.
    book.change(INCIDENT, "mentions: joint", "mentions: joints")
    book.merge(by=MALO)
    assert audit("--strict", code=0)["findings"] == []


def test_a_link_in_the_place_of_all_policies_is_found(book: Book, audit: Audit) -> None:
    book.git("mv", "policies", "elsewhere")
    (book.root / "policies").symlink_to("elsewhere")
    book.merge()
    broken = [one for one in audit(code=1)["findings"] if one["weight"] == "broken"]
    assert [(one["rule"], one["file"]) for one in broken] == [("odd-file", "policies")]


def test_a_main_line_that_says_it_is_none_is_odd(book: Book, audit: Audit) -> None:
    clean(book)
    book.git("branch", "other")
    book.change(CASE, "note: vu", "note: rien")
    book.merge()
    book.later(hours=1)
    book.change("sources.yaml", "base: main", "base: other")
    book.merge()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("base-elsewhere", "warning")
    assert "its sources.yaml says that the base is main" in found["message"]
