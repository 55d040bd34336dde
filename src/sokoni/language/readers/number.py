"""A number anywhere in a message. Takes its tokens at 45, after quantities."""

from typing_extensions import override

from sokoni.language.readers.numbers import number_at, plain
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words


class NumberReader(Reader):
    """Reads an `int`, or a `float` where it has decimals: "10", "1,000", "ten", "a dozen"."""

    order = 45

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for place, free in enumerate(words.free):
            number = number_at(words, place) if free and not _ends_a_mark(words, place) else None
            if number and words.is_free(place, number[1]):
                return Found(plain(number[0]), place, number[1])
        return None

    @override
    def read(self, words: Words, scene: Scene) -> int | float | None:
        found = self.find(words, scene)
        return found.value if found and isinstance(found.value, (int, float)) else None


def _ends_a_mark(words: Words, place: int) -> bool:
    """Tell the figures of "G42", which is the name of something, from "42"."""
    return words.glued(place) and words.tokens[place].is_number and words.tokens[place - 1].is_word
