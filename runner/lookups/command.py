"""A program as a look-up: the question is JSON on its standard input, the answer on its output.

Run without a shell, in a group of its own that ends with its time, with no more of the
environment than is named.
"""

import asyncio
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress

from runner.cases.customer import Absent, Came, Found, Question
from runner.lookups.registers import FIELDS, Ask, Unusable, Vicinity
from runner.policies.customers import Command

OUTPUT_LIMIT = 64 * 1024
"""Bytes of an answer."""
_ALWAYS_SEEN = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT")


def open_command(register: Command, seconds: float, vicinity: Vicinity) -> Ask:
    """Return how to ask the program.

    Raises:
        Unusable: when an environment variable that it needs is not set.
    """
    seen = {
        name: vicinity.environment[name] for name in _ALWAYS_SEEN if name in vicinity.environment
    }
    seen |= {name: vicinity.variable(name) for name in register.environment}

    async def ask(question: Question) -> Came:
        written = render_question(register, question)
        output = await asyncio.to_thread(_run, register, seconds, written, seen, vicinity)
        return parse_output(output, vicinity)

    return ask


def render_question(register: Command, question: Question) -> bytes:
    """Return what the program is told: `{"brand", "site"}` and what it `asks`.

    `orders` is a list, as a message may name several; `handle` may be null.
    """
    told: dict[str, object] = {"brand": question.brand, "site": question.site}
    if "order" in register.asks:
        told["orders"] = list(question.orders)
    if "handle" in register.asks:
        told["handle"] = question.handle
    return json.dumps(told).encode() + b"\n"


def parse_output(output: bytes, vicinity: Vicinity) -> Found | Absent:
    """Return what a program answered: an object with `known`, or `null` where nobody was found.

    Raises:
        Unusable: for anything else.
    """
    say = vicinity.language.say
    try:
        answer = json.loads(output)
    except (ValueError, RecursionError):
        raise Unusable(say("its answer is no JSON")) from None
    match answer:
        case None | {"known": None}:
            return Absent()
        case {"known": _}:
            return Found(None, ({name: answer[name] for name in FIELDS if name in answer},))
        case _:
            raise Unusable(say("its answer is no object with “known”"))


def _run(
    register: Command, seconds: float, question: bytes, seen: Mapping[str, str], vicinity: Vicinity
) -> bytes:
    say = vicinity.language.say
    name = register.arguments[0]
    try:
        program = subprocess.Popen(
            register.arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=vicinity.root,
            env=dict(seen),
            start_new_session=True,
        )
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Unusable(say("{program} cannot be run: {why}", program=name, why=why)) from None
    deadline = time.monotonic() + seconds
    try:
        output = _exchange(program, question, deadline)
        code = program.wait(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise Unusable(say("no answer within {seconds} s", seconds=f"{seconds:g}")) from None
    except _TooMuch:
        limit = OUTPUT_LIMIT // 1024
        said = say("{program} answers with more than {limit} kB", program=name, limit=limit)
        raise Unusable(said) from None
    finally:
        _end(program)
    if code:
        raise Unusable(say("{program} ended with code {code}", program=name, code=code))
    return output


class _TooMuch(Exception):
    """A program answers with more than the limit."""


def _exchange(program: subprocess.Popen[bytes], question: bytes, deadline: float) -> bytes:
    if program.stdin is None or program.stdout is None:
        raise AssertionError("both were asked for")
    # A pipe takes the few hundred bytes of a question at once.  A program that answers without
    # reading it is none the worse for that.
    with suppress(BrokenPipeError):
        program.stdin.write(question)
        program.stdin.flush()
    with suppress(BrokenPipeError):
        program.stdin.close()
    output = bytearray()
    source = program.stdout.fileno()
    while True:
        ready, _, _ = select.select([source], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(source, OUTPUT_LIMIT)
        if not piece:
            return bytes(output)
        output += piece
        if len(output) > OUTPUT_LIMIT:
            raise _TooMuch


def _end(program: subprocess.Popen[bytes]) -> None:
    """End what is left of the program and of all that it started in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    for pipe in (program.stdin, program.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
