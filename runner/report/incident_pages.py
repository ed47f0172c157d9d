"""The page of incidents: known faults, and whether their cases were treated alike."""

from collections.abc import Sequence

from runner.cases.treatment import Told
from runner.figures.treatments import IncidentFigures
from runner.report.blocks import Block, Listing, Listings, Page, Paragraph, Part
from runner.report.listed import case_address
from runner.report.presenting import Presenting


def incidents_page(found: Sequence[IncidentFigures], show: Presenting) -> Page:
    """Return the known faults and how equally their cases were treated."""
    say = show.wording.language.say
    parts = tuple(_incident_part(each, show) for each in found)
    none = Part(say("None"), (Paragraph(say("No incident is known.")),))
    return Page(
        "incidents.html",
        "incidents",
        say("Incidents"),
        say("Known faults, and whether their cases were treated alike."),
        parts or (none,),
    )


def _incident_part(figures: IncidentFigures, show: Presenting) -> Part:
    language = show.wording.language
    say = language.say
    incident = figures.incident
    since = language.day(incident.since)
    period = (
        say("From {since} to {until}.", since=since, until=language.day(incident.until))
        if incident.until
        else say("Since {since}.", since=since)
    )
    gesture = say("The gesture: {gesture}.", gesture=incident.gesture) if incident.gesture else ""
    told = show.present(
        figures.told,
        say(
            "{matter}: {by}",
            matter=incident.title,
            by=say("linked cases by what they were told"),
        ),
        say("incident"),
        str,
        kept=(Told.TOLD,),
        kept_heading=say("share told"),
        with_sums=False,
    )
    blocks = (Paragraph(f"{period} {gesture}".strip()), *told, *_treatments(figures, show))
    return Part(incident.title, blocks, incident.id)


def _treatments(figures: IncidentFigures, show: Presenting) -> tuple[Block, ...]:
    """Return whether the cases were treated alike, and those that were not."""
    language = show.wording.language
    say = language.say
    if not figures.treatments:
        return ()
    if all(one.given is None for one in figures.treatments):
        return (Paragraph(say("Nothing was given yet.")),)
    if not figures.unequal:
        return (Paragraph(say("All were treated alike, or their logs say why not.")),)
    unequal = language.say_n(
        "{count} case was treated otherwise, and nothing says why.",
        "{count} cases were treated otherwise, and nothing says why.",
        len(figures.unequal),
    )
    listings = (
        Listing(
            one.treatment.case_id,
            case_address(one.treatment.case_id),
            (
                say("given: {given}", given=_given(one.treatment.words, show)),
                say("others: {given}", given=_given(one.expected, show)),
            ),
            tone="late",
        )
        for one in figures.unequal
    )
    return (Paragraph(unequal, "late"), Listings(tuple(listings)))


def _given(words: str, show: Presenting) -> str:
    return show.wording.language.say("refused") if words == "refused" else words
