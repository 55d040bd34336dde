"""Lists of lines with what each means, of which every second line is held out."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from tests.language.counted import Counted


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody writes, and what that means."""

    file: str
    part: str
    """The part of the file in which it stands; each is scored on its own."""
    said: str
    meant: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class Halves:
    """Some files of lines, and who tells what a line means."""

    files: Sequence[str]
    read: Callable[[str, Any], tuple[str, str]]
    """Returns what is said and what is meant, of a part and what stands in it."""
    told: Callable[[str], str]

    def lines(self) -> Iterator[Line]:
        """Yield every line; of each part every second one is held out."""
        for file in self.files:
            text = Path(__file__).with_name(f"{file}.yaml").read_text("utf-8")
            listed: Mapping[str, Sequence[Any]] = yaml.safe_load(text)
            for part, entries in listed.items():
                for number, entry in enumerate(entries):
                    yield Line(file, part, *self.read(part, entry), number % 2 == 1)

    def scores(self, file: str, *, held_out: bool) -> Mapping[str, Counted]:
        """Return by part how many lines of one half are told right."""
        half = [one for one in self.lines() if one.file == file and one.held_out is held_out]
        right = [one for one in half if self.told(one.said) == one.meant]
        return {
            part: Counted(
                sum(one.part == part for one in right), sum(one.part == part for one in half)
            )
            for part in dict.fromkeys(one.part for one in half)
        }

    def show(self) -> None:
        """Print what is told wrong in the halves that are tuned on, and all scores."""
        for one in self.lines():
            if not one.held_out and (found := self.told(one.said)) != one.meant:
                sys.stdout.write(f"{one.part} {one.said!r}: {found or '-'}, not {one.meant}\n")
        for file, half in product(self.files, (False, True)):
            every = {part: str(one) for part, one in self.scores(file, held_out=half).items()}
            sys.stdout.write(f"{file}, held out {half}: {every}\n")
