"""How sources are told to do."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from told_cases import at, case

from runner.figures.life import Reading, read_life
from runner.figures.watched import Watched, watch_sources
from runner.model import ContactAbility, SourceCategory
from runner.planning.observation import Cursor
from runner.policies.values import Source

READ, TRIED = at("10-05T08:00"), at("10-06T08:00")


def source(name: str) -> Source:
    return Source(
        name, "feed", SourceCategory.FORUM, f"{name}.example.org", "lumen",
        ContactAbility.MANUAL, ContactAbility.NONE, None, timedelta(hours=1), (), {}, 1,
    )  # fmt: skip


def test_how_a_source_does_is_what_its_cursor_remembers() -> None:
    well, ill, never, fresh = sources = tuple(map(source, ("well", "ill", "never", "fresh")))
    cursors = {
        "well": Cursor("well", None, None, READ, "rules", ("c-1", "c-2", "c-3"), 9),
        "ill": Cursor("ill", None, None, READ, "rules", (), 0, problem="403", tried_at=TRIED),
        # Never read well: it only remembers the try.
        "fresh": Cursor("fresh", None, None, TRIED, "", (), 0, problem="no answer"),
    }
    reading = Reading(TRIED, ZoneInfo("Europe/Paris"), {}, {}, frozenset())
    lives = [read_life(case(n, "10-05T08:00", source="well"), (), reading) for n in (1, 2)]
    assert watch_sources(sources, cursors, lambda key: key == "c-2", lives) == (
        Watched(well, READ, READ, 9, 2, "", 2),
        Watched(ill, READ, TRIED, 0, 0, "403", 0),
        Watched(never, None, None, 0, 0, "", 0),
        Watched(fresh, None, TRIED, 0, 0, "no answer", 0),
    )
