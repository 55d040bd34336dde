"""Text made to fit: titles cut but never equal, long text split where it reads best."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from sokoni.kit.text import shortened, units

# Blank lines before line ends before sentences before words.
_SEAMS: Final = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?؟।…])\s+"),
    re.compile(r"\s+"),
)


def one_line(text: str) -> str:
    return " ".join(text.split())


def unique(titles: Sequence[str], limit: int | None = None) -> list[str]:
    """Return the titles within `limit`, those that would be equal told apart by a number."""
    plain = [_within(title, limit) for title in titles]
    if limit is not None and len({title.casefold() for title in plain}) < len(plain):
        plain = _telling(titles, plain, limit)
    if len({title.casefold() for title in plain}) == len(plain):
        return plain
    titles = titles if limit is None else plain
    taken: set[str] = set()
    made = []
    for title in titles:
        mine = next(form for form in _forms(title, limit) if form.casefold() not in taken)
        taken.add(mine.casefold())
        made.append(mine)
    return made


def _telling(titles: Sequence[str], plain: Sequence[str], limit: int) -> list[str]:
    """Return cut titles; of those that would be equal what differs is kept: "Long Grain…5 kg"."""
    alike: dict[str, list[str]] = {}
    for title, cut in zip(titles, plain, strict=True):
        alike.setdefault(cut.casefold(), []).append(title)
    return [
        _with_end(title, alike[cut.casefold()], limit) if len(alike[cut.casefold()]) > 1 else cut
        for title, cut in zip(titles, plain, strict=True)
    ]


def _with_end(title: str, others: Sequence[str], limit: int) -> str:
    """Cut a title in the middle: its end is kept from the first word in which they differ."""
    words = title.split()
    columns = zip(*(other.split() for other in others), strict=False)
    end = words[sum(1 for _ in takewhile(lambda column: len({*column}) == 1, columns)) :]
    while end and units(" ".join(end)) > limit // 2:
        end = end[1:]
    kept = " ".join(end)
    return shortened(title, limit - units(kept)) + kept if kept else _within(title, limit)


def _forms(title: str, limit: int | None) -> Iterator[str]:
    """Return the title, then `title 2`, `title 3`, and so on, each within the limit."""
    yield _within(title, limit)
    number = 2
    while True:
        ending = f" {number}"
        yield _within(title, None if limit is None else limit - len(ending)) + ending
        number += 1


def _within(title: str, limit: int | None) -> str:
    return title if limit is None else shortened(title, limit)


def split(text: str, limit: int) -> list[str]:
    """Cut into parts of at most `limit`, as few as the best seams allow."""
    parts = []
    while units(text) > limit:
        cut = _last_seam(text, limit)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts


def tail(text: str, limit: int) -> tuple[str, str]:
    """Part the text into a beginning and its last words, the latter within `limit`.

    The question stands last: it belongs to the choices below it.
    """
    for seam in _SEAMS:
        starts = (match.end() for match in seam.finditer(text))
        # From the front: the longest end that fits keeps most of the meaning together.
        for start in starts:
            if text[start:].strip() and units(text[start:]) <= limit:
                return text[:start].rstrip(), text[start:].strip()
    kept = _hard_cut(text[::-1], limit)
    return text[:-kept].rstrip(), text[-kept:].strip()


def _last_seam(text: str, limit: int) -> int:
    end = _hard_cut(text, limit)
    for seam in _SEAMS:
        found = [match for match in seam.finditer(text, 0, end + 1) if match.start() <= end]
        # A seam right at the front would leave a scrap for a message of its own.
        good = [match for match in found if match.start() >= end // 3]
        if good:
            return good[-1].end()
    return end


def _hard_cut(text: str, limit: int) -> int:
    """Return how many letters fit in `limit` UTF-16 units; at least one."""
    used = 0
    for place, letter in enumerate(text):
        used += 2 if ord(letter) > 0xFFFF else 1
        if used > limit:
            return max(place, 1)
    return len(text)
