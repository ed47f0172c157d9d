"""`doleances template`: the templates, one of them, and what they come to."""

import click

from runner.cli.desk import Desk
from runner.errors import ExitCode, UsageError
from runner.policies.templates import Template
from runner.text.wording import did_you_mean


@click.group(short_help="List the templates of replies, show one, try all on sample cases.")
def command() -> None:
    """List the templates of replies, show one, or try all of them on sample cases.

    \b
    Example:  doleances template list
              doleances template show first-contact-fr
              doleances template test
    """


@command.command("list", short_help="List the templates by purpose and language.")
@click.option("--json", "as_json", is_flag=True, help="Print them as data.")
@click.pass_obj
def list_templates(desk: Desk, as_json: bool) -> None:
    """List the templates: purpose, language, register, for whom, how many texts each makes."""
    from runner.replies.trial import try_template

    configuration = desk.configuration()
    trials = [try_template(template, configuration) for template in configuration.templates]
    if as_json:
        desk.print_json({"templates": [_data(trial.template, trial.texts) for trial in trials]})
        return
    say = desk.language.say
    desk.terminal.table(
        (say("template"), say("purpose"), say("language"), say("for"), say("texts")),
        [
            (
                trial.template.id,
                desk.language.term("purpose", trial.template.purpose),
                desk.language.tongue(trial.template.locale),
                ", ".join(_conditions(trial.template)),
                str(trial.texts),
            )
            for trial in trials
        ],
        [None] * len(trials),
    )


@command.command("show", short_help="Show a template, filled in for sample cases.")
@click.argument("template_id", metavar="TEMPLATE")
@click.pass_obj
def show_template(desk: Desk, template_id: str) -> None:
    """Show a template: its conditions, its variables, and what it says to sample customers."""
    from runner.replies.trial import try_template

    configuration = desk.configuration()
    ids = [template.id for template in configuration.templates]
    found = next((each for each in configuration.templates if each.id == template_id), None)
    if found is None:
        raise UsageError(f"there is no template {template_id!r}", did_you_mean(template_id, ids))
    trial = try_template(found, configuration)
    say = desk.language.say
    desk.say(f"{found.id} · {desk.language.term('purpose', found.purpose)} · {found.file}")
    if conditions := _conditions(found):
        desk.say(say("For: {conditions}", conditions=", ".join(conditions)))
    desk.say(say("Variables: {names}", names=", ".join(found.variables)))
    desk.say(
        say(
            "{texts} texts, at most {longest} characters; {length} are allowed.",
            texts=trial.texts,
            longest=trial.longest,
            length=found.length,
        )
    )
    for sample in trial.samples:
        desk.say()
        desk.terminal.document(sample)


@command.command("test", short_help="Fill every template in for sample cases; name what is wrong.")
@click.pass_obj
def test_templates(desk: Desk) -> int:
    """Fill every template in for sample cases, and name what is wrong with file and line.

    Unknown variables and filters, texts over the length, languages without a template; then
    what `doleances proofread` would say of the texts, and of policies/answers/. Exits with 1 when
    there is anything.
    """
    from runner.planning.proofread_words import finding_lines
    from runner.replies.proofreading.templates import proofread_answer, proofread_template
    from runner.replies.trial import check_templates, try_template
    from runner.repo.dictionaries import read_speller

    configuration = desk.configuration()
    faults = check_templates(configuration)
    for fault in faults:
        desk.say(str(fault))
    amiss = [
        each
        for template in configuration.templates
        for each in proofread_template(template, configuration, read_speller)
    ]
    for answer in configuration.answers:
        amiss += proofread_answer(answer, configuration, read_speller)
    for each in amiss:
        for line in finding_lines((each.finding,), desk.language):
            desk.say(f"{each.file}:{each.line}: {line}\n    {each.text}")
    texts = sum(try_template(each, configuration).texts for each in configuration.templates)
    count = desk.language.say_n(
        "{count} template", "{count} templates", len(configuration.templates)
    )
    problems = desk.language.say_n("{count} fault", "{count} faults", len(faults) + len(amiss))
    say = desk.language.say
    desk.say(say("{templates}, {texts} texts, {faults}.", templates=count, texts=texts,
                 faults=problems))  # fmt: skip
    return ExitCode.FAULTS if faults or amiss else ExitCode.DONE


def _conditions(template: Template) -> tuple[str, ...]:
    register = (template.register,) if template.register != "formal" else ()
    number = (f"n° {template.number}",) if template.number else ()
    return (
        *number, *register, *template.personas, *template.categories, *template.outcomes,
        *template.source_categories, *template.sources, *template.private,
    )  # fmt: skip


def _data(template: Template, texts: int) -> dict[str, object]:
    return {
        "template": template.id,
        "file": template.file,
        "purpose": template.purpose,
        "number": template.number,
        "locale": template.locale,
        "register": template.register,
        "for": {
            "categories": list(template.categories),
            "source_categories": list(template.source_categories),
            "sources": list(template.sources),
            "personas": list(template.personas),
            "outcomes": list(template.outcomes),
            "private": list(template.private),
        },
        "variables": list(template.variables),
        "length": template.length,
        "texts": texts,
    }
