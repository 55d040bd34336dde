"""Where phrases come from: a folder with a YAML file per language, or a merchant's own file."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import yaml
from pydantic import TypeAdapter

_SHAPE: Final = TypeAdapter(dict[str, dict[str, list[str]]])


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """One phrase that a merchant's file lists for a task."""

    language: str
    task: str
    part: str
    """triggers, examples, or what else such a file may list."""
    phrase: str


@dataclass(frozen=True, slots=True)
class OwnPhrases:
    """What a merchant's own file lists for the tasks that are made of it."""

    listed: tuple[OwnPhrase, ...] = ()

    @property
    def mark(self) -> str:
        """Tell these phrases from any others."""
        return hashlib.sha256(repr(self.listed).encode()).hexdigest()[:12]


Phrasing: TypeAlias = Path | OwnPhrases


def phrases_of(source: Phrasing, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield the language, the task and the phrase of all that is listed in a part."""
    if isinstance(source, OwnPhrases):
        listed = (one for one in source.listed if one.part == part)
        yield from ((one.language, one.task, one.phrase) for one in listed)
        return
    for path in sorted(source.glob("*.yaml")):
        for task, parts in _file(path).items():
            for phrase in parts.get(part, ()):
                yield path.stem, task, phrase


@cache
def _file(path: Path) -> Mapping[str, Mapping[str, Sequence[str]]]:
    loaded = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return _SHAPE.validate_python(loaded or {})
