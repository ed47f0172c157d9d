"""Pages that show a message of ours or not, and one look at them."""

from collections.abc import Callable
from datetime import UTC, datetime

from runner.planning.looking import OurMessage
from runner.planning.shown_page import ShownPage
from runner.planning.sightings import Asked, Names, Sight, sight_on_pages

URL = "https://forum.example.org/t/812"
ASKED = "Ma lampe Aube ne s'allume plus depuis trois semaines et personne ne me répond !"
TEXT = (
    "Bonjour Camille, nous sommes désolés pour cette attente. Votre lampe Aube est réparée et "
    "repart demain ; elle sera chez vous avant vendredi. Belle journée, Inès pour Lumen"
)
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
THEIRS = f'<article id="p3"><h3>Camille_R</h3><p>{ASKED}</p></article>'


def message(text: str = TEXT, url: str = URL, before: str = "") -> OurMessage:
    return OurMessage(
        case_id="c-7f3k2m9x4q5t", place="p1", kind="closing", source="forum", url=url,
        native_id=None, text=text, said_at=AT, recorded_at=AT, site="forum.example.org",
        place_url=f"{URL}#p3", place_native_id=None, thread_url=None, asked=ASKED,
        author="Camille_R", before=before,
    )  # fmt: skip


def look(
    body: str | bytes,
    *,
    kind: str = "text/html; charset=utf-8",
    found_at: str = URL,
    said: OurMessage | None = None,
    names: tuple[str, ...] = ("Lumen SAV", "Lumen"),
    cleaned: Callable[[str], str] = str,
) -> Sight:
    data = body if isinstance(body, bytes) else body.encode()
    page = ShownPage(data, kind, cleaned)
    return sight_on_pages(
        Asked(
            said or message(), URL, found_at, (page,), Names(names, ("Camille_R",)), cleaned=cleaned
        )
    )


def ours(text: str = TEXT, name: str = "Lumen SAV") -> str:
    return f'<article id="p9"><h3>{name}</h3><p>{text}</p></article>'
