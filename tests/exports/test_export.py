"""Exports, read back by what people read them with."""

import csv
import json
import re
import shutil
import sqlite3
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cli.main import run
from runner.errors import UsageError
from runner.exports.database import VIEWS
from runner.exports.forms import choose_format
from runner.exports.sheets import defuse
from runner.exports.tables import CASES, PLACES, TABLES

AtWork = Callable[[str], AbstractContextManager[None]]
Git = Callable[..., str]
NOW = "2026-11-25T09:00:00Z"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "exports.md"
HOSTILE = "c-bbbbbbbbbbbb"
CLOSED = "c-z9dhernv57sj"
NAMES = tuple(table.name for table in TABLES)
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def export(desk: Path, out: Path, form: str, *options: str) -> int:
    return run(["-C", str(desk), "export", "--format", form, "--out", str(out), *options])


def read_jsonl(folder: Path) -> dict[str, list[dict[str, object]]]:
    return {
        name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]
        for name in NAMES
    }


@pytest.fixture(scope="module")
def database(
    exported_desk: Path, tmp_path_factory: pytest.TempPathFactory, at_work: AtWork
) -> Path:
    out = tmp_path_factory.mktemp("db") / "desk.db"
    with at_work(NOW):
        assert export(exported_desk, out, "sqlite") == 0
    return out


@pytest.fixture(scope="module")
def lines(exported_desk: Path, tmp_path_factory: pytest.TempPathFactory, at_work: AtWork) -> Path:
    out = tmp_path_factory.mktemp("jsonl") / "tables"
    with at_work(NOW):
        assert export(exported_desk, out, "jsonl") == 0
    return out


def test_the_documentation_names_every_column_as_it_is() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for table in TABLES:
        section = re.split(r"^## ", text, flags=re.MULTILINE)
        told = next(part for part in section if part.startswith(f"{table.name}\n"))
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (yes)? ?\| (yes)? ?\| \S", told, re.MULTILINE)
        assert rows == [
            (column.name, column.kind.value, "yes" * column.always, "yes" * column.personal)
            for column in table.columns
        ]
    for view in VIEWS:
        assert f"| `{view}` |" in text


def test_a_database_has_types_keys_indices_and_views(database: Path) -> None:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in TABLES:
            told = opened.execute(f"PRAGMA table_info({table.name})").fetchall()
            assert [row[1] for row in told] == [column.name for column in table.columns]
            assert [row[1] for row in sorted(told, key=lambda row: row[5]) if row[5]] == list(
                table.key
            )
        assert len(opened.execute("PRAGMA foreign_key_list(clocks)").fetchall()) == 5
        for view in VIEWS:
            opened.execute(f"SELECT * FROM {view}").fetchall()  # noqa: S608
        assert opened.execute(
            "SELECT cases, replied, within_a_day FROM first_replies_by_month WHERE month='2026-10'"
        ).fetchall() == [(2, 2, 2)]
        about = dict(opened.execute("SELECT name, value FROM about"))
        assert (about["at"], about["public"]) == ("2026-11-25T09:00:00Z", "0")


def test_the_formats_hold_the_same(
    exported_desk: Path, database: Path, lines: Path, tmp_path: Path
) -> None:
    told = read_jsonl(lines)
    with closing(sqlite3.connect(database)) as opened:
        for table in TABLES:
            count = opened.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608
            assert count == len(told[table.name])
        rows = opened.execute("SELECT case_id, entry, kind FROM entries").fetchall()
    assert rows == [(row["case_id"], row["entry"], row["kind"]) for row in told["entries"]]
    assert export(exported_desk, tmp_path / "csv", "csv") == 0
    for table in TABLES:
        with (tmp_path / "csv" / f"{table.name}.csv").open(encoding="utf-8-sig", newline="") as f:
            read = list(csv.DictReader(f, strict=True))
        assert len(read) == len(told[table.name])
        for row, other in zip(read, told[table.name], strict=True):
            for name in table.key:
                assert row[name] == str(other[name])


def test_rows_tell_what_the_case_tells(lines: Path) -> None:
    told = read_jsonl(lines)
    (case,) = (row for row in told["cases"] if row["case_id"] == CLOSED)
    assert case["state"] == "closed"
    assert case["detected_at"] == "2026-10-05T07:03:12Z"
    assert case["reply_seconds"] == 9468
    assert case["asked_brand"] is True
    clock = next(row for row in told["clocks"] if row["case_id"] == CLOSED)
    assert (clock["clock"], clock["verdict"], clock["late_seconds"]) == ("first-reply", "met", 0)
    entry = next(
        row
        for row in told["entries"]
        if (row["case_id"], row["entry"]) == (CLOSED, clock["stopped_entry"])
    )
    assert entry["kind"] == "replied"
    (late,) = (row for row in told["clocks"] if row["case_id"] == HOSTILE)
    assert late["verdict"] == "overdue"
    assert isinstance(late["late_seconds"], int)
    assert late["late_seconds"] > 0


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_a_name_that_says_another_format_is_refused(
    form: str, exported_desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(exported_desk, tmp_path / f"desk.{form}", "sqlite") == 2
    assert f"say --format {form}\n" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_csv_is_rfc_4180_and_starts_no_formula_in_any_spreadsheet(
    exported_desk: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tables"
    assert export(exported_desk, out, "csv") == 0
    data = (out / "places.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfcase_id,")
    assert data.endswith(b"\r\n")
    for name in NAMES:
        text = (out / f"{name}.csv").read_text(encoding="utf-8-sig")
        for delimiter in ",;\t":
            for row in csv.reader(text.splitlines(), delimiter=delimiter):
                assert not any(re.match(r"[\s\"]*[=+@-]", cell) for cell in row), row
    with (out / "places.csv").open(encoding="utf-8-sig", newline="") as opened:
        (row,) = (row for row in csv.DictReader(opened) if row["case_id"] == HOSTILE)
    assert row["title"].startswith("'=HYPERLINK(")
    assert ";'+1" in row["title"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("\t=1", "'\t'=1"),
        ("bon;=1", "bon;'=1"),
        ("un\n- deux", "un\n'- deux"),
        ("\"=1", "'\"=1"),
        ("a=b, c-d", "a=b, c-d"),
        ("", ""),
    ],
    ids=["equals", "plus", "minus", "at", "spaces", "wide", "tab", "semicolon", "line", "quote",
         "within", "empty"],
)  # fmt: skip
def test_signs_of_formulas_are_kept_from_the_start_of_cells(text: str, safe: str) -> None:
    assert defuse(text) == safe


@given(st.text(alphabet="=+-@a;'\" \t\r\n＝", max_size=12))
def test_no_text_begins_a_formula_however_cells_are_parted(text: str) -> None:
    for cell in re.split(r"[;\t\r\n]", defuse(text)):
        assert not re.match(r"[\s\"]*[=+\-@＝]", cell)


def test_a_workbook_holds_texts_as_texts_and_instants_as_dates(
    exported_desk: Path, tmp_path: Path
) -> None:
    out = tmp_path / "desk.xlsx"
    assert export(exported_desk, out, "xlsx") == 0
    with zipfile.ZipFile(out) as opened:
        names = re.findall(r'<sheet name="(\w+)"', opened.read("xl/workbook.xml").decode())
        assert names == list(NAMES)
        sheet = opened.read(f"xl/worksheets/sheet{names.index('places') + 1}.xml")
        cases = opened.read(f"xl/worksheets/sheet{names.index('cases') + 1}.xml")
    for data in (sheet, cases):
        assert b"<f>" not in data
        assert b"<hyperlink" not in data
    texts = {cell.text for cell in ElementTree.fromstring(sheet).iter(f"{_CELLS}t")}  # noqa: S314
    assert any(text and text.startswith("=HYPERLINK") for text in texts)
    at = [column.name for column in CASES.columns].index("detected_at")
    row = ElementTree.fromstring(cases).findall(f".//{_CELLS}row")[1]  # noqa: S314
    cell = row.findall(f"{_CELLS}c")
    dated = [each for each in cell if each.get("r", "").rstrip("0123456789") == chr(65 + at)]
    assert dated[0].get("t") is None
    assert float(dated[0].findtext(f"{_CELLS}v") or 0) == pytest.approx(46300.29, abs=0.01)


def test_public_exports_name_nobody(exported_desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    assert export(exported_desk, out, "jsonl", "--public") == 0
    told = "".join(file.read_text() for file in out.glob("*.jsonl"))
    for word in ("Camille", "Sandrine", "HYPERLINK", "https://", '"ines"', "calage"):
        assert word not in told
    (row, *_) = read_jsonl(out)["places"]
    assert list(row) == [column.name for column in PLACES.public().columns]
    assert export(exported_desk, tmp_path / "p.db", "sqlite", "--public") == 0
    with closing(sqlite3.connect(tmp_path / "p.db")) as opened:
        for view in VIEWS:
            opened.execute(f"SELECT * FROM {view}").fetchall()  # noqa: S608


def test_since_leaves_out_older_cases(exported_desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    assert export(exported_desk, out, "jsonl", "--since", "2026-11-01", "--no-findings") == 0
    told = read_jsonl(out)
    days = [str(row["detected_day"]) for row in told["cases"]]
    assert days
    assert min(days) >= "2026-11-01"
    ids = {row["case_id"] for row in told["cases"]}
    assert {row["case_id"] for row in told["entries"]} == ids
    assert told["findings"] == []


@pytest.mark.parametrize("form", ["sqlite", "xlsx", "csv"])
def test_what_is_no_export_is_left_alone(exported_desk: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "thesis"
    if form == "csv":
        out.mkdir()
        out = out / "chapter"
        out.mkdir()
        (out / "one.txt").write_text("years of work")
    else:
        out.write_text("years of work")
    assert export(exported_desk, out, form, "--no-findings") == 5
    kept = out / "one.txt" if form == "csv" else out
    assert kept.read_text() == "years of work"
    assert export(exported_desk, out, form, "--no-findings", "--force") == (5 * (form == "csv"))
    assert export(exported_desk, out, form, "--no-findings") == (5 * (form == "csv"))
    assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_an_export_that_fails_leaves_the_older_one(
    exported_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form in ("sqlite", "xlsx", "csv"):
        out = tmp_path / form
        assert export(exported_desk, out, form, "--no-findings") == 0
        before = out.stat().st_ino

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr("runner.exports.rows._clock", full)
            assert export(exported_desk, out, form, "--no-findings") == 4
        assert out.stat().st_ino == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["csv", "sqlite", "xlsx"]


def test_equal_desks_give_equal_exports(exported_desk: Path, lines: Path, tmp_path: Path) -> None:
    assert export(exported_desk, tmp_path / "again", "jsonl") == 0
    assert read_jsonl(tmp_path / "again") == read_jsonl(lines)


@pytest.mark.parametrize(
    ("out", "asked", "chosen"),
    [
        ("desk.db", None, "sqlite"),
        ("a/b.SQLITE", None, "sqlite"),
        ("desk.sqlite3", "sqlite", "sqlite"),
        ("desk.xlsx", None, "xlsx"),
        ("desk.jsonl", None, "jsonl"),
        ("desk.csv/", None, "csv"),
        ("tables/", None, "csv"),
        ("tables/", "jsonl", "jsonl"),
        ("there", None, "csv"),
        ("there", "jsonl", "jsonl"),
        ("older", None, "jsonl"),
        ("older", "csv", "csv"),
        ("r.txt", "sqlite", "sqlite"),
        ("tables", "csv", "csv"),
    ],
)
def test_the_name_says_the_format(
    out: str, asked: str | None, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("older").mkdir()
    Path("older", "cases.jsonl").touch()
    assert choose_format(out, asked) == chosen


@pytest.mark.parametrize(
    ("out", "asked", "said"),
    [
        ("r.txt", None, "--out r.txt does not say which format: name it .db (SQLite) or .xlsx,"),
        ("tables", None, "--out tables does not say which format: name it"),
        ("desk.db", "csv", "--out desk.db has the name of another format: say --format sqlite"),
        ("tables/", "sqlite", "--out tables/ is a folder, and --format sqlite writes a file: name"),
        ("there", "xlsx", "--out there is a folder, and --format xlsx writes a file"),
        ("desk.xlsx/", None, "--out desk.xlsx/ is a folder with the name of a file"),
    ],
    ids=["nothing", "bare", "ending", "slash", "folder", "file-as-folder"],
)  # fmt: skip
def test_a_name_that_says_nothing_or_contradicts_is_refused(
    out: str, asked: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    with pytest.raises(UsageError) as raised:
        choose_format(out, asked)
    assert f"{raised.value}: {raised.value.hint}".startswith(said)


def test_exports_go_where_git_adds_nothing_else_it_warns(
    exported_desk: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    desk = tmp_path / "desk"
    shutil.copytree(exported_desk, desk)
    monkeypatch.chdir(desk)

    def warned(*options: str) -> bool:
        assert run(["export", "--no-findings", *options]) == 0
        return "git ajouterait" in capsys.readouterr().err

    assert not warned("--out", "exports/tables/")
    assert (desk / "exports" / "tables" / "cases.csv").is_file()
    assert not warned()
    assert (desk / "exports" / "desk.db").is_file()
    assert not warned("--format", "jsonl")
    assert (desk / "exports" / "jsonl" / "cases.jsonl").is_file()
    assert not warned("--out", str(tmp_path / "elsewhere.db"))
    assert git(desk, "status", "--porcelain", "--untracked-files=all") == ""

    assert warned("--out", "out/")
    assert warned("--out", "desk.db")
    assert not warned("--out", "public.db", "--public")
    (desk / ".gitignore").write_text("/out/\n*.db\n")
    assert not warned("--out", "out/")
    assert not warned("--out", "desk.db")
