"""The workflows of a desk: the same for this repository and for those that install the program.

One template for each workflow; what differs is how the program is set up and called, which
secrets it is handed, and which actions carry files from job to job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from runner.policies.customers import Command, HttpApi
from runner.policies.publishing import publishing_variables
from runner.policies.secrets import secret_variables, survey_variables
from runner.policies.values import Configuration

NAMES = ("check", "collect", "pages", "alive")
_CARRIERS: Mapping[str, tuple[str, str]] = {
    "github": (
        "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
        "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
    ),
    # GitHub's own refuse to run on any other server.
    "gitea": (
        "christopherhx/gitea-upload-artifact@81f940d004763f986ba3582c007fd842dd5cb0d7 # v4",
        "christopherhx/gitea-download-artifact@75635f32b4c1c41c4b3d64e8f85210112ed4c9c7 # v4",
    ),
}
"""What hands files from one job to another: the actions that upload and download them."""
_MAIL = "DOLEANCES_SMTP_URL"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a desk's workflows depend on.

    `set_up` is the command that makes the program ready, `set_up_report` the same with what the
    report needs beside, `program` the one that calls it.
    `source_secrets` and `channel_secrets` are the variables that sources and channels name,
    `publishing_secrets` those of accounts that write; without any there is no job that posts.
    `survey_secrets` check what a source of answers to the survey shows.
    """

    set_up: str
    set_up_report: str
    program: str
    base: str = "main"
    source_secrets: Sequence[str] = ()
    channel_secrets: Sequence[str] = ()
    survey_secrets: Sequence[str] = ()
    publishing_secrets: Sequence[str] = ()
    actions_of: Literal["github", "gitea"] = "github"


def carried(configuration: Configuration) -> Setting:
    """Return the setting of a desk that carries the program, as this repository does."""
    return _setting(".ci/setup run", ".ci/setup run", "./doleances", configuration)


def installed(version: str, configuration: Configuration, install_from: str = "") -> Setting:
    """Return the setting of a desk that installs the program.

    It comes at one version from the package index, or from the address `install_from`.
    """
    pip = "python -m pip install --quiet --disable-pip-version-check"
    alone, report = (
        f"{pip} '{requirement_of(version, install_from, extra)}'" for extra in ("", "[report]")
    )
    return _setting(alone, report, "doleances", configuration)


def requirement_of(version: str, install_from: str, extra: str = "") -> str:
    """Return what pip is told to install: a version, or what stands at an address."""
    if install_from:
        return f"doleances{extra} @ {install_from}"
    return f"doleances{extra}=={version}"


def _setting(
    set_up: str, set_up_report: str, program: str, configuration: Configuration
) -> Setting:
    asked: list[str] = []
    for look_up in configuration.customers.look_ups:
        match look_up.register:
            case HttpApi(headers=headers):
                asked += headers.values()
            case Command(environment=environment):
                asked += environment
            case _:
                pass
    return Setting(
        set_up=set_up,
        set_up_report=set_up_report,
        program=program,
        base=configuration.instance.base,
        source_secrets=(*secret_variables(configuration.sources), *asked),
        channel_secrets=tuple(
            each.variable for each in configuration.escalation.channels if each.variable
        ),
        survey_secrets=survey_variables(configuration.sources),
        publishing_secrets=publishing_variables(each.publish for each in configuration.sources),
        actions_of="gitea" if configuration.instance.forge == "gitea" else "github",
    )


def render_workflows(setting: Setting) -> Mapping[str, str]:
    """Return the workflows by their paths in the desk."""
    upload, download = _CARRIERS[setting.actions_of]
    words = {
        "set-up": setting.set_up,
        "set-up-report": setting.set_up_report,
        "program": setting.program,
        "base": setting.base,
        "upload-artifact": upload,
        "download-artifact": download,
        "before-notify": "[apply, publish]" if setting.publishing_secrets else "apply",
    }
    lines = {
        "source-secrets": setting.source_secrets,
        "channel-secrets": (_MAIL, *setting.channel_secrets),
        "publishing-secrets": setting.publishing_secrets,
        "survey-secrets": setting.survey_secrets,
    }
    parts = {"publishing": bool(setting.publishing_secrets)}
    return {
        f".github/workflows/{name}.yml": _render(
            files(__name__).joinpath(f"{name}.yml").read_text("utf-8"), words, lines, parts
        )
        for name in NAMES
    }


def _render(
    template: str,
    words: Mapping[str, str],
    lines: Mapping[str, Sequence[str]],
    parts: Mapping[str, bool],
) -> str:
    """Return a template with its marks replaced: `@word@` anywhere, `@lines@` alone on a line.

    What stands between a line `@part@` and the line `@end@` stays where there is such a part.
    """
    for mark, word in words.items():
        template = template.replace(f"@{mark}@", word)
    rendered: list[str] = []
    stays = True
    for line in template.splitlines(keepends=True):
        indent, _, mark = line.rstrip("@\n").rpartition("@")
        if mark in parts or mark == "end":
            stays = parts.get(mark, True)
        elif not stays:
            continue
        elif mark in lines and not indent.strip():
            names = dict.fromkeys(lines[mark])
            rendered += [f"{indent}{name}: ${{{{ secrets.{name} }}}}\n" for name in names]
        else:
            rendered.append(line)
    return "".join(rendered)
