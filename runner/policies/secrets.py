"""Which environment variables the sources need."""

from collections.abc import Iterable, Mapping

from runner.policies.values import Source

SURVEY_SECRET = "DOLEANCES_SURVEY_SECRET"  # noqa: S105 - the name of a variable
"""Holds what the survey's tokens are signed with; no source's reader may see it."""


def survey_variables(sources: Iterable[Source]) -> tuple[str, ...]:
    """Return the variable by which survey answers are checked, if some source gives any."""
    return (SURVEY_SECRET,) if any(each.gives_survey_answers for each in sources) else ()


def secret_variables(sources: Iterable[Source]) -> tuple[str, ...]:
    """Return the variables that settings of sources name, sorted.

    Whatever its kind, a source names one as `variable` in a setting such as `auth`, and no
    other is shown to the program that reads it.
    """
    named = (
        setting["variable"]
        for source in sources
        for setting in source.settings.values()
        if isinstance(setting, Mapping) and isinstance(setting.get("variable"), str)
    )
    return tuple(sorted(set(named)))
