"""Files of customers: a CSV and an SQLite file give the same answers to the same questions."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cases.customer import Absent, Came, Failed, Found
from runner.lookups import csv_file
from runner.policies.customers import CsvFile, Register, SqliteFile

AskOne = Callable[..., Came]
HEADINGS = ("pseudo", "commande", "site", "marque", "client", "enseigne", "dossier", "téléphone")
ROWS = (
    ("Camille_R", "LUM-2026-118204", "", "", "oui", "Bricoplus Nantes", "K-4711", "0612345678"),
    ("Twin", "", "forum.example.org", "", "oui", "", "K-1", ""),
    ("Twin", "", "avis.example.org", "", "oui", "", "K-2", ""),
    ("Double", "", "", "", "oui", "Bricoplus", "K-3", ""),
    ("Double", "", "", "", "oui", "Bricoplus", "K-4", ""),
    ("Refused", "", "", "", "non", "", "", ""),
    ("' OR 1=1 --", "", "", "", "oui", "", "K-5", ""),
    ("", "", "", "luxor", "oui", "Luxor SARL", "K-6", ""),
)
OUTSIDE = " is not outside the repository, where customers' data belongs"
COLUMNS = {
    "handle": "pseudo", "order": "commande", "site": "site", "brand": "marque",
    "known": "client", "distributor": "enseigne", "reference": "dossier",
}  # fmt: skip


def write_csv(path: Path) -> None:
    lines = [";".join(f'"{cell}"' for cell in row) for row in (HEADINGS, *ROWS)]
    path.write_text("\n".join(lines) + "\n")


def write_base(path: Path) -> None:
    base = sqlite3.connect(path)
    names = ", ".join(f'"{name}" TEXT' for name in HEADINGS)
    base.execute(f"CREATE TABLE clients ({names})")
    base.executemany("INSERT INTO clients VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
    base.commit()
    base.close()


@pytest.fixture(params=["csv", "sqlite"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Register:
    if request.param == "csv":
        write_csv(tmp_path / "clients.csv")
        return CsvFile("$DATA/clients.csv", COLUMNS)
    write_base(tmp_path / "clients.db")
    return SqliteFile("${DATA}/clients.db", "clients", COLUMNS)


def references(came: Came) -> list[object]:
    assert isinstance(came, Found), came
    return [record["reference"] for record in came.records]


def test_a_customer_is_found_by_order_before_handle(ask: AskOne, register: Register) -> None:
    came = ask(register, handle="Twin", orders=("LUM-2026-118204",))
    assert isinstance(came, Found)
    assert came.by == "order"
    assert came.records == (
        {"known": "oui", "distributor": "Bricoplus Nantes", "reference": "K-4711"},
    )


def test_the_handle_is_asked_by_where_the_order_is_not_found(
    ask: AskOne, register: Register
) -> None:
    came = ask(register, handle="camille_r ", orders=("LUM-2026-000000",))
    assert isinstance(came, Found)
    assert came.by == "handle"


def test_a_handle_counts_on_its_own_site(ask: AskOne, register: Register) -> None:
    assert references(ask(register, handle="Twin", site="avis.example.org")) == ["K-2"]
    assert ask(register, handle="Twin", site="elsewhere.example.org") == Absent()


def test_all_who_fit_are_told(ask: AskOne, register: Register) -> None:
    assert references(ask(register, handle="Double")) == ["K-3", "K-4"]


def test_a_handle_is_a_value_and_never_a_query(ask: AskOne, register: Register) -> None:
    assert references(ask(register, handle="' OR 1=1 --")) == ["K-5"]
    for odd in ('x"; DROP TABLE clients; --', "%", "_", "\x00", "é" * 500):
        assert ask(register, handle=odd) == Absent()


def test_somebody_without_a_name_is_not_found_by_an_empty_cell(
    ask: AskOne, register: Register
) -> None:
    assert ask(register, handle=" ", orders=("LUM-2026-999999",)) == Absent()


def test_a_brand_alone_tells_the_distributor(ask: AskOne, tmp_path: Path) -> None:
    write_csv(tmp_path / "clients.csv")
    columns = {"brand": "marque", "distributor": "enseigne"}
    came = ask(CsvFile("~/clients.csv", columns), brand="luxor", handle="Camille_R")
    assert came == Found("brand", ({"distributor": "Luxor SARL"},))


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("$DATA/none.csv", "$DATA/none.csv cannot be read: No such file or directory"),
        ("$UNSET/clients.csv", "the environment variable UNSET is not set"),
        ("$DATA/pipe", "$DATA/pipe is no ordinary file"),
        ("$DATA", "$DATA is no ordinary file"),
        (
            "$DATA/repository/clients.csv",
            "$DATA/repository/clients.csv" + OUTSIDE,
        ),
        (
            "$DATA/link.csv",
            "$DATA/link.csv" + OUTSIDE,
        ),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "sqlite"])
def test_a_path_that_leads_nowhere_is_a_failure_and_says_so(
    ask: AskOne, tmp_path: Path, kind: str, path: str, problem: str
) -> None:
    inside = tmp_path / "repository" / "clients.csv"
    write_csv(inside)
    (tmp_path / "link.csv").symlink_to(inside)
    os.mkfifo(tmp_path / "pipe")
    register = CsvFile(path, COLUMNS) if kind == "csv" else SqliteFile(path, "clients", COLUMNS)
    assert ask(register, handle="Twin") == Failed(problem)


def test_a_column_that_is_not_there_is_named(ask: AskOne, register: Register) -> None:
    columns = {**COLUMNS, "reference": "ref"}
    match register:
        case CsvFile():
            other: Register = CsvFile(register.path, columns)
        case SqliteFile():
            other = SqliteFile(register.path, register.table, columns)
    came = ask(other, handle="Twin")
    assert isinstance(came, Failed)
    assert came.problem.endswith("has no column “ref”")


def test_a_table_that_is_not_there_is_named(ask: AskOne, tmp_path: Path) -> None:
    write_base(tmp_path / "clients.db")
    register = SqliteFile("~/clients.db", "customers", COLUMNS)
    assert ask(register, handle="x") == Failed("~/clients.db has no table “customers”")


def test_a_base_is_opened_for_reading_only(ask: AskOne, tmp_path: Path) -> None:
    path = tmp_path / "clients.db"
    write_base(path)
    path.chmod(0o400)
    before = path.read_bytes()
    assert references(ask(SqliteFile("~/clients.db", "clients", COLUMNS), handle="Double"))
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clients.db", "repository"]


def test_what_is_no_base_is_a_failure(ask: AskOne, tmp_path: Path) -> None:
    (tmp_path / "clients.db").write_bytes(b"not a base, " * 100)
    came = ask(SqliteFile("~/clients.db", "clients", COLUMNS), handle="x")
    assert came == Failed("~/clients.db cannot be read: SQLITE_NOTADB")


def test_a_base_that_takes_for_ever_is_left(ask: AskOne, tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "clients.db")
    base.execute(
        "CREATE VIEW clients AS WITH RECURSIVE n(pseudo) AS "
        "(SELECT 'a' UNION ALL SELECT pseudo || '' FROM n) SELECT pseudo FROM n"
    )
    base.close()
    register = SqliteFile("~/clients.db", "clients", {"handle": "pseudo"})
    assert ask(register, seconds=1, handle="x") == Failed("no answer within 1 s")


def test_a_csv_of_windows_with_commas_is_read(ask: AskOne, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("Prénom,pseudo\r\nInès,Inès_M\r\n".encode("cp1252"))
    came = ask(CsvFile("~/c.csv", {"handle": "pseudo"}), handle="inès_m")
    assert came == Found("handle", ({},))


def test_a_row_that_is_short_says_nothing_in_what_it_lacks(ask: AskOne, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("pseudo;client;dossier\nA\nB;oui\n\n")
    register = CsvFile("~/c.csv", {"handle": "pseudo", "known": "client", "reference": "dossier"})
    assert ask(register, handle="A") == Found("handle", ({"known": "", "reference": ""},))
    assert ask(register, handle="B") == Found("handle", ({"known": "oui", "reference": ""},))


def test_a_csv_that_breaks_off_inside_a_value_is_a_failure(ask: AskOne, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('pseudo;dossier\nA;"' + "x" * 200_000)
    assert ask(CsvFile("~/c.csv", {"handle": "pseudo"}), handle="A") == Failed(
        "~/c.csv:2 cannot be read as CSV"
    )


def test_a_csv_that_is_too_large_is_not_read(
    ask: AskOne, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "FILE_LIMIT", 2**20)
    (tmp_path / "c.csv").write_bytes(b"pseudo\n" + b"a\n" * 2**20)
    came = ask(CsvFile("~/c.csv", {"handle": "pseudo"}), handle="a")
    assert came == Failed("~/c.csv is larger than 1 MB")
