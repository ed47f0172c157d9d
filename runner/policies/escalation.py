"""Who is told, when and how: what `policies/escalation.yaml` says, as values."""

from dataclasses import dataclass
from enum import StrEnum

FILE = "policies/escalation.yaml"


class ChannelKind(StrEnum):
    """How a message travels.

    `forge`: a comment on the forge, exactly once.  `mail` and `webhook`: at least once, under a
    key that stays the same.
    """

    FORGE = "forge"
    MAIL = "mail"
    WEBHOOK = "webhook"


class BodyStyle(StrEnum):
    """What the other end of a webhook understands; `json` is our own plain body."""

    SLACK = "slack"
    MATTERMOST = "mattermost"
    TEAMS = "teams"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people.

    `sender` is the `From` of a mail.  `style` is a webhook's.  `variable` names the environment
    variable that holds a webhook's address: an address is a secret, and stands in no file.
    """

    id: str
    kind: ChannelKind
    sender: str | None = None
    style: BodyStyle | None = None
    variable: str | None = None
