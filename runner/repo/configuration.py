"""The desk's own files as a commit holds them."""

from runner.repo.files import CONFIGURATION_FOLDERS, SOURCES, YAML_SUFFIXES
from runner.repo.git import Repository
from runner.repo.objects import ObjectReader
from runner.text.strict_yaml import BYTES_LIMIT


def read_configuration_at(repository: Repository, commit: str) -> dict[str, bytes]:
    """Return `sources.yaml` and the YAML of `policies/` and `templates/` in a commit, by path.

    Symbolic links and files larger than YAML may be are left out.

    Raises:
        OutsideFailed: when git cannot read them.
    """
    listed = repository.text(
        "ls-tree", "-r", "-z", "--full-tree", commit, "--", SOURCES, *CONFIGURATION_FOLDERS
    )
    found: dict[str, str] = {}
    for line in filter(None, listed.split("\0")):
        head, _, path = line.partition("\t")
        mode, _, oid = head.split(" ")
        if mode.startswith("100") and path.endswith(YAML_SUFFIXES):
            found[path] = oid
    with ObjectReader(repository, BYTES_LIMIT) as reader:
        stored = tuple(reader.read_all(found.values()))
    return {
        path: blob.data
        for path, blob in zip(found, stored, strict=True)
        if blob is not None and blob.data is not None
    }
