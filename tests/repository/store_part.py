"""Writes the part of `docs/readers.md` that says how well a shop understands what people want."""

from collections.abc import Iterator
from typing import Final

from tests.capabilities.store.hearing import (
    HELD_OUT,
    MENDED_BY,
    THIRD,
    THIRD_HELD_OUT,
    lines,
    quantities,
    scores,
)
from tests.repository.times_part import line

HEAD: Final = "\n## What people want of a shop\n"
_LANGUAGES: Final = ("en", "sn", "nd", "mixed", "none")
_FIRST: Final = {
    MENDED_BY: ("110/119", "33/35", "18/19", "6/6", "28/32", "24/30"),
    HELD_OUT: ("76/112", "18/30", "13/22", "5/7", "29/32", "20/31"),
    THIRD: ("36/53", "13/27", "9/18", "7/10", "16/18", "18/29"),
    THIRD_HELD_OUT: ("36/53", "13/26", "10/19", "8/10", "17/18", "17/31"),
}
"""When the lists were first run, which was after the first of them had been read."""
_TITLES: Final = {
    HELD_OUT: "second list, held out",
    MENDED_BY: "first list",
    THIRD_HELD_OUT: "third list, held out",
    THIRD: "third list, tuned on",
}
_TEXT: Final = """
`tests/capabilities/store/phrases_first.yaml` and `phrases_second.yaml` hold {first} and {second}
lines that people write in a shop's chat, with the task that each means (columns by language;
`none` are lines that mean nothing of the shop's) and how many pieces are said. They were written
apart, by somebody who had not seen the shop's phrases. The first list was read while phrases were
written; the second is held out: nobody looked at what is wrong in it. The {third} lines of the
third (`phrases_third.yaml`) were written later, by somebody who had leafed through the shop's
phrases, and before any was run; every second one is held out. Only phrases and readers are asked
here: names of products, which the running shop looks up, count as not understood. Nobody who
speaks Shona or Ndebele has checked any of it. `python -m tests.capabilities.store.hearing` prints
what is told wrong of the first list and of the half of the third that is tuned on.
"""


def part() -> str:
    """Return the part as it should be."""
    counts = {
        "first": sum(1 for _ in lines(MENDED_BY)),
        "second": sum(1 for _ in lines(HELD_OUT)),
        "third": sum(1 for file in (THIRD, THIRD_HELD_OUT) for _ in lines(file)),
    }
    return "\n".join([HEAD, _TEXT.format(**counts).strip(), "", *_table(), ""])


def _table() -> Iterator[str]:
    yield line(["", *_LANGUAGES, "pieces"])
    yield line(["---"] * (len(_LANGUAGES) + 2))
    for file, title in _TITLES.items():
        now = scores(file)
        told = [str(now[language]) for language in _LANGUAGES]
        yield line([f"{title}: now", *told, str(quantities(file))])
        yield line([f"{title}: at first", *_FIRST[file]])
