"""The closing messages of a case that is resolved: one for each of its places."""

from collections.abc import Iterable
from datetime import datetime

from runner.cases.case import Case
from runner.cases.closings import Closing, last_words, said_since_resolved
from runner.model import ContactAbility
from runner.policies.values import Configuration
from runner.replies.drafting import Draft, draft, use_of
from runner.replies.setting import source_at, takes_one_reply
from runner.replies.uses import Use


def draft_closings(
    case: Case, configuration: Configuration, used: Iterable[Use], now: datetime, barred: str
) -> tuple[Closing, ...]:
    """Return what could be said at each place of a case, in its language and length.

    What was replied there since the case was resolved serves.  Where the site takes one reply
    alone, and the log holds its words, the message takes their place.  `barred` says why nothing
    can stand where nobody may reply in public.  A place for which there is no draft has a closing
    without text.  `used` as for `draft`; what is drafted for one place counts for the next.
    """
    told = list(used)
    closings = []
    for place in case.places:
        source = source_at(place, configuration)
        if source is not None and source.public is ContactAbility.NONE:
            closings.append(Closing(place.id, impossible=barred))
            continue
        said = said_since_resolved(case, place.id)
        if said is not None:
            url, text = (str(said.facts.get(name) or "") for name in ("url", "text"))
            closings.append(Closing(place.id, url=url, text=text))
            continue
        drafted = draft(case, configuration, told, now, place=place.id)
        if not isinstance(drafted, Draft):
            closings.append(Closing(place.id))
            continue
        told.append(use_of(drafted, case, configuration, now))
        before = last_words(case, place.id) if takes_one_reply(source) else ""
        closings.append(Closing(place.id, text=drafted.text, before=before))
    return tuple(closings)
