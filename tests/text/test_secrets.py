"""Secrets in what the other side says."""

import pytest

from runner.text.secrets import hide_secrets


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("nothing of it", "nothing of it"),
        ("you sent s3cret/key", "you sent ***"),
        ("?key=s3cret%2Fkey&n=1", "?key=***&n=1"),
        ("cut in the middle of s3cret", "cut in the middle of ***"),
        ("three letters prove nothing: s3c", "three letters prove nothing: s3c"),
    ],
    ids=["none", "plain", "quoted", "cut", "short"],
)
def test_a_secret_is_not_shown(said: str, shown: str) -> None:
    assert hide_secrets(said, ("", "s3cret/key")) == shown
