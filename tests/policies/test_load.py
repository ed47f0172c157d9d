"""The configuration as values, and what may be left out."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.errors import Severity
from runner.model import Category, ContactAbility, SourceCategory
from runner.policies.countries import COUNTRIES
from runner.policies.load import POLICIES, kind_of_file, load_configuration
from runner.policies.privacy import PrivacyPolicy
from runner.policies.values import Bot, Configuration, Limits
from runner.repo.files import read_configuration_files
from runner.text.masking import compile_order_form

DESK = Path(__file__).parents[1] / "check" / "data" / "desk"


@pytest.fixture
def files() -> dict[str, bytes]:
    """The files of a desk without fault."""
    files, unread = read_configuration_files(DESK)
    assert unread == ()
    return files


def load(files: dict[str, bytes]) -> Configuration:
    configuration, faults = load_configuration(files)
    assert [str(f) for f in faults if f.severity is Severity.ERROR] == []
    assert configuration is not None
    return configuration


def edited(files: dict[str, bytes], file: str, old: str, new: str) -> dict[str, bytes]:
    text = files[file].decode()
    assert old in text
    return files | {file: text.replace(old, new).encode()}


def test_what_is_left_out_has_its_default(files: dict[str, bytes]) -> None:
    instance = load(files).instance
    assert instance.zone == ZoneInfo("Europe/Paris")
    assert (instance.suspend, instance.base, instance.forge) == (False, "main", "local")
    assert (instance.limits, instance.bot) == (Limits(40, 40), Bot())


def test_sources_know_their_site_brand_settings_and_line(files: dict[str, bytes]) -> None:
    feed, file = load(files).sources
    assert (feed.id, feed.kind, feed.category) == ("forum-bricolage", "feed", SourceCategory.FORUM)
    assert (feed.site, feed.brand, feed.line) == ("forum.example.org", "lumen", 9)
    assert (feed.public, feed.private) == (ContactAbility.MANUAL, ContactAbility.NONE)
    assert feed.settings == {"url": "https://forum.example.org/lumen.rss"}
    assert feed.every == timedelta(0)
    assert (file.site, file.settings) == ("avis.example.org", {"path": "inbox/avis-*.csv"})


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Forum.example.org/x", "forum.example.org"),
        ("http://forum.example.org:8080/x?y#z", "forum.example.org"),
        ("https://forum.example.org", "forum.example.org"),
    ],
)
def test_the_site_is_the_host_without_www(files: dict[str, bytes], url: str, site: str) -> None:
    changed = edited(files, "sources.yaml", "https://forum.example.org/lumen.rss", url)
    assert load(changed).sources[0].site == site


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("6h", timedelta(hours=6)),
        ("1d", timedelta(days=1)),
    ],
)
def test_an_interval_is_a_number_and_a_unit(
    files: dict[str, bytes], written: str, length: timedelta
) -> None:
    changed = edited(files, "sources.yaml", "kind: feed", f"kind: feed\n  every: {written}")
    assert load(changed).sources[0].every == length


def test_people_routes_products_clocks_and_templates_are_values(files: dict[str, bytes]) -> None:
    route = b"routes:\n- {source: depot, category: praise, language: en, owner: malo}\n"
    team = files["policies/team.yaml"].replace(b"routes:\n", route)
    configuration = load(files | {"policies/team.yaml": team})
    first, last = configuration.team.routes
    assert (first.source, first.category, first.language, first.owner, first.line) == (
        *("depot", "praise", "en", "malo"),
        6,
    )
    assert (last.source, last.category, last.language, last.owner) == (None, None, None, "ines")
    assert configuration.team.people[1].logins == ("malo-k",)
    assert [product.id for product in configuration.products] == ["lampe-aube"]
    assert [promise.id for promise in configuration.clocks.promises] == ["first-reply"]
    (template,) = configuration.templates
    assert (template.id, template.purpose, template.variables) == ("thanks-fr", "thanks", ("name",))
    assert template.wordings[0].line == 7


def test_a_template_can_be_for_some_cases_only(files: dict[str, bytes]) -> None:
    fits = (
        "locale: fr\nregister: familiar\nnumber: 2\nfor: {categories: [praise], sources: [depot]}"
    )
    changed = edited(files, "templates/thanks-fr.yaml", "locale: fr", fits)
    (template,) = load(changed).templates
    assert (template.categories, template.sources) == ((Category.PRAISE,), ("depot",))
    assert (template.register, template.number, template.source_categories) == ("familiar", 2, ())


def test_every_file_is_named_by_its_git_blob(files: dict[str, bytes]) -> None:
    blobs = load(files | {"policies/brand.yaml": b"version: 1\n"}).blobs
    assert set(blobs) == set(files)
    # printf 'version: 1\n' | git hash-object --stdin
    assert blobs["policies/brand.yaml"] == "b82551848c644f63b8517a7bdf8be9a992e6f4da"


def test_only_sources_and_triage_must_be_there(files: dict[str, bytes]) -> None:
    needed = {file: files[file] for file in ("sources.yaml", "policies/triage.yaml")}
    configuration, faults = load_configuration(needed)
    assert configuration is not None
    assert [(f.file, f.severity) for f in faults] == [("policies/clocks.yaml", Severity.WARNING)]
    assert configuration.privacy == PrivacyPolicy()
    assert configuration.team.people == configuration.products == configuration.templates == ()


def test_nothing_at_all_names_what_is_missing() -> None:
    configuration, faults = load_configuration({})
    assert configuration is None
    assert [f.file for f in faults if f.severity is Severity.ERROR] == [
        "policies/triage.yaml",
        "sources.yaml",
    ]


def test_faults_of_all_files_come_sorted_and_in_one_go(files: dict[str, bytes]) -> None:
    configuration, faults = load_configuration(dict.fromkeys(files, b"a: ["))
    assert configuration is None
    assert list(faults) == sorted(faults)
    assert {fault.file for fault in faults} == set(files)


def test_a_reference_is_not_doubted_when_its_file_cannot_be_read(files: dict[str, bytes]) -> None:
    team = files["policies/team.yaml"].replace(
        b"- {owner", b"- {source: depot, owner: ines}\n- {owner"
    )
    broken = files | {"policies/team.yaml": team, "sources.yaml": b"a: ["}
    _, faults = load_configuration(broken)
    assert {fault.file for fault in faults} == {"sources.yaml"}


def test_files_have_the_kind_of_their_place() -> None:
    assert kind_of_file("sources.yaml") == "sources"
    assert kind_of_file("templates/a.yaml") == "template"
    assert kind_of_file("policies/sources.yaml") is None
    assert kind_of_file("policies/mutes/a.yaml") == "mute"
    assert set(POLICIES.values()) == {
        "brand", "clocks", "customers", "delegation", "escalation", "privacy", "team", "triage",
    }  # fmt: skip


def test_patterns_run_on_a_linear_time_engine() -> None:
    pattern = compile_order_form(r"\bLUM-(?:[0-9]+)+$")
    assert pattern.search("LUM-" + "1" * 50_000 + "x") is None
    assert pattern.search("commande LUM-12").group() == "LUM-12"


def test_the_examples_of_an_order_form_are_tried_as_masking_tries_them(
    files: dict[str, bytes],
) -> None:
    files["policies/privacy.yaml"] = (
        b"version: 1\norder_forms:\n- name: commande\n  pattern: 'LUM-[0-9]{4}'\n"
        b"  masked: [lum-1234]\n  kept: [Lum-5678]\n"
    )
    _, faults = load_configuration(files)
    assert [(fault.line, fault.rule, fault.message) for fault in faults] == [
        (6, "example", "`Lum-5678` would be masked in it")
    ]


def test_countries_are_those_with_telephone_numbers() -> None:
    import phonenumbers

    assert set(COUNTRIES) == phonenumbers.SUPPORTED_REGIONS


def test_this_repository_is_a_desk_without_fault() -> None:
    files, unread = read_configuration_files(Path(__file__).parents[2])
    assert unread == ()
    configuration, faults = load_configuration(files)
    assert [str(fault) for fault in faults] == []
    assert configuration is not None
