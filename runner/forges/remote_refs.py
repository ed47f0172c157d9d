"""The references of a git server: looked at by one fetch, changed by pushes with a lease on each.

What the server held at the last look stands below `refs/doleances/seen/`.  Receipts and ledger
have a working copy under their own names, which always holds at least what the server holds:
whoever writes them writes there, then publishes.
"""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from runner.errors import OutsideFailed, Refused
from runner.forges.reconcile import first_receipt
from runner.policies.values import Instance
from runner.repo.git import (
    GitFailed,
    Repository,
    base_ref,
    chunked,
    is_object_name,
    open_repository,
    read_refs,
)
from runner.repo.ledger import LEDGER, ledger_commit, newest, read_ledger
from runner.repo.objects import ObjectReader, Signature, write_commits
from runner.repo.receipts import RECEIPTS
from runner.repo.receipts_merge import merge_receipts
from runner.repo.refs import RefChange, RefsMoved, update_refs
from runner.text.secrets import basic_credentials, hide_secrets

SEEN = "refs/doleances/seen"
_FETCHED = ("refs/heads/doleances/*", "refs/heads/desk/*", "refs/doleances/*")
_DURABLE = (RECEIPTS, LEDGER)
_TRIES = 6
_USER, _TOKEN = "x-access-token", "DOLEANCES_FORGE_TOKEN"
_NOT_LET_IN = re.compile(r"Authentication failed|could not read Username|error: 403")
_NOT_THERE = re.compile(r"repository .{1,300} not found|Repository not found", re.IGNORECASE)
_REFS_AT_ONCE = 1000
"""References of one push: each takes two arguments of about 120 bytes."""
_PUSH_WITHIN = 180.0
"""Seconds.  Where a server's answer to a push breaks off, git may wait for itself for ever: its
`remote-http` for `send-pack`, and that for the rest of the answer."""
Answer = TypeVar("Answer")


class RemoteRefs:
    """The references of the remote that a desk lives on.

    `base` is the branch that merged cases live on, `bot` signs what the runner commits,
    `credentials` is what git needs in its environment to be let in.
    """

    def __init__(
        self, root: Path, remote: str, base: str, bot: Signature, credentials: Mapping[str, str]
    ) -> None:
        self.root = root
        self.remote = remote
        self.base_ref = base_ref(base)
        self.bot = bot
        self.ignored: tuple[str, ...] = ()
        self._credentials = dict(credentials)
        token = self._credentials.get(_TOKEN, "")
        self._secrets = (token, basic_credentials(_USER, token)) if token else ()
        self._refs: dict[str, str] | None = None

    @cached_property
    def repository(self) -> Repository:
        """The clone, opened when first asked for."""
        return open_repository(self.root)

    def base(self) -> str:
        """Return the commit that the base branch is at on the server now.

        Raises:
            Refused: when there is no such branch.
        """
        listed = self._run("ls-remote", "--quiet", self.remote, self.base_ref).decode()
        for line in listed.splitlines():
            oid, _, ref = line.partition("\t")
            if ref == self.base_ref and is_object_name(oid):
                return oid
        raise self._no_base()

    def look(self) -> Mapping[str, str]:
        """Fetch, take over receipts and ledger, and return the server's references.

        Raises:
            Refused: when there is no base branch.
            OutsideFailed: when the server cannot be reached.
        """
        wanted = (self.base_ref, *_FETCHED)
        try:
            self._run(
                "-c", "fetch.fsckObjects=true", "-c", "maintenance.auto=false",
                "fetch", "--quiet", "--prune", "--no-filter", "--no-tags", "--no-write-fetch-head",
                "--refmap=", "--no-recurse-submodules", self.remote,
                *(f"+{ref}:{_seen(ref)}" for ref in wanted),
            )  # fmt: skip
        except GitFailed as failed:
            if f"couldn't find remote ref {self.base_ref}" in failed.message:
                raise self._no_base() from None
            raise
        known = read_refs(self.repository, SEEN)
        refs = {f"refs/{ref.removeprefix(f'{SEEN}/')}": oid for ref, oid in known.items()}
        self._refs = refs
        self._take_over(refs)
        return refs

    def seen(self) -> Mapping[str, str]:
        """Return the server's references as of the last look, with what was pushed since."""
        return self.look() if self._refs is None else self._refs

    def push(self, *changes: RefChange) -> None:
        """Change references on the server, all or nothing, each only from where it was seen.

        Where the answer is lost, the server is looked at: what it holds counts.

        Raises:
            RefsMoved: when one of them is not at its `old` value; nothing was changed.
            OutsideFailed: for what else git or the server says.
        """
        new = {change.ref: change for change in changes if change.old != change.new}
        for refs in chunked(new, _REFS_AT_ONCE):
            self._push([new[ref] for ref in refs])

    def bring_back(self, ref: str, commit: str, pull: int) -> bool:
        """Put a reference back to the last commit of a pull request; tell whether it is there.

        Servers keep that commit when the branch goes.
        """
        if ref in self.seen():
            return True
        try:
            self._run(
                "-c", "fetch.fsckObjects=true", "-c", "maintenance.auto=false",
                "fetch", "--quiet", "--no-filter", "--no-tags", "--no-write-fetch-head",
                "--refmap=", "--no-recurse-submodules", self.remote, f"refs/pull/{pull}/head",
            )  # fmt: skip
            self.push(RefChange(ref, None, commit))
        except (GitFailed, RefsMoved):
            return ref in self.look()
        return True

    def publish(self, *more: RefChange) -> None:
        """Push what receipts and ledger hold here, together with more changes.

        Raises:
            RefsMoved: when one of `more` is not at its `old` value.
            OutsideFailed: when others push without pause, or the server cannot be reached.
        """
        for _ in range(_TRIES):
            there, here = self.seen(), read_refs(self.repository, *_DURABLE)
            kept = [RefChange(ref, there.get(ref), here[ref]) for ref in _DURABLE if ref in here]
            try:
                self.push(*kept, *more)
            except RefsMoved:
                now = self.seen()
                if any(now.get(change.ref) != change.old for change in more):
                    raise
            else:
                return
        raise OutsideFailed(f"others keep pushing to {self.remote}", "run it again in a moment")

    def retrying(self, attempt: Callable[[ObjectReader, Mapping[str, str]], Answer]) -> Answer:
        """Try until nobody else pushed in between; each try decides by what was seen last."""
        for _ in range(_TRIES):
            with ObjectReader(self.repository) as reader, suppress(RefsMoved):
                return attempt(reader, self.seen())
        with ObjectReader(self.repository) as reader:
            return attempt(reader, self.seen())

    def _push(self, changes: list[RefChange]) -> None:
        leases = [f"--force-with-lease={change.ref}:{change.old or ''}" for change in changes]
        try:
            self._run(
                "push", "--quiet", "--porcelain", "--atomic", "--no-follow-tags", "--no-verify",
                "--recurse-submodules=no", *leases, self.remote,
                *(f"{change.new or ''}:{change.ref}" for change in changes),
                within=_PUSH_WITHIN,
            )  # fmt: skip
        except GitFailed:
            now = self.look()
            if all(now.get(change.ref) == change.new for change in changes):
                return
            moved = [change.ref for change in changes if now.get(change.ref) != change.old]
            if moved:
                raise RefsMoved(moved) from None
            raise
        refs = dict(self.seen())
        for change in changes:
            if change.new is None:
                refs.pop(change.ref, None)
            else:
                refs[change.ref] = change.new
        self._refs = refs

    def _take_over(self, there: Mapping[str, str]) -> None:
        """Bring the working copies of receipts and ledger up to what the server holds."""
        for _ in range(_TRIES):
            here = read_refs(self.repository, *_DURABLE)
            union = merge_receipts(
                self.repository, here.get(RECEIPTS), there.get(RECEIPTS), first_receipt, self.bot
            )
            self.ignored = union.ignored
            wanted = {RECEIPTS: union.commit, LEDGER: self._newest_ledger(here, there)}
            with suppress(RefsMoved):
                update_refs(
                    self.repository,
                    [
                        RefChange(ref, here.get(ref), new)
                        for ref, new in wanted.items()
                        if new is not None and here.get(ref) != new
                    ],
                )
                return
        raise OutsideFailed("another run keeps writing receipts here", "run it again in a moment")

    def _newest_ledger(self, here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
        ours, theirs = here.get(LEDGER), there.get(LEDGER)
        if theirs is None or ours == theirs:
            return ours
        with ObjectReader(self.repository) as reader:
            known, read = read_ledger(reader, ours), read_ledger(reader, theirs)
        both = newest(known, read)
        if both == read:
            return theirs
        if both == known:
            return ours
        (commit,) = write_commits(self.repository, (ledger_commit(both, self.bot),))
        return commit

    def _run(self, *arguments: str, within: float | None = None) -> bytes:
        try:
            return self.repository.run(*arguments, extra=self._credentials, within=within)
        except GitFailed as told:
            # Git repeats what a server says, and that may be what it was sent.
            said = hide_secrets(told.message, self._secrets)
            hint = told.hint
            if _NOT_LET_IN.search(said):
                hint = "DOLEANCES_FORGE_TOKEN is not valid there: README, On GitHub or On Gitea"
            elif _NOT_THERE.search(said):
                hint = (
                    f"look whether `git remote get-url {self.remote}` is right, and whether the "
                    "account of DOLEANCES_FORGE_TOKEN may read it: invite it"
                )
            raise GitFailed(said, hint, told.status) from None

    def _no_base(self) -> Refused:
        name = self.base_ref.removeprefix("refs/heads/")
        return Refused(
            f"there is no branch {name} on {self.remote}",
            f"push {name} there, or name the base branch in sources.yaml",
        )


def _seen(ref: str) -> str:
    return f"{SEEN}/{ref.removeprefix('refs/')}"


def open_refs(root: Path, instance: Instance, site: str, token: str) -> RemoteRefs:
    """Return the references of a desk's remote, which is on a site that asks for a token."""
    bot = Signature(instance.bot.name, instance.bot.email)
    credentials = git_credentials(site, token)
    return RemoteRefs(root, instance.server.remote, instance.base, bot, credentials)


def git_credentials(site: str, token: str) -> dict[str, str]:
    """Return the environment in which git shows a token to a site, and to nobody else.

    `site` is such as `https://github.com`.  Helpers of the machine are not asked, and so never
    told to keep the token; it stands in no argument, address or file.
    """
    count = os.environ.get("GIT_CONFIG_COUNT", "0")
    first = int(count) if count.isdecimal() else 0
    key = f"credential.{site}.helper"
    helper = (
        f'!f() {{ test "$1" = get || exit 0; echo username={_USER}; '
        f'echo "password=${_TOKEN}"; }}; f'
    )
    return {
        "GIT_CONFIG_COUNT": str(first + 2),
        f"GIT_CONFIG_KEY_{first}": key,
        f"GIT_CONFIG_VALUE_{first}": "",
        f"GIT_CONFIG_KEY_{first + 1}": key,
        f"GIT_CONFIG_VALUE_{first + 1}": helper,
        _TOKEN: token,
    }
