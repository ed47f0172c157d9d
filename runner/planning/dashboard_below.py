"""What stands below the cases on the dashboard: what waits, what failed, how everything does."""

from collections import Counter
from collections.abc import Iterator

from runner.planning.dashboard import Dashboard
from runner.planning.dashboard_cells import cells, listed, own_id, table_head
from runner.planning.deliveries import render_setback
from runner.planning.health import SourceHealth
from runner.planning.looked_words import kind_words
from runner.text.language import Language
from runner.text.markdown import code, link, plain

_SOURCES, _BACKLOG = 40, 10
"""Rows of sources, and cases of the backlog that are named."""


def below_cases(
    board: Dashboard, language: Language, *, changing: bool, has_pages: bool
) -> tuple[str, ...]:
    """Return the parts below the cases, of those that hold anything.

    Without `changing` what is only true at this very instant is left out.  `has_pages` says
    whether the dashboard is an issue, which people can close and label.
    """
    return (
        *_unposted(board, language),
        *_unseen(board, language),
        *_backlog(board, language),
        *_undone(board, language),
        *_sources(board, language, changing=changing),
        *_channels(board, language),
        *_program(board, language, changing=changing, has_pages=has_pages),
    )


def _unposted(board: Dashboard, language: Language) -> Iterator[str]:
    say, unposted = language.say, board.unposted
    if not unposted:
        return
    yield "## " + say("Approved replies that are not posted yet")
    lines = (
        say(
            "{case}, {place}: {standing}, {why}",
            case=own_id(one.approval.case_id),
            place=one.approval.place,
            standing=f"**{language.word(one.stage)}**",
            why=plain(one.why, 500),
        )
        for one in unposted
    )
    yield listed(lines, language)


def _unseen(board: Dashboard, language: Language) -> Iterator[str]:
    say, unseen = language.say, board.unseen
    if not unseen:
        return
    yield "## " + say("Our messages that are not where they should be")
    lines = (
        say(
            "{case}: {what} at {place}, {found} since {instant}",
            case=own_id(one.message.case_id),
            what=kind_words(one.message.kind, language),
            place=link(one.message.url, one.message.place)
            if one.message.url
            else one.message.place,
            found=f"**{language.word(one.seen.told)}**",
            instant=language.instant(one.seen.since),
        )
        for one in unseen
    )
    yield listed(lines, language)
    yield say("{command} says what to do.", command="`doleances look --remembered`")


def _backlog(board: Dashboard, language: Language) -> Iterator[str]:
    say, backlog = language.say, board.backlog
    if not backlog:
        return
    yield "## " + say("Waiting for room")
    said = language.say_n(
        "{count} case waits on its branch: at most {most} pull requests are open at once. "
        "Its promises run.",
        "{count} cases wait on their branches: at most {most} pull requests are open at once. "
        "Their promises run.",
        len(backlog),
        most=board.configuration.instance.limits.open_pulls,
    )
    first = ", ".join(own_id(each) for each in backlog[:_BACKLOG])
    if len(backlog) > _BACKLOG:
        first += ", …"
    yield said + " " + say("The most urgent: {cases}", cases=first)


def _undone(board: Dashboard, language: Language) -> Iterator[str]:
    undone = board.undone
    if not undone:
        return
    yield "## " + language.say("What the program could not do")
    lines = (f"{own_id(what)}: {plain(why, 400)}" for what, why in undone)
    yield listed(lines, language)


def _sources(board: Dashboard, language: Language, *, changing: bool) -> Iterator[str]:
    say, sources = language.say, board.sources
    ill = sum(each.is_ill for each in sources)
    yield "## " + say("Sources")
    yield (
        language.say_n(
            "{count} source, no problem known.",
            "{count} sources, no problem known.",
            len(sources),
        )
        if not ill
        else say("Cannot be read: {ill} of {count}.", ill=ill, count=len(sources))
    )
    columns = [say("source"), say("how it does"), say("last good read"), say("next read")]
    rows = [_source(each, board, language, changing=changing) for each in sources[:_SOURCES]]
    table = [table_head(*columns), *rows]
    if left := len(sources) - len(rows):
        table.append("")
        table.append(
            language.say_n(
                "{count} more is well or has a remark: `doleances sources` lists all.",
                "{count} more are well or have remarks: `doleances sources` lists all.",
                left,
            )
        )
    yield "\n".join(table)


def _source(health: SourceHealth, board: Dashboard, language: Language, *, changing: bool) -> str:
    say = language.say
    good = language.instant(health.good_at) if health.good_at else say("never")
    if health.is_ill:
        word = "**" + say("cannot be read") + "**"
        how = f"{word}: {plain(health.problem, 300)}"
        return cells(
            code(health.source), how, good, _next(health, board, language, changing=changing)
        )
    how = plain(health.problem, 300) or (say("well") if health.good_at else say("not read yet"))
    return cells(
        code(health.source),
        how,
        good if changing else "",
        _next(health, board, language, changing=changing),
    )


def _next(health: SourceHealth, board: Dashboard, language: Language, *, changing: bool) -> str:
    if not changing:
        return ""
    if health.next_at is None or health.next_at <= board.now:
        return language.say("next run")
    return language.instant(health.next_at)


def _channels(board: Dashboard, language: Language) -> Iterator[str]:
    say, channels = language.say, board.channels
    if not channels:
        return
    yield "## " + say("Messages to the team that do not get through")
    lines: list[str] = []
    for state in channels:
        if state.rest_until is not None and state.rests(board.now):
            until = language.instant(state.rest_until)
            rests = say("asked for rest until {instant}", instant=until)
            lines.append(f"{code(state.channel)}: {rests}")
        problems = Counter(render_setback(each, language) for each in state.failures)
        for problem, count in problems.items():
            many = f" (× {count})" if count > 1 else ""
            lines.append(f"{code(state.channel)}{many}: {plain(problem, 400)}")
    yield listed(lines, language)


def _program(
    board: Dashboard, language: Language, *, changing: bool, has_pages: bool
) -> Iterator[str]:
    say, run = language.say, board.run
    yield "## " + say("The program")
    lines = []
    if changing:
        zone = board.configuration.instance.zone.key
        lines.append(
            say("As of {instant} ({zone}).", instant=language.instant(board.now), zone=zone)
        )
        if run is not None:
            lines.append(say("Last run: {instant}.", instant=language.instant(run.at)))
        lines.append(_pace(board, language))
    if has_pages:
        lines.append(
            say(
                "To stop it within seconds, put the label {label} on this page; to let it go "
                "on, take the label off. Promises run all the same.",
                label="`doleances: stop`",
            )
        )
        lines.append(say("Who wants no such page closes the issue; reopened, it comes back."))
    yield listed(lines, language)


def _pace(board: Dashboard, language: Language) -> str:
    say, pace = language.say, board.pace
    if pace is None:
        return say("After three scheduled runs this says how punctual the schedule is.")
    span = language.span
    return say(
        "The last {count} scheduled runs began {usual} apart in general, {longest} at most. "
        "Where the workflow asks for them more often, the forge is late.",
        usual=span(pace.usual),
        longest=span(pace.longest),
        count=pace.count + 1,
    )
