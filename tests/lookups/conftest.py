"""What the tests of look-ups share: asking one look-up, as the runner does."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.cases.customer import Came, Question
from runner.lookups.asking import ask_look_ups
from runner.lookups.registers import Vicinity
from runner.policies.customers import Customers, LookUp, Register
from runner.text.language import Language

AskOne = Callable[..., Came]


@pytest.fixture
def vicinity(tmp_path: Path) -> Vicinity:
    """A repository beside which customers' data lies, in `$DATA`."""
    root = tmp_path / "repository"
    root.mkdir()
    return Vicinity(
        root,
        datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC),
        Language("en", ZoneInfo("Europe/Paris")),
        environment={
            "DATA": str(tmp_path),
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "TOKEN": "Bearer s3cret",
            "OTHER": "not to be seen",
        },
    )


@pytest.fixture
def ask(vicinity: Vicinity) -> AskOne:
    """Ask one look-up about one customer."""

    def ask_one(
        register: Register, *, seconds: int = 5, total_seconds: float = 30, **known: object
    ) -> Came:
        question = Question(**{"brand": "lumen", "site": "forum.example.org", **known})  # type: ignore[arg-type]
        look_up = LookUp("crm", register, seconds=seconds)
        asked = ask_look_ups(Customers((look_up,)), {"q": question}, vicinity, total_seconds)
        ((_, came),) = asked["q"]
        return came

    return ask_one
