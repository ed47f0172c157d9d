"""The words for what can go wrong with a source: what is wrong, where, what to do about it."""

from collections.abc import Callable

from runner.sources.problems import Problem, Trouble
from runner.text.clean import clean_line
from runner.text.language import Language

Say = Callable[..., str]


def printable(text: str, limit: int = 200) -> str:
    """Return the text cleaned, on one line, cut to `limit` characters."""
    return clean_line(text[: limit * 4], limit)


def render_problem(problem: Problem, language: Language) -> str:
    """Return the problem in the words of the team's language."""
    about = printable(problem.about)
    detail = printable(problem.detail, 1000)
    say = language.say
    match problem.trouble:
        case Trouble.NO_SETTING:
            return say("The source needs the setting “{name}”", name=about)
        case Trouble.OUTSIDE_REPOSITORY:
            return say(
                "{path} leads out of the repository: name a path below it, such as inbox/*.csv",
                path=about,
            )
        case Trouble.NO_FILES:
            return say("No file fits {path}: put an export there, or correct the path", path=about)
        case Trouble.FILES:
            return detail
        case Trouble.STUMBLED:
            return say(
                "The program stumbled over this source ({detail}): please report it",
                detail=detail,
            )
        case trouble:
            said = (
                _say_way(trouble, about, detail, say)
                or _say_answer(trouble, about, detail, say)
                or _say_cost(trouble, about, detail, say)
                or _say_shape(trouble, about, detail, say)
                or _say_page(trouble, about, detail, say)
                or _say_network(trouble, about, detail, say)
                or _say_mailbox(trouble, about, detail, say)
                or _say_note(trouble, about, detail, say)
            )
            if said is None:
                raise ValueError(f"no words for {trouble}")
            places = printable(problem.places)
            return f"{said}. {say('There is: {places}', places=places)}" if places else said


def _say_way(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say what went wrong on the way to the other side and back."""
    match trouble:
        case Trouble.NOT_WEB:
            return say(
                "{url} is no address that can be read: write one that starts with https:// "
                "or http://",
                url=about,
            )
        case Trouble.CREDENTIALS:
            return say(
                "The address at {host} holds a user name or password: take them out, "
                "files are no place for secrets",
                host=about,
            )
        case Trouble.PRIVATE:
            return say(
                "{host} leads to {address}, which is not on the public internet: "
                "it was not visited, check the address",
                host=about,
                address=detail,
            )
        case Trouble.UNKNOWN_HOST:
            return say("The name {host} is not known: check the address, or try later", host=about)
        case Trouble.NO_CONNECTION:
            return say("{host} cannot be reached: try later", host=about)
        case Trouble.NO_TRUST:
            return say(
                "{host} does not prove that it is itself ({detail}): nothing is read "
                "until its certificate is right",
                host=about,
                detail=detail,
            )
        case Trouble.TOO_SLOW:
            return say("{host} is too slow: try later", host=about)
        case Trouble.BROKEN_OFF:
            return say(
                "{host} broke off in the middle of its answer ({detail}): try later",
                host=about,
                detail=detail,
            )
        case Trouble.TOO_LARGE:
            return say(
                "{about} is larger than {limit} MB: ask for fewer entries",
                about=about,
                limit=detail,
            )
        case Trouble.TOO_MANY_REDIRECTS:
            return say(
                "{host} redirects more than {count} times: open the address in a browser "
                "and write down where it ends",
                host=about,
                count=detail,
            )
        case Trouble.ODD_PACKING:
            return say(
                "{host} packs its answer in a way that cannot be read ({detail}): try later, "
                "or tell the site",
                host=about,
                detail=detail,
            )
        case _:
            return None


def _say_answer(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say what is wrong with what the other side answered."""
    match trouble:
        case Trouble.REFUSED:
            return say(
                "{host} refuses to be read ({status}): ask the site, or watch it another way",
                host=about,
                status=detail,
            )
        case Trouble.GONE:
            return say(
                "{host} no longer has anything at this address ({status}): look for the new one",
                host=about,
                status=detail,
            )
        case Trouble.TOLD_TO_WAIT:
            return say(
                "{host} asks to be left alone for a while ({status}): it is read again "
                "when that time is over",
                host=about,
                status=detail,
            )
        case Trouble.ILL:
            return say(
                "{host} has trouble of its own ({status}): try later", host=about, status=detail
            )
        case Trouble.ODD_STATUS:
            return say(
                "{host} gives an answer that makes no sense here ({status}): open the address "
                "in a browser",
                host=about,
                status=detail,
            )
        case Trouble.MOVED:
            return say("Moved for good: change the address to {url}", url=about)
        case Trouble.EMPTY:
            return say("{host} answers with an empty page: try later", host=about)
        case Trouble.NO_FEED:
            return say(
                "{about} is no feed (it starts with “{start}”): look for the address of the "
                "feed on the site",
                about=about,
                start=detail,
            )
        case Trouble.CUT_SHORT:
            return say(
                "{about} ends before its first entry, or is damaged there: try later", about=about
            )
        case Trouble.TOO_MANY_ITEMS:
            return say(
                "{about} holds more than {limit} messages: only the first {limit} were read",
                about=about,
                limit=detail,
            )
        case _:
            return None


def _say_cost(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say why reading an answer was given up."""
    match trouble:
        case Trouble.UNFOLDS:
            return say(
                "{about} declares entities that unfold into far more than is written: "
                "it is not read, tell the site",
                about=about,
            )
        case Trouble.TOO_LONG:
            return say(
                "{about} takes more than {seconds} s of computing: it is not read, "
                "ask for fewer entries or tell the site",
                about=about,
                seconds=detail,
            )
        case Trouble.LOST:
            return say(
                "The process that read {about} was ended in the middle of it: try later, "
                "and see that the machine has memory left",
                about=about,
            )
        case _:
            return None


def _say_shape(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say what does not fit between an answer and the settings of its source."""
    match trouble:
        case Trouble.UNSET:
            return say(
                "The environment variable {name} is not set: give the job the source's secret",
                name=about,
            )
        case Trouble.UNSENDABLE:
            return say(
                "The environment variable {name} holds what no request can carry: see that it "
                "is one line of plain characters",
                name=about,
            )
        case Trouble.NOT_ACCEPTED:
            return say(
                "{host} does not accept the secret in {name} (401): renew it",
                host=about,
                name=detail,
            )
        case Trouble.NO_JSON:
            return say(
                "{url} answers with something else than JSON (it starts with “{start}”): "
                "check the address",
                url=about,
                start=detail,
            )
        case Trouble.NO_LIST:
            return say(
                "“{expression}” finds no messages in the answer of {url}: it has another shape "
                "than the settings expect",
                url=about,
                expression=detail,
            )
        case Trouble.NOTHING_MAPPED:
            return say(
                "No message of {url} has a text or a title where the settings look "
                "({expressions}): it has another shape than they expect",
                url=about,
                expressions=detail,
            )
        case Trouble.NOT_IDENTIFIED:
            return say(
                "No message of {url} has an id where the settings look ({expression}): "
                "without it all of them would seem new",
                url=about,
                expression=detail,
            )
        case Trouble.FELL_SILENT:
            return say(
                "{source} showed messages before and shows none now: see whether it has changed; "
                "if it may be empty, write “may_be_empty: true”",
                source=about,
            )
        case _:
            return None


def _say_page(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say why a page was not read, or says nothing."""
    match trouble:
        case Trouble.ROBOTS:
            return say(
                "The site's robots.txt lets no program read {url}: watch it another way, such as "
                "its API, its e-mails or an export",
                url=about,
            )
        case Trouble.NO_ROBOTS:
            return say(
                "{host} does not give its robots.txt ({why}), so nobody knows what may be read: "
                "try later",
                host=about,
                why=detail,
            )
        case Trouble.NO_REVIEWS:
            return say(
                "{url} shows no reviews in schema.org's words: open it in a browser; if they are "
                "there, describe them under “rows” and “fields”",
                url=about,
            )
        case Trouble.NO_ROWS:
            return say(
                "{url} shows no reviews, and no element fits “{selector}”: see whether the page "
                "has changed; if it may be empty, write “may_be_empty: true”",
                url=about,
                selector=detail,
            )
        case _:
            return None


def _say_network(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say what a network does not show, or not to us."""
    match trouble:
        case Trouble.NO_CONVERSATION:
            return say(
                "The conversation at {url} cannot be read again from here: look at it in a browser",
                url=about,
            )
        case Trouble.ACCOUNT_NEEDED:
            return say(
                "{host} shows this to nobody without an account ({status}): name the variable "
                "that holds the secret of yours, under “auth”",
                host=about,
                status=detail,
            )
        case Trouble.NOT_THERE:
            return say(
                "{host} knows nothing of {name}: see whether it has moved, or how it is written",
                host=about,
                name=detail,
            )
        case Trouble.FORBIDDEN:
            return say(
                "{host} accepts the secret in {name}, but not for this: give it the right to read "
                "what is asked for",
                host=about,
                name=detail,
            )
        case _:
            return None


def _say_mailbox(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say why a mailbox was not read, or mails in it were left out."""
    match trouble:
        case Trouble.NO_IMAP:
            return say(
                "{host} does not speak IMAP as it should ({answer}): check its name, its port and "
                "“security”",
                host=about,
                answer=detail,
            )
        case Trouble.NOT_ENCRYPTED:
            return say(
                "{host} offers no encryption ({security}), so neither name nor password was sent: "
                "write “security: tls”, or ask whoever runs it",
                host=about,
                security=detail,
            )
        case Trouble.LOGIN_REFUSED:
            return say(
                "{host} lets nobody in with what {names} hold: renew the app password, and see "
                "that the account allows IMAP",
                host=about,
                names=detail,
            )
        case Trouble.NO_FOLDER:
            return say(
                "{host} opens no folder “{name}”: see how it is written", host=about, name=detail
            )
        case Trouble.OTHER_MAIL:
            return say(
                "Left out as mails of another kind (“from”, “subject”, “list_id”): {count}",
                count=about,
            )
        case Trouble.NOT_PROVEN:
            return say(
                "Left out because nothing proves that {domain} sent them: {count}",
                domain=about,
                count=detail,
            )
        case Trouble.ANYBODYS_MAIL:
            return say(
                "Nothing proves who sent these mails: write “authenticated”, or anybody can pass "
                "a mail off as the site's"
            )
        case Trouble.MAIL_WITHOUT_TEXT:
            return say(
                "Left out because nothing stands where the settings look: {count}; see whether "
                "the site's mails have changed",
                count=about,
            )
        case Trouble.UNREADABLE_MAIL:
            return say(
                "Left out because the server does not give them, or their parts are nested too "
                "deeply: {count}",
                count=about,
            )
        case Trouble.MORE_MAILS:
            return say(
                "There are more mails; {count} were read, the next run goes on from there",
                count=about,
            )
        case _:
            return None


def _say_note(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say what was not read, or not found, though nothing need be wrong."""
    match trouble:
        case Trouble.PAGES_ELSEWHERE:
            return say(
                "The next page is said to be at {host}, another site: it was not read", host=about
            )
        case Trouble.PAGES_REPEATED:
            return say(
                "{host} gives the same page again and again: the rest was not read", host=about
            )
        case Trouble.MORE_PAGES:
            return say("There are more pages; {count} were read, as the settings say", count=about)
        case Trouble.NOT_NEWEST_FIRST:
            return say(
                "There are more pages than the {count} that were read, and the newest messages "
                "do not come first: ask the site for the newest first, or for more pages",
                count=about,
            )
        case Trouble.FIELD_EMPTY:
            return say(
                "{field}: “{expression}” finds nothing in any message",
                field=about,
                expression=detail,
            )
        case Trouble.FIELD_FAILED:
            return say("{field}: {why}", field=about, why=detail)
        case Trouble.FIELD_ODD:
            return say(
                "{field}: {value} is not understood: say under `coerce` what it means",
                field=about,
                value=detail,
            )
        case Trouble.NOT_CHOSEN:
            return say("Left out by “where”: {count}", count=about)
        case Trouble.SET_ASIDE:
            return say(
                "Left out as no public message of a customer (boosts, private, deleted, notices "
                "of the site): {count}",
                count=about,
            )
        case Trouble.WITHOUT_WORDS:
            return say("Left out without words: {count}", count=about)
        case _:
            return None
