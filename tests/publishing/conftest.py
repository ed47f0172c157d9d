"""What the tests of publishing share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from posting_desk import PostingDesk
from sites import Sites


@pytest.fixture
def sites() -> Iterator[Sites]:
    with Sites() as server:
        yield server


@pytest.fixture
def desk_of(
    tmp_path: Path, git: Callable[..., str], own_git_settings: None, sites: Sites
) -> Callable[..., PostingDesk]:
    """Return a desk with an approved reply at each of some kinds of sites."""

    def make(*kinds: str) -> PostingDesk:
        folder = tmp_path / "desk"
        folder.mkdir()
        return PostingDesk.make(folder, git, sites, *kinds)

    return make
