"""What is found of the clone itself: its files, its repository, its remote."""

from collections.abc import Iterator

from runner.planning.checkup import Finding, Here, Verdict
from runner.text.language import Language


def check_files(here: Here, language: Language) -> Iterator[Finding]:
    """Yield that the files have faults, where they have."""
    if here.faults:
        yield Finding(
            "files",
            Verdict.FAULT,
            language.say_n(
                "The files of the desk have {count} fault: what hangs on them was not looked at.",
                "The files of the desk have {count} faults: what hangs on them was not looked at.",
                here.faults,
            ),
            language.say("doleances check names them, each with its place."),
        )


def check_clone(here: Here, base: str, language: Language) -> Iterator[Finding]:
    """Yield that the desk is no repository of its own, where it is not."""
    if not here.is_clone:
        yield Finding(
            "clone",
            Verdict.FAULT,
            language.say("This folder is no git repository of its own."),
            f"git init --initial-branch={base}; git add .; git commit",
        )


def check_remote(here: Here, remote: str, language: Language) -> Iterator[Finding]:
    """Yield where a clone's remote leads."""
    say = language.say
    if not here.is_clone:
        return
    if here.address is not None:
        said = say(
            "The git remote {remote} leads to {address}.", remote=remote, address=here.address
        )
        yield Finding("remote", Verdict.OK, said)
    elif here.has_remote:
        yield Finding(
            "remote",
            Verdict.FAULT,
            say("The git remote {remote} leads to no repository on a server.", remote=remote),
            say(
                "git remote set-url {remote} ADDRESS, such as "
                "https://forge.example.org/owner/name.git; or look at `server` in sources.yaml.",
                remote=remote,
            ),
        )
    else:
        yield Finding(
            "remote",
            Verdict.FAULT,
            say("There is no git remote {remote}: nothing can be pushed.", remote=remote),
            say(
                "git remote add {remote} ADDRESS, such as https://forge.example.org/owner/name.git",
                remote=remote,
            ),
        )
