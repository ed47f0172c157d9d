"""Packs the example desk with the program, for `doleances demo` and `doleances init`."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DESK = ("sources.yaml", "policies", "templates", "inbox", "cases")


class Packing(BuildHookInterface):  # type: ignore[type-arg]
    """Puts this repository's own desk beside the demo, in wheels; a checkout has it anyway."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, unless the installation leads to the checkout."""
        if version != "editable":
            build_data["force_include"].update({name: f"runner/demo/desk/{name}" for name in DESK})
