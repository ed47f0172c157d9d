import pytest

from runner.text.terminal import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Été 👩\u200d🔧\n\tok", "Été 👩\u200d🔧\n\tok"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\rb\x9bm", "a\\x0db\\x9bm"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("\ud800 \U000e0041", "\\ud800 \\U000e0041"),
    ],
)
def test_what_would_act_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown
