"""Writes the part of `docs/readers.md` that says how well troubles tell a service: `make docs`."""

from collections.abc import Iterator, Mapping
from typing import Final

from tests.capabilities.booking import troubles
from tests.language.counted import Counted
from tests.repository.times_part import cells, line

HEAD: Final = "\n## Troubles\n"
_HALVES: Final = {"held out": True, "tuned on": False}
_FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "held out": ("10/42", "4/15", "4/14"),
    "tuned on": ("12/43", "3/15", "2/14"),
}
"""Before things stood apart from what is the matter with them: whole phrases only."""
_TEXT: Final = """
`tests/capabilities/booking/troubles.yaml` holds {count} lines of people who need somebody without
saying whom ("water comes through the ceiling"), or who say nothing of the kind, with the service
that each needs. They were written before the words of the services were widened, every second one
is held out; the same hand wrote both, and nobody who speaks Shona or Ndebele has checked them.
`python -m tests.capabilities.booking.troubles` prints what is told wrong in the other half.
"""


def part() -> str:
    """Return the part as it should be."""
    text = _TEXT.format(count=len(list(troubles.corpus())))
    return "\n".join([HEAD, text.strip(), "", *_table()])


def written(page: str) -> Iterator[tuple[str, str, Counted]]:
    """Yield the half, language and score of every cell that the page says now."""
    table = page.partition(HEAD)[2].partition("\n## ")[0].strip().rpartition("\n\n")[2]
    head, _, *rows = table.splitlines()
    for row in rows:
        title, *scores = cells(row)
        half, _, when = title.partition(": ")
        for language, score in zip(cells(head)[1:], scores, strict=True):
            if when == "now":
                yield half, language, Counted.of(score)


def now(half: str) -> Mapping[str, Counted]:
    return troubles.scores(held_out=_HALVES[half])


def _table() -> Iterator[str]:
    yield line(["", *troubles.LANGUAGES])
    yield line(["---"] * (len(troubles.LANGUAGES) + 1))
    for half in _HALVES:
        yield line([f"{half}: now", *map(str, now(half).values())])
        yield line([f"{half}: at first", *_FIRST[half]])
