"""How well it is told whose work a trouble is, by language.

`python -m tests.capabilities.booking.troubles` prints what is told wrong in the half that the
words of the services may be tuned on. What is wrong in the other half nobody looks at.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

import yaml

from sokoni.capabilities.booking.reading import SERVICE, TROUBLE, terms
from sokoni.language.readers.term import TermReader
from sokoni.language.words import words_of
from tests.language.counted import Counted
from tests.language.said import scene

LANGUAGES: Final = ("en", "sn", "nd")
FILES: Final = ("troubles", "troubles_again")
SCENE: Final = replace(scene(), terms=terms({}))
_READER: Final = TermReader(SERVICE, hinted_by=TROUBLE)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody writes, and the service that they need; "" where nothing tells."""

    file: str
    language: str
    said: str
    trade: str
    held_out: bool


def corpus() -> Iterator[Trouble]:
    """Yield every trouble; every second one is held out."""
    for file in FILES:
        text = Path(__file__).with_name(f"{file}.yaml").read_text("utf-8")
        listed: Mapping[str, Any] = yaml.safe_load(text)
        for language, troubles in listed.items():
            for number, one in enumerate(troubles):
                yield Trouble(file, language, one["say"], one["trade"], number % 2 == 1)


def told(said: str) -> str:
    """Return whose work it is by the words of the services that ship."""
    found = _READER.find(words_of(said), SCENE)
    return "" if found is None else str(found.value)


def scores(file: str, *, held_out: bool) -> Mapping[str, Counted]:
    """Return by language how many troubles of one half are told right."""
    half = [one for one in corpus() if one.file == file and one.held_out is held_out]
    right = [one for one in half if told(one.said) == one.trade]
    return {
        language: Counted(
            sum(one.language == language for one in right),
            sum(one.language == language for one in half),
        )
        for language in LANGUAGES
    }


if __name__ == "__main__":
    for one in corpus():
        if not one.held_out and (found := told(one.said)) != one.trade:
            sys.stdout.write(f"{one.language} {one.said!r}: {found or '-'}, not {one.trade}\n")
    for listed, half in product(FILES, (False, True)):
        every = {language: str(one) for language, one in scores(listed, held_out=half).items()}
        sys.stdout.write(f"{listed}, held out {half}: {every}\n")
