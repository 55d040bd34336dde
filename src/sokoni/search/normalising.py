"""Makes of text the words that are compared, the same for what is indexed and what is asked.

What is folded away: case, Latin accents, Arabic vowel marks and forms of letters, digits of other
scripts (`language.words.fold`), the plural of English, the article of Arabic. Marks of Indic
scripts stay. Letters and digits part: `a15` is `a` and `15`, and what is indexed also keeps them
joined.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from sokoni.kit.text import without_bidi
from sokoni.language.words import LETTER, fold
from sokoni.search.arabic import without_article
from sokoni.search.english import singular
from sokoni.search.words import section, unit_words

_LONGEST: Final = 40
"""Letters of a word that count: nobody types more of them, and no key is longer."""
_MOST: Final = 1500
"""Words of a text that count."""
_NUMBER: Final = r"\d+(?:[.,]\d+)*"
_APART: Final = re.compile(rf"{_NUMBER}|(?:{LETTER})+(?:['\u2019\u02bc](?:{LETTER})+)*")
_RUN: Final = re.compile(rf"(?:{_NUMBER}|(?:{LETTER})+(?:['\u2019\u02bc](?:{LETTER})+)*)+")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def parts_of(text: str) -> list[str]:
    """Return the words of a text, letters and digits apart."""
    return _with_units(_parts(_plain(text))[:_MOST])


def asked_words(text: str) -> list[str]:
    """Return the words of what somebody looks for; what they joined stays joined: `a15`."""
    plain = unprefixed(_plain(text))
    runs = (_with_units(_parts(run)) for run in _spaced_units(_RUN.findall(plain)))
    return [word for parts in runs for word in (joined_words(parts) or parts)]


def unprefixed(text: str) -> str:
    """Return a text without what Ndebele sets before words of other languages: "i-bread"."""
    return _prefix().sub("", text) if "-" in text else text


@cache
def _prefix() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(section('prefixes')['nd'])})-(?={LETTER})", re.IGNORECASE)


def indexed_words(parts: Iterable[str]) -> list[str]:
    """Return words as they are indexed: each number also joined with its neighbours."""
    parts = list(parts)
    return parts + joined_words(parts)


def joined_words(parts: Sequence[str]) -> list[str]:
    """Return each number joined with its neighbours: `250g` of `250` and `g`."""
    return [
        (first + second)[:_LONGEST]
        for first, second in pairwise(parts)
        if first[0].isdecimal() != second[0].isdecimal()
    ]


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", without_bidi(text))


def _spaced_units(runs: Iterable[str]) -> Iterator[str]:
    """Yield runs, a unit together with the number that stands apart before it."""
    waiting = ""
    for run in runs:
        if waiting and fold(run) in unit_words():
            yield waiting + run
            waiting = ""
            continue
        if waiting:
            yield waiting
        waiting = run if run[-1].isdecimal() else ""
        if not waiting:
            yield run
    if waiting:
        yield waiting


def _parts(text: str) -> list[str]:
    return [word for part in _APART.findall(text) if (word := _word(part))]


@lru_cache(maxsize=32768)
def _word(part: str) -> str:
    folded = fold(part)
    if folded[:1].isdecimal():
        return _number(folded)[:_LONGEST]
    return without_article(singular(folded))[:_LONGEST]


def _number(digits: str) -> str:
    """Return `1,000` as 1000, and `1,5` as 1.5."""
    if _THOUSANDS.fullmatch(digits):
        return digits.replace(",", "")
    whole, _, rest = digits.replace(",", ".").partition(".")
    rest = rest.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{rest}" if rest else whole


def _with_units(parts: list[str]) -> list[str]:
    """Return the parts with units after numbers as we write them: `250 grams` as `250 g`."""
    units = unit_words()
    return [
        units.get(part, part) if place and parts[place - 1][0].isdecimal() else part
        for place, part in enumerate(parts)
    ]


def is_unit(word: str) -> bool:
    """Tell whether a folded word measures the number before it."""
    return word in unit_words()
