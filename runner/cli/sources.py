"""`doleances sources`: how the sources do; try one; the presets."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.reach import loopback_option, private_option
from runner.cli.reading import secrets_of
from runner.cli.terminal import Terminal
from runner.errors import DoleancesError, OutsideFailed, UsageError
from runner.planning.digests import judged_by
from runner.planning.health import health_of
from runner.planning.observation import Cursor
from runner.policies.presets import Preset, render_example, shipped_presets
from runner.policies.values import Source
from runner.repo.cases_index import CasesIndex, open_index
from runner.text.wording import did_you_mean, shown


def _complete_presets(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    return [
        CompletionItem(preset.name, help=preset.title)
        for preset in shipped_presets().values()
        if preset.name.startswith(incomplete)
    ]


def _complete_sources(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    folder = ctx.find_root().params.get("directory") or Path()
    try:
        sources = Desk(Path(folder), Terminal()).configuration().sources
    except DoleancesError:
        return []
    found = (source for source in sources if source.id.startswith(incomplete))
    return [CompletionItem(source.id, help=source.kind) for source in found]


@click.group(
    invoke_without_command=True, short_help="Show how the sources do; try one; list the presets."
)
@click.option("--json", "as_json", is_flag=True, help="Print how each source does, as data.")
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Show how each source does: last good read, messages, quota, what is wrong, next read.

    Reads nothing from the network: this is what the last runs remembered.  `new` counts the
    messages of the last read that wait for a decision.

    \b
    Example:  doleances sources
              doleances sources test forum-bricolage
              doleances sources presets app-store-reviews
    """
    if context.invoked_subcommand is not None:
        return
    desk: Desk = context.obj
    snapshot = open_forge(desk).snapshot()
    index = open_index(desk.root, snapshot.base)
    found = [(s, snapshot.cursors.get(s.id)) for s in desk.configuration().sources]
    if as_json:
        desk.print_json([_health_data(s, cursor, index) for s, cursor in found])
        return
    say = desk.language.say
    columns = (
        say("source"), say("kind"), say("last good read"), say("messages"), say("new"),
        say("quota"), say("next read"), say("remark"),
    )  # fmt: skip
    desk.terminal.table(
        columns,
        [_health_row(desk, s, cursor, index) for s, cursor in found],
        ["yellow" if cursor and cursor.problem else None for _, cursor in found],
        below=1,
    )


@command.command("presets", short_help="List the presets, or show how one is used.")
@click.argument("name", required=False, shell_complete=_complete_presets)
@click.option("--json", "as_json", is_flag=True, help="Print the presets as data.")
@click.pass_obj
def presets(desk: Desk, *, name: str | None, as_json: bool) -> None:
    """List the presets for kind `json`, or show NAME: its settings, limits and traps.

    \b
    Example:  doleances sources presets
              doleances sources presets google-play
    """
    known = shipped_presets()
    if name is not None and name not in known:
        raise UsageError(f"there is no preset {shown(name)}", did_you_mean(name, known))
    chosen = [known[name]] if name is not None else list(known.values())
    if as_json:
        desk.print_json([_preset_data(preset) for preset in chosen])
    elif name is None:
        rows = [(p.name, p.title, ", ".join(q.name for q in p.parameters)) for p in chosen]
        desk.terminal.table(("name", "what it reads", "parameters"), rows)
    else:
        example = render_example(known[name])
        desk.terminal.document(f"# in sources.yaml\n{example}\n# what it stands for")
        desk.terminal.document(known[name].text.rstrip())


@command.command("test", short_help="Read one source now and show what would be made of it.")
@click.argument("source_id", metavar="ID", shell_complete=_complete_sources)
@click.option("--full", is_flag=True, help="Read all pages that a run would read, not just one.")
@click.option(
    "--items",
    "shown_items",
    type=click.IntRange(0, 1000),
    default=3,
    show_default=True,
    help="Show so many of the messages.",
)
@loopback_option("the source")
@private_option("a mailbox")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as data.")
@click.pass_obj
def test_source(
    desk: Desk,
    *,
    source_id: str,
    full: bool,
    shown_items: int,
    allow_loopback: bool,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Read source ID now and show what would be made of it; write and remember nothing.

    For whoever writes its settings: the fields of the first messages, how triage would
    judge them, what was left out and why, and which expressions found nothing.

    \b
    Example:  doleances sources test avis-maison
              doleances sources test avis-maison --full --items 20
    """
    from runner.cli.trial import print_trial, trial_data
    from runner.sources.adapter import Unknown
    from runner.sources.collect import Errand, try_source
    from runner.sources.problem_words import render_problem

    configuration = desk.configuration()
    source = _source(configuration.sources, source_id)
    paging = source.settings.get("paging")
    if not full:
        first = {"paging": {**paging, "pages": 1}} if isinstance(paging, dict) else {"pages": 1}
        source = replace(source, settings={**source.settings, **first})
    errand = Errand(
        now=desk.now(),
        judged_by=judged_by(configuration),
        allow_loopback=allow_loopback,
        allow_private=allow_private,
        secrets=secrets_of([source]),
    )
    fetched, mentions = try_source(configuration, desk.root, source, errand)
    if as_json:
        desk.print_json(trial_data(desk, source, fetched, mentions, shown_items))
    if isinstance(fetched, Unknown):
        raise OutsideFailed(
            f"{source.id}: {render_problem(fetched.problem, desk.language)}",
            f"it stands on line {source.line} of sources.yaml",
        )
    if not as_json:
        print_trial(desk, source, fetched, mentions, shown_items)


def _source(sources: tuple[Source, ...], wanted: str) -> Source:
    for source in sources:
        if source.id == wanted:
            return source
    known = [source.id for source in sources]
    raise UsageError(
        f"sources.yaml names no source {shown(wanted)}",
        did_you_mean(wanted, known, "it names none"),
    )


def _new(cursor: Cursor | None, index: CasesIndex) -> int:
    return sum(index.case_of(key) is None for key in cursor.opened) if cursor else 0


def _health_row(
    desk: Desk, source: Source, cursor: Cursor | None, index: CasesIndex
) -> tuple[str, ...]:
    language = desk.language
    health = health_of(source, cursor)
    good_at, next_at = health.good_at, health.next_at
    return (
        source.id,
        source.kind,
        language.instant(good_at) if good_at else language.say("never"),
        str(cursor.items) if good_at and cursor else "",
        str(_new(cursor, index)) if good_at else "",
        _quota(cursor),
        language.instant(next_at) if next_at and next_at > desk.now() else language.say("next run"),
        cursor.problem if cursor else "",
    )


def _quota(cursor: Cursor | None) -> str:
    if cursor is None or cursor.quota_left is None:
        return ""
    limit = f"/{cursor.quota_limit}" if cursor.quota_limit is not None else ""
    return f"{cursor.quota_left}{limit}"


def _health_data(source: Source, cursor: Cursor | None, index: CasesIndex) -> dict[str, object]:
    health = health_of(source, cursor)
    good_at, next_at = health.good_at, health.next_at
    tried_at = (cursor.tried_at or cursor.read_at) if cursor else None
    return {
        "source": source.id,
        "kind": source.kind,
        "read_at": render_instant(good_at) if good_at else None,
        "tried_at": render_instant(tried_at) if tried_at else None,
        "items": cursor.items if cursor else 0,
        "new": _new(cursor, index),
        "problem": cursor.problem if cursor else "",
        "quota_left": cursor.quota_left if cursor else None,
        "quota_limit": cursor.quota_limit if cursor else None,
        "next_at": render_instant(next_at) if next_at else None,
    }


def _preset_data(preset: Preset) -> dict[str, object]:
    return {
        "name": preset.name,
        "title": preset.title,
        "about": preset.about,
        "documentation": preset.documentation,
        "category": preset.category,
        "contact": dict(preset.contact),
        "auth": preset.auth,
        "limits": preset.limits,
        "replies": preset.replies,
        "traps": list(preset.traps),
        "parameters": list(_parameters(preset)),
        "settings": dict(preset.settings),
    }


def _parameters(preset: Preset) -> Iterator[dict[str, object]]:
    for asked in preset.parameters:
        yield {
            "name": asked.name,
            "about": asked.about,
            "example": asked.example,
            "default": asked.default,
        }
