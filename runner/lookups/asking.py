"""Asking the look-ups of `policies/customers.yaml`, many questions side by side.

Whatever befalls a look-up, there is an answer: what failed is unknown, and says so.  Within
one run nobody is asked the same twice.
"""

import asyncio
import traceback
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from runner.cases.customer import Absent, Came, Failed, Key, Question, keys_of
from runner.lookups import command, csv_file, http_api, sqlite_file
from runner.lookups.registers import Ask, Unusable, Vicinity
from runner.policies.customers import (
    Command,
    CsvFile,
    Customers,
    HttpApi,
    LookUp,
    SqliteFile,
)

SIDE_BY_SIDE = 8
"""Questions under way at once."""

TOTAL_SECONDS = 120.0
"""How long all the questions of one run may take; those left over are answered by unknown."""


def ask_look_ups(
    customers: Customers,
    questions: Mapping[str, Question],
    vicinity: Vicinity,
    total_seconds: float = TOTAL_SECONDS,
) -> dict[str, tuple[tuple[LookUp, Came], ...]]:
    """Return what came of each question, by the same names: from each look-up that was asked.

    None is where a look-up serves other brands, or nothing is known that it is asked by.
    """
    return asyncio.run(_ask(customers, questions, vicinity, total_seconds))


async def _ask(
    customers: Customers,
    questions: Mapping[str, Question],
    vicinity: Vicinity,
    total_seconds: float,
) -> dict[str, tuple[tuple[LookUp, Came], ...]]:
    deadline = asyncio.get_running_loop().time() + total_seconds
    slots = asyncio.Semaphore(SIDE_BY_SIDE)
    async with AsyncExitStack() as stack:
        counters = {
            look_up.id: _Counter(look_up, vicinity, stack, deadline)
            for look_up in customers.look_ups
        }

        async def came(question: Question) -> tuple[tuple[LookUp, Came], ...]:
            async with slots:
                asked = [
                    look_up
                    for look_up in customers.for_brand(question.brand)
                    if keys_of(look_up, question)
                ]
                return tuple([(one, await counters[one.id].ask(question)) for one in asked])

        return dict(
            zip(questions, await asyncio.gather(*map(came, questions.values())), strict=True)
        )


class _Counter:
    """Where one look-up is asked: what it was asked before it is not asked again."""

    def __init__(
        self, look_up: LookUp, vicinity: Vicinity, stack: AsyncExitStack, deadline: float
    ) -> None:
        self._look_up = look_up
        self._vicinity = vicinity
        self._stack = stack
        self._deadline = deadline
        self._opened: asyncio.Task[Ask] | None = None
        self._asked: dict[object, asyncio.Task[Came]] = {}

    async def ask(self, question: Question) -> Came:
        """Return what comes of asking for all that is known of a customer, the surest first."""
        if isinstance(self._look_up.register, Command):
            return await self._once(question)
        came: Came = Absent()
        for key in keys_of(self._look_up, question):
            came = await self._once(key)
            if not isinstance(came, Absent):
                break
        return came

    async def _once(self, asked: Key | Question) -> Came:
        if asked not in self._asked:
            self._asked[asked] = asyncio.ensure_future(self._try(asked))
        return await self._asked[asked]

    async def _try(self, asked: Key | Question) -> Came:
        say = self._vicinity.language.say
        loop = asyncio.get_running_loop()
        if loop.time() >= self._deadline:
            return Failed(say("no time was left for it in this run"))
        until = min(loop.time() + self._look_up.seconds, self._deadline)
        try:
            async with asyncio.timeout_at(until):
                if self._opened is None:
                    opening = _open(self._look_up, self._vicinity, self._stack)
                    self._opened = asyncio.ensure_future(opening)
                ask = await asyncio.shield(self._opened)
                return await ask(asked)
        except TimeoutError:
            return Failed(say("no answer within {seconds} s", seconds=self._look_up.seconds))
        except Unusable as error:
            return Failed(error.problem)
        except Exception as error:  # one look-up that trips the program must not cost the run
            return Failed(say("the program stumbled over it ({detail})", detail=_place(error)))


async def _open(look_up: LookUp, vicinity: Vicinity, stack: AsyncExitStack) -> Ask:
    match look_up.register:
        case CsvFile() as register:
            return await csv_file.open_file(register, vicinity)
        case SqliteFile() as register:
            return await sqlite_file.open_file(register, look_up.seconds, vicinity)
        case HttpApi() as register:
            return await http_api.open_api(register, look_up.seconds, vicinity, stack)
        case Command() as register:
            return command.open_command(register, look_up.seconds, vicinity)


def _place(error: Exception) -> str:
    # Without the message: it may quote what came.
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
