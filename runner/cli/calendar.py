"""`doleances calendar`: a calendar with a country's holidays, for a person to review."""

import sys
from typing import Any

import click

from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.policies.calendars import WEEKDAYS
from runner.policies.zones import find_zone, suggest_zone
from runner.text.wording import did_you_mean, one_of, shown
from runner.text.yaml_renderer import render_flow

_HOURS = ("09:00-12:30", "13:30-18:00")
_MOST_YEARS = 20


@click.command(short_help="Write a calendar with a country's holidays, to review.")
@click.argument("country")
@click.argument("years", nargs=-1, required=True, type=click.IntRange(1970, 2499))
@click.option("--region", metavar="CODE", help="The holidays of a part of the country, such as 57.")
@click.option("--zone", metavar="ZONE", help="The time zone, where the country has several.")
@click.option(
    "--language", metavar="CODE", help="The language of the names; default: the country's."
)
@click.option("--days", "only_days", is_flag=True, help="Only the days, to add to a calendar.")
@click.pass_obj
def command(
    desk: Desk,
    country: str,
    years: tuple[int, ...],
    *,
    region: str | None,
    zone: str | None,
    language: str | None,
    only_days: bool,
) -> None:
    """Write a calendar with a country's holidays, to review.

    COUNTRY is a code of two letters. The hours are a guess; the days are those of the
    `holidays` library, which is not asked again: what counts is the list in the repository,
    as reviewed.

    \b
    Example:  doleances calendar FR 2026 2027 > policies/calendars/brand-care.yaml
              doleances calendar FR 2028 --days
    """
    if len(set(years)) > _MOST_YEARS:
        raise UsageError(f"more than {_MOST_YEARS} years", "nobody reviews so many days")
    holidays = _holidays(country.upper(), sorted(set(years)), region, language)
    days = [
        f"- {{date: {day.isoformat()}, name: {render_flow(name)}}}"
        for day, name in sorted(holidays.items())
    ]
    if only_days:
        lines = days
    else:
        week = [
            f"  {day}: [{', '.join(_HOURS)}]"
            for number, day in enumerate(WEEKDAYS)
            if number not in holidays.weekend
        ]
        lines = [
            "# yaml-language-server: $schema=../../runner/schemas/calendar.schema.json",
            "#",
            "# The hours are a guess.  Put your own, review the days, remove this remark.",
            "version: 1",
            f"zone: {_zone(country.upper(), zone)}",
            "hours:",
            *week,
            "business_days: ouvrés       # or ouvrables, or a list of weekdays",
            "holidays:",
            f"  until: {max(years)}-12-31",
            "  days:",
            *(f"  {day}" for day in days),
        ]
    for line in lines:
        desk.terminal.document(line)


def _holidays(country: str, years: list[int], region: str | None, language: str | None) -> Any:
    """Return the library's holidays: names by day, and the numbers of the `weekend` days."""
    try:
        import holidays
    except ImportError:
        raise UsageError(
            "the list of holidays is not installed",
            f"{sys.executable} -m pip install 'holidays>=0.80'",
        ) from None
    try:
        own = holidays.country_holidays(country)
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=False)
        raise UsageError(
            f"there is no list for the country {shown(country)}", did_you_mean(country, known)
        ) from None
    if region is not None and region not in own.subdivisions:
        raise UsageError(
            f"{country} has no region {shown(region)}",
            one_of(own.subdivisions) if own.subdivisions else "leave it out",
        )
    if language is not None and language not in own.supported_languages:
        raise UsageError(
            f"{country} has no names in {shown(language)}",
            one_of(own.supported_languages) if own.supported_languages else "leave it out",
        )
    return holidays.country_holidays(
        country,
        subdiv=region,
        years=years,
        expand=False,
        language=language or own.default_language,
    )


def _zone(country: str, named: str | None) -> str:
    """Return the zone that was named, else the country's only one."""
    if named is not None:
        zone = find_zone(named)
        if zone is None:
            raise UsageError(f"there is no time zone {shown(named)}", suggest_zone(named))
        return zone.key
    from babel.core import get_global

    zones = get_global("territory_zones").get(country, [])
    if len(zones) == 1:
        return str(zones[0])
    raise UsageError(
        f"{country} has several time zones" if zones else f"no zone of {country} is known",
        f"name one with --zone; {one_of(sorted(zones))}" if zones else "name one with --zone",
    )
