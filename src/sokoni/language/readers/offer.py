"""An offer, such as "4pm, $15 call-out": words in which a time or a price stands. At 80."""

from typing import Final

from typing_extensions import override

from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_TELL: Final[tuple[Reader, ...]] = (MoneyReader(), TimeReader())


class OfferReader(TextReader):
    """Reads a `str`: all that was said, which is found wherever a time or a price is in it."""

    order = 80

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        told = next((found for one in _TELL if (found := one.find(words, scene))), None)
        text = words.text.strip()
        return Found(text, told.start, told.end) if told and self.allows(text) else None
