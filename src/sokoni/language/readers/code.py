"""A code that came by message, as it is typed: with spaces, in any script's digits."""

import re
import unicodedata
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

AGAIN: Final = "resend"
"""What is read where somebody asks for another code instead."""
_FEWEST, _MOST = 4, 10
_RUN: Final = re.compile(r"\d(?:[\s.\-\u2010-\u2013\u00a0\u202f]*\d)*")
_INVISIBLE: Final = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class CodeReader(Reader):
    """Reads a `str` of 4 to 10 digits: "123 456", "my code is 123-456", "١٢٣٤٥٦", "१२३४५६".

    Words that ask for another one are `AGAIN`: "resend", "dobara bhejo", "nothing came".
    """

    order = 110

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return nothing: digits elsewhere may be anything."""
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        runs = [digits(run) for run in _RUN.findall(_INVISIBLE.sub("", words.text))]
        codes = {run for run in runs if _FEWEST <= len(run) <= _MOST}
        if len(codes) == 1:
            return codes.pop()
        return AGAIN if not runs and _asks_again(words) else None


def _asks_again(words: Words) -> bool:
    phrases = _again()
    return any(phrases.at(words, place) for place in range(len(words.tokens)))


@cache
def _again() -> Phrases[str]:
    return phrases_in("codes", "again")


def digits(text: str) -> str:
    """Return the digits of a text, in Latin script."""
    return "".join(str(unicodedata.digit(one)) for one in text if one.isdecimal())
