"""The page of the pull request that prepares the closing messages of a case."""

from datetime import UTC, datetime

from runner.cases.case import Case, Entry, Place
from runner.cases.closings import Closing
from runner.model import Category, Known, State, Urgency
from runner.planning.closing_words import render_closing_pull
from runner.policies.values import Configuration
from runner.text.language import Language

BEGUN = datetime(2026, 11, 9, 8, tzinfo=UTC)


def place(number: int, url: str | None = "https://forum.example.org/t/1") -> Place:
    return Place(
        f"p{number}", f"c-{number:012d}", "forum", "forum.example.org", url, None, None, None,
        BEGUN, "", "",
    )  # fmt: skip


def resolved(category: Category = Category.COMPLAINT) -> Case:
    places = (place(1), place(2), place(3, None), place(4), place(5))
    log = (Entry("resolved", BEGUN, BEGUN, "ines", State.RESOLVED),)
    return Case(
        places[0].key, State.RESOLVED, 1, "lumen", "en", category, Urgency.HIGH, None, None, None,
        "ines", None, Known.UNKNOWN, None, {}, (), (), (), places, log,
    )  # fmt: skip


CLOSINGS = (
    Closing("p1", text="All is well again."),
    Closing("p2", text="We have sent [… what] anew.", before="We are looking into it."),
    Closing("p3", impossible="nobody can reply there"),
    Closing("p4", url="https://forum.example.org/t/1#9", text="Thanks!"),
    Closing("p5"),
)


def page(
    closings: tuple[Closing, ...], configuration: Configuration, category: Category
) -> tuple[str, list[str]]:
    """Return the page, and its paragraphs without those that the proofreader writes."""
    language = Language("en", configuration.instance.zone)
    words = render_closing_pull(resolved(category), closings, configuration, language)
    assert words.title == "c-000000000001 · closing messages"
    assert words.labels == ("change of a case", "closing", "urgency: high")
    paragraphs = words.body.rstrip("\n").split("\n\n")
    return words.body, [each for each in paragraphs if "\n- 1\\:" not in f"\n{each}"]


WHERE = "- Where: <https://forum.example.org/t/1>\n- In public: by hand, on the site"
PLACES = [
    "## p1 · forum", WHERE, "```text\nAll is well again.\n```", "- [ ] p1: the message is posted",
    "## p2 · forum", WHERE, "The site takes one reply, which is edited. Now it reads:",
    "```text\nWe are looking into it.\n```", "It is to read:",
    "```text\nWe have sent [… what] anew.\n```", "- [ ] p2: the reply is edited",
    "## p3 · forum", "- In public: by hand, on the site",
    "No message can stand there: `nobody can reply there`.",
    "## p4 · forum", WHERE, "It stands here: <https://forum.example.org/t/1#9>",
    "```text\nThanks!\n```", "- [x] p4: the message is posted",
    "## p5 · forum", WHERE,
    "There is no template for a message there: write it in your own words.",
    "- [ ] p5: the message is posted",
]  # fmt: skip
ADDRESS = "the address of the message in `url`, or in `impossible` why there can be none"


def test_the_page_says_of_each_place_what_is_to_be_done(configuration: Configuration) -> None:
    body, paragraphs = page(CLOSINGS, configuration, Category.COMPLAINT)
    at, rest = paragraphs.index(PLACES[0]), paragraphs.index("## When all of them stand")
    assert paragraphs[at:rest] == PLACES
    assert paragraphs[rest + 2] == (
        "```text\ndoleances close c-000000000001 --as-drafted --url p1=ADDRESS --edited p2=WORDS "
        "--url p5=ADDRESS --text p5=WORDS --no-survey WHY --root-cause CAUSE\n```"
    )
    assert paragraphs[rest + 4].splitlines() == [
        f"- [ ] p1: {ADDRESS}",
        "- [ ] p2: `after` holds the words as they read now",
        f"- [ ] p5: {ADDRESS}",
        "- [ ] What caused it: `root_cause`",
        "- [ ] The survey: `sent: true` with its `url`, or `why`",
        "- [ ] Who closes, and when the last message was posted: `by`, `at` and `recorded_at`",
    ]
    assert "`cases/2026/11/09/c-000000000001.yaml` on this branch" in body
    assert "refuses the entry `closed` until" in body
    assert "`doleances draft c-000000000001` drafts the messages anew" in body
    assert "The case `c-000000000001` is resolved" in body
    assert "- To be filled in: `[… what]`\n" in body


def test_only_a_complaint_has_a_cause(configuration: Configuration) -> None:
    body, _ = page(CLOSINGS, configuration, Category.QUESTION)
    assert "root_cause" not in body
    assert "--root-cause" not in body


def test_of_a_place_that_the_case_does_not_have_nothing_is_shown(
    configuration: Configuration,
) -> None:
    body, _ = page((Closing("p9", text="Gone."),), configuration, Category.COMPLAINT)
    assert "Gone." not in body
