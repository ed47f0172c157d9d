"""What can go wrong with a source, as values; the words are in `problem_words`."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """The ways in which reading a source fails, or succeeds with a remark."""

    NOT_WEB = "not-web"
    CREDENTIALS = "credentials"
    PRIVATE = "private"
    UNKNOWN_HOST = "unknown-host"
    NO_CONNECTION = "no-connection"
    NO_TRUST = "no-trust"
    TOO_SLOW = "too-slow"
    BROKEN_OFF = "broken-off"
    TOO_LARGE = "too-large"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    ODD_PACKING = "odd-packing"
    REFUSED = "refused"
    GONE = "gone"
    TOLD_TO_WAIT = "told-to-wait"
    ILL = "ill"
    ODD_STATUS = "odd-status"
    EMPTY = "empty"
    NO_FEED = "no-feed"
    CUT_SHORT = "cut-short"
    UNFOLDS = "unfolds"
    TOO_LONG = "too-long"
    LOST = "lost"
    MOVED = "moved"
    TOO_MANY_ITEMS = "too-many-items"
    NO_SETTING = "no-setting"
    OUTSIDE_REPOSITORY = "outside-repository"
    NO_FILES = "no-files"
    FILES = "files"
    STUMBLED = "stumbled"
    UNSET = "unset"
    UNSENDABLE = "unsendable"
    NOT_ACCEPTED = "not-accepted"
    NO_JSON = "no-json"
    NO_LIST = "no-list"
    NOTHING_MAPPED = "nothing-mapped"
    NOT_IDENTIFIED = "not-identified"
    FELL_SILENT = "fell-silent"
    PAGES_ELSEWHERE = "pages-elsewhere"
    PAGES_REPEATED = "pages-repeated"
    MORE_PAGES = "more-pages"
    NOT_NEWEST_FIRST = "not-newest-first"
    FIELD_EMPTY = "field-empty"
    FIELD_FAILED = "field-failed"
    FIELD_ODD = "field-odd"
    NOT_CHOSEN = "not-chosen"
    WITHOUT_WORDS = "without-words"
    ROBOTS = "robots"
    NO_ROBOTS = "no-robots"
    NO_REVIEWS = "no-reviews"
    NO_ROWS = "no-rows"
    NO_CONVERSATION = "no-conversation"
    ACCOUNT_NEEDED = "account-needed"
    NOT_THERE = "not-there"
    FORBIDDEN = "forbidden"
    SET_ASIDE = "set-aside"
    NO_IMAP = "no-imap"
    NOT_ENCRYPTED = "not-encrypted"
    LOGIN_REFUSED = "login-refused"
    NO_FOLDER = "no-folder"
    OTHER_MAIL = "other-mail"
    NOT_PROVEN = "not-proven"
    ANYBODYS_MAIL = "anybodys-mail"
    MAIL_WITHOUT_TEXT = "mail-without-text"
    UNREADABLE_MAIL = "unreadable-mail"
    MORE_MAILS = "more-mails"


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: `about` a host, URL or path, with a `detail` such as a status or a limit.

    `places` is where else to look.  All may be words of a stranger, and are only ever shown
    through `render_problem`.
    """

    trouble: Trouble
    about: str = ""
    detail: str = ""
    places: str = ""
