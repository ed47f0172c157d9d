"""The commands that comments may hold, in words for the team."""

from collections.abc import Iterator

from runner.planning.commands import Word
from runner.text.language import Language


def command_lines(language: Language) -> Iterator[str]:
    """Return the commands that there are, as items of a list."""
    return (usage(word, language) for word in Word)


def usage(word: Word, language: Language) -> str:
    """Return how a command is written and what it does, as an item of a list."""
    say = language.say
    match word:
        case Word.DISMISS:
            line = say("`/dismiss REASON`: it is no case; say why")
        case Word.DUPLICATE:
            line = say("`/duplicate CASE`: it is the same matter as that case")
        case Word.ASSIGN:
            line = say("`/assign PERSON`: that person owns the case")
        case Word.SNOOZE:
            line = say(
                "`/snooze 2d` or `/snooze until YYYY-MM-DD`: its reminders rest for so long (`m`, "
                "`h`, `d`, `w`), 31 days at most"
            )
        case Word.CRISIS:
            line = say("`/crisis suicide` or `/crisis death-threat`: a life is in danger")
    return f"- {line}"
