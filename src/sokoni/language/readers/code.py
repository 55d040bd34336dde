"""A code that came by message, as it is typed: with spaces, in any script's digits."""

import re
import unicodedata
from typing import Final

from typing_extensions import override

from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_FEWEST, _MOST = 4, 10
_RUN: Final = re.compile(r"\d(?:[\s.\-\u2010-\u2013\u00a0\u202f]*\d)*")
_INVISIBLE: Final = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class CodeReader(Reader):
    """Reads a `str` of 4 to 10 digits: "123 456", "my code is 123-456", "١٢٣٤٥٦", "१२३४५६"."""

    order = 110

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return nothing: digits elsewhere may be anything."""
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        runs = [digits(run) for run in _RUN.findall(_INVISIBLE.sub("", words.text))]
        codes = {run for run in runs if _FEWEST <= len(run) <= _MOST}
        return codes.pop() if len(codes) == 1 else None


def digits(text: str) -> str:
    """Return the digits of a text, in Latin script."""
    return "".join(str(unicodedata.digit(one)) for one in text if one.isdecimal())
