"""A message as tokens: folded for comparing, with the original kept for showing."""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Final

from sokoni.kit.text import without_bidi

_READ_AT_MOST: Final = 4000
"""Nobody says anything that we understand after so many letters."""
_KEPT_AT_MOST: Final = 500

_SCRIPTS_WITH_MARKS: Final = ((0x300, 0x1C00), (0x1CD0, 0x1E00), (0xA800, 0xAC00))
_ARABIC_MARKS: Final = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_ARABIC: Final = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي")
_DEVANAGARI: Final = re.compile("[\u0900-\u097f]")
# Nukta is left out as often as not, and either nasal sign is written for the other.
_INDIC_MARKS: Final = str.maketrans({"\u093c": "", "\u0901": "\u0902"})
# A nasal before its own row of consonants, as in "हिन्दी" and "हिंदी"; "चाहिये" and "चाहिए".
_NASALS: Final = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
_GLIDES: Final = (
    (re.compile("(?<=[\u0900-\u097f])ये"), "ए"),
    (re.compile("(?<=[\u0900-\u097f])यी"), "ई"),
)
# A half stays apart from the number before it; Arabic separators become ours.
_SIGNS: Final = str.maketrans(
    {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "\u2044": "/", "\u066b": ".", "\u066c": ","}
    | {"\u200b": "", "\u2060": ""}
)
_JOINERS: Final = re.compile("[\u200c\u200d]")
_QUESTION_MARKS: Final = frozenset({"?", "\u061f"})


def _marks() -> str:
    """Return the combining marks as a character class: in Indic scripts they spell vowels."""
    letters = (chr(code) for first, end in _SCRIPTS_WITH_MARKS for code in range(first, end))
    return "".join(letter for letter in letters if unicodedata.category(letter) in {"Mn", "Mc"})


LETTER: Final = rf"[^\W\d_][{_marks()}]*(?:[\u200c\u200d](?=[^\W\d_]))?"
_TOKEN: Final = re.compile(
    rf"\d+(?:[.,:]\d+)*|(?:{LETTER})+(?:['’ʼ-](?:{LETTER})+)*|[^\w\s\ufe0e\ufe0f\u20e3\u200b-\u200d]"
)
_ASCII_TOKEN: Final = re.compile(
    r"[0-9]+(?:[.,:][0-9]+)*|[A-Za-z]+(?:['-][A-Za-z]+)*|[^\w\s]", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign. `start` and `end` are places in `Words.text`."""

    folded: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return "0" <= self.folded[0] <= "9"

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
    numbers: dict[int, tuple[Decimal, int] | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    """The number at a token and its end, once it was read: every reader asks for them."""

    def without(self, start: int, end: int) -> "Words":
        """Return the same words with tokens `start` to `end` taken."""
        taken = (*self.free[:start], *(False,) * (end - start), *self.free[end:])
        return Words(self.text, self.tokens, taken, self.numbers)

    def stands_out(self, place: int) -> bool:
        """Tell whether a token is written in capitals where not everything is."""
        token = self.tokens[place]
        said = self.text[token.start : token.end]
        return said.isupper() and not (len(self.tokens) > 2 and self.text.isupper())

    def untaken(self) -> "Words":
        """Return the same words as if nobody had taken any."""
        return Words(self.text, self.tokens, (True,) * len(self.tokens), self.numbers)

    def part(self, start: int, end: int) -> "Words":
        """Return tokens `start` to `end` as a message of their own, as they were written."""
        tokens = self.tokens[start:end]
        if not tokens:
            return Words("", (), ())
        first, last = tokens[0].start, tokens[-1].end
        if first:
            tokens = tuple(Token(t.folded, t.start - first, t.end - first) for t in tokens)
        return Words(self.text[first:last], tokens, self.free[start:end])

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether nobody took any of tokens `start` to `end`."""
        return False not in self.free[start:end]

    def glued(self, place: int) -> bool:
        """Tell whether the token was written without a space after the one before it."""
        tokens = self.tokens
        return 0 < place < len(tokens) and tokens[place - 1].end == tokens[place].start

    def begins_line(self, place: int) -> bool:
        """Tell whether the token stands on another line than the one before it."""
        return (
            place > 0 and "\n" in self.text[self.tokens[place - 1].end : self.tokens[place].start]
        )

    def phrase(self, start: int, end: int) -> str:
        """Return the folded tokens, joined by single spaces."""
        return " ".join([token.folded for token in self.tokens[start:end]])

    def original(self, start: int, end: int) -> str:
        """Return the tokens as they were written, on one line."""
        if start >= end:
            return ""
        return " ".join(self.text[self.tokens[start].start : self.tokens[end - 1].end].split())

    @property
    def folded(self) -> str:
        return self.phrase(0, len(self.tokens))

    @property
    def is_question(self) -> bool:
        """Tell whether they end with a question mark."""
        return bool(self.tokens) and self.tokens[-1].folded in _QUESTION_MARKS


def words_of(text: str) -> Words:
    """Split a message into tokens: NFKC, case, accents and digits of other scripts folded."""
    return _kept(text) if len(text) <= _KEPT_AT_MOST else _split(text)


def _split(text: str) -> Words:
    if text.isascii():
        plain = text.strip()
        lower, tokens = plain.lower(), []
        for match in _ASCII_TOKEN.finditer(plain[:_READ_AT_MOST]):
            start, end = match.span()
            tokens.append(Token(lower[start:end], start, end))
        return Words(plain, tuple(tokens), (True,) * len(tokens))
    return _split_any_script(text)


_kept: Final = lru_cache(maxsize=4096)(_split)


def _split_any_script(text: str) -> Words:
    plain = unicodedata.normalize("NFKC", without_bidi(text).translate(_SIGNS)).strip()
    matches = _TOKEN.finditer(plain[:_READ_AT_MOST].translate(_SIGNS))
    folded = ((fold(match.group()), match) for match in matches)
    # A lone accent folds to nothing, and is nothing.
    tokens = tuple(Token(text, match.start(), match.end()) for text, match in folded if text)
    return Words(plain, tokens, (True,) * len(tokens))


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Return text as it is compared: lower case, no accents, ASCII digits, plain Arabic letters.

    Marks of Indic scripts stay: they are letters there (reference/providers.md §9.2); of those
    of Devanagari that people write in several ways, one is kept.
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    plain = _ARABIC_MARKS.sub("", plain).translate(_ARABIC)
    if plain < "\u0900":  # Joiners spell something only from the Indic scripts on.
        plain = _JOINERS.sub("", plain)
    if _DEVANAGARI.search(plain):
        plain = _hindi(plain)
    decomposed = unicodedata.normalize("NFD", plain)
    kept = (letter for letter in decomposed if not "\u0300" <= letter <= "\u036f")
    return "".join(_ascii_digit(letter) for letter in unicodedata.normalize("NFC", "".join(kept)))


def _hindi(text: str) -> str:
    """Return Devanagari with one spelling for what is written in several ways."""
    text = _NASALS.sub("\u0902", text.translate(_INDIC_MARKS))
    for glide, vowel in _GLIDES:
        text = glide.sub(vowel, text)
    return text


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.decimal(letter, letter))
