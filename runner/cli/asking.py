"""Questions to who founds a desk."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from runner.cli.desk import Desk
from runner.founding.charter import is_email, is_login, is_name


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer must be: `fits` says whether one is, `otherwise` what to say where not."""

    fits: Callable[[str], object]
    otherwise: str


class Asking:
    """Questions on a terminal; elsewhere the answer is the default."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.is_there = sys.stdin.isatty() and sys.stderr.isatty()

    def word(self, question: str, form: Form, default: str | None = None) -> str:
        """Return an answer of a form; of another it is said what is wrong, and asked again."""
        if not self.is_there:
            return default or ""
        shown = default != ""
        while True:
            said = click.prompt(question, default=default, show_default=shown, err=True)
            answer = str(said).strip()
            if form.fits(answer):
                return answer
            self.desk.terminal.error(form.otherwise)

    def choose(self, question: str, choices: tuple[str, ...], default: str) -> str:
        """Return one of the choices."""
        if not self.is_there:
            return default
        return str(click.prompt(question, type=click.Choice(choices), default=default, err=True))

    def yes(self, question: str) -> bool:
        """Return whether the answer is yes; nobody to ask means no."""
        return self.is_there and click.confirm(question, default=True, err=True)

    def people(self, say: Callable[..., str], forge: str) -> list[str]:
        """Return who asks, of the form that `parse_people` takes."""
        name, email = git_says("user.name"), git_says("user.email")
        wrong = say("That is no name, or it has a comma or < in it.")
        name = self.word(say("Your name"), Form(is_name, wrong), name)
        wrong = say("That is no e-mail address, such as ines@example.org.")
        email = self.word(say("Your e-mail address, as in git"), Form(is_email, wrong), email)
        login = ""
        if forge != "local" and self.is_there:
            wrong = say("That is no login: letters, digits, dots and dashes alone.")
            known = Form(lambda text: not text or is_login(text.removeprefix("@")), wrong)
            login = self.word(say("Your login on the forge (empty: later)"), known, "")
        return [f"{name} <{email}>" + (f", {login}" if login else "")]


def git_says(setting: str, folder: Path | None = None) -> str | None:
    """Return a setting of git in a folder or here, None where it has none."""
    from runner.repo.git import command as git_command
    from runner.repo.git import environment, spawn

    ended = spawn(git_command(folder or Path.cwd(), "config", "--get", setting), b"", environment())
    return ended.stdout.decode("utf-8", "replace").strip() or None
