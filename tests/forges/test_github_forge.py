"""GitHub: the contract on the strict fake, and what is particular to pages of its own."""

from contract import ForgeContract
from trial import tried

__all__ = ("tried",)


class TestGithubForge(ForgeContract):
    pass
