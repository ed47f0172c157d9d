import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.policies.privacy import OrderForm, PrivacyPolicy
from runner.text.masking import (
    TOKENS,
    PersonalData,
    find_personal_data,
    holds_nothing,
    mask,
)

_CORPUS = Path(__file__).parent / "personal_data"

_FORMS = tuple(
    OrderForm(name, pattern, (), (), 1)
    for name, pattern in (("web", r"\bCMD-\d{4}-\d{6}\b"), ("shop", r"\blm\d{8}\b"))
)
_RULES = PrivacyPolicy(regions=("FR", "GB"), order_forms=_FORMS)


def _written_out(text: str) -> str:
    def sign(found: re.Match[str]) -> str:
        return {"n": "\n", "t": "\t"}.get(found[1]) or chr(int(found[1][1:], 16))

    return re.sub(r"\\(u[0-9a-f]{4}|n|t)", sign, text)


def _rows(name: str) -> list[str]:
    lines = (_CORPUS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("# ")]


_MUST_MASK = [tuple(map(_written_out, row.split("\t"))) for row in _rows("must_mask.txt")]
_MUST_NOT_MASK = [_written_out(row) for row in _rows("must_not_mask.txt")]


@pytest.mark.parametrize(("said", "written"), _MUST_MASK)
def test_personal_data_is_masked(said: str, written: str) -> None:
    assert mask(said, _RULES) == written


@pytest.mark.parametrize("said", _MUST_NOT_MASK)
def test_what_only_looks_like_it_stays(said: str) -> None:
    assert mask(said, _RULES) == said


def test_precision_and_recall_on_the_corpus_are_whole() -> None:
    found = sum(bool(find_personal_data(said, _RULES)) for said, _ in _MUST_MASK)
    false = sum(bool(find_personal_data(said, _RULES)) for said in _MUST_NOT_MASK)
    print(f"masking: {len(_MUST_MASK)} to mask, {len(_MUST_NOT_MASK)} to leave")  # noqa: T201
    assert len(_MUST_MASK) + len(_MUST_NOT_MASK) >= 240
    assert found / (found + false) == 1.0
    assert found / len(_MUST_MASK) == 1.0


@pytest.mark.parametrize(
    ("allowed", "text"),
    [
        ("01 99 00 00 05", "Appelez-nous au 01.99.00.00.05 ou +33 1 99 00 00 05"),
        ("+33199000005", "Appelez-nous au 01 99 00 00 05"),
        ("sav@lumen.example.org", "Écrivez à SAV@lumen.example.org ou sav [at] lumen.example.org"),
        ("FR76 3000 6000 0112 3456 7890 189", "notre IBAN FR7630006000011234567890189"),
    ],
)
def test_the_brands_own_stay(allowed: str, text: str) -> None:
    own = PrivacyPolicy(allowed=(allowed,))
    assert mask(text, own) == text
    assert mask(text, PrivacyPolicy()) != text


def test_the_customers_is_masked_beside_the_brands() -> None:
    own = PrivacyPolicy(allowed=("01 99 00 00 05",))
    said = "Le 01 99 00 00 05 ne répond pas, rappelez le 06 39 98 12 34"
    assert mask(said, own) == "Le 01 99 00 00 05 ne répond pas, rappelez le [tel]"


@pytest.mark.parametrize(
    ("regions", "said", "written"),
    [
        (("US",), "call (202) 555-0123 or 202.555.0123", "call [tel] or [tel]"),
        (("US",), "12 000 000 views, SKU 202-555-01", "12 000 000 views, SKU 202-555-01"),
        (("ES",), "llámame al 612 34 56 78", "llámame al [tel]"),
        (("BE",), "mon gsm 0470 12 34 56", "mon gsm [tel]"),
        (("DE",), "ruf an: 030 901820", "ruf an: [tel]"),
        (("GB",), "0639 98 12", "0639 98 12"),
        ((), "06 39 98 12 34, +33 6 39 98 12 34", "06 39 98 12 34, [tel]"),
    ],
)
def test_national_numbers_are_those_of_the_regions(
    regions: tuple[str, ...], said: str, written: str
) -> None:
    assert mask(said, PrivacyPolicy(regions=regions)) == written


def test_a_finding_says_what_and_where() -> None:
    text = "à jean\u200b@example.org, 06\u00a039 98 12 34"
    found = [(one.kind, text[one.start : one.end]) for one in find_personal_data(text, _RULES)]
    assert found == [
        (PersonalData.EMAIL, "jean\u200b@example.org"),
        (PersonalData.TELEPHONE, "06\u00a039 98 12 34"),
    ]


def test_what_overlaps_is_masked_whole() -> None:
    rules = PrivacyPolicy(order_forms=(OrderForm("short", r"\b06 39\b", (), (), 1),))
    assert mask("le 06 39 98 12 34", rules) == "le [tel]"


@pytest.mark.parametrize("pattern", [r"\w+", r".+", r"(?s).*", "order", r"\[?\w", "e-mail", "a*"])
def test_an_order_form_as_wide_as_the_text_ends(pattern: str) -> None:
    rules = PrivacyPolicy(order_forms=(OrderForm("wide", pattern, (), (), 1),))
    masked = mask("order e-mail jean@example.org [tel]\n06 39 98 12 34 a", rules)
    assert not find_personal_data(masked, rules)
    assert mask(masked, rules) == masked


def test_an_order_form_that_is_no_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        mask("a", PrivacyPolicy(order_forms=(OrderForm("bad", "(", (), (), 1),)))


_PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "06",
                "39",
                "98",
                "12",
                "34",
                "0639981234",
                "+33",
                "(0)",
                "0033",
                " ",
                " ",
                ".",
                "-",
                "/",
                "\n",
                "0",
                "O6",
                "4111",
                "1111",
                "4111111111111111",
                "FR76",
                "3000",
                "jean",
                "@",
                "example",
                ".org",
                "[at]",
                "dot",
                " at ",
                "2026",
                "€",
                "réf ",
                "SIRET ",
                "A",
                "é",
                "\u200b",
                "%20",
                "%40",
                "https://example.org/?t=",
                "+",
                "255081416802538",
                "CMD-2026-004217",
                "[tel]",
                "0123",
                "612",
                "345",
            ]
        ),
        st.text(max_size=2),
    ),
    max_size=16,
)


@settings(max_examples=300)
@given(_PIECES.map("".join))
def test_masking_twice_is_masking_once(text: str) -> None:
    masked = mask(text, _RULES)
    assert not find_personal_data(masked, _RULES)
    assert mask(masked, _RULES) == masked


@pytest.mark.parametrize("pattern", [r"\w+-\d", "^LM", r"LM\z", r"(?i)[^a]\B.x"])
def test_one_look_at_many_texts_overlooks_nothing(pattern: str) -> None:
    rules = PrivacyPolicy(order_forms=(OrderForm("web", pattern, (), (), 1),))

    @given(st.lists(_PIECES.map("".join)))
    def holds(texts: list[str]) -> None:
        if holds_nothing(texts, rules):
            assert not any(find_personal_data(text, rules) for text in texts)

    holds()


def test_one_look_is_enough_for_ordinary_words() -> None:
    assert holds_nothing(["L’écran scintille (depuis 2 jours).", "Déçue", "Inès_42"], _RULES)


@given(_PIECES.map("".join))
def test_findings_are_in_order_and_apart(text: str) -> None:
    end = 0
    for found in find_personal_data(text, _RULES):
        assert end <= found.start < found.end <= len(text)
        end = found.end


def test_a_token_holds_nothing_to_find() -> None:
    for token in TOKENS.values():
        assert not find_personal_data(f"{token} {token}{token}", _RULES)
        assert " " not in token
