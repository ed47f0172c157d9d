"""Trying templates before any customer reads them: faults in what they come to."""

from collections.abc import Iterator
from dataclasses import dataclass

from runner.errors import Fault, Severity
from runner.policies.templates import Purpose, Template
from runner.policies.values import Configuration
from runner.policies.wordings import Unfillable
from runner.replies.facts import read_facts
from runner.replies.samples import sample_settings
from runner.replies.setting import Setting
from runner.replies.variants import Frame, fill, find_frames, in_order, longest
from runner.text.wording import shown

_LOCALES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a template comes to on sample cases.

    `texts` is how many different texts it makes of one case, `longest` the most characters that
    one of them has, `samples` are some of them.
    """

    template: Template
    texts: int
    longest: int
    samples: tuple[str, ...]
    faults: tuple[Fault, ...]


def try_template(template: Template, configuration: Configuration) -> Trial:
    """Fill a template in for each sample case, with all its wordings."""
    texts, most = 0, 0
    samples: list[str] = []
    faults: dict[tuple[int, str], Fault] = {}
    for setting in sample_settings(template, configuration):
        known = read_facts(setting, template.register)
        frames = find_frames(template, known)
        texts = max(texts, sum(frame.size for frame in frames))
        for frame in frames:
            fault, length = _try_frame(template, frame, known)
            most = max(most, length)
            if fault is not None:
                faults.setdefault((fault.line, fault.rule), fault)
        if not faults:
            samples.append(_first(template, frames, known, setting))
    found = tuple(sorted(faults.values()))
    return Trial(template, texts, most, tuple(dict.fromkeys(samples)), found)


def check_templates(configuration: Configuration) -> tuple[Fault, ...]:
    """Return what is wrong with the templates of a desk once they are filled in."""
    tried = (try_template(template, configuration) for template in configuration.templates)
    faults = [fault for trial in tried for fault in trial.faults]
    return tuple(sorted((*faults, *check_locales(configuration))))


def check_locales(configuration: Configuration) -> Iterator[Fault]:
    """Return a warning for each purpose that has words in one language, and in another none.

    What counts are the languages that `sources.yaml` names; a note for the team is needed in the
    team's alone.
    """
    own = configuration.instance.language
    named = {(source.language or "").partition("-")[0] for source in configuration.sources}
    spoken = [locale for locale in _LOCALES if locale in named]
    for purpose in Purpose:
        have = {each.locale: each for each in configuration.templates if each.purpose == purpose}
        wanted = [own] if purpose is Purpose.CRISIS_NOTE else spoken
        for locale in wanted if have else ():
            if locale not in have:
                other = next(iter(have.values()))
                yield Fault(
                    other.file,
                    1,
                    1,
                    "missing-locale",
                    f"there is no template for {shown(purpose.value)} in `{locale}`",
                    f"write `templates/{purpose.value}-{locale}.yaml`",
                    Severity.WARNING,
                )


def _try_frame(template: Template, frame: Frame, known: dict[str, str]) -> tuple[Fault | None, int]:
    def fault(rule: str, message: str, hint: str) -> Fault:
        return Fault(template.file, frame.wording.line, 1, rule, message, hint)

    try:
        length, text = longest(template, frame, known)
    except Unfillable as error:
        said = f"this cannot be filled in for a sample case: {error}"
        return fault("template-filling", said, "`doleances template show` has the variables"), 0
    if length > template.length:
        said = (
            f"filled in for a sample case this has {length} characters, and at most "
            f"{template.length} may be: {shown(text)}"
        )
        return fault("template-length", said, "shorten it or its parts, or raise `length`"), length
    return None, length


def _first(
    template: Template, frames: tuple[Frame, ...], known: dict[str, str], setting: Setting
) -> str:
    return fill(next(in_order(template, frames, setting.case.id)), known)
