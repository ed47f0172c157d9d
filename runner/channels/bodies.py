"""What a webhook is sent, in the words of the service behind it.  Pure.

Formats, as their makers describe them:

- Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; `text` is
  what a notification shows, a section holds at most 3,000 characters and has a Markdown of its
  own, in which `&`, `<` and `>` are written as entities.
- Mattermost: https://developers.mattermost.com/integrate/webhooks/incoming; `text` is Markdown,
  `@here` and `@channel` in it call everybody.
- Teams: an adaptive card in a message, as the Workflows app takes it; the older message cards
  went with the connectors of Microsoft 365.  A message holds at most 28 KB, a TextBlock knows
  bold, lists and links: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors
"""

import json
import re

from runner.cases.instants import render_instant
from runner.planning.notices import Notice
from runner.policies.escalation import BodyStyle
from runner.policies.team import Person
from runner.text.clean import cap, clean_line

_SLACK_SECTION = 2900
_SLACK_HEADER = 150
_MATTERMOST_TEXT = 12_000
"""Of 16,383 that a server keeps in one post."""
_TEAMS_TEXT = 4000
"""Characters, of which one takes at most 4 of the 28,000 bytes."""
_CALL = re.compile(r"@(?=(?:here|channel|all)\b)", re.IGNORECASE)
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\((https?://[^\s()<>|]+)\)")
_BULLET = re.compile(r"^( *)[-*] ", re.MULTILINE)


def render_body(notice: Notice, person: Person, style: BodyStyle) -> bytes:
    """Return the JSON that the other end of a webhook understands; equal notices, equal bytes."""
    match style:
        case BodyStyle.SLACK:
            body = _slack(notice)
        case BodyStyle.MATTERMOST:
            body = _mattermost(notice)
        case BodyStyle.TEAMS:
            body = _teams(notice)
        case BodyStyle.JSON:
            body = _plain(notice, person)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _slack(notice: Notice) -> dict[str, object]:
    return {
        "text": _slack_text(_subject(notice)),
        "blocks": [
            {
                "type": "header",
                "text": {
                    "type": "plain_text",
                    "text": cap(_subject(notice), _SLACK_HEADER),
                    "emoji": False,
                },
            },
            _slack_section(notice.body),
        ],
    }


def _slack_section(text: str) -> dict[str, object]:
    # Escaping makes five characters of one; what is too long is cut before, so that no entity is.
    cut = cap(text, _SLACK_SECTION)
    while len(_slack_text(cut)) > _SLACK_SECTION:
        cut = cap(cut, len(cut) * 3 // 4)
    return {"type": "section", "text": {"type": "mrkdwn", "text": _slack_text(cut)}}


def _slack_text(text: str) -> str:
    """Return Markdown as Slack writes it; a link's text cannot call anybody."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    linked = _LINK.sub(r"<\2|\1>", plain)
    return _BULLET.sub(r"\1• ", _BOLD.sub(r"*\1*", linked))


def _mattermost(notice: Notice) -> dict[str, object]:
    text = f"**{_subject(notice)}**\n\n{notice.body}"
    return {"text": cap(_CALL.sub("@\u2060", text), _MATTERMOST_TEXT)}


def _teams(notice: Notice) -> dict[str, object]:
    blocks: list[dict[str, object]] = [
        {"text": _subject(notice), "weight": "Bolder", "size": "Medium"},
        {"text": cap(notice.body, _TEAMS_TEXT)},
    ]
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "msteams": {"width": "Full"},
                    "body": [{"type": "TextBlock", "wrap": True, **block} for block in blocks],
                },
            }
        ],
    }


def _plain(notice: Notice, person: Person) -> dict[str, object]:
    return {
        "version": 1,
        "key": notice.key,
        "id": notice.digest,
        "case": notice.case_id,
        "cycle": notice.cycle,
        "clock": notice.clock,
        "started_at": render_instant(notice.started_at),
        "due_at": render_instant(notice.due_at),
        "tier": notice.tier,
        "repeat": notice.repeat,
        "channel": notice.channel.id,
        "person": {"id": person.id, "name": person.name},
        "branch": notice.branch,
        "subject": _subject(notice),
        "body": notice.body,
        "reason": notice.reason,
    }


def _subject(notice: Notice) -> str:
    return clean_line(notice.subject, 300)
