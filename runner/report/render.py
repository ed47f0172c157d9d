"""Pages as HTML.  Everything but our own charts is escaped; no page holds a script or a style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from runner.report.blocks import Listing, Page
from runner.report.case_view import CaseView
from runner.report.wording import Wording

_TONGUES = {"fr": "Français", "en": "English"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page in one language.

    `menu` are tab, words and address of each entry, `others` the other languages.
    """

    code: str
    name: str
    menu: tuple[tuple[str, str, str], ...]
    others: tuple[tuple[str, str], ...]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of the list of cases: `turns` are the other pages, None the one that it is.

    `filters` are the name, the words, those for no choice, and the choices of each; `shards` the
    files of the search.
    """

    page: Page
    items: tuple[Listing, ...]
    turns: tuple[tuple[str, str | None], ...]
    filters: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]
    shards: int


def frame_of(wording: Wording, name: str, codes: Sequence[str], *, public: bool) -> Frame:
    """Return the frame of the pages in one language."""
    say, code = wording.language.say, wording.language.locale
    menu = (
        ("today", say("In short") if public else say("Today"), "index.html"),
        ("cases", say("Cases"), "cases.html"),
        ("clocks", say("Clocks"), "clocks.html"),
        ("autonomy", say("Autonomy"), "autonomy.html"),
        ("incidents", say("Incidents"), "incidents.html"),
        ("quality", say("Quality"), "quality.html"),
        ("process", say("Process"), "process.html"),
        ("sources", say("Sources"), "sources.html"),
    )
    inside = {"cases", "incidents", "sources"}
    return Frame(
        code,
        name,
        tuple(entry for entry in menu if not (public and entry[0] in inside)),
        tuple((other, _TONGUES[other]) for other in codes if other != code),
        {
            "skip": say("Skip to the content"),
            "pages": say("Pages"),
            "report": say("Report"),
            "made": say("Made from the files of the desk by doleances report."),
        },
    )


def render_page(page: Page, frame: Frame) -> str:
    """Return a page as HTML."""
    return _template("page.html").render(
        page=page, site=frame, root="../", home="", path=page.path, current=page.tab
    )


def render_case_list(listed: CaseList, frame: Frame, wording: Wording) -> str:
    """Return a page of the list of cases."""
    say = wording.language.say
    words = {
        "search": say("Search in titles, names and ids"),
        "reset": say("Show all"),
        "heading": say("The cases"),
        "more": say("Show more"),
        "leaf": say("Pages of the list"),
        "one": say("1 case"),
        "many": say("# cases"),
        "wait": say("Searching …"),
        "behind": say("Behind the number:"),
        "crisis": say("CRISIS"),
        "nobody": say("nobody yet"),
    }
    return _template("cases.html").render(
        page=listed.page,
        items=listed.items,
        turns=listed.turns,
        filters=listed.filters,
        shards=listed.shards,
        words=words,
        site=frame,
        root="../",
        home="",
        path="cases.html",
        current="cases",
    )


def render_case(case: CaseView, frame: Frame, wording: Wording, path: str) -> str:
    """Return the page of a case that stands at `path` below the folder of its language."""
    say = wording.language.say
    words = {
        "life": say("Its life"),
        "ours": say("we spoke"),
        "theirs": say("the customer spoke"),
        "due": say("a promise ran out"),
    }
    return _template("case.html").render(
        case=case,
        line=case.timeline,
        words=words,
        site=frame,
        root="../../../",
        home="../../",
        path=path,
        current="cases",
    )


def render_start(name: str, codes: Sequence[str]) -> str:
    """Return the first page of the folder: it leads to the first of its languages."""
    return _template("start.html").render(
        name=name, codes=[(code, _TONGUES[code]) for code in codes]
    )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("runner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
