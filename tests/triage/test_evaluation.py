import pytest

from runner.model import Category, Judgement, Rating, Reason, Ruling, SourceCategory, Urgency
from runner.triage.evaluation import Figures, Labelled, evaluate, parse_labelled
from runner.triage.judge import Message

WHY = Reason("rule", "policies/triage.yaml", 7, "words")


def judged(
    category: str = "question", after_sales: bool = True, crisis: str | None = None
) -> Judgement:
    return Judgement(
        Ruling(after_sales, WHY),
        Ruling(Category(category), WHY),
        Ruling(Urgency.NORMAL, WHY),
        crisis=Ruling(crisis, WHY) if crisis else None,
    )


def rows(*truths: dict[str, str]) -> tuple[Labelled, ...]:
    return tuple(Labelled(n + 2, Message(f"text {n}"), truth) for n, truth in enumerate(truths))


def test_figures_by_hand() -> None:
    truths = ["complaint", "complaint", "complaint", "question", "praise", "praise"]
    said = ["complaint", "complaint", "question", "complaint", "praise", "question"]
    found = evaluate(
        rows(*({"category": truth} for truth in truths)), [judged(word) for word in said]
    )
    by_value = {figures.value: figures for figures in found.figures}
    assert found.messages == 6
    assert by_value["complaint"] == Figures("category", "complaint", 3, 2, 1, 1)
    assert by_value["complaint"].precision == pytest.approx(2 / 3)
    assert by_value["complaint"].recall == pytest.approx(2 / 3)
    assert by_value["complaint"].f1 == pytest.approx(2 / 3)
    assert by_value["question"] == Figures("category", "question", 1, 0, 1, 2)
    assert by_value["question"].precision == 0
    assert by_value["praise"] == Figures("category", "praise", 2, 1, 1, 0)
    assert by_value["praise"].precision == 1
    assert by_value["praise"].recall == 0.5
    assert by_value["praise"].f1 == pytest.approx(2 / 3)


def test_what_a_message_is_not_counts_against_that_value_alone() -> None:
    truths = [{"category": "complaint"}, {"category": "not-complaint"}, {"category": "question"}]
    found = evaluate(rows(*truths), [judged("complaint"), judged("complaint"), judged("praise")])
    by_value = {figures.value: figures for figures in found.figures}
    assert by_value["complaint"] == Figures("category", "complaint", 1, 1, 0, 1)
    assert by_value["not-complaint"] == Figures("category", "not-complaint", 2, 1, 1, 0)
    assert by_value["question"] == Figures("category", "question", 1, 0, 1, 0)
    assert [(w.line, w.truth, w.judged) for w in found.wrong] == [
        (3, "not-complaint", "complaint"),
        (4, "question", "praise"),
    ]


def test_shares_of_nothing_are_unknown() -> None:
    nothing = Figures("category", "praise", 0, 0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    missed = Figures("category", "praise", 2, 0, 2, 0)
    assert (missed.precision, missed.recall, missed.f1) == (None, 0, 0)


def test_each_column_is_measured_where_its_truth_is_known() -> None:
    found = evaluate(
        rows({"after_sales": "no"}, {"crisis": "yes"}, {"crisis": "no"}, {"urgency": "normal"}, {}),
        [judged(), judged(crisis="suicide"), judged(), judged(), judged()],
    )
    assert [(f.column, f.value, f.labelled, f.found) for f in found.figures] == [
        ("after_sales", "no", 1, 0),
        ("urgency", "normal", 1, 1),
        ("crisis", "yes", 1, 1),
        ("crisis", "no", 1, 1),
    ]
    (wrong,) = found.wrong
    assert (wrong.column, wrong.truth, wrong.judged) == ("after_sales", "no", "yes")
    assert (wrong.reason, wrong.text) == (WHY, "text 0")


def test_a_missed_crisis_names_no_rule() -> None:
    (wrong,) = evaluate(rows({"crisis": "yes"}), [judged()]).wrong
    assert wrong.reason.rule == "no rule"


LABELLED = """\
\ufeffid,text,rating,best,language,author,source_category,category,crisis
1,"Colis perdu,
toujours rien",2,,fr,Camille,forum,complaint,
2,Merci !,"9,5",10,,,,praise,no
"""


def test_messages_are_read_with_what_is_known_of_them() -> None:
    found, faults = parse_labelled(LABELLED, "labelled.csv", ("Lumen SAV",))
    assert faults == ()
    first, second = found
    assert first.line == 2
    assert first.message == Message(
        "Colis perdu,\ntoujours rien", Rating(2, 5), "fr", "Camille",
        source_category=SourceCategory.FORUM, ignored_authors=("Lumen SAV",),
    )  # fmt: skip
    assert first.truths == {"category": "complaint"}
    assert second.line == 4
    assert second.message.rating == Rating(9.5, 10)
    assert second.truths == {"category": "praise", "crisis": "no"}


def test_semicolons_part_cells_where_the_headings_have_them() -> None:
    found, faults = parse_labelled("text;category\nun, deux;praise\n", "labelled.csv")
    assert faults == ()
    assert [(row.message.text, row.truths["category"]) for row in found] == [("un, deux", "praise")]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "",
            [
                (
                    "f.csv:1:1: the file is empty\n    the first line names columns: text, rating,"
                    " best, language, author, source_category"
                )
            ],
        ),
        (
            "texte,category\na,praise\n",
            ["f.csv:1:1: there is no column `text`\n    the headings are: texte, category"],
        ),
        (
            "text,note\na,b\n",
            [
                (
                    "f.csv:1:1: there is no column with a truth\n"
                    "    known: `after_sales`, `category`, `urgency`, `crisis`"
                )
            ],
        ),
        ("text,text,crisis\na,b,no\n", ["f.csv:1:1: there are two columns `text`"]),
        (
            "text,category\na,praise\nb,complain\nc,not-prais\n",
            [
                "f.csv:3:1: category cannot be `complain`\n    did you mean `complaint`?",
                "f.csv:4:1: category cannot be `not-prais`\n    did you mean `not-praise`?",
            ],
        ),
        (
            "text,category\na,b,praise\n",
            ["f.csv:2:1: 3 cells under 2 headings\n    quote texts that hold the separator"],
        ),
        (
            "text,rating,best,crisis\na,bon,,no\na,4,0,no\na,6,5,no\na,nan,,no\na,inf,,no\n",
            [
                "f.csv:2:1: rating cannot be `bon`\n    a number such as 4 or 4.5",
                "f.csv:3:1: best cannot be `0`\n    a number such as 4 or 4.5",
                "f.csv:4:1: rating 6 is above the best, 5",
                "f.csv:5:1: rating cannot be `nan`\n    a number such as 4 or 4.5",
                "f.csv:6:1: rating cannot be `inf`\n    a number such as 4 or 4.5",
            ],
        ),
        (
            "text,source_category,crisis\na,forums,no\n",
            ["f.csv:2:1: source_category cannot be `forums`\n    did you mean `forum`?"],
        ),
        (
            'text,crisis\n"a,no\n',
            ['f.csv:2:1: this is no CSV: unexpected end of data\n    quote cells with ""'],
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(text: str, faults: list[str]) -> None:
    _, found = parse_labelled(text, "f.csv")
    assert [str(fault) for fault in found] == faults
