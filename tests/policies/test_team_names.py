"""Finding a person of the team by id, login or e-mail address."""

import pytest

from runner.policies.team import Person, Team

INES = Person("ines", "Inès Roux", ("agent",), ("ines@example.org",), ("ines-r",))
PAUL = Person("paul", "Paul Weber", ("lead",), ("paul@example.org", "p.weber@example.org"), ())
TEAM = Team((INES, PAUL), ())


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("ines@example.org", INES),
        ("INES@Example.org", INES),
        ("Ines-R", INES),
        ("p.weber@example.org", PAUL),
        ("ines", None),
        ("", None),
        ("weber@example.org", None),
    ],
)
def test_logins_and_addresses_name_a_person(name: str, person: Person | None) -> None:
    assert TEAM.who_goes_by(name) == person


def test_an_id_names_a_person_as_it_is_written() -> None:
    assert TEAM.person("paul") == PAUL
    assert TEAM.person("Paul") is None
    assert TEAM.person("paul@example.org") is None
