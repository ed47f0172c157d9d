"""The forge that a desk names, and the token that lets the program in there."""

import os

from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.forges.local import LocalForge
from runner.forges.port import Forge
from runner.repo.git import check_top

_TOKENS = {
    "github": ("DOLEANCES_FORGE_TOKEN", "GITHUB_TOKEN"),
    "gitea": ("DOLEANCES_FORGE_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN"),
}


def open_forge(desk: Desk) -> Forge:
    """Return the forge that `sources.yaml` names."""
    instance = desk.configuration().instance
    match instance.forge:
        case "local":
            check_top(desk.root)
            return LocalForge(desk.root, instance.base, instance.bot)
        case "github":
            from runner.forges.github import open_github

            check_top(desk.root)
            return open_github(desk.root, desk.configuration(), forge_token("github"))
        case "gitea":
            from runner.forges.gitea import open_gitea

            check_top(desk.root)
            return open_gitea(desk.root, desk.configuration(), forge_token("gitea"))
        case other:
            raise UsageError(
                f"sources.yaml: this version does not speak to the forge {other!r}",
                "write `forge: local`",
            )


def forge_token(forge: str) -> str:
    """Return the forge's token out of the environment, where alone it stands.

    Raises:
        UsageError: when there is none, or what cannot be one.
    """
    for name in _TOKENS[forge]:
        token = os.environ.get(name, "").strip()
        if token:
            if not (token.isascii() and token.isprintable()) or " " in token:
                raise UsageError(f"{name} holds no token", "a token has no spaces and no accents")
            return token
    raise UsageError(
        "DOLEANCES_FORGE_TOKEN is not set, and the forge lets nobody in without a token",
        "README, On GitHub or On Gitea, says where to get one",
    )
