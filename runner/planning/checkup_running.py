"""Whether what runs by itself does: workflows, schedule, dashboard."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from runner.planning.checkup import (
    OWN_TOKEN,
    Finding,
    Here,
    ServerFacts,
    Verdict,
    judge,
    unknown,
    uses_own_account,
)
from runner.planning.run_record import measure_pace
from runner.text.language import Language

LABEL = "doleances"
"""What the runner's issues and the form for new cases are labelled with."""
WORKFLOWS = ("check.yml", "collect.yml")
"""Those without which nothing is checked or read."""
LATE = timedelta(hours=6)
MACHINE = "ubuntu-24.04"
"""What the workflows say in `runs-on`."""


def check_workflows(
    server: ServerFacts, here: Here, needed: frozenset[str], kind: str, language: Language
) -> Iterator[Finding]:
    """Yield how the workflows stand: their files, rights and secrets; `needed` are the latter."""
    yield _check_files(here, language)
    if server.has_actions is False:
        say, page = language.say, server.page
        yield Finding(
            "running",
            Verdict.FAULT,
            say("Workflows are switched off for the whole repository."),
            say("Tick “Actions” among the units: {page}/settings", page=page),
        )
        return
    yield from _check_running(server, here, language)
    if kind == "github" and not uses_own_account(server):
        yield _check_right(server, language)
    yield from _check_secrets(server, needed, kind, language)


def _check_files(here: Here, language: Language) -> Finding:
    say = language.say
    anew = say("doleances init --workflows . writes them; then commit and push.")
    if here.missing:
        return Finding(
            "workflows",
            Verdict.FAULT,
            say("There are no workflows: {files}", files=", ".join(here.missing)),
            anew,
        )
    if here.stale:
        return Finding(
            "workflows",
            Verdict.WARNING,
            say(
                "Not as this version and these policies would have them: {files}",
                files=", ".join(here.stale),
            ),
            anew,
        )
    return Finding("workflows", Verdict.OK, say("The workflows are those of this version."))


def _check_running(server: ServerFacts, here: Here, language: Language) -> Iterator[Finding]:
    """Yield whether the workflows are switched on, and there is a machine for them."""
    say, page = language.say, server.page
    running = server.workflows
    off = [name for name in WORKFLOWS if running is not None and not running.get(name)]
    yield judge(
        None if running is None else not off,
        say("The workflows are switched on."),
        Finding(
            "running",
            Verdict.FAULT,
            say("Switched off, or not known to the server: {files}", files=", ".join(off)),
            say("Push them to the default branch, and enable them: {page}/actions", page=page),
        ),
        language,
    )
    if server.took_jobs is False and here.has_base:
        yield Finding(
            "machine",
            Verdict.WARNING,
            say("No machine has taken a job yet: the workflows wait for one."),
            say(
                "Register a runner with the label {label}: {page}/settings/actions/runners",
                label=MACHINE,
                page=page,
            ),
        )


def _check_right(server: ServerFacts, language: Language) -> Finding:
    say = language.say
    return judge(
        server.actions_open_pulls,
        say("Workflows may open pull requests."),
        Finding(
            "open-pulls",
            Verdict.FAULT,
            say("Workflows may not open pull requests."),
            say(
                "Tick “Allow GitHub Actions to create and approve pull requests”: "
                "{page}/settings/actions",
                page=server.page,
            ),
        ),
        language,
    )


def _check_secrets(
    server: ServerFacts, needed: frozenset[str], kind: str, language: Language
) -> Iterator[Finding]:
    say, page = language.say, server.page
    if kind == "gitea":
        needed = needed | {OWN_TOKEN}
    if server.secrets is None:
        if needed:
            names = ", ".join(sorted(needed))
            yield unknown(
                "secrets", say("Whether the secrets are set: {names}", names=names), language
            )
    else:
        missing = sorted(needed - server.secrets)
        yield judge(
            not missing,
            say("All secrets that the workflows name are set."),
            Finding(
                "secrets",
                Verdict.FAULT,
                say(
                    "The workflows name secrets that are not set: {names}", names=", ".join(missing)
                ),
                say("Add them: {page}/settings/secrets/actions", page=page)
                if kind == "github"
                else say("Add them: {page}/settings/actions/secrets", page=page),
            ),
            language,
        )


def check_schedule(
    server: ServerFacts, here: Here, now: datetime, *, suspended: bool, language: Language
) -> Iterator[Finding]:
    """Yield whether the schedule lives, and how its runs went."""
    say = language.say
    if suspended:
        yield Finding(
            "schedule",
            Verdict.WARNING,
            say("sources.yaml says `suspend: true`: the schedule rests."),
            say("Write `suspend: false` once the desk is to run by itself."),
        )
        return
    record = here.runs.get("run")
    known = [*(record.scheduled if record else ()), server.scheduled_at]
    last = max((at for at in known if at is not None), default=None)
    if last is None:
        yield Finding(
            "schedule",
            Verdict.WARNING,
            say("The schedule has not started a run yet."),
            say("Start the workflow collect once by hand: {page}/actions", page=server.page),
        )
        return
    pace = measure_pace(record.scheduled) if record else None
    lag = language.say("usually every {length}", length=language.span(pace.usual)) if pace else ""
    yield judge(
        now - last <= LATE,
        say("The schedule ran last {instant}.", instant=language.instant(last))
        + (f" ({lag})" if lag else ""),
        Finding(
            "schedule",
            Verdict.FAULT,
            say("The schedule ran last {instant}.", instant=language.instant(last)),
            say(
                "See why in {page}/actions; the workflow alive enables schedules that stopped.",
                page=server.page,
            ),
        ),
        language,
    )
    if record is not None and record.is_failing:
        yield Finding(
            "runs",
            Verdict.FAULT,
            say("{count} scheduled runs failed, one after the other.", count=record.failed),
            "; ".join(f"{what}: {why}" for what, why in record.troubles[:3]),
        )


def check_dashboard(here: Here, server: ServerFacts, language: Language) -> Iterator[Finding]:
    """Yield whether the dashboard is kept, and whether people stopped the program."""
    say = language.say
    yield judge(
        None if server.labels is None else LABEL in server.labels,
        say("The label {label} is there.", label=LABEL),
        Finding(
            "labels",
            Verdict.WARNING,
            say(
                "The label {label} is not there yet: the form for new cases needs it.", label=LABEL
            ),
            say("The first run makes it."),
        ),
        language,
    )
    if here.stopped is None:
        yield unknown("dashboard", say("Whether there is a dashboard"), language)
    elif here.stopped:
        yield Finding(
            "dashboard",
            Verdict.WARNING,
            say("People have stopped the program, on issue {number}.", number=here.dashboard or 0),
            say("Take the label `doleances: stop` off to let it go on."),
        )
    elif here.dashboard is None:
        yield Finding(
            "dashboard",
            Verdict.WARNING,
            say("There is no dashboard yet."),
            say("The first run makes it."),
        )
    elif not here.dashboard_open:
        yield Finding(
            "dashboard",
            Verdict.WARNING,
            say("The dashboard, issue {number}, is closed.", number=here.dashboard),
            say("Reopen it to have it kept again."),
        )
    else:
        yield Finding(
            "dashboard",
            Verdict.OK,
            say("The dashboard is issue {number}.", number=here.dashboard),
        )
