"""Free text as it was written. Found nowhere but as a whole answer; comes last, at 110."""

from collections.abc import Collection
from functools import cache

from typing_extensions import override

from sokoni.language.lexicon import words_in
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words


class TextReader(Reader):
    """Reads a `str` of some length: a description, an address, a note."""

    order = 110

    def __init__(self, *, shortest: int = 1, longest: int = 1000) -> None:
        self._shortest = shortest
        self._longest = longest

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return nothing: any words might be it, so none are sure to be."""
        return None

    def leave(self, words: Words, found: Found, called: Collection[str]) -> Words:
        """Leave lines of their own that say nothing else: "pincode: 400001" below a text.

        Words alone may be all that the text is; figures are none.
        """
        start, end = _line(words, found)
        around = {*range(start, end)} - {*range(found.start, found.end)}
        meant = [words.tokens[place] for place in around if words.tokens[place].is_word]
        alone = end - start == len(words.tokens)
        if (alone and not found.has_figures(words)) or not all(
            one.folded in called or one.folded in _said_besides() for one in meant
        ):
            return words
        return words.without(start, end)

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        text = (words.text if all(words.free) else _untaken(words)).strip()
        return text if self.allows(text) else None

    def allows(self, text: str) -> bool:
        return self._shortest <= len(text) <= self._longest


def _line(words: Words, found: Found) -> tuple[int, int]:
    """Return the line on which it stands."""
    start, end = found.start, found.end
    while start > 0 and not words.begins_line(start):
        start -= 1
    while end < len(words.tokens) and not words.begins_line(end):
        end += 1
    return start, end


def _untaken(words: Words) -> str:
    """Return the lines of which nothing is taken."""
    lines: list[str] = []
    start = 0
    while start < len(words.tokens):
        end = start + 1
        while end < len(words.tokens) and not words.begins_line(end):
            end += 1
        if words.is_free(start, end):
            lines.append(words.original(start, end))
        start = end
    return "\n".join(lines)


@cache
def _said_besides() -> frozenset[str]:
    return words_in("things", "stop")
