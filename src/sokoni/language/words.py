"""A message as tokens: folded for comparing, with the original kept for showing."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from sokoni.kit.text import without_bidi

_TOKEN: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*|[^\w\s]", re.UNICODE)
_ARABIC_MARKS: Final = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_ARABIC: Final = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign. `start` and `end` are places in the original text."""

    folded: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.folded[0].isdigit()

    @property
    def is_word(self) -> bool:
        return self.folded[0].isalpha()


@dataclass(frozen=True, slots=True)
class Words:
    """A message read once: every reader looks at the same tokens.

    `free` marks the tokens that no reader has taken yet.
    """

    text: str
    tokens: tuple[Token, ...]
    free: tuple[bool, ...]

    def without(self, start: int, end: int) -> "Words":
        """Return the same words with tokens `start` to `end` taken."""
        taken = tuple(free and not start <= place < end for place, free in enumerate(self.free))
        return replace(self, free=taken)

    def phrase(self, start: int, end: int) -> str:
        """Return the folded tokens, joined by single spaces."""
        return " ".join(token.folded for token in self.tokens[start:end])

    def original(self, start: int, end: int) -> str:
        """Return the tokens as they were written."""
        if start >= end:
            return ""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    @property
    def folded(self) -> str:
        return self.phrase(0, len(self.tokens))


@lru_cache(maxsize=4096)
def words_of(text: str) -> Words:
    """Split a message into tokens: NFKC, case, accents and digits of other scripts folded."""
    plain = unicodedata.normalize("NFKC", without_bidi(text)).strip()
    tokens = tuple(
        Token(fold(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(plain)
    )
    return Words(plain, tokens, (True,) * len(tokens))


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Return text as it is compared: lower case, no accents, ASCII digits, plain Arabic letters.

    Marks of Indic scripts stay: they are letters there (reference/providers.md §9.2).
    """
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    plain = _ARABIC_MARKS.sub("", plain).translate(_ARABIC)
    decomposed = unicodedata.normalize("NFD", plain)
    kept = (letter for letter in decomposed if not "\u0300" <= letter <= "\u036f")
    return "".join(_ascii_digit(letter) for letter in unicodedata.normalize("NFC", "".join(kept)))


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.decimal(letter, letter))
