"""Made-up people, channels and messages to the team."""

from datetime import UTC, datetime

from runner.planning.notices import Notice
from runner.policies.escalation import BodyStyle, Channel, ChannelKind
from runner.policies.team import Person

NOW = datetime(2026, 11, 21, 20, 3, 12, tzinfo=UTC)
MAIL = Channel("mail", ChannelKind.MAIL, sender="veille@agence.example.org")
FORGE = Channel("forge", ChannelKind.FORGE)
INES = Person("ines", "Inès Carpentier", ("community-manager",), ("ines@example.org",), ("ines",))
SAM = Person("sam", "Sam Whitlock", ("community-manager",), ("sam@example.org",), ("sam",))


def chat(style: BodyStyle, variable: str = "CHAT_URL") -> Channel:
    return Channel("chat", ChannelKind.WEBHOOK, style=style, variable=variable)


def made(
    channel: Channel = MAIL,
    person: str = "ines",
    *,
    case_id: str = "c-7f3k2m9x4q5t",
    tier: str = "half",
    subject: str = "c-7f3k2m9x4q5t · Première réponse : 12 heures restantes",
    body: str = "Bonjour Inès,\n\n- **Promis** : 3 jours\n\ndoleances show c-7f3k2m9x4q5t\n",
) -> Notice:
    at = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
    due_at = datetime(2026, 11, 24, 8, 3, 12, tzinfo=UTC)
    key = f"{case_id}/1/first-reply/2026-11-21T08:03:12Z/{tier}/0/{channel.id}/{person}"
    return Notice(
        key, case_id, 1, "first-reply", at, tier, 0, channel, person, None, due_at, subject, body,
        "the case is yours",
    )  # fmt: skip
