"""What a run did, for people and for machines."""

from collections.abc import Sequence
from dataclasses import asdict

from runner.cli.desk import Desk
from runner.errors import OutsideFailed
from runner.forges.apply import Applied
from runner.forges.port import Done
from runner.planning.branches import brings_case_in
from runner.planning.observation import ReadStatus, SourceRead
from runner.text.language import Language


def outcome_to_data(
    applied: Sequence[Applied], reads: Sequence[SourceRead] = ()
) -> dict[str, object]:
    """Return what was read and done as JSON-like data."""
    return {
        "sources": [
            {
                "source": read.source,
                "status": read.status,
                "items": read.items,
                "mentions": len(read.mentions),
                "problem": read.problem,
            }
            for read in reads
        ],
        "results": [asdict(result) for one in applied for result in one.results],
        "failures": [asdict(failure) for one in applied for failure in one.failures],
    }


def print_outcome(
    desk: Desk, applied: Sequence[Applied], as_json: bool, reads: Sequence[SourceRead] = ()
) -> None:
    """Print what was done.

    Raises:
        OutsideFailed: when an action failed, after everything was printed.
    """
    failures = [failure for one in applied for failure in one.failures]
    if as_json:
        desk.print_json(outcome_to_data(applied, reads))
    else:
        done = [r.key for one in applied for r in one.results if r.done is Done.DONE]
        for line in say_done(desk.language, done):
            desk.say(line)
        if all_failed(reads) and not done:
            desk.say(desk.language.say("No source was read: what there is to do is not known."))
        elif not done and not failures:
            desk.say(desk.language.say("Nothing to do: everything is already so."))
        for failure in failures:
            desk.terminal.error(f"{failure.key}: {failure.message}")
    if failures:
        raise OutsideFailed(
            f"{len(failures)} of the actions failed",
            "run again: what is done is done, the rest is tried anew",
        )


def say_done(language: Language, done: Sequence[str]) -> tuple[str, ...]:
    """Return a line for each kind of action among the keys of those done, and how many."""
    say_n = language.say_n
    pushed = [key for key in done if key.startswith(("push ", "renew "))]
    recorded = sum(brings_case_in(key) for key in pushed)
    changed = len(pushed) - recorded
    opened, obeyed, rewritten, withdrawn = (
        sum(key.startswith(f"{verb} ") for key in done)
        for verb in ("open", "obey", "update", "withdraw")
    )
    tidied = len(done) - len(pushed) - opened - obeyed - rewritten - withdrawn
    lines = (
        (recorded, say_n("{count} new case recorded.", "{count} new cases recorded.", recorded)),
        (
            changed,
            say_n(
                "{count} change of a case recorded.", "{count} changes of cases recorded.", changed
            ),
        ),
        (opened, say_n("{count} pull request opened.", "{count} pull requests opened.", opened)),
        (
            obeyed,
            say_n(
                "Comments on {count} pull request answered.",
                "Comments on {count} pull requests answered.",
                obeyed,
            ),
        ),
        (rewritten, say_n("{count} page written anew.", "{count} pages written anew.", rewritten)),
        (
            withdrawn,
            say_n("{count} proposal taken back.", "{count} proposals taken back.", withdrawn),
        ),
        (tidied, say_n("{count} decision taken over.", "{count} decisions taken over.", tidied)),
    )
    return tuple(line for count, line in lines if count)


def print_troubles(desk: Desk, reads: Sequence[SourceRead]) -> None:
    """Print what went wrong with sources; the run goes on without them."""
    for read in reads:
        if read.problem:
            desk.terminal.warn(f"{read.source}: {read.problem}")


def all_failed(reads: Sequence[SourceRead]) -> bool:
    """Return whether sources were tried and none could be read."""
    tried = [read for read in reads if read.status is not ReadStatus.RESTED]
    return bool(tried) and all(read.status is ReadStatus.UNKNOWN for read in tried)
