"""The shipped word lists of search: units, singulars, words that mean the same."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sokoni.language.words import fold


@cache
def section(name: str) -> Mapping[str, tuple[str, ...]]:
    """Return a section of `words.yaml`: key to the folded words listed under it."""
    listed = _file().get(name) or {}
    return {str(key): tuple(_split(str(words))) for key, words in listed.items()}


@cache
def lines(name: str) -> tuple[tuple[str, ...], ...]:
    """Return a section of `words.yaml` that is a list of lines of words."""
    return tuple(tuple(_split(line)) for line in _file().get(name) or ())


@cache
def unit_words() -> Mapping[str, str]:
    """Return how we write the units that people write in many ways."""
    return {word: unit for unit, words in section("units").items() for word in (unit, *words)}


def _split(text: str) -> list[str]:
    return [fold(word.strip()) for word in text.split(",") if word.strip()]


@cache
def _file() -> Mapping[str, Any]:
    path = files("sokoni.search") / "words.yaml"
    loaded: Mapping[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return loaded
