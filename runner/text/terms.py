"""The words of the trade, in English, for every term that a file or a value may hold.

The key is the name of the `StrEnum`, then the member's value; the name is also
the context of the message in the catalogues, so that `open` of a case and
`open` of a pull request may be translated apart.
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
}
