"""A person's own change, proposed on a server that breaks off: once, or not at all."""

from desk_on_github import Capture, desk, done, fake
from fake_github.model import INES
from fake_github.server import FakeGithub, Harm

__all__ = ("desk", "fake")


def test_what_a_person_proposes_is_there_once_or_not_at_all(
    fake: FakeGithub, capsys: Capture
) -> None:
    done(capsys, "run")
    fake.hub.merge(1, INES)
    done(capsys, "run")
    case_id = fake.hub.pulls[1].branch.split("/")[1]
    said = ("reply", case_id, "--url", "https://avis.example.org/1#r", "--propose")

    fake.harm = lambda _, call: Harm.ILL if call.what == "pulls/create" else None
    done(capsys, *said, code=4)
    assert not [name for name in fake.hub.heads() if name.startswith("desk/")]

    harms = [Harm.LOST]
    fake.harm = lambda _, call: harms.pop() if harms and call.what == "pulls/create" else None
    done(capsys, *said)
    (pull,) = (pull for pull in fake.hub.pulls.values() if pull.branch.startswith("desk/"))
    assert (pull.branch, pull.is_open) == (f"desk/{case_id}/reply-2", True)
