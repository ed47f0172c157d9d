"""Which cases are proposed as perhaps the same matter, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.cases.identity import fingerprint
from runner.cases.summary import CaseSummary
from runner.model import Category, Judgement, KeyBasis, Mention, Reason, Ruling, Urgency
from runner.triage.same_matter import AT_MOST, Likeness, possible_duplicates

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
RULE = Reason("a-rule", "policies/triage.yaml", 1)
TEXT = "J'attends mon colis depuis trois semaines, personne ne répond."

MENTION = Mention(
    key="c-000000000001",
    key_basis=KeyBasis.NATIVE_ID,
    source="avis-conso",
    site="avis.example.org",
    native_id="77",
    url="https://avis.example.org/lumen/77",
    author="Camille_R",
    title="",
    text=TEXT,
    posted_at=AT,
    detected_at=AT,
)
JUDGEMENT = Judgement(
    after_sales=Ruling(True, RULE),
    category=Ruling(Category.COMPLAINT, RULE),
    urgency=Ruling(Urgency.NORMAL, RULE),
    topic=Ruling("delivery", RULE),
)
CASE = CaseSummary(
    id="c-00000000000a",
    path="cases/2026/11/20/c-00000000000a.yaml",
    state="open",
    cycle=1,
    brand="lumen",
    language="fr",
    category="complaint",
    urgency=Urgency.NORMAL,
    crisis=None,
    topic="assembly",
    product=None,
    incident=None,
    owner=None,
    handle="Dominique",
    keys=("c-00000000000a",),
    sources=("forum-bricolage",),
    authors=("Dominique",),
    urls=("https://forum.example.org/t/1",),
    threads=(),
    fingerprint=fingerprint("Tout autre chose, une vis qui manque dans le carton."),
    detected_at=AT - timedelta(days=1),
    courses=(),
    active_at=AT - timedelta(days=1),
    landmarks=(),
)


def like(case: CaseSummary, mention: Mention = MENTION, brand: str = "lumen") -> Likeness | None:
    found = possible_duplicates(mention, JUDGEMENT, brand, [case])
    assert [other for other, _ in found] == [case.id] * len(found)
    return found[0][1] if found else None


SAME_AUTHOR = replace(CASE, authors=("camille r",), topic="delivery")
COPIED = fingerprint("J’attends mon colis depuis TROIS semaines… personne ne repond")


@pytest.mark.parametrize(
    ("case", "likeness"),
    [
        pytest.param(CASE, None, id="nothing in common"),
        pytest.param(replace(CASE, fingerprint=COPIED), Likeness.SAME_TEXT, id="re-posted text"),
        pytest.param(
            replace(CASE, urls=(MENTION.url or "",), authors=()),
            Likeness.SAME_ADDRESS,
            id="same page, one author unknown",
        ),
        pytest.param(
            replace(CASE, urls=(MENTION.url or "",), authors=("@camille_r",)),
            Likeness.SAME_ADDRESS,
            id="same page, same author",
        ),
        pytest.param(
            replace(CASE, urls=(MENTION.url or "",)), None, id="same page, another customer"
        ),
        pytest.param(SAME_AUTHOR, Likeness.SAME_AUTHOR, id="same author, same topic"),
        pytest.param(
            replace(SAME_AUTHOR, topic=None), Likeness.SAME_AUTHOR, id="same author, topic unknown"
        ),
        pytest.param(replace(SAME_AUTHOR, topic="assembly"), None, id="same author, other topic"),
        pytest.param(
            replace(SAME_AUTHOR, category="praise"), None, id="same author, other category"
        ),
        pytest.param(replace(SAME_AUTHOR, detected_at=AT - timedelta(days=8)), None, id="long ago"),
        pytest.param(
            replace(SAME_AUTHOR, detected_at=AT + timedelta(days=2)),
            Likeness.SAME_AUTHOR,
            id="found later",
        ),
        pytest.param(replace(SAME_AUTHOR, brand="autre"), None, id="another brand"),
        pytest.param(replace(SAME_AUTHOR, keys=(MENTION.key,)), None, id="the case itself"),
    ],
)
def test_signs_of_the_same_matter(case: CaseSummary, likeness: Likeness | None) -> None:
    assert like(case) == likeness


def test_one_conversation_is_one_matter_for_one_author_only() -> None:
    thread = "https://forum.example.org/t/812"
    mention = replace(MENTION, thread_url=thread)
    other_topic = replace(SAME_AUTHOR, topic="assembly", threads=(thread,))
    assert like(other_topic, mention) is Likeness.SAME_ADDRESS
    assert like(replace(CASE, threads=(thread,)), mention) is None


def test_a_page_whose_authors_nobody_knows_may_be_one_matter() -> None:
    mention = replace(MENTION, author=None)
    case = replace(CASE, urls=(MENTION.url or "",), authors=())
    assert like(case, mention) is Likeness.SAME_ADDRESS


@pytest.mark.parametrize("name", ["Anonyme", "Client", "A Google User", "invité", "", None])
def test_a_name_that_a_site_gives_to_many_is_no_sign(name: str | None) -> None:
    case = replace(SAME_AUTHOR, authors=(name,) if name else ())
    assert like(case, replace(MENTION, author=name)) is None


def test_short_texts_are_alike_by_chance() -> None:
    short = replace(MENTION, text="Toujours rien !")
    case = replace(CASE, fingerprint=fingerprint("toujours rien"))
    assert like(case, short) is None
    same_author = replace(case, authors=("Camille R",))
    assert like(same_author, short) is Likeness.SAME_TEXT


def test_the_strongest_sign_comes_first_then_the_latest() -> None:
    later = replace(SAME_AUTHOR, id="c-00000000000b", detected_at=AT)
    copied = replace(CASE, id="c-00000000000c", fingerprint=COPIED)
    found = possible_duplicates(MENTION, JUDGEMENT, "lumen", [SAME_AUTHOR, later, copied])
    assert found == (
        ("c-00000000000c", Likeness.SAME_TEXT),
        ("c-00000000000b", Likeness.SAME_AUTHOR),
        ("c-00000000000a", Likeness.SAME_AUTHOR),
    )


def test_only_a_few_are_named() -> None:
    many = [replace(SAME_AUTHOR, id=f"c-{number:012}") for number in range(20)]
    assert len(possible_duplicates(MENTION, JUDGEMENT, "lumen", many)) == AT_MOST
