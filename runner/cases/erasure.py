"""A case as a tombstone: what happened and when stays, who wrote and what goes."""

from dataclasses import replace

from runner.cases.case import Case, Entry, Place

KEPT = ("kinds and instants of what happened", "keys and addresses of places", "people of the desk")
"""What a tombstone still holds, for the entry to say so."""

_WORDS = frozenset({"title", "text", "sealed"})


def erase_case(case: Case, erased: Entry) -> Case:
    """Return a case without the customer's names and words, its log ended by `erased`.

    What the desk wrote may quote them, so that the texts of its messages go too.  The file is
    to be rendered anew: comments in it may hold what the fields no longer do.
    """
    log = (*(_without_words(entry) for entry in case.log), erased)
    return replace(
        case,
        state=erased.to or case.state,
        handle=None,
        reference=None,
        why={name: replace(reason, detail="") for name, reason in case.why.items()},
        places=tuple(_without_author(place) for place in case.places),
        log=log,
    )


def _without_author(place: Place) -> Place:
    return replace(place, author=None, title="", text=None, sealed=None)


def _without_words(entry: Entry) -> Entry:
    facts = {name: fact for name, fact in entry.facts.items() if name not in _WORDS}
    why = facts.get("why")
    if isinstance(why, dict):
        facts["why"] = {name: said for name, said in why.items() if name != "detail"}
    return replace(entry, facts=facts)
