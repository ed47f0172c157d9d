"""`policies/customers.yaml` as values, and the examples of it that people copy."""

import re
from pathlib import Path

import pytest

from runner.errors import Fault
from runner.model import Known
from runner.policies.customers import (
    Command,
    CsvFile,
    Customers,
    HttpApi,
    LookUp,
    SqliteFile,
    build_customers,
    check_customers,
)
from runner.schemas import check_document
from runner.text.strict_yaml import Document, read_document

ROOT = Path(__file__).parents[2]


def read(text: str) -> tuple[Document, list[Fault]]:
    document = read_document(text.encode(), "policies/customers.yaml")
    assert isinstance(document, Document), document
    return document, [*check_document("customers", document), *check_customers(document)]


@pytest.fixture
def customers() -> Customers:
    document, faults = read((Path(__file__).parent / "data" / "customers.yaml").read_text())
    assert faults == []
    return build_customers(document)


def test_look_ups_are_values_in_the_order_of_the_file(customers: Customers) -> None:
    crm, base, care, script, _dealers = customers.look_ups
    assert (crm.id, crm.brands, crm.absent, crm.seconds, crm.line) == (
        "crm", ("lumen",), Known.UNKNOWN, 3, 4,
    )  # fmt: skip
    assert isinstance(crm.register, CsvFile)
    assert crm.register.path == "$CRM_DATA/clients.csv"
    assert base == LookUp(
        "base",
        SqliteFile("~/clients.db", "clients", {"order": "commande", "reference": "dossier"}),
        line=12,
    )
    assert isinstance(care.register, HttpApi)
    assert care.register.absent_status == (404, 410)
    assert care.register.private_addresses
    assert script.register == Command(
        ("/usr/local/bin/who-is", "--json"), ("handle", "order"), ("CARE_TOKEN",)
    )


def test_what_is_left_out_is_the_careful_choice(customers: Customers) -> None:
    base = customers.look_ups[1]
    assert (base.brands, base.absent, base.seconds) == ((), Known.NO, 10)
    api = HttpApi({}, {})
    assert (api.headers, api.absent_status, api.private_addresses) == ({}, (), False)


def test_persons_are_asked_by_before_brands(customers: Customers) -> None:
    assert [look_up.asked_by for look_up in customers.look_ups] == [
        ("order", "handle"), ("order",), ("order", "handle"), ("order", "handle"), ("brand",),
    ]  # fmt: skip


def test_a_look_up_serves_its_brands(customers: Customers) -> None:
    assert [one.id for one in customers.for_brand("luxor")] == ["base", "care", "script", "dealers"]


@pytest.mark.parametrize("page", ["README.md", "README.fr.md", "docs/files.md"])
def test_the_examples_that_people_copy_are_without_fault(page: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    at = next(n for n, block in enumerate(blocks) if "look_ups:" in block)
    more = blocks[at + 1] if blocks[at + 1].startswith("- id:") else ""
    example = blocks[at] + more
    assert "kind: http" in example
    assert read(example)[1] == []
