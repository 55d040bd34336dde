"""Readers: each finds one kind of value in words. The lower its `order`, the earlier it looks.

`YesNoReader` 5, `PhoneReader` 10, `MoneyReader` 20, `TimeReader` 30, `QuantityReader` 40,
`NumberReader` 45, `PlaceReader` 50, `NameReader` 60, `ThingReader` 100, `TextReader` 110.
"""

from collections.abc import Mapping

from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.name import NameReader
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.phone import PhoneReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.quantity import QuantityReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.thing import ThingReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.readers.yes_no import YesNoReader
from sokoni.language.reading import Reader, Reading, Scene
from sokoni.language.words import Words

__all__ = [
    "MoneyReader",
    "NameReader",
    "NumberReader",
    "PhoneReader",
    "PlaceReader",
    "QuantityReader",
    "TextReader",
    "ThingReader",
    "TimeReader",
    "YesNoReader",
    "read_all",
]


def read_all(readers: Mapping[str, Reader], words: Words, scene: Scene) -> Reading:
    """Let every reader look in its order; no token counts twice. Values keep the given names."""
    values: dict[str, object] = {}
    for name, reader in sorted(readers.items(), key=lambda pair: pair[1].order):
        found = reader.find(words, scene)
        if found is not None:
            values[name] = found.value
            words = found.taken_from(words)
    return Reading(values, words)
