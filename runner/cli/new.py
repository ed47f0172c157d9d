"""`doleances new`: a message that a person found becomes a case."""

import sys
from dataclasses import replace

import click

from runner.cases.customer import Answer
from runner.cases.file import render_case
from runner.cases.mention import find_orders, prepare_mention
from runner.cases.opening import case_path
from runner.cli.daily import Manner, manner_options
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.looking_up import ask_about, question_about, said_of
from runner.cli.recording import Recorded, parse_moment, propose_files, read_actor, tell
from runner.errors import FaultyFiles, Refused, UsageError
from runner.forges.port import Forge
from runner.model import Item, Known, Mention
from runner.planning.branches import INTAKE
from runner.planning.new_cases import open_new_case
from runner.planning.words import because
from runner.policies.values import Source
from runner.repo.cases_index import CasesIndex, open_index
from runner.repo.files import write_file
from runner.repo.judge import judge_case
from runner.triage.judge import judge
from runner.triage.same_matter import Clues


@click.command(short_help="Open a case for a message that you found.")
@click.option("--source", "source_id", metavar="ID", help="The source where it stands.")
@click.option("--url", help="The address where it stands.")
@click.option("--text", help="What it says; `-` reads it from standard input.")
@click.option("--title", default="", help="Its title.")
@click.option("--author", help="Who wrote it, as the site shows.")
@click.option("--posted", metavar="INSTANT", help="When it was posted.")
@click.option("--force", is_flag=True, help="Open it though no rule takes it for after-sales.")
@click.option(
    "--known",
    type=click.Choice([one.value for one in Known]),
    help="Whether the customer has a file; the look-ups are not asked then.",
)
@click.option(
    "--look-up/--no-look-up",
    default=True,
    help="Ask the look-ups of policies/customers.yaml who the customer is, where there are any.",
)
@manner_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    source_id: str | None,
    url: str | None,
    text: str | None,
    title: str,
    author: str | None,
    posted: str | None,
    force: bool,
    known: str | None,
    look_up: bool,
    how: Manner,
) -> None:
    """Open a case for a message that you found, as the runner would have.

    It is cleaned, masked, judged by the rules and compared with the open cases.

    \b
    Example:  doleances new --source forum-bricolage --author Camille_R \\
                --url https://forum.example.org/t/812 --text "Toujours rien..."
    """
    say = desk.language.say
    configuration = desk.configuration()
    detected_at, by = parse_moment(desk, how.at), read_actor(desk, how.by)
    source = _source(desk, source_id)
    if url is None or text is None:
        raise UsageError("`new` needs --url and --text", "the address, and what it says")
    item = Item(
        native_id=None,
        url=url,
        author=author,
        title=title,
        text=sys.stdin.read() if text == "-" else text,
        posted_at=parse_moment(desk, posted) if posted else None,
    )
    mention = prepare_mention(item, source, configuration.privacy, detected_at)
    if mention is None or mention.url is None:
        raise UsageError(f"{url!r} is no address, or the text is empty", "https://... and words")
    judgement = judge(mention, configuration)
    why = because(judgement.after_sales.reason, desk.language)
    if not judgement.after_sales.value and not force:
        raise Refused(f"no rule takes it for after-sales: {why}", "--force opens it all the same")
    forge = open_forge(desk)
    base = forge.base()
    index = open_index(desk.root, base)
    _refuse_known(mention, index, forge)
    answer = _ask(desk, item, mention, source) if look_up and known is None else None
    clues = Clues(index.open_cases)
    case = open_new_case(mention, judgement, configuration, clues, by=by.id, customer=answer)
    case = replace(case, known=Known(known) if known else case.known)
    path, data = case_path(case), render_case(case).encode()
    if faults := judge_case(data, path, configuration.privacy):
        raise FaultyFiles(faults)
    if how.propose:
        recorded = propose_files(desk, INTAKE, base, path, {path: data})
    else:
        write_file(desk.root / path, data)
        recorded = Recorded((path,))
    tell(
        desk,
        recorded,
        f"{case.id}, {desk.language.word(case.category)}",
        as_json=how.as_json,
        by=by,
    )
    if not how.as_json:
        for other in case.duplicates:
            desk.say(say("Perhaps the same matter: {case}", case=other))


def _refuse_known(mention: Mention, index: CasesIndex, forge: Forge) -> None:
    held = index.case_of(mention.key)
    if held is not None:
        raise Refused(f"the message stands in {held} already", f"doleances show {held}")
    for branch in forge.snapshot().branches:
        if branch.case is not None and any(p.key == mention.key for p in branch.case.places):
            raise Refused(
                f"the message is proposed already, on {branch.name}",
                f"doleances show {branch.case_id}",
            )


def _ask(desk: Desk, item: Item, mention: Mention, source: Source) -> Answer | None:
    orders = find_orders(item, desk.configuration().privacy)
    question = question_about(mention, source.brand, orders)
    answer = ask_about(desk, {mention.key: question}).get(mention.key)
    if answer is not None:
        desk.terminal.note(said_of(desk, answer))
    return answer


def _source(desk: Desk, source_id: str | None) -> Source:
    sources = desk.configuration().sources
    found = next((source for source in sources if source.id == source_id), None)
    if found is None:
        names = ", ".join(source.id for source in sources)
        said = f"sources.yaml has no {source_id}" if source_id else "`new` needs --source"
        raise UsageError(said, f"one of {names}")
    return found
