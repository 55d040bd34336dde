"""A code that came by message, as it is typed: with spaces, in any script's digits."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.kit.phones import find_phone
from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

AGAIN: Final = "resend"
"""What is read where somebody asks for another code instead."""
OTHER: Final = "other"
"""What is read where somebody says that the number is not the right one."""
_FEWEST, _MOST = 4, 10
_OF_A_PHONE: Final = 9
"""So many digits may be a telephone number, and where they are one they are no code."""
_RUN: Final = re.compile(r"\d(?:[\s.\-\u2010-\u2013\u00a0\u202f]*\d)*")
_INVISIBLE: Final = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class CodeReader(Reader):
    """Reads a `str` of 4 to 10 digits: "123 456", "my code is 123-456", "١٢٣٤٥٦", "१२३४५६".

    Words that ask for another one are `AGAIN`: "resend", "dobara bhejo", "nothing came", "otp?".
    Words about the number to which it went are `OTHER`: "wrong number", "number badlo".
    """

    order = 110

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return nothing: digits elsewhere may be anything."""
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        runs = [digits(run) for run in _RUN.findall(_INVISIBLE.sub("", words.text))]
        codes = {run for run in runs if _is_code(run, scene)}
        if len(codes) == 1:
            return codes.pop()
        return None if runs else _asked(words)


def _is_code(run: str, scene: Scene) -> bool:
    if not _FEWEST <= len(run) <= _MOST:
        return False
    return len(run) < _OF_A_PHONE or find_phone(run, scene.country) is None


def _asked(words: Words) -> str | None:
    """Return what is asked for instead of saying a code."""
    lists = _lists()
    if _any(lists.number, words):
        return OTHER
    alone = lists.alone.whole(_without_signs(words)) is not None
    return AGAIN if alone or _any(lists.again, words) else None


def _any(phrases: Phrases[str], words: Words) -> bool:
    return any(phrases.at(words, place) for place in range(len(words.tokens)))


def _without_signs(words: Words) -> str:
    return " ".join(token.folded for token in words.tokens if token.is_word)


@dataclass(frozen=True, slots=True)
class _Lists:
    """What people write instead of a code, in all languages."""

    again: Phrases[str]
    alone: Phrases[str]
    """Asks for another one only where it is all that is said."""
    number: Phrases[str]


@cache
def _lists() -> _Lists:
    return _Lists(
        again=phrases_in("codes", "again"),
        alone=phrases_in("codes", "alone"),
        number=phrases_in("codes", "number"),
    )


def digits(text: str) -> str:
    """Return the digits of a text, in Latin script."""
    return "".join(str(unicodedata.digit(one)) for one in text if one.isdecimal())
