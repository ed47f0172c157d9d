"""Every verb's help reads as its author laid it out."""

import click
import pytest

from runner.cli.main import SECTIONS, verbs

VERBS = [verb for section in SECTIONS.values() for verb in section]


@pytest.mark.parametrize("verb", VERBS)
def test_examples_stand_on_lines_of_their_own(verb: str) -> None:
    context = click.Context(verbs, info_name="doleances")
    command = verbs.get_command(context, verb)
    assert command
    said = command.get_help(click.Context(command, parent=context, info_name=verb))
    assert "\\b" not in said
    examples = [line.strip() for line in said.splitlines() if "doleances " in line]
    assert len(examples) > 1
    assert all(line.count("doleances ") <= 2 for line in examples)


def test_the_list_of_verbs_and_each_verb_say_the_same() -> None:
    context = click.Context(verbs, info_name="doleances")
    for section in SECTIONS.values():
        for verb, said in section.items():
            command = verbs.get_command(context, verb)
            assert command
            assert command.get_short_help_str(200) == said
