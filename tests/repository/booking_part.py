"""Writes the part of `docs/readers.md` that says how well the booking desk understands."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tests.capabilities.booking.troubles import TROUBLES
from tests.capabilities.booking.wanting import MESSAGES
from tests.language.counted import Counted
from tests.repository.times_part import cells, line

HEAD: Final = "\n## What is wrong, and what is wanted\n"
_HALVES: Final = {"held out": True, "tuned on": False}
_COLUMNS: Final = ("en", "sn", "nd", "tasks")
_LISTS: Final = {"first list": 0, "second list": 1}
_FIRST: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("first list", "held out"): ("10/42", "4/15", "4/14", "41/60"),
    ("first list", "tuned on"): ("12/43", "3/15", "2/14", "39/63"),
    ("second list", "held out"): ("7/30", "2/12", "3/12", "23/57"),
    ("second list", "tuned on"): ("8/30", "3/13", "4/13", "31/59"),
}
"""Before things stood apart from what is the matter with them, and phrases stood for others."""
_TEXT: Final = """
`tests/capabilities/booking/troubles.yaml` holds {troubles} lines of people who need somebody
without saying whom ("water comes through the ceiling"), or who say nothing of the kind, with the
service that each needs: columns en, sn and nd. `messages.yaml` holds {messages} first messages to
a booking desk with the task that each means (book, cancel, take a day off, none), in any language:
column tasks. Every second one is held out. The same hand wrote the first lists and then the words,
so what is held out of them says little. The second lists (`troubles_again.yaml`,
`messages_again.yaml`: {troubles_again} and {messages_again}) were written by somebody who knew
nothing of the words; what is held out of them is the figure to expect. Nobody who speaks Shona or
Ndebele has checked any.
`python -m tests.capabilities.booking.troubles` and `….wanting` print what is told wrong in the
halves that are tuned on.
"""


def part() -> str:
    """Return the part as it should be."""
    counts = {
        file: sum(one.file == file for one in corpus)
        for corpus, files in (
            (list(TROUBLES.lines()), TROUBLES.files),
            (list(MESSAGES.lines()), MESSAGES.files),
        )
        for file in files
    }
    return "\n".join([HEAD, _TEXT.format(**counts).strip(), "", *_table()])


def written(page: str) -> Iterator[tuple[str, str, str, Counted]]:
    """Yield the list, half, column and score of every cell that the page says now."""
    table = page.partition(HEAD)[2].partition("\n## ")[0].strip().rpartition("\n\n")[2]
    head, _, *rows = table.splitlines()
    for row in rows:
        title, *scores = cells(row)
        place, _, when = title.partition(": ")
        listed, _, half = place.partition(", ")
        for column, score in zip(cells(head)[1:], scores, strict=True):
            if when == "now":
                yield listed, half, column, Counted.of(score)


@cache
def now(listed: str, half: str) -> Mapping[str, Counted]:
    number, held_out = _LISTS[listed], _HALVES[half]
    tasks = MESSAGES.scores(MESSAGES.files[number], held_out=held_out).values()
    every = Counted(sum(one.right for one in tasks), sum(one.all for one in tasks))
    return {**TROUBLES.scores(TROUBLES.files[number], held_out=held_out), "tasks": every}


def _table() -> Iterator[str]:
    yield line(["", *_COLUMNS])
    yield line(["---"] * (len(_COLUMNS) + 1))
    for (listed, half), first in _FIRST.items():
        yield line([f"{listed}, {half}: now", *map(str, now(listed, half).values())])
        yield line([f"{listed}, {half}: before", *first])
