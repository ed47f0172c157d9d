"""Messages to the team about promises that run out."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.instants import render_instant
from runner.policies.escalation import Channel


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person by one channel, about one tier of one course of a clock.

    `started_at` is the start of the course: a clock may run more than once in a cycle.
    `repeat` counts from 0.  `person` is an id of `policies/team.yaml`.  `branch` is the branch on
    which the case is proposed, None for a case on the base.  `subject` is one line of plain text,
    `body` Markdown; both are ours, and hold no word of the customer's.  `reason` says which route
    and tier of which file, and why now.
    """

    case_id: str
    cycle: int
    clock: str
    started_at: datetime
    tier: str
    repeat: int
    channel: Channel
    person: str
    branch: str | None
    due_at: datetime
    subject: str
    body: str
    reason: str

    @property
    def key(self) -> str:
        """What the message means, the same in every run: for receipts and for people."""
        return "/".join(
            (
                self.case_id,
                str(self.cycle),
                self.clock,
                render_instant(self.started_at),
                self.tier,
                str(self.repeat),
                self.channel.id,
                self.person,
            )
        )

    @property
    def digest(self) -> str:
        """The key in 32 hexadecimal digits, for file names and a mail's Message-ID."""
        return sha256(self.key.encode()).hexdigest()[:32]
