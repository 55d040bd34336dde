"""The word lists of all languages. One file each, in `lexicons/`; sections as in `en.yaml`."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from sokoni.language.phrases import Phrases
from sokoni.language.words import fold

LANGUAGES: Final = ("en", "sn", "nd", "ar", "hi", "sw")


def entries(*section: str) -> Iterator[tuple[str, str]]:
    """Yield every phrase of a section, in all languages, with its language."""
    for language in LANGUAGES:
        for phrase in entries_of(language, *section):
            yield phrase, language


def entries_of(language: str, *section: str) -> tuple[str, ...]:
    """Return the phrases that one language lists in a section."""
    found = _section(language, section)
    return _listed(found) if isinstance(found, str) else ()


def keyed(*section: str) -> Iterator[tuple[str, str, str]]:
    """Yield phrase, the key it is listed under, and language, of a section that has keys."""
    for language in LANGUAGES:
        found = _section(language, section)
        for key, listed in found.items() if isinstance(found, Mapping) else ():
            for phrase in _listed(listed) if isinstance(listed, str) else ():
                yield phrase, str(key), language


@cache
def words_in(*section: str) -> frozenset[str]:
    """Return the phrases of a section in all languages, folded, as a set."""
    return frozenset(fold(phrase) for phrase, _ in entries(*section))


def phrases_in(*section: str) -> Phrases[str]:
    """Return the phrases of a section in all languages; each stands for its language."""
    return Phrases(entries(*section))


def keyed_phrases(*section: str) -> Phrases[str]:
    """Return the phrases of a section with keys, in all languages; each stands for its key."""
    return Phrases((phrase, key) for phrase, key, _ in keyed(*section))


@cache
def idle_words() -> frozenset[str]:
    """Return the words that greet, and those that only fill a sentence."""
    listed = (*words_in("fillers"), *words_in("politeness"), *words_in("control", "hello"))
    return frozenset(word for phrase in listed for word in phrase.split())


@cache
def linking_words() -> frozenset[str]:
    """Return the words that stand between names, and in front of them: "shampoo for a baby"."""
    return words_in("things", "links") | words_in("articles") | words_in("shopping", "joining")


def _listed(text: str) -> tuple[str, ...]:
    parts = (part.strip().strip('"') for part in text.split(","))
    return tuple(part for part in parts if part)


def _section(language: str, path: tuple[str, ...]) -> object:
    found: object = _file(language)
    for name in path:
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    return found


@cache
def _file(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        return {}
    path = files("sokoni.language") / "lexicons" / f"{language}.yaml"
    loaded: Mapping[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return loaded
