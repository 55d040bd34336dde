"""A telephone number anywhere in a message. Takes its tokens first, at 10."""

from collections.abc import Iterator
from typing import Final

from typing_extensions import override

from sokoni.kit.ids import PhoneNumber
from sokoni.kit.phones import find_phone
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_FEWEST: Final = 9
_MOST: Final = 16
_SIGNS: Final = frozenset({"-", "(", ")", ".", "/"})


class PhoneReader(Reader):
    """Reads a phone number as E.164, such as "0777 530 322" or "+263 77 753 0322"."""

    order = 10

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for start, end in runs_of_digits(words):
            number = find_phone(words.original(start, end), scene.country)
            if number is not None:
                return Found(number, start, end)
        return None

    @override
    def read(self, words: Words, scene: Scene) -> PhoneNumber | None:
        found = self.find(words, scene)
        return PhoneNumber(str(found.value)) if found else None


def runs_of_digits(words: Words) -> Iterator[tuple[int, int]]:
    """Yield stretches of digits and signs that may be a number: whole, then by single tokens."""
    place = 0
    while place < len(words.tokens):
        token = words.tokens[place]
        starts = token.is_number or token.folded == "+"
        end = _run_end(words, place) if starts and words.free[place] else place
        if end == place:
            place += 1
            continue
        if _digits(words, place, end) <= _MOST:
            yield place, end
        if end - place > 1:
            yield from _single(words, place, end)
        place = end


def _run_end(words: Words, start: int) -> int:
    """Return where a run of digits ends that may be a phone; `start` where there is none."""
    tokens, end = words.tokens, start
    if tokens[start].folded == "+":
        end += 1
    if end >= len(tokens) or not tokens[end].is_number:
        return start
    last = start
    while end < len(tokens) and words.free[end] and not (end > start and words.begins_line(end)):
        if tokens[end].is_number:
            last = end + 1
        elif tokens[end].folded not in _SIGNS:
            break
        end += 1
    return last if _digits(words, start, last) >= _FEWEST else start


def _single(words: Words, start: int, end: int) -> Iterator[tuple[int, int]]:
    for place in range(start, end):
        if _digits(words, place, place + 1) >= _FEWEST:
            plus = place > start and words.tokens[place - 1].folded == "+"
            yield place - plus, place + 1


def _digits(words: Words, start: int, end: int) -> int:
    return sum(len(token.folded) for token in words.tokens[start:end] if token.is_number)
