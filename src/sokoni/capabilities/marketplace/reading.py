"""Readers that only a market needs: references that people quote, names of those who join."""

import re
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.kit.ids import checks_out
from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.name import NameReader
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_REFERENCE: Final = re.compile(r"\b([A-Z]{2,4})([- ]?)([0-9A-HJKMNP-TV-Z]{7})\b", re.IGNORECASE)


class ReferenceReader(Reader):
    """Reads a `str` in capitals, such as "LST-7K3M2Q5"; the check letter tells it from words."""

    order = 2

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for match in _REFERENCE.finditer(words.text):
            prefix, hyphen, letters = match.group(1), match.group(2), match.group(3).upper()
            written = hyphen == "-" or any(letter.isdigit() for letter in letters)
            if written and checks_out(letters):
                start, end = _tokens(words, match)
                return Found(f"{prefix.upper()}-{letters}", start, end)
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return found.value if found is not None and isinstance(found.value, str) else None


def _tokens(words: Words, match: re.Match[str]) -> tuple[int, int]:
    """Return which tokens the match covers, whole or in part."""
    inside = [
        place
        for place, token in enumerate(words.tokens)
        if token.start < match.end() and match.start() < token.end
    ]
    return inside[0], inside[-1] + 1


@cache
def _introducing() -> Phrases[str]:
    return phrases_in("names", "markers")


class JoinersNameReader(NameReader):
    """Reads the name in "I want to join, I'm Tendai Moyo" too: who joins says who they are.

    Elsewhere "I'm" begins all sorts of things; here capitals after it make a name.
    """

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return super().find(words, scene) or _after_marker(words)


def _after_marker(words: Words) -> Found | None:
    for start in range(1, len(words.tokens)):
        if _capital(words, start) and _introducing().before(words, start):
            end = next(
                (at for at in range(start, len(words.tokens)) if not _capital(words, at)),
                len(words.tokens),
            )
            return Found(words.original(start, end), start, end)
    return None


def _capital(words: Words, place: int) -> bool:
    return words.free[place] and words.original(place, place + 1)[:1].isupper()
