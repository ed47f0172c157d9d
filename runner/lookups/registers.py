"""What every kind of look-up shares: how it is asked, what it may see, where its file lies."""

import os
import re
import stat
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.cases.customer import Came
from runner.text.language import Language

Ask = Callable[[Any], Awaitable[Came]]
"""Ask for a `Key`, or, of a program, a whole `Question`.  Raises Unusable."""

FIELDS = ("known", "distributor", "reference")
"""What is taken from an answer; the rest is dropped where it arrives."""

RECORDS_LIMIT = 20
"""Records of one answer that are looked at: more than one is odd enough."""

_VARIABLE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}|\$([A-Z_][A-Z0-9_]*)")


class Unusable(Exception):
    """A look-up cannot be asked, or its answer not be used; `problem` says why to the team."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Vicinity:
    """What look-ups may use of the world: nothing but what `policies/customers.yaml` names.

    `root` is the repository, `environment` the variables of the machine, `contact` what is
    told to APIs about who asks.
    """

    root: Path
    now: datetime
    language: Language
    contact: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def variable(self, name: str) -> str:
        """Return an environment variable.

        Raises:
            Unusable: when it is not set.
        """
        value = self.environment.get(name)
        if not value:
            say = self.language.say
            raise Unusable(say("the environment variable {name} is not set", name=name))
        return value

    def outside(self, written: str) -> Path:
        """Return the file that a path means.

        Raises:
            Unusable: when a variable in it is not set, or it lies in the repository.
        """
        path = _VARIABLE.sub(lambda found: self.variable(found[1] or found[2]), written)
        if path.startswith("~/"):
            path = f"{self.variable('HOME')}{path[1:]}"
        resolved = Path(path).resolve() if Path(path).is_absolute() else None
        if resolved is None or resolved.is_relative_to(self.root.resolve()):
            raise Unusable(
                self.language.say(
                    "{path} is not outside the repository, where customers' data belongs",
                    path=written,
                )
            )
        return resolved


def open_ordinary(path: Path, written: str, limit: int, language: Language) -> int:
    """Return a descriptor of an ordinary file that is not larger than `limit` bytes.

    Raises:
        Unusable: for anything else, naming the path as it is `written`.
    """
    say = language.say
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unusable(
            say("{path} cannot be read: {why}", path=written, why=error.strerror or "")
        ) from None
    facts = os.fstat(descriptor)
    if stat.S_ISREG(facts.st_mode) and facts.st_size <= limit:
        return descriptor
    os.close(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise Unusable(say("{path} is no ordinary file", path=written))
    raise Unusable(say("{path} is larger than {limit} MB", path=written, limit=limit // 2**20))
