"""What is answered to commands that can do nothing where they were said, and what does it."""

from runner.planning.commanded import Commanded
from runner.planning.commands import Assign, Dismiss, Duplicate, Snooze
from runner.text.language import Language


def decline_foreign(language: Language) -> str:
    """Return what is said on a page that a person opened."""
    return language.say(
        "Nothing was done: a person proposes this, so that people merge or close it, and change "
        "the file on its branch. Here only {command} does something.",
        command="`/crisis`",
    )


def decline_shut(language: Language) -> str:
    """Return what is said on a page that was closed before."""
    return language.say(
        "Nothing was done: this page was closed before. Restore its branch and open it again if "
        "that was wrong, then comment again."
    )


def decline_late(
    command: Dismiss | Duplicate | Snooze | Assign, about: Commanded, language: Language
) -> str:
    """Return what is said on a page whose proposal is on the base."""
    say, case_id = language.say, about.branch.case_id
    match command:
        case Dismiss() if about.is_intake:
            verb = f"doleances dismiss {case_id}"
        case Dismiss():
            return say("Nothing was done: this came after the merge, which has decided it.")
        case Duplicate(other):
            verb = _merge(case_id, other)
        case Snooze():
            verb = f"doleances acknowledge {case_id}"
        case Assign():
            return say(
                "Nothing was done: this came after the merge. Change {field} in the case's "
                "file on the base.",
                field="`owner`",
            )
    return say(
        "Nothing was done: this came after the merge. For a case that is accepted there is "
        "{command}.",
        command=f"`{verb}`",
    )


def decline_change(
    command: Duplicate | Snooze | Assign, about: Commanded, language: Language
) -> str:
    """Return what is said on a page that changes a case of the base."""
    say, case_id = language.say, about.branch.case_id
    match command:
        case Duplicate(other):
            verb = _merge(case_id, other)
        case Snooze():
            verb = f"doleances acknowledge {case_id}"
        case Assign():
            return say(
                "Nothing was done: the case is accepted, so that its owner stands in its file "
                "on the base. Change {field} there, or close this by {command}.",
                field="`owner`",
                command="`/dismiss`",
            )
    return say(
        "Nothing was done: this changes a case that is accepted already, for which there is "
        "{verb}. Here only {command} does something.",
        verb=f"`{verb}`",
        command="`/dismiss`",
    )


def _merge(case_id: str, other: str) -> str:
    """Return the command that merges a case into another, which may be named by its page."""
    return f"doleances merge {case_id} {'CASE' if other.startswith('#') else other}"
