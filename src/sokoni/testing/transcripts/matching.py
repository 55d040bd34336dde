"""Whether what was sent is what a transcript expects (design §7, Transcripts)."""

import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeAlias

from typing_extensions import override

from sokoni.kit.text import without_bidi

_QUOTES: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2039\u203a", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    }
)
_MENU_LINE: Final = re.compile(r"(\d{1,2})[.)]\s+(\S.*)")
_SPACE: Final = re.compile(r"\s+")


def normalised(text: str) -> str:
    """Return text as it is compared: NFKC, single spaces, straight quotes, no direction marks."""
    plain = unicodedata.normalize("NFKC", without_bidi(text)).translate(_QUOTES)
    return _SPACE.sub(" ", plain).strip()


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice or a link button of a message, or a line of a numbered menu."""

    label: str
    id: str = ""
    """Empty for a link button and a line of a menu: they cannot be tapped."""
    description: str = ""
    url: str = ""
    number: str = ""
    """What to type for a line of a menu."""


@dataclass(frozen=True)
class Shown:
    """A message as the contact sees it."""

    body: str
    offers: tuple[Offered, ...] = field(default=())
    kind: str = "text"
    id: str = ""
    """The channel's id of it."""

    @cached_property
    def text(self) -> str:
        """Return all its words: the body, then each offer's label, description and address."""
        offered = (f"{each.label} {each.description} {each.url}" for each in self.offers)
        return normalised(" ".join([self.body, *offered]))

    @cached_property
    def choices(self) -> tuple[Offered, ...]:
        """Return what may be picked: by a tap, or by the number in front of a line."""
        tapped = tuple(each for each in self.offers if each.id)
        lines = (_MENU_LINE.fullmatch(line.strip()) for line in self.body.splitlines())
        return tapped or tuple(Offered(line[2], number=line[1]) for line in lines if line)


class Kind(StrEnum):
    """How a pattern is compared, by the sign it is written with."""

    WHOLE = ""
    CONTAINS = "~"
    REGEX = "?"


@dataclass(frozen=True)
class Pattern:
    """Words or a regular expression to be found in a message."""

    kind: Kind
    source: str

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.source}"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        source = normalised(self.source)
        if self.kind is not Kind.REGEX:
            return re.compile(re.escape(source), re.IGNORECASE)
        with warnings.catch_warnings():
            # Python warns of what a later version may read differently: "[[" and the like.
            warnings.simplefilter("ignore")
            return re.compile(source)

    def problem(self) -> str:
        """Return what is wrong with the pattern itself, "" where nothing is."""
        if not normalised(self.source):
            return "nothing to look for"
        try:
            _ = self._compiled
        except (re.error, OverflowError, RecursionError) as error:
            return f"not a regular expression: {error}"
        return ""

    def end_in(self, text: str, start: int = 0) -> int | None:
        """Return where the first match at or after `start` ends, None where there is none."""
        if self.kind is Kind.WHOLE:
            whole = start == 0 and text == normalised(self.source)
            return len(text) if whole else None
        found = self._compiled.search(text, start)
        return found.end() if found else None

    def fits(self, message: Shown) -> bool:
        return self.end_in(message.text) is not None


@dataclass(frozen=True, slots=True)
class Offers:
    """The message offers at least these choices."""

    labels: tuple[str, ...]

    @override
    def __str__(self) -> str:
        return " ".join(f"[{label}]" for label in self.labels)

    def fits(self, message: Shown) -> bool:
        offered = (*message.offers, *(each for each in message.choices if each.number))
        return all(len(labelled(offered, label)) == 1 for label in self.labels)


Test: TypeAlias = Pattern | Offers


def labelled(offers: Sequence[Offered], label: str) -> list[Offered]:
    """Return the offers of this label, else those that begin so: one only if it is clear."""
    wanted = normalised(label).casefold()
    named = [(normalised(each.label).casefold(), each) for each in offers]
    exactly = [each for name, each in named if name == wanted]
    return exactly or [each for name, each in named if name.startswith(wanted)]


@dataclass(frozen=True, slots=True)
class Position:
    """Where to look on: in which message, after how many letters; whether it had a match."""

    message: int
    letter: int = 0
    matched: bool = False


def find_next(
    messages: Sequence[Shown],
    position: Position,
    pattern: Pattern,
    also: Sequence[Test] = (),
    *,
    strict: bool = False,
) -> Position | None:
    """Return where the first match from `position` on ends whose message passes every test.

    `strict`: only the message in which the last match ended, and the one after it, count.
    """
    last = len(messages)
    if strict:
        last = min(last, position.message + (2 if position.matched else 1))
    for number in range(position.message, last):
        start = position.letter if number == position.message else 0
        end = pattern.end_in(messages[number].text, start)
        if end is not None and all(test.fits(messages[number]) for test in also):
            return Position(number, end, matched=True)
    return None
