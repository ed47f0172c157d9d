"""The command line: the only part that reads arguments, environment and clock."""

from runner.cli.main import main

__all__ = ["main"]
