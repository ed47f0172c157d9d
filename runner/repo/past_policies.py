"""The policies that the desk has had: what a promise comes from can be looked up."""

from datetime import datetime

from runner.clocks.policy_checks import Stood
from runner.errors import Fault
from runner.planning.commits import commit_instant
from runner.policies.alone import load_clocks
from runner.policies.clocks import FILE as CLOCKS
from runner.policies.clocks import ClockPolicy
from runner.repo.change import Change
from runner.repo.desk_files import DeskFiles
from runner.repo.git import is_object_name
from runner.repo.objects import ObjectReader
from runner.text.blobs import blob_id


class PastPolicies:
    """The files of the desk as they are, as a change found them, and as they ever were."""

    def __init__(self, files: DeskFiles, change: Change, reader: ObjectReader) -> None:
        self._files = files
        self._repository = reader.repository
        self._change = change
        self._reader = reader
        self._known: dict[str, set[str]] = {}
        self._history: dict[str, str] = {}

    def stood(self, path: str, blob: str) -> Stood:
        """Return how a file stood as a blob, as far as that can be looked up.

        It cannot where history is cut off, nor where git names its objects by SHA-256: promises
        name blobs by SHA-1.  Since when is not asked.
        """
        if blob in self._near(path):
            return Stood(ever=True)
        if not is_object_name(blob):
            return Stood(ever=False)
        if len(blob) != len(self._repository.zero):
            return Stood(ever=None)
        if path not in self._history:
            # A change has no history of its own here: a policy that it brings and takes back
            # again was never merged.
            self._history[path] = self._log(path, "--format=")
        if blob in self._history[path]:
            return Stood(ever=True, until=self._replaced_at(path, blob))
        is_cut = (self._repository.common_dir / "shallow").exists()
        return Stood(ever=None if is_cut else False)

    def _log(self, path: str, *how: str) -> str:
        return self._repository.text(
            "log", *how, "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff",
            self._change.base, "--", path,
        )  # fmt: skip

    def _replaced_at(self, path: str, blob: str) -> datetime | None:
        """Return when the main line last replaced a blob, None where it never did."""
        committed = 0
        for line in self._log(path, "--first-parent", "-m", "--format=%ct").splitlines():
            if not line.startswith(":"):
                committed = int(line or committed)
            elif line.split(" ")[2] == blob:
                return commit_instant(committed)
        return None

    def clocks(self, blob: str) -> ClockPolicy | None:
        """Return the clocks' policy of a blob, None where it is none."""
        here = self._files.read(CLOCKS)
        if isinstance(here, bytes) and blob_id(here) == blob:
            return load_clocks(here)
        stored = self._reader.read(blob) if is_object_name(blob) else None
        return load_clocks(stored.data) if stored is not None else None

    def clocks_now(self) -> ClockPolicy | None:
        """Return the clocks' policy as it is here, None where there is none that holds."""
        here = self._files.read(CLOCKS)
        return load_clocks(here) if isinstance(here, bytes) else None

    def _near(self, path: str) -> set[str]:
        """Return the blobs of a file as it is here and as it was where the change parted."""
        if path not in self._known:
            here = self._files.read(path)
            blobs = {self._change.stood.get(path)}
            blobs.add(None if isinstance(here, Fault) else blob_id(here))
            self._known[path] = {blob for blob in blobs if blob is not None}
        return self._known[path]
