import pytest

from runner.policies.phrases import PhraseFault, parse_phrase
from runner.policies.rules import TriagePolicy
from runner.policies.triage import parse_triage
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document

FILE = "policies/triage.yaml"
BEFORE = "version: 1\notherwise: {after_sales: no, category: question, urgency: normal}\n"
RULE = "- id: {id}\n  when: {when}\n  then: {then}\n"


def rule(when: str = "{says: [a]}", then: str = "{topic: t}", name: str = "it") -> str:
    return RULE.format(id=name, when=when, then=then)


def faults_of(text: str) -> list[str]:
    document = read_document(text.encode(), FILE)
    assert isinstance(document, Document)
    policy, faults = parse_triage(document)
    assert policy is None or not any(fault.severity == "error" for fault in faults)
    return [str(fault) for fault in faults]


def one_rule(when: str = "{says: [a]}", then: str = "{topic: t}") -> str:
    return BEFORE + "rules:\n" + rule(when, then)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "a",
            [
                (
                    f"{FILE}:1:1: must be a mapping\n"
                    "    known: `version`, `otherwise`, `negations`, `lists`, `rules`"
                )
            ],
        ),
        (
            one_rule("{sayz: [a]}"),
            [
                (
                    f"{FILE}:5:9: there is no condition\n    known: `says`, `says_unquoted`,"
                    " `mentions`, `matches`, `rating`, `source`, `source_category`, `author`"
                    " and 8 more"
                ),
                f"{FILE}:5:10: `sayz` is no key here\n    did you mean `says`?",
            ],
        ),
        (
            one_rule("{}"),
            [
                (
                    f"{FILE}:5:9: there is no condition\n    known: `says`, `says_unquoted`,"
                    " `mentions`, `matches`, `rating`, `source`, `source_category`, `author`"
                    " and 8 more"
                )
            ],
        ),
        (
            one_rule("{says: []}"),
            [f"{FILE}:5:16: the list is empty, so this never holds"],
        ),
        (
            one_rule("{says: [<lte>]}"),
            [f"{FILE}:5:17: there is no list `lte` above\n    lists stand before their use"],
        ),
        (
            BEFORE + "lists: {late: [tard]}\nrules:\n" + rule("{says: [<lte>, <late>]}"),
            [f"{FILE}:6:17: there is no list `lte` above\n    did you mean `late`?"],
        ),
        (
            BEFORE + "lists: {late: [tard], old: [vieux]}\nrules:\n" + rule("{says: [<late>]}"),
            [f"{FILE}:3:28: no rule uses the list `old`"],
        ),
        (
            BEFORE + "lists: {late: [en retard]}\nrules:\n" + rule("{says: [mon <late>]}"),
            [
                (
                    f"{FILE}:6:17: `<late>` holds `en retard`; only a list of single words can"
                    " stand inside a phrase"
                )
            ],
        ),
        (
            one_rule("{says: ['... a']}"),
            [f"{FILE}:5:17: `...` stands between two words"],
        ),
        (
            one_rule("{matches: ['a(b']}"),
            [f"{FILE}:5:20: the pattern cannot be read: missing ): a(b\n    see RE2's syntax"],
        ),
        (
            one_rule("{matches: ['été']}"),
            [
                (
                    f"{FILE}:5:20: the pattern can never match: texts are compared in small letters"
                    " without accents\n    write `ete`"
                )
            ],
        ),
        (
            one_rule("{rating: {at_most: 7}}"),
            [f"{FILE}:5:18: no rating is like that\n    stars of five: `{{at_most: 2}}`"],
        ),
        (
            one_rule("{rating: {at_least: 4, at_most: 2}}"),
            [f"{FILE}:5:18: no rating is like that\n    stars of five: `{{at_most: 2}}`"],
        ),
        (
            one_rule("{source_category: [forums]}"),
            [f"{FILE}:5:28: `forums` is no category of sources\n    did you mean `forum`?"],
        ),
        (
            one_rule("{names_brand: maybe}"),
            [f"{FILE}:5:23: `maybe` is no answer\n    known: `yes`, `no`"],
        ),
        (
            one_rule("{score: {at_least: 5, of: [{points: 2, says: [a]}]}}"),
            [f"{FILE}:5:17: all points together do not reach 5, so this never holds"],
        ),
        (
            one_rule("{score: {at_least: 1, of: [{says: [a]}]}}"),
            [
                f"{FILE}:5:17: all points together do not reach 1, so this never holds",
                f"{FILE}:5:36: must be a number",
            ],
        ),
        (
            one_rule(then="{category: complain}"),
            [f"{FILE}:6:20: `complain` is no category\n    did you mean `complaint`?"],
        ),
        (
            one_rule(then="{}"),
            [
                (
                    f"{FILE}:6:9: the rule gives nothing\n    known: `after_sales`, `category`,"
                    " `topic`, `product`, `urgency`, `crisis`"
                )
            ],
        ),
        (
            one_rule(then="{topic: Late!}"),
            [f"{FILE}:6:17: `Late!` is no topic\n    small letters, digits and hyphens"],
        ),
        (
            BEFORE + "rules:\n" + rule() + rule("{says: [b]}"),
            [
                (
                    f"{FILE}:7:7: the rule `it` stands already in line 4\n"
                    "    give each rule a name of its own"
                )
            ],
        ),
        (
            BEFORE + "rules:\n" + rule() + rule(name="other"),
            [
                (
                    f"{FILE}:8:9: this never speaks: `it` above fits the same messages\n"
                    "    join the two, or move the narrower one up"
                )
            ],
        ),
        (
            "version: 2\notherwise: {after_sales: no, category: question}\nrules:\n" + rule(),
            [
                f"{FILE}:1:10: version must be 1",
                f"{FILE}:2:12: urgency is missing\n    it holds where no rule speaks",
            ],
        ),
        (
            BEFORE + "negations: {until: [pas du tout]}\nrules:\n" + rule(),
            [f"{FILE}:3:20: `pas du tout` is more than one word"],
        ),
    ],
)
def test_every_fault_has_its_place_and_a_hint(text: str, faults: list[str]) -> None:
    assert faults_of(text) == faults


def test_all_faults_of_a_file_come_in_one_go() -> None:
    text = BEFORE + "rules:\n" + rule("{says: [<x>]}", "{topic: T}") + rule("{}", "{}", "other")
    assert len(faults_of(text)) == 4


@pytest.mark.parametrize("value", ["null", "[]", "7", "{a: {b: [c]}}", "[[[]]]", "''"])
@pytest.mark.parametrize("key", ["otherwise", "negations", "lists", "rules", "version"])
def test_values_of_any_shape_are_faults_and_no_exception(key: str, value: str) -> None:
    others = {
        "version": "1",
        "otherwise": "{after_sales: no, category: question, urgency: normal}",
        "rules": "[{id: it, when: {says: [a]}, then: {topic: t}}]",
    }
    text = "\n".join(f"{name}: {said}" for name, said in (others | {key: value}).items())
    document = read_document(text.encode(), FILE)
    assert isinstance(document, Document)
    policy, faults = parse_triage(document)
    assert policy is not None or faults


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "the phrase is empty"),
        ("...", "`...` stands between two words"),
        ("a ...", "`...` stands between two words"),
        ("a ... ... b", "`...` stands between two words"),
        ("a ! b", "there is no word in `!`"),
        ("en/d'un", "`d'un` is not one word; `/` parts single words"),
        ("<no> x", "there is no list `no` above"),
    ],
)
def test_a_phrase_that_cannot_be_read_says_why(phrase: str, why: str) -> None:
    with pytest.raises(PhraseFault) as raised:
        parse_phrase(phrase, {})
    assert str(raised.value) == why


def test_a_policy_is_the_same_only_with_the_same_rules_in_the_same_lines() -> None:
    def policy(text: str) -> TriagePolicy:
        document = read_document(text.encode(), FILE)
        assert isinstance(document, Document)
        found, _ = parse_triage(document)
        assert found is not None
        return found

    assert policy(one_rule()) == policy(one_rule())
    assert policy(one_rule()) == policy(one_rule() + "# a remark\n")
    assert policy(one_rule()) != policy("# a remark\n" + one_rule())
    assert policy(one_rule()) != policy(one_rule("{says: [b]}"))


def test_what_ships_has_the_shape_of_the_schema(shipped_document: Document) -> None:
    assert check_document("triage", shipped_document) == ()
