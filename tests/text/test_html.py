import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.clean import clean_text
from runner.text.html import text_of_html


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        pytest.param("<p>Bonjour,</p><p>merci</p>", "Bonjour,\n\nmerci", id="paragraphs"),
        pytest.param("un<br>deux<br/>trois", "un\ndeux\ntrois", id="breaks"),
        pytest.param("<div>un</div><div>deux</div>", "un\ndeux", id="divisions"),
        pytest.param("<ul><li>un<li>deux</ul>fin", "- un\n- deux\n\nfin", id="list"),
        pytest.param("<ol><li><p>un</p></li><li></li></ol>", "- un", id="list-of-paragraphs"),
        pytest.param(
            "<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n\n> b\n\nc", id="quotation"
        ),
        pytest.param("<pre>a\n  b</pre>", "a\nb", id="preformatted"),
        pytest.param("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc", id="table"),
        pytest.param("in<b>ter</b>national <i>x</i>", "international x", id="words-stay-whole"),
        pytest.param("a <a href='https://x.example'>ici</a> b", "a ici b", id="links-keep-text"),
        pytest.param(
            "ok <img src=x alt=':)'> <img alt=bof> <img>", "ok :) bof", id="images-keep-text"
        ),
        pytest.param("a<script>alert('<p>')</script>b<style>p{}</style>c", "abc", id="scripts"),
        pytest.param("a<SCRIPT>x</ScRiPt >b", "ab", id="scripts-in-capitals"),
        pytest.param("a<script>b", "a", id="script-without-end"),
        pytest.param("a<!-- b --> c<!-->d<!--e", "a cd", id="comments"),
        pytest.param("<svg><text>x</text></svg>a<object>b", "ab", id="drawings"),
        pytest.param("a &amp;lt;b&gt; &eacute;&#233;&#xE9;", "a &lt;b> ééé", id="entities-once"),
        pytest.param("prix < 100 € et > 50 <3", "prix < 100 € et > 50 <3", id="signs"),
        pytest.param(
            "a <a title='x>y'>b</a> <p title=it's>c", "a b\n\nc", id="signs-in-attributes"
        ),
        pytest.param("<![CDATA[a <b> c]]> d", "a <b> c d", id="cdata"),
        pytest.param("a<?php x ?>b<!DOCTYPE html>c</ x>d", "abc</ x>d", id="instructions"),
        pytest.param("a <a href='x", "a", id="torn-tag"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_html_becomes_lines(markup: str, lines: str) -> None:
    assert clean_text(text_of_html(markup)) == lines


@given(st.text(st.sampled_from("<>/!-?&;='\" abpli[]#x")))
def test_any_markup_gives_text(markup: str) -> None:
    assert isinstance(text_of_html(markup), str)


@given(st.text(st.sampled_from("abc é.,;\n")))
def test_text_without_markup_keeps_its_words(text: str) -> None:
    assert text_of_html(text).split() == text.split()


@given(st.text(st.sampled_from("a é\n\t\f\xa0&;#x3lt/>")))
def test_text_without_tags_is_read_as_if_there_was_one(text: str) -> None:
    assert text_of_html(text) == text_of_html(f"{text}<!-- -->")


@pytest.mark.parametrize(
    "piece",
    [
        "<a",
        "<!--",
        "<",
        "</",
        '<a b="',
        "<![CDATA[",
        "<script>",
        "<svg>",
        "<a ='",
        "<li>",
        "&",
        "<a\n=\n",
    ],
)
def test_hostile_markup_costs_no_more_than_its_length(piece: str) -> None:
    # Quadratic work on this much would need minutes and fail the suite's patience.
    assert len(text_of_html(piece * 20_000)) <= 20_000 * (len(piece) + 2)
