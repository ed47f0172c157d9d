"""Exports as teams have them: CSV of every habit, JSON Lines, YAML."""

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model import Item, Rating
from runner.sources.records import (
    Extract,
    Form,
    parse_csv,
    parse_json_lines,
    parse_rating,
    parse_yaml,
)

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
FORM = Form(columns={}, best=5, zone=ZoneInfo("Europe/Paris"), now=NOW)
FILE = "inbox/avis.csv"


def read(text: str, form: Form = FORM) -> Extract:
    return parse_csv(text.encode(), FILE, form)


def named(**columns: str) -> Form:
    return Form(columns=columns, best=5, zone=FORM.zone, now=NOW)


def test_a_row_becomes_an_item() -> None:
    extract = read(
        "id;lien;pseudo;date;note;titre;commentaire\n"
        '7;https://avis.example.org/7;Camille R.;20/11/2026 19:12;1;Déçue;"Colis ""perdu"",\n'
        'toujours rien"\n'
    )
    assert extract == Extract(
        (
            Item(
                native_id="7",
                url="https://avis.example.org/7",
                author="Camille R.",
                title="Déçue",
                text='Colis "perdu",\ntoujours rien',
                posted_at=datetime(2026, 11, 20, 18, 12, tzinfo=UTC),
                rating=Rating(1, 5),
            ),
        ),
        (),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_separator_is_found(delimiter: str, line_end: str) -> None:
    rows = [("Auteur", "Message"), ("A", "Bonjour, une question ; merci | voilà"), ("B", "x,y;z")]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    extract = read(out.getvalue())
    assert [(i.author, i.text) for i in extract.items] == rows[1:]
    assert extract.remarks == ()


def test_a_single_column_needs_no_separator() -> None:
    assert [i.text for i in read("Message\nBonjour; merci\nOui\n").items] == [
        "Bonjour; merci",
        "Oui",
    ]


def test_the_separator_line_of_spreadsheets_is_obeyed_and_counted() -> None:
    extract = read("sep=;\ntexte;note\nBonjour;9\n")
    assert [i.text for i in extract.items] == ["Bonjour"]
    assert extract.remarks == (f"{FILE}:3: `9` is no rating out of 5: set best of the source",)


@pytest.mark.parametrize(
    ("encoding", "remarks"),
    [
        ("utf-8", 0),
        ("utf-8-sig", 0),
        ("utf-16", 0),
        ("cp1252", 1),
    ],
)
def test_encodings_of_spreadsheets_are_read(encoding: str, remarks: int) -> None:
    extract = parse_csv("Prénom;Texte\nZoë;C’est cassé\n".encode(encoding), FILE, FORM)
    assert [i.text for i in extract.items] == ["C’est cassé"]
    assert len(extract.remarks) == remarks


@pytest.mark.parametrize(
    "header",
    ["Texte", "MESSAGE", "Commentaire", "review", "Verbatim ", "\ufefftext", "Contenu"],
)
def test_usual_names_of_columns_need_no_mapping(header: str) -> None:
    assert [i.text for i in read(f"{header},x\nBonjour,1\n").items] == ["Bonjour"]


def test_columns_say_what_is_what_before_the_usual_names() -> None:
    extract = read("text,Ce qu'il dit\nnon,oui\n", named(text="ce qu'il dit"))
    assert [i.text for i in extract.items] == ["oui"]


@pytest.mark.parametrize(
    ("text", "form", "remark"),
    [
        ("", FORM, f"{FILE}:1: no header line: name the columns in the first"),
        (
            "a,b\n1,2\n",
            FORM,
            (
                f"{FILE}:1: no column holds the text: name it under columns.text of the source; "
                "known: `a`, `b`"
            ),
        ),
        (
            "comentaire,b\n1,2\n",
            named(text="commentaire"),
            f"{FILE}:1: no column `commentaire` for text: did you mean `comentaire`?",
        ),
        (
            "texte,b\n1,2\n",
            named(url="adresse web"),
            f"{FILE}:1: no column `adresse web` for url: known: `texte`, `b`",
        ),
        (
            "texte,b\nx,1,2,3\nBonjour,1\n",
            FORM,
            (
                f"{FILE}:2: 4 values under 2 headings: "
                "put quotes around values that hold the separator"
            ),
        ),
        ("texte,b\n ,1\n", FORM, f"{FILE}:2: no text: the row was left out"),
        (
            "texte,date\nx,demain\n",
            FORM,
            f"{FILE}:2: `demain` is no date that a message can have",
        ),
        (
            "texte,date\n\nx,2036-01-01\n",
            FORM,
            f"{FILE}:3: `2036-01-01` is no date that a message can have",
        ),
        (
            '"texte\nlong",commentaire\n"a\nb",Bonjour\n"c\nd",\n',
            FORM,
            f"{FILE}:5: no text: the row was left out",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, form: Form, remark: str) -> None:
    assert read(text, form).remarks == (remark,)


def test_good_rows_are_read_beside_bad_ones() -> None:
    huge = "x" * 200_000
    extract = read(f"texte;note\nBonjour;4\nmal;;;;;\n{huge};1\nMerci;trois\nAu revoir\n")
    assert [(i.text, i.rating) for i in extract.items] == [
        ("Bonjour", Rating(4, 5)),
        ("Merci", None),
        ("Au revoir", None),
    ]
    assert [remark.split(":")[1] for remark in extract.remarks] == ["3", "4", "5"]


def test_the_scale_of_a_row_is_its_own() -> None:
    extract = read("texte;note;barème\na;7;10\nb;7;\nc;7/20;10\n", FORM)
    assert [i.rating for i in extract.items] == [Rating(7, 10), None, Rating(7, 20)]


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4", Rating(4, 5)),
        ("3,5", Rating(3.5, 5)),
        ("3.5 / 5", Rating(3.5, 5)),
        ("7 sur 10", Rating(7, 10)),
        ("2 out of 5", Rating(2, 5)),
        ("1 étoile", Rating(1, 5)),
        ("4 stars", Rating(4, 5)),
        ("★★★☆☆", Rating(3, 5)),
        ("★★", Rating(2, 5)),
        ("0", Rating(0, 5)),
        ("6", None),
        ("-1", None),
        ("cinq", None),
        ("", None),
        ("1/0", None),
    ],
)
def test_ratings_are_read_in_the_habits_of_exports(text: str, rating: Rating | None) -> None:
    assert parse_rating(text, 5) == rating


def test_json_lines_are_read_one_by_one() -> None:
    lines = [
        json.dumps({"ticket": 12, "client": "Zoë", "message": "Cassé \ud800", "note": 2.5}),
        "",
        "{broken",
        "[1, 2]",
        "[" * 100_000,
        json.dumps({"message": None}),
        json.dumps({"message": ["no", "text"], "ok": True}),
    ]
    extract = parse_json_lines(
        "\n".join(lines).encode(), "inbox/a.jsonl", named(native_id="ticket")
    )
    (item,) = extract.items
    assert (item.native_id, item.author, item.text) == ("12", "Zoë", "Cassé ?")
    assert item.rating == Rating(2.5, 5)
    assert [remark.partition(": ")[0] for remark in extract.remarks] == [
        f"inbox/a.jsonl:{line}" for line in (3, 4, 5, 6, 7)
    ]


def test_yaml_is_read_strictly_with_lines() -> None:
    extract = parse_yaml(
        b"- texte: Colis perdu\n  id: 012\n  note: 1\n  date: 2026-11-20\n- oui\n- id: 3\n",
        "inbox/a.yaml",
        FORM,
    )
    (item,) = extract.items
    assert (item.native_id, item.text, item.rating) == ("012", "Colis perdu", Rating(1, 5))
    assert item.posted_at == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert extract.remarks == (
        "inbox/a.yaml:5: no mapping: write name: value",
        "inbox/a.yaml:6: no text: the row was left out",
    )


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "texte: Bonjour\n", "- !!python/object:os.system x\n", "[" * 9999]
)
def test_yaml_that_is_not_a_plain_list_gives_remarks_alone(text: str) -> None:
    extract = parse_yaml(text.encode(), "inbox/a.yaml", FORM)
    assert extract.items == ()
    assert extract.remarks
    assert all(remark.startswith("inbox/a.yaml:") for remark in extract.remarks)


def test_ten_thousand_rows_are_read_and_one_more_is_told() -> None:
    extract = read("texte\n" + "Bonjour\n" * 10_001)
    assert len(extract.items) == 10_000
    assert extract.remarks == (f"{FILE}:10002: only 10000 are read: split it",)


@given(st.binary(max_size=300))
def test_no_bytes_trip_the_readers(data: bytes) -> None:
    for parse in (parse_csv, parse_json_lines, parse_yaml):
        parse(b"texte;note\n" + data, FILE, FORM)
        parse(data, FILE, FORM)


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=30), st.text(max_size=30)), min_size=2, max_size=8
    )
)
def test_every_row_with_a_word_becomes_an_item(rows: list[tuple[str, str]]) -> None:
    kept = [(t, a) for t, a in rows if t.split()]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("message", "pseudo"), *kept])
    data = out.getvalue().encode("utf-8", "replace")
    expected = [t.encode("utf-8", "replace").decode() for t, _ in kept]
    assert [i.text for i in parse_csv(data, FILE, FORM).items] == expected
