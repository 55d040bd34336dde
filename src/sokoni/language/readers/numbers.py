"""Numbers as people write them: 10, 1,000.50, 2 1/2, 5k, ten, makumi maviri, a dozen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from sokoni.language.lexicon import entries, keyed, keyed_phrases, words_in
from sokoni.language.own_words import shows
from sokoni.language.phrases import Phrases
from sokoni.language.words import Token, Words, fold

_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(,\d{2,3})*,\d{3}(\.\d+)?")
_GROUPED_BY_POINTS: Final = re.compile(r"[1-9]\d{0,2}(\.\d{3}){2,}(,\d+)?|[1-9]\d{0,2}\.\d{3},\d+")
_PLAIN: Final = re.compile(r"(0|[1-9]\d*)([.,]\d+)?")
_ROUND: Final = re.compile(r"000(\.\d+)?")
_LONGEST: Final = 16
_PARTS: Final = {("1", "2"), ("1", "4"), ("3", "4"), ("1", "3"), ("2", "3")}
_THOUSAND: Final = Decimal(1000)
_TEN: Final = 10
_TENS: Final = frozenset(range(20, 100, 10))
_SIDE_BY_SIDE: Final = frozenset({"en", "hi"})
"""Languages whose numbers follow one another without a joint: "two hundred five"."""


@dataclass(frozen=True, slots=True)
class _Spelled:
    """The number words of all languages, by what they do."""

    ones: Phrases[str]
    shared: Mapping[str, tuple[int, str]]
    """Words that are numbers only where the message shows their language, which is given."""
    joined: Mapping[str, int]
    tens_joined: Mapping[str, int]
    """Tens that are one word with "and", and follow the ones: "خمسة وعشرون"."""
    counted_tens: Mapping[str, int]
    scales: Phrases[str]
    fractions: Phrases[str]
    joiners: frozenset[str]
    side_by_side: frozenset[str]
    """Words that add to a number without a joint: "twenty five", but not "makumi maviri imwe"."""
    pronouns_after: frozenset[str]
    starts: frozenset[str]


@cache
def _spelled() -> _Spelled:
    """Read the word lists once."""
    tens = {word: int(value) for word, value, _ in keyed("counted_tens")}
    joined = {word: int(value) for word, value, _ in keyed("joined")} | _glued()
    shared = {word: (int(value), language) for word, value, language in keyed("numbers_shared")}
    starts = {
        fold(phrase.split()[0])
        for section in ("numbers", "numbers_shared", "scales", "fractions")
        for phrase, _, _ in keyed(section)
    }
    return _Spelled(
        ones=keyed_phrases("numbers"),
        shared=shared,
        joined=joined,
        tens_joined={word: value for word, value in joined.items() if value in _TENS},
        counted_tens=tens,
        scales=keyed_phrases("scales"),
        fractions=keyed_phrases("fractions"),
        joiners=frozenset(word for word, _ in entries("number_joiners")),
        side_by_side=frozenset(
            fold(phrase.split()[0])
            for section in ("numbers", "numbers_shared", "scales")
            for phrase, _, language in keyed(section)
            if language in _SIDE_BY_SIDE
        ),
        pronouns_after=words_in("not_counted_after"),
        starts=frozenset(starts | set(tens)),
    )


def _glued() -> dict[str, int]:
    """Return numbers that are one word with "and": "nembiri" is "and two"."""
    return {
        fold(prefix + word): int(value)
        for prefix, language in entries("joined_by")
        for section in ("numbers", "scales")
        for word, value, of in keyed(section)
        if of == language
    }


def number_at(words: Words, place: int) -> tuple[Decimal, int] | None:
    """Return the number that starts at token `place`, and where it ends."""
    known = words.numbers
    if place not in known:
        known[place] = _number(words, place)
    return known[place]


def _number(words: Words, place: int) -> tuple[Decimal, int] | None:
    token = words.tokens[place]
    if token.is_number:
        return _written(words, place)
    return _said(words, place) if token.folded in _spelled().starts else None


def may_begin(token: Token) -> bool:
    """Tell cheaply whether a number may start with this token."""
    return token.is_number or token.folded in _spelled().starts


def is_joiner(token: Token) -> bool:
    """Tell whether it joins two numbers: "and"."""
    return token.folded in _spelled().joiners


def plain(number: Decimal) -> int | float:
    """Return an int for a whole number."""
    return int(number) if number == number.to_integral_value() else float(number)


def _written(words: Words, place: int) -> tuple[Decimal, int] | None:
    value = _digits(words.tokens[place].folded)
    if value is None or _negative(words, place):
        return None
    part = _part(words, place)
    if part is not None:
        return part
    return _scaled(words, *_with_part(words, *_grouped(words, value, place + 1)))


def _digits(text: str) -> Decimal | None:
    if len(text) > _LONGEST:
        return None
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _GROUPED_BY_POINTS.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def _negative(words: Words, place: int) -> bool:
    """Tell "-5" from the dash in "goats-5" and in "goats - 5"."""
    if not (words.glued(place) and words.tokens[place - 1].folded in {"-", "\u2212"}):
        return False
    return place == 1 or not words.glued(place - 1)


def _grouped(words: Words, value: Decimal, end: int) -> tuple[Decimal, int]:
    """Read on where thousands are set apart by a space: "10 000"."""
    tokens = words.tokens
    while (
        end < len(tokens)
        and _ROUND.fullmatch(tokens[end].folded)
        and tokens[end].start == tokens[end - 1].end + 1
    ):
        value, end = value * _THOUSAND + Decimal(tokens[end].folded), end + 1
    return value, end


def _part(words: Words, place: int) -> tuple[Decimal, int] | None:
    """Read "1/2"."""
    tokens = words.tokens
    if place + 2 >= len(tokens) or tokens[place + 1].folded != "/":
        return None
    above, below = tokens[place].folded, tokens[place + 2].folded
    if (above, below) not in _PARTS:
        return None
    return (Decimal(above) / Decimal(below)).quantize(Decimal("0.01")), place + 3


def _with_part(words: Words, value: Decimal, end: int) -> tuple[Decimal, int]:
    """Read on in "2 1/2" and "2 and a half"."""
    if end >= len(words.tokens):
        return value, end
    if words.tokens[end].is_number:
        part = _part(words, end)
        return (value + part[0], part[1]) if part else (value, end)
    spelled = _spelled()
    if words.tokens[end].folded in spelled.joiners and end + 1 < len(words.tokens):
        fraction = spelled.fractions.at(words, end + 1)
        if fraction:
            return value + Decimal(fraction[0]), fraction[1]
    return value, end


def _scaled(words: Words, value: Decimal, end: int) -> tuple[Decimal, int]:
    """Read on in "5k", "2 dozen" and "3 thousand"."""
    if end >= len(words.tokens):
        return value, end
    if words.tokens[end].folded == "k" and words.glued(end):
        return value * _THOUSAND, end + 1
    scale = _spelled().scales.at(words, end)
    if scale and not _article(words.tokens[end]):
        return value * int(scale[0]), scale[1]
    return value, end


def _article(token: Token) -> bool:
    return token.folded == "a"


def _said(words: Words, place: int) -> tuple[Decimal, int] | None:
    spelled = _spelled()
    fraction = spelled.fractions.at(words, place)
    if fraction:
        return _fraction_of(words, Decimal(fraction[0]), fraction[1])
    if place and words.tokens[place - 1].folded in spelled.pronouns_after:
        return None
    total, end = _sum(words, place)
    if end == place:
        return None
    return _with_part(words, Decimal(total), end)


def _fraction_of(words: Words, value: Decimal, end: int) -> tuple[Decimal, int]:
    """Read on in "half a dozen"."""
    if end < len(words.tokens):
        scale = _spelled().scales.at(words, end)
        if scale:
            return value * int(scale[0]), scale[1]
    return value, end


def _sum(words: Words, place: int) -> tuple[int, int]:
    """Add up what follows in falling size: "two hundred and fifty", "gumi nembiri"."""
    total, smallest, end = 0, 0, place
    while end < len(words.tokens):
        tens = _tens_behind(words, end, smallest)
        found = tens or _addend(words, end, smallest)
        if found is None or not (tens or end == place or _fits(found[0], smallest)):
            break
        total, smallest, end = total + found[0], found[0], found[1]
    return total, end


def _tens_behind(words: Words, place: int, last: int) -> tuple[int, int] | None:
    """Read the tens of "خمسة وعشرون", which follow their ones."""
    tens = _spelled().tens_joined.get(words.tokens[place].folded) if 0 < last < _TEN else None
    return (tens, place + 1) if tens is not None else None


def _fits(value: int, last: int) -> bool:
    """Tell whether a smaller number completes a bigger one: forty-two, but not ten two."""
    size = 1000 if last >= 1000 else 100 if last >= 100 else 10
    return 0 < value < size and last % size == 0 and last >= 10


def _addend(words: Words, place: int, last: int) -> tuple[int, int] | None:
    spelled, tokens, first = _spelled(), words.tokens, last == 0
    folded = tokens[place].folded
    if not first and folded in spelled.joined:
        return spelled.joined[folded], place + 1
    if not first and folded in spelled.joiners and place + 1 < len(tokens):
        return _one(words, place + 1)
    if not first and folded[:2] == "ne" and folded[2:] in spelled.counted_tens:
        return _counted(words, spelled.counted_tens[folded[2:]], place + 1)
    if not first and folded not in spelled.side_by_side:
        return None
    one = _one(words, place)
    # Forty two is a number; ten two are two numbers.
    return one if last != 10 else None


def _one(words: Words, place: int) -> tuple[int, int] | None:
    """Read one number word and what multiplies it."""
    spelled = _spelled()
    tens = spelled.counted_tens.get(words.tokens[place].folded)
    if tens is not None:
        return _counted(words, tens, place + 1)
    scale = spelled.scales.at(words, place)
    if scale:
        return int(scale[0]), scale[1]
    one = spelled.ones.at(words, place) or _shared(words, place)
    if one is None:
        return None
    value, end = int(one[0]), one[1]
    while end < len(words.tokens) and not _article(words.tokens[end]):
        scale = spelled.scales.at(words, end)
        if scale is None:
            break
        value, end = value * int(scale[0]), scale[1]
    return value, end


def _shared(words: Words, place: int) -> tuple[int, int] | None:
    """Return what a word means that is a number in one language and something else in others.

    "Do" is two in "mujhe do kilo chahiye", and by itself.
    """
    found = _spelled().shared.get(words.tokens[place].folded)
    if found is None or not (len(words.tokens) == 1 or shows(words, found[1])):
        return None
    return found[0], place + 1


def _counted(words: Words, tens: int, place: int) -> tuple[int, int] | None:
    """Read "makumi maviri": two tens."""
    if place >= len(words.tokens):
        return None
    times = _spelled().ones.at(words, place)
    return (tens * int(times[0]), times[1]) if times else None
