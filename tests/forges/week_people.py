"""What people do on the pages of a desk in a week, and what must come of it: the model.

It knows nothing of the program: people's acts are kept as they were done, and what follows from
each by the README.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fake_github.model import INES, SAM, STRANGER, Account, Comment, FakePull, Hub

_NAMES = {INES: "Inès Martin <ines@example.org>", SAM: "Sam Diallo <sam@example.org>"}


@dataclass
class Command:
    """A comment that commands; `refuses` where it ends the proposal."""

    number: int
    comment: Comment
    refuses: bool = False
    owner: str = ""


@dataclass
class Memory:
    """What people did.  Branches by their names, pages by their numbers."""

    merged: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """What the files of a branch held when people merged it."""
    refused: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """What the files of a branch held when people refused it."""
    reasons: dict[str, str] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    """Branches on which people left their own commit, and which."""
    titles: dict[int, str] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    put_on: dict[int, set[str]] = field(default_factory=dict)
    taken_off: dict[int, set[str]] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    main: list[tuple[str, str]] = field(default_factory=list)
    """Lines that people pushed to files of the base."""
    acts: list[str] = field(default_factory=list)


class People:
    """Two people of the team and a stranger; each act is done at once."""

    def __init__(self, hub: Hub, random: Random, folder: Path) -> None:
        self.hub, self.random, self.memory = hub, random, Memory()
        self._index = folder / "people.index"
        self._count = 0

    def act(self, times: int) -> None:
        for _ in range(times):
            acts = (
                (self.merge, 34), (self.close, 12), (self.close_and_reopen, 4), (self.edit, 8),
                (self.force_push, 4), (self.retitle, 3), (self.rewrite, 3), (self.relabel, 5),
                (self.command, 22), (self.delete_branch, 3), (self.push_to_main, 2),
                (self.intrude, 3), (self.delete_waiting, 1),
            )  # fmt: skip
            weights = [weight for _, weight in acts]
            act: Callable[[], object] = self.random.choices([each for each, _ in acts], weights)[0]
            act()

    def merge(self) -> None:
        pull = self._pick()
        if pull is None:
            return
        method = self.random.choice(("merge", "squash", "rebase"))
        files = self._files(pull.branch)
        try:
            self.hub.merge(pull.number, self._who(), method)
        except subprocess.CalledProcessError:
            return  # Conflicts: the page offers no button.
        self._done(f"merge {pull.number} {pull.branch} {method}")
        self.memory.merged[pull.branch] = files
        if self.random.random() < 0.3:
            self.hub.git("update-ref", "-d", f"refs/heads/{pull.branch}")

    def close(self) -> None:
        pull = self._pick()
        if pull is not None:
            words = self.random.choice(("", f"Not ours, number {self._next()}."))
            self._refused(pull.branch, words)
            self.hub.close(pull.number, self._who(), words)
            self._done(f"close {pull.number} {pull.branch}")

    def close_and_reopen(self) -> None:
        pull = self._pick()
        if pull is not None:
            self.hub.close(pull.number, self._who())
            self.hub.reopen(pull.number)
            self._done(f"close and reopen {pull.number}")

    def edit(self) -> None:
        self._commit(self._pick(), force=False)

    def force_push(self) -> None:
        self._commit(self._pick(), force=True)

    def retitle(self) -> None:
        pull = self._pick()
        if pull is not None:
            pull.title = self.memory.titles[pull.number] = f"Look at this first {self._next()}"
            self._done(f"retitle {pull.number}")

    def rewrite(self) -> None:
        pull = self._pick()
        if pull is not None:
            pull.body = self.memory.bodies[pull.number] = f"Called her, {self._next()}."
            self._done(f"rewrite {pull.number}")

    def relabel(self) -> None:
        pull = self._pick()
        if pull is None:
            return
        mine = f"ask {self._next()}"
        self.memory.put_on.setdefault(pull.number, set()).add(mine)
        gone = next((label for label in pull.labels if label.startswith("source")), None)
        if gone is not None:
            self.memory.taken_off.setdefault(pull.number, set()).add(gone)
        pull.labels = [*(label for label in pull.labels if label != gone), mine]
        self._done(f"relabel {pull.number}")

    def command(self) -> None:
        pull = self._pick()
        if pull is None or pull.branch in self.memory.touched:
            return
        nth, by = self._next(), self._who()
        is_new = pull.branch.endswith("/open")
        other = next((b.split("/")[1] for b in self.memory.merged if b.endswith("/open")), None)
        crisis = b"\ncrisis: null\n" not in b"\n".join(self._files(pull.branch).values())
        words = self.random.choice(
            (f"/dismiss Spam, number {nth}", "/assign sam", "/assign ines", "/snooze 2d",
             "/crisis", "/lgtm", f"/duplicate {other}")
        )  # fmt: skip
        if words == "/duplicate None":
            return
        asked = (command for command in self.memory.commands if command.number == pull.number)
        crisis = crisis or any(command.comment.body == "/crisis" for command in asked)
        refuses = (words.startswith("/dismiss") and not (crisis and is_new)) or (
            words.startswith("/duplicate") and is_new and not crisis
        )
        if refuses:
            self._refused(pull.branch, words.partition(" ")[2])
        said = self.hub.say(pull.number, by, words)
        owner = words.removeprefix("/assign ") if words.startswith("/assign") and is_new else ""
        self.memory.commands.append(Command(pull.number, said, refuses, owner))
        self._done(f"command {pull.number} {words}")

    def delete_branch(self) -> None:
        pull = self._pick()
        if pull is not None:
            self._refused(pull.branch, "")
            self.hub.delete_branch(pull.branch, self._who())
            self._done(f"delete {pull.branch}")

    def delete_waiting(self) -> None:
        """Delete a branch that has no page yet: nothing was decided by that."""
        waiting = [
            name
            for name in self.hub.heads()
            if name.startswith("doleances/")
            and all(pull.branch != name for pull in self.hub.pulls.values())
        ]
        if waiting:
            name = self.random.choice(waiting)
            self.hub.git("update-ref", "-d", f"refs/heads/{name}")
            self._done(f"delete waiting {name}")

    def push_to_main(self) -> None:
        path = self.random.choice(("policies/triage.yaml", "policies/privacy.yaml", "README.md"))
        line = f"# Looked at by Inès, {self._next()}."
        old = self._show("main", path) or b""
        self._write("main", path, old + line.encode() + b"\n", INES, parents=["main"])
        self.memory.main.append((path, line))
        self._done(f"push to main {path}")

    def intrude(self) -> None:
        pull = self._pick()
        if pull is not None:
            self.hub.say(pull.number, STRANGER, "/dismiss because I say so")
            self._done(f"intrude {pull.number}")

    def _commit(self, pull: FakePull | None, *, force: bool) -> None:
        """Change the case's file on the branch: the urgency, and a remark of one's own."""
        if pull is None:
            return
        files = self._files(pull.branch)
        path, old = next(iter(files.items()), ("", b""))
        if b"\nschema: 1\n" not in old:
            return
        new = old
        if pull.branch.endswith("/open"):
            new = old.replace(b"\nurgency: normal\n", b"\nurgency: high\n")
        new += f"# Seen by Inès, {self._next()}.\n".encode()
        parent = f"{pull.branch}~1" if force else pull.branch
        commit = self._write(pull.branch, path, new, self._who(), parents=[parent])
        self.memory.touched[pull.branch] = commit
        self._done(f"{'force-push' if force else 'edit'} {pull.number} {pull.branch}")

    def _write(
        self, branch: str, path: str, content: bytes, by: Account, parents: list[str]
    ) -> str:
        name, _, email = _NAMES[by].partition(" <")
        variables = {
            **os.environ,
            "GIT_INDEX_FILE": str(self._index),
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email.rstrip(">"),
            "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email.rstrip(">"),
            "GIT_AUTHOR_DATE": f"{self.hub.now.timestamp():.0f} +0000",
            "GIT_COMMITTER_DATE": f"{self.hub.now.timestamp():.0f} +0000",
        }  # fmt: skip

        def git(*arguments: str, stdin: bytes = b"") -> str:
            command = ["git", "-C", str(self.hub.git_dir), *arguments]
            ended = subprocess.run(
                command, input=stdin, stdout=subprocess.PIPE, check=True, env=variables
            )
            return ended.stdout.decode().strip()

        blob = git("hash-object", "-w", "--stdin", stdin=content)
        git("read-tree", parents[0])
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        lineage = [word for parent in parents for word in ("-p", parent)]
        commit = git("commit-tree", git("write-tree"), *lineage, "-m", "Look at it.")
        git("update-ref", f"refs/heads/{branch}", commit)
        self.hub.notice_push(by)
        return commit

    def _refused(self, branch: str, reason: str) -> None:
        self.memory.refused[branch] = self._files(branch)
        self.memory.reasons[branch] = reason

    def _files(self, branch: str) -> dict[str, bytes]:
        """The case files that a branch holds otherwise than where it left the base."""
        base = self.hub.git("merge-base", "main", branch)
        listed = self.hub.git("diff", "--name-only", base, branch, "--", "cases")
        return {path: self._show(branch, path) or b"" for path in listed.splitlines()}

    def _show(self, revision: str, path: str) -> bytes | None:
        ended = subprocess.run(
            ["git", "-C", str(self.hub.git_dir), "show", f"{revision}:{path}"],
            capture_output=True,
            check=False,
        )
        return ended.stdout if ended.returncode == 0 else None

    def _pick(self) -> FakePull | None:
        """A page that is open, and that no command waits on: who commands waits for the answer."""
        waiting = {c.number for c in self.memory.commands if not self.is_answered(c)}
        found = [
            pull
            for pull in self.hub.pulls.values()
            if pull.is_open and pull.number not in waiting and pull.branch in self.hub.heads()
        ]
        return self.random.choice(found) if found else None

    def is_answered(self, command: Command) -> bool:
        return len(self.answers_on(command.number)) >= sum(
            each.number == command.number and each.comment.id <= command.comment.id
            for each in self.memory.commands
        )

    def answers_on(self, number: int) -> list[str]:
        """What the runner said to commands on a page."""
        return [
            comment.body
            for comment in self.hub.pulls[number].comments
            if comment.author.is_bot
            and "doleances:said:" in comment.body
            and "Somebody has written over" not in comment.body
        ]

    def _who(self) -> Account:
        return self.random.choice((INES, SAM))

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _done(self, what: str) -> None:
        self.memory.acts.append(f"{self.hub.now:%a %H:%M} {what}")
