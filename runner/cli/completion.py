"""`doleances completion`: the completion script of a shell."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from runner.cli.desk import Desk

SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}


@click.command
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  eval "$(doleances completion bash)"              in ~/.bashrc
    zsh:   eval "$(doleances completion zsh)"               in ~/.zshrc
    fish:  doleances completion fish > ~/.config/fish/completions/doleances.fish
    """
    desk: Desk = context.obj
    verbs = context.find_root().command
    script = SHELLS[shell](verbs, {}, "doleances", "_DOLEANCES_COMPLETE").source()
    desk.terminal.document(script.strip())
