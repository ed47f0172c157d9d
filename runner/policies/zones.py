"""Time zones by their IANA names, as people write them."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from runner.errors import Fault
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, one_of, shown


def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of this name, None where the IANA database has none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def suggest_zone(name: str) -> str:
    """Return a hint for a name that is no zone's: those most like it."""
    return did_you_mean(name, available_timezones()) if name else one_of(("Europe/Paris", "UTC"))


def zone_at(document: Document, path: Path, name: str) -> ZoneInfo | Fault:
    """Return the time zone that a document names at a path, or the fault that there is none."""
    zone = find_zone(name)
    if zone is not None:
        return zone
    message = f"there is no time zone {shown(name)}"
    return document.fault(path, "unknown-zone", message, suggest_zone(name))
