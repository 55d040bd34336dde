"""Writes the part of `docs/readers.md` that says how well times are read: `make docs`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.language import when
from tests.language.counted import Counted

HEAD: Final = "\n## Times\n"
_FIRST: Final = Path(when.__file__).with_name("first_when_scores.yaml")
_HALVES: Final = {"held_out": "held out", "tuned_on": "tuned on"}
_FILES: Final = {"when": "first list", "when_again": "second list"}
_TEXT: Final = """
`tests/language/phrases/when.yaml` holds {first} phrases that tell a time in English, Shona,
Ndebele, Arabic, Hindi, Swahili and mixtures, or look as if they did, with the instant or the
window that each means; the rules for vague ones stand in its header. It was written before the
reader was made for four of these languages, and every second phrase is held out. But the same hand
wrote the phrases and then the word lists, within the hour, and no native speaker has checked any
but the English ones: what is held out of it says little. A second list of {second}
(`when_again.yaml`) was therefore written once the reader was done, and before it was run on it.
What it read of that at first is the figure to expect of phrases that nobody thought of.

A phrase counts as read where the instant, or the window's beginning, end and kind, are exactly
those that are meant, and where nothing is made of a price, a quantity, a phone number or, in a
message, of the past. dateparser {version} is asked the same, told the language, and judged mildly:
where a window is meant, any instant of its days is right. The server does without it
([decision 29](decisions/0029-times-without-dateparser.md)).

A phrase takes our reader about {ours:.0f} µs and dateparser {theirs:.0f} µs on two shared cores.
`python -m tests.language.when` prints what is read wrong in the halves that are tuned on.
"""


def part() -> str:
    """Return the part as it should be."""
    first, second = (len(list(when.corpus(file))) for file in when.FILES)
    text = _TEXT.format(
        first=first,
        second=second,
        version=when.VERSION,
        ours=round(when.microseconds(when.told), -1),
        theirs=round(when.microseconds(when.parsed, 1), -2),
    )
    return "\n".join([HEAD, text.strip(), "", *_table()]) + "\n"


def written(page: str) -> Iterator[tuple[str, str, str, str, Counted]]:
    """Yield the file, half, reader, language and score of every cell that the page says now."""
    head, _, *rows = page.partition(HEAD)[2].strip().rpartition("\n\n")[2].splitlines()
    places = dict(zip(_rows(), rows, strict=True))
    for (file, half, reader), row in places.items():
        for language, score in zip(cells(head)[1:], cells(row)[1:], strict=True):
            yield file, half, reader, language, Counted.of(score)


def _table() -> Iterator[str]:
    first: Mapping[str, Any] = yaml.safe_load(_FIRST.read_text("utf-8"))
    yield line(["", *when.LANGUAGES, "all"])
    yield line(["---"] * (len(when.LANGUAGES) + 2))
    for file, half, reader in _rows():
        title = f"{_FILES[file]}, {_HALVES[half]}: {reader}"
        if reader == "at first":
            yield line([title, *first[file][half].values()])
            continue
        judge = when.ours if reader == "now" else when.theirs
        found = when.scores(judge, file, held_out=half == "held_out")
        yield line([title, *map(str, found.values())])


def _rows() -> Iterator[tuple[str, str, str]]:
    for file in _FILES:
        for half in _HALVES:
            yield from ((file, half, reader) for reader in ("now", "at first", "dateparser"))


def line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def cells(line: str) -> Sequence[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
