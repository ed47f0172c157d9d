"""Commands in comments on the strict fake Gitea: the same as on GitHub."""

from test_commands_on_github import (
    pull,
    test_a_crisis_on_a_page_that_was_closed_opens_it_again_and_those_in_charge_are_told,
    test_a_dismissal_closes_the_page_and_keeps_who_and_why,
    test_what_people_changed_on_a_page_stays_and_is_told_of_once,
    test_what_people_command_stands_in_the_file_and_on_the_page,
)
from test_run_on_gitea import desk, fake

__all__ = (
    "desk",
    "fake",
    "pull",
    "test_a_crisis_on_a_page_that_was_closed_opens_it_again_and_those_in_charge_are_told",
    "test_a_dismissal_closes_the_page_and_keeps_who_and_why",
    "test_what_people_changed_on_a_page_stays_and_is_told_of_once",
    "test_what_people_command_stands_in_the_file_and_on_the_page",
)
