"""One policy at a time, for what needs no more: a tenth of the time of the whole configuration.

What is read so fast does not know on which line it stands.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from runner.errors import Fault, Severity
from runner.policies import delegation, privacy, team
from runner.policies.delegation import Delegation
from runner.policies.privacy import PrivacyPolicy
from runner.policies.team import Team
from runner.schemas import check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value

if TYPE_CHECKING:
    from runner.policies.clocks import ClockPolicy
    from runner.policies.incidents import Incident
    from runner.policies.values import Bot, Instance


def load_privacy(data: bytes | None) -> PrivacyPolicy | None:
    """Return the masking rules in the bytes of their file, None when they are faulty.

    Where there is no file, the rules are the standard ones.
    """
    if data is None:
        return PrivacyPolicy()
    document = _sound(data, privacy.FILE, "privacy", privacy.check_privacy)
    return privacy.build_privacy(document) if document else None


def load_bot(data: bytes | None) -> "Bot":
    """Return who the runner's commits are by, from the bytes of `sources.yaml`."""
    from runner.policies.values import Bot

    document = _sound(data, "sources.yaml", "sources", lambda _: ()) if data is not None else None
    top: Any = document.value if document else {}
    return Bot(**top.get("bot", {}))


def load_instance(data: bytes | None) -> "Instance | None":
    """Return the desk in the bytes of `sources.yaml`, None where it is missing or faulty."""
    from runner.policies.instance import build_instance, check_sources

    if data is None:
        return None
    document = _sound(data, "sources.yaml", "sources", check_sources)
    return build_instance(document) if document else None


def load_team(data: bytes | None) -> Team:
    """Return the people in the bytes of their file; nobody where it is missing or faulty."""
    if data is None:
        return Team((), ())
    document = _sound(data, team.FILE, "team", team.check_team)
    return team.build_team(document) if document else Team((), ())


def load_delegation(data: bytes | None) -> Delegation | None:
    """Return the limits in the bytes of their file, None where there is none.

    Faulty ones let nobody decide alone.
    """
    if data is None:
        return None
    document = _sound(data, delegation.FILE, "delegation", delegation.check_delegation)
    return delegation.build_delegation(document) if document else Delegation(())


def load_incident(incident_id: str, read: Callable[[str], bytes | None]) -> "Incident | None":
    """Return an incident; none where its file, which `read` reads, is missing or faulty."""
    from runner.policies.incidents import incident_file, parse_incident

    file = incident_file(incident_id)
    data = read(file)
    document = _sound(data, file, "incident", lambda _: ()) if data is not None else None
    return parse_incident(document)[0] if document else None


def load_clocks(data: bytes | None) -> "ClockPolicy | None":
    """Return the clocks in the bytes of their file, None where it is missing or faulty."""
    from runner.policies.clocks import FILE, parse_clocks

    document = _sound(data, FILE, "clocks", lambda _: ()) if data is not None else None
    return parse_clocks(document)[0] if document else None


def _sound(
    data: bytes, file: str, kind: str, check: Callable[[Document], Iterable[Fault]]
) -> Document | None:
    try:
        document = Document(file, read_value(data), {}, {})
    except ValueError:
        read = read_document(data, file)
        if not isinstance(read, Document):
            return None
        document = read
    if not check_value(kind, document.value):
        return None
    wrong = any(fault.severity is Severity.ERROR for fault in check(document))
    return None if wrong else document
