"""The name that git gives to a file's content."""

import hashlib


def blob_id(data: bytes) -> str:
    """Return the git blob id (SHA-1 object format) of a file's bytes, as `git hash-object` does."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
