"""Cards of contacts (vCard 2.1 to 4.0): the names and numbers that somebody shares."""

import re
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from quopri import decodestring
from typing import Final

from sokoni.kit.text import one_line

_FOLDED: Final = re.compile(r"\r?\n[ \t]")
_SOFT: Final = re.compile(r"=\r?\n")
_ESCAPED: Final = re.compile(r"\\([,;\\])")
_LINE: Final = re.compile(
    r"(?:[\w-]+\.)?(?P<name>[A-Za-z-]+)(?P<traits>(?:;[^:\r\n]*)?):(?P<value>[^\r\n]*)"
)
_LONGEST: Final = 60
_MOST_CARDS: Final = 10
_MOST_PHONES: Final = 10


@dataclass(frozen=True, slots=True)
class Card:
    """One contact of somebody's."""

    name: str = ""
    phones: tuple[str, ...] = ()
    """As they stand there."""


def cards_in(content: bytes) -> tuple[Card, ...]:
    """Return the cards of a file, none for what is no card."""
    text = _FOLDED.sub("", _SOFT.sub("", content.decode("utf-8", "replace")))
    _, *parts = re.split(r"(?i)^begin:vcard\s*$", text, flags=re.MULTILINE)
    return tuple(_card(part) for part in parts[:_MOST_CARDS])


def _card(text: str) -> Card:
    name, phones = "", []
    for field, traits, value in _fields(text):
        if field == "FN":
            name = name or one_line(_plain(value, traits))[:_LONGEST]
        elif field == "TEL":
            phones.append(one_line(value.removeprefix("tel:"))[:_LONGEST])
    # The same number may stand there under several names.
    return Card(name, tuple(dict.fromkeys(one for one in phones if one))[:_MOST_PHONES])


def _fields(text: str) -> Iterator[tuple[str, str, str]]:
    for found in _LINE.finditer(text):
        yield found["name"].upper(), found["traits"].upper(), found["value"].strip()


def _plain(value: str, traits: str) -> str:
    if "QUOTED-PRINTABLE" in traits:
        try:
            value = decodestring(value.encode()).decode("utf-8", "replace")
        except Error:
            return ""
    return _ESCAPED.sub(r"\1", value)
