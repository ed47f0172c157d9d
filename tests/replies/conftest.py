"""A desk that speaks French and English, and cases to speak of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.model import Category, State
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.replies.samples import sample_settings
from runner.repo.files import read_configuration_files

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)

MakeCase = Callable[..., Case]


@pytest.fixture(scope="session")
def shipped() -> Configuration:
    """This repository's own desk."""
    files, unread = read_configuration_files(ROOT)
    configuration, faults = load_configuration(files)
    assert not unread
    assert configuration is not None, faults
    return configuration


@pytest.fixture(scope="session")
def make_case(shipped: Configuration) -> MakeCase:
    """Make an open case: a late parcel, unless said otherwise."""
    template = next(each for each in shipped.templates if each.id == "first-contact-fr")
    base = next(iter(sample_settings(template, shipped))).case

    def make(
        nth: int = 0,
        *,
        source: str = "avis-conso",
        author: str | None = "Camille_R",
        language: str | None = "fr",
        topic: str | None = "delivery",
        product: str | None = "lampe-aube",
        category: Category = Category.COMPLAINT,
        owner: str | None = "ines",
        **fields: object,
    ) -> Case:
        known = {each.id: each for each in shipped.sources}[source]
        at = NOW - timedelta(days=1) + timedelta(minutes=nth)
        place = replace(
            base.places[0], key=f"c-{nth:012d}", source=source, site=known.site, author=author,
            detected_at=at, url=f"https://{known.site}/t/{nth}",
        )  # fmt: skip
        case = replace(
            base, id=place.key, state=State.OPEN, language=language, topic=topic, product=product,
            category=category, owner=owner, handle=author, asked=(), places=(place,),
            log=base.log[:1],
        )  # fmt: skip
        return replace(case, **fields)

    return make
