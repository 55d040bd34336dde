"""Writes `docs/readers.md` from the scores: `make docs`. A test fails where they fall below it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.capabilities.marketplace.scoring import COLUMNS, LANGUAGES, detected, scores
from tests.language.counted import Counted
from tests.repository import booking_part, store_part, times_part
from tests.repository.times_part import cells, line

PAGE: Final = Path(__file__).parents[2] / "docs" / "readers.md"
_FIRST: Final = PAGE.parents[1] / "tests" / "capabilities" / "marketplace" / "first_scores.yaml"
_HALVES: Final = {"held_out": "The half that is held out", "tuned_on": "The half that is tuned on"}
_HEAD: Final = """# How well readers read

Written from the scores by `make docs`; a test fails where a score falls below what stands here.

`tests/capabilities/marketplace/phrases.yaml` holds {phrases} phrases as people type them to sell
and to buy, in English, Shona, Ndebele and mixtures, with what each means: quantity, unit, thing,
price, basis and place. They were written and kept before the readers were tuned on them. Every
second one is held out: readers are never tuned on it, and only its score is looked at. A value
counts as read where it is exactly the one that is meant; a phrase, where all its values are, and
the task is understood. `tests/language/phrases/short_lines.yaml` holds {lines} short lines for the
detection of languages, parted the same way; `unsure` are names, places, figures and things, which
must not change anybody's language.

What the figures are worth: the same hands wrote the phrases and tuned the readers afterwards, from
general knowledge, and no native speaker has checked the Shona and the Ndebele. That flatters the
half that is held out as well, most of all where word lists were widened (detection, the nouns'
forms). Some readings that count as wrong are a matter of opinion ("nzungu bhakiti rimwe $12": one
bucket, or the price of each), and stay as they were written.

`python -m tests.capabilities.marketplace.scoring` prints what is read wrong in the half that is
tuned on.
"""
_BEFORE: Final = """
## Before any tuning

The same, when the phrases were written.
"""

Table = Mapping[str, Mapping[str, str]]


def page() -> str:
    """Return the page as it should be."""
    now = {half: _scored(held_out=half == "held_out") for half in _HALVES}
    every = [Counted.of(row["all"]).all for half in now.values() for row in _phrases(half)]
    lines = [Counted.of(told).all for half in now.values() for told in half["lines"].values()]
    parts = [_HEAD.format(phrases=sum(every), lines=sum(lines))]
    for half, title in _HALVES.items():
        parts += [f"\n## {title}\n", *_tables(now[half])]
    first: Mapping[str, Any] = yaml.safe_load(_FIRST.read_text("utf-8"))
    parts.append(_BEFORE)
    for half, title in _HALVES.items():
        parts += [f"\n### {title}\n", *_tables(first[half])]
    return "\n".join([*parts, booking_part.part(), store_part.part(), times_part.part()])


def written() -> Iterator[tuple[str, str, str, Counted]]:
    """Yield the half, language, column and score of every cell that the page says now."""
    text = PAGE.read_text("utf-8").partition(_BEFORE)[0]
    for half, title in _HALVES.items():
        section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
        for table in section.strip().split("\n\n"):
            head, _, *rows = (cells(line) for line in table.splitlines())
            for language, *told in rows:
                for column, score in zip(head[1:], told, strict=True):
                    yield half, language, column, Counted.of(score)


def now(half: str) -> Mapping[str, Mapping[str, Counted]]:
    """Return the scores of a half as they are, in the page's words."""
    held_out = half == "held_out"
    told = {language: {"told": one} for language, one in detected(held_out=held_out).items()}
    read = scores(held_out=held_out)
    return {
        language: {**read.get(language, {}), **told.get(language, {})}
        for language in {**read, **told}
    }


def _scored(*, held_out: bool) -> Table:
    read = scores(held_out=held_out)
    told = detected(held_out=held_out)
    table = {
        language: {name: str(one) for name, one in row.items()} for language, row in read.items()
    }
    return {**table, "lines": {language: str(one) for language, one in told.items()}}


def _phrases(half: Table) -> Sequence[Mapping[str, str]]:
    return [half[language] for language in LANGUAGES]


def _tables(half: Table) -> Iterator[str]:
    yield line(["phrases", *COLUMNS])
    yield line(["---"] * (len(COLUMNS) + 1))
    for language in LANGUAGES:
        yield line([language, *(half[language][name] for name in COLUMNS)])
    yield ""
    yield line(["short lines", "told"])
    yield line(["---", "---"])
    for language, score in half["lines"].items():
        yield line([language, score])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
