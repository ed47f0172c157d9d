"""The words of the trade, in English, for every term that a file or a value may hold.

The key is the name of the `StrEnum`, then the member's value; for words that are
text in files, one of `entry`, `crisis`, `clock`, `role`.  The key is also the context of
the message in the catalogues, so that one English word may be translated twice.
"""

from collections.abc import Mapping

TERMS: Mapping[str, Mapping[str, str]] = {
    "SourceCategory": {
        "review-site": "consumer-review site",
        "care-platform": "customer-care platform",
        "forum": "forum",
        "advice-site": "advice-and-help site",
        "social-network": "social network",
    },
    "ContactAbility": {
        "api": "through the site's API",
        "manual": "by hand, on the site",
        "paid": "by hand, for a fee",
        "none": "not possible",
    },
    "Category": {
        "question": "question",
        "advice": "request for advice",
        "complaint": "complaint",
        "praise": "praise",
    },
    "Urgency": {
        "low": "low",
        "normal": "normal",
        "high": "high",
        "critical": "critical",
    },
    "State": {
        "open": "open",
        "acknowledged": "acknowledged",
        "awaiting-customer": "awaiting customer",
        "handed-off": "handed off to brand care",
        "answered": "answered by brand care",
        "resolved": "resolved",
        "closed": "closed",
        "dismissed": "dismissed",
        "merged": "merged",
        "erased": "erased",
    },
    "Known": {
        "yes": "yes",
        "no": "no",
        "unknown": "unknown",
    },
    "KeyBasis": {
        "native-id": "the site's own id",
        "url": "address",
        "content": "author, day and text",
    },
    "Severity": {
        "error": "error",
        "warning": "warning",
    },
    "ReadStatus": {
        "read": "read",
        "unchanged": "unchanged",
        "unknown": "unknown",
        "rested": "resting",
    },
    "Outcome": {
        "merged": "accepted",
        "refused": "refused",
    },
    "HeldBy": {
        "cap": "limit reached",
        "person": "a person",
        "failure": "a failure",
    },
    "Done": {
        "done": "done",
        "adopted": "was there already",
        "held": "left alone",
    },
    "entry": {
        "detected": "detected",
        "qualified": "qualified",
        "replied": "answered in public",
        "published": "answer published",
        "messaged": "written to in private",
        "auto-replied": "answered by a bot",
        "details-asked": "details asked for",
        "reminded": "reminder sent",
        "customer-wrote": "the customer wrote",
        "thanked": "the customer gave thanks",
        "handed-off": "handed off to brand care",
        "answered": "brand care answered",
        "offered": "offer made",
        "resolved": "resolved",
        "contested": "contested by the customer",
        "closed": "closed",
        "reopened": "reopened",
        "dismissed": "dismissed",
        "merged": "merged",
        "erased": "erased",
        "place-added": "place added",
        "incident-linked": "linked to an incident",
        "incident-unlinked": "unlinked from an incident",
        "crisis-raised": "crisis raised",
        "crisis-taken": "crisis taken in hand",
        "crisis-lifted": "crisis lifted",
        "approved": "approved",
        "clock-changed": "promise changed",
        "looked": "place looked at",
        "survey-answered": "survey answered",
        "noted": "note",
    },
    "crisis": {
        "suicide": "fear of suicide",
        "death-threat": "threat of death",
    },
    "clock": {
        "first-reply": "first reply",
        "next-reply": "next reply",
        "customer-update": "news for the customer",
        "back-office": "brand care's answer",
        "reminder": "reminder",
        "closing": "closing",
        "mediation": "mediation",
        "crisis": "crisis",
    },
    "role": {
        "watcher": "watcher",
        "community-manager": "community manager",
        "brand-care": "brand care",
        "quality": "quality",
    },
}
