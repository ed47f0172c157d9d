"""What was seen of our messages, in words for the team."""

from collections.abc import Callable, Iterator

from runner.planning.looking import Doubt, Look, LookFinding, OurMessage, Seen, Verdict
from runner.planning.typed import stand_in, typed_command
from runner.text.language import Language


def kind_words(kind: str, language: Language) -> str:
    """Return what a message is: our reply, or the closing message."""
    if kind == "closing":
        return language.say("closing message")
    return language.say("reply")


def look_words(look: Look, language: Language) -> str:
    """Return why a look did not see a message as it should be; empty where it did."""
    if look.share is not None:
        percent = round(look.share * 100)
        return language.say("{percent} % of the words stand there", percent=min(percent, 99))
    return doubt_words(look, language)


def doubt_words(look: Look, language: Language) -> str:
    """Return what stood in the way, and what can be done."""
    say = language.say
    if look.doubt is Doubt.REFUSED:
        return look.detail
    words = {
        Doubt.NONE: "",
        Doubt.GONE: say("the page is gone (404)"),
        Doubt.NOT_THERE: say("the page shows what the customer wrote, but not our message"),
        Doubt.QUOTED: say("our words stand there only where somebody else repeats them"),
        Doubt.OLD_WORDS: say("the words before the edit still stand there"),
        Doubt.NO_TRACE: say(
            "the page shows neither our message nor what the customer wrote: perhaps a login, "
            "a captcha or a page made by a script; look at it in a browser"
        ),
        Doubt.MORE_PAGES: say("it may stand on another page, or be folded away"),
        Doubt.HIDDEN: say("the words are in the page, but where a reader may not see them"),
        Doubt.AMONG_OTHERS: say("our words stand among others: perhaps somebody repeats them"),
        Doubt.ELSEWHERE: say("the address leads to another page"),
        Doubt.CHARACTERS: say("the page's letters are damaged"),
        Doubt.TOO_SHORT: say("the message is too short to be told from others"),
        Doubt.NO_WORDS: say(
            "it was recorded without its words: record it with {option}", option="--text"
        ),
        Doubt.NOT_WHOLE: say("only a part can be read"),
        Doubt.NO_ADDRESS: say("no address was recorded that can be read"),
        Doubt.OTHER_AUTHOR: say("what stands at this address is by another author"),
    }
    return words[look.doubt]


def verdict_words(seen: Seen, language: Language) -> str:
    """Return what the looks at a message say of it, in a sentence."""
    say = language.say
    word = language.word(seen.verdict)
    why = look_words(seen.last, language)
    said = f"{word} ({why})" if why else word
    if seen.verdict is Verdict.UNVERIFIED and seen.told is not Verdict.UNVERIFIED:
        before = language.word(seen.told)
        said = say("{now}; before: {before}", now=said, before=before)
    if seen.verified_at is not None and seen.verdict is not Verdict.PRESENT:
        said = say(
            "{said}; it was there on {instant}",
            said=said,
            instant=language.instant(seen.verified_at),
        )
    return said


def look_line(message: OurMessage, seen: Seen | None, language: Language) -> str:
    """Return one line about a message: what it is, from when, where, and whether it stands there.

    Several of one case may stand at one place: the instant tells them apart, as their addresses do.
    """
    say = language.say
    what = kind_words(message.kind, language)
    said, place = language.instant(message.said_at), f"{message.place} ({message.source})"
    if seen is None:
        return say(
            "{what} of {said} at {place}: not looked for yet", what=what, said=said, place=place
        )
    return say(
        "{what} of {said} at {place}, looked for on {instant}: {verdict}",
        what=what,
        said=said,
        place=place,
        instant=language.instant(seen.last.at),
        verdict=verdict_words(seen, language),
    )


def what_to_do(
    finding: LookFinding, language: Language, own: Callable[[str], str] = str
) -> Iterator[str]:
    """Return what can be done about a message that does not stand as it should.

    `own` sets a command as the medium needs it.
    """
    say = language.say
    message = finding.message
    known = {name: stand_in(name, language) for name in ("url", "text")}
    known = {"place": message.place, **known}
    command = own(typed_command("reply", "replied", message.case_id, known, language))
    match finding.seen.told:
        case Verdict.CHANGED:
            yield say("See who changed it, and why.")
            yield say("If the new words are ours, record them: {command}", command=command)
        case Verdict.MISSING | Verdict.REMOVED:
            yield say("Open the page in a browser: it may be waiting for a moderator.")
            yield say(
                "If it is not there, post it again and record where it stands: {command}",
                command=command,
            )
        case _:
            return
