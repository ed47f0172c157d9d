"""The words of the pull request and the commit that prepare the closing messages of a case."""

from collections.abc import Callable, Iterable, Iterator

from runner.cases.case import Case, Place
from runner.cases.closings import Closing
from runner.cases.opening import case_path
from runner.model import Category, ContactAbility
from runner.planning.pull_request import PullWords, decision_lines
from runner.planning.typed import stand_in, typed_close
from runner.planning.words import label
from runner.policies.templates import Purpose
from runner.policies.values import Configuration, Source
from runner.replies.drafting import gaps_in
from runner.replies.setting import Setting, source_at
from runner.text.language import Language
from runner.text.markdown import code, fence, link, plain


def render_closing_message(case: Case, language: Language) -> str:
    """Return the message of the commit that prepares a closing: our words and ids only."""
    return language.say("Prepare the closing of case {case}", case=case.id) + "\n"


def render_closing_pull(
    case: Case, closings: tuple[Closing, ...], configuration: Configuration, language: Language
) -> PullWords:
    """Return the words of the pull request that prepares the closing of a case."""
    say = language.say
    return PullWords(
        title=" · ".join((case.id, say("closing messages"))),
        body="\n\n".join(_body(case, closings, configuration, language)) + "\n",
        labels=(
            say("change of a case"),
            say("closing"),
            label(say("urgency"), language.word(case.urgency)),
        ),
    )


def _body(
    case: Case, closings: tuple[Closing, ...], configuration: Configuration, language: Language
) -> Iterator[str]:
    say = language.say
    yield say(
        "The case {case} is resolved. It is closed once a closing message stands at every place "
        "where the customer wrote, or it is said why there can be none.",
        case=f"`{case.id}`",
    )
    yield say(
        "Nothing is posted by itself. {command} drafts the messages anew.",
        command=f"`doleances draft {case.id}`",
    )
    places = {place.id: place for place in case.places}
    for closing in closings:
        if closing.place in places:
            yield from _place(case, places[closing.place], closing, configuration, language)
    yield "## " + say("When all of them stand")
    yield say("Record them in one go; this pull request is then withdrawn by itself:")
    # Ours to the letter, for people to copy: the sign that `fence` puts into ids would come along.
    yield f"```text\n{close_command(case, closings, language)}\n```"
    yield say(
        "Or fill in the file {file} on this branch: the check refuses the entry {entry} until all "
        "of this is there.",
        file=f"`{case_path(case)}`",
        entry="`closed`",
    )
    yield "\n".join(f"- [ ] {line}" for line in _to_fill_in(case, closings, language))
    yield say(
        "Whoever posts other words writes those into {text} or {after}: they are what is looked "
        "for on the pages.",
        text="`text`",
        after="`after`",
    )
    yield "## " + say("Your decision")
    becomes = say("The case is closed, and its messages are looked for where they stand.")
    yield "\n".join(decision_lines(becomes, configuration, language))


def close_command(case: Case, closings: Iterable[Closing], language: Language) -> str:
    """Return the command that closes a case with the messages that were prepared."""
    options = [
        "--as-drafted",
        *(option for each in closings for option in _options(each, language)),
    ]
    return typed_close(case.id, case.category, language, options)


def _options(closing: Closing, language: Language) -> Iterator[str]:
    """Return what is to be said of a place where its words were prepared."""
    own_words = not closing.text or bool(gaps_in(closing.text))
    words = stand_in("text", language)
    if closing.impossible:
        return
    if closing.before:
        if own_words:
            yield f"--edited {closing.place}={words}"
        return
    if not closing.url:
        yield f"--url {closing.place}={stand_in('url', language)}"
    if own_words:
        yield f"--text {closing.place}={words}"


def _place(
    case: Case, place: Place, closing: Closing, configuration: Configuration, language: Language
) -> Iterator[str]:
    say = language.say
    source = source_at(place, configuration)
    yield f"## {place.id} · {place.source}"
    yield "\n".join(f"- {line}" for line in where_lines(place, source, language, link))
    if closing.impossible:
        yield say("No message can stand there: {why}.", why=code(closing.impossible, 500))
        return
    if closing.url:
        yield say("It stands here: {where}", where=link(closing.url))
    if closing.before:
        yield say("The site takes one reply, which is edited. Now it reads:")
        yield fence(closing.before)
        yield say("It is to read:")
    if closing.text:
        yield fence(closing.text)
        remarks = remark_lines(
            case, place, closing, configuration, language, quoted=code, written=plain
        )
        if lines := "\n".join(f"- {line}" for line in remarks):
            yield lines
    elif not closing.url:
        yield say("There is no template for a message there: write it in your own words.")
    done = "x" if closing.is_shown else " "
    yield f"- [{done}] " + (
        say("{place}: the reply is edited", place=place.id)
        if closing.before
        else say("{place}: the message is posted", place=place.id)
    )


def where_lines(
    place: Place, source: Source | None, language: Language, linked: Callable[[str], str] = str
) -> Iterator[str]:
    """Return where a closing message is to stand, and how one speaks there.

    `linked` writes the address as the page has links.
    """
    say = language.say
    if place.url is not None:
        yield say("Where: {where}", where=linked(place.url))
    if source is not None:
        yield say("In public: {ability}", ability=language.word(source.public))
        if source.public is ContactAbility.PAID:
            yield say("A paid contact needs an approval first.")


def remark_lines(
    case: Case,
    place: Place,
    closing: Closing,
    configuration: Configuration,
    language: Language,
    *,
    quoted: Callable[[str], str] = str,
    written: Callable[[str], str] = str,
) -> Iterator[str]:
    """Return what is to be looked at in a closing message before it is posted.

    `quoted` and `written` write its words, and ours about it, as the page has them.
    """
    from runner.planning.proofread_words import finding_lines
    from runner.replies.proofreading.check import proofread
    from runner.replies.proofreading.readings import read_at_desk, read_for_purpose

    say, source = language.say, source_at(place, configuration)
    setting = Setting(case, place, source, Purpose.CLOSING, configuration)
    if gaps := gaps_in(closing.text):
        yield say("To be filled in: {gaps}", gaps=" ".join(map(quoted, gaps)))
    if len(closing.text) > setting.length:
        yield say(
            "TOO LONG: {count} characters, and at most {limit} are taken.",
            count=len(closing.text),
            limit=setting.length,
        )
    reading = read_for_purpose(read_at_desk(configuration), setting.purpose, setting.locale)
    yield from map(written, finding_lines(proofread(closing.text, reading), language))


def _to_fill_in(case: Case, closings: tuple[Closing, ...], language: Language) -> Iterator[str]:
    say = language.say
    for closing in closings:
        if closing.is_shown:
            continue
        if closing.before:
            yield say(
                "{place}: {after} holds the words as they read now", place=closing.place,
                after="`after`",
            )  # fmt: skip
        else:
            yield say(
                "{place}: the address of the message in {url}, or in {impossible} why there can "
                "be none",
                place=closing.place, url="`url`", impossible="`impossible`",
            )  # fmt: skip
    if case.category is Category.COMPLAINT:
        yield say("What caused it: {field}", field="`root_cause`")
    yield say(
        "The survey: {sent} with its {url}, or {why}",
        sent="`sent: true`", url="`url`", why="`why`",
    )  # fmt: skip
    yield say(
        "Who closes, and when the last message was posted: {by}, {at} and {recorded_at}",
        by="`by`", at="`at`", recorded_at="`recorded_at`",
    )  # fmt: skip
