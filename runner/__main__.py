"""`python -m runner` is `doleances`."""

from runner.cli import main

main()
