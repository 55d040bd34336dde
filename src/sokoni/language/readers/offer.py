"""An offer, such as "4pm, $15 call-out": words in which a time or a price stands. At 80."""

from typing import Final

from typing_extensions import override

from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Found, Moment, Scene
from sokoni.language.words import Words

_MONEY: Final = MoneyReader()
_TIME: Final = TimeReader()


class OfferReader(TextReader):
    """Reads a `str`: all that was said, which is found wherever a time or a price is in it."""

    order = 80

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        told = _MONEY.find(words, scene) or _time_in(words, scene)
        text = words.text.strip()
        return Found(text, told.start, told.end) if told and self.allows(text) else None


def names_a_price(words: Words, scene: Scene) -> bool:
    return _MONEY.find(words, scene) is not None


def offered_moment(words: Words, scene: Scene) -> Moment | None:
    """Return the time that an offer names."""
    found = _time_in(words, scene)
    return found.value if found is not None and isinstance(found.value, Moment) else None


def _time_in(words: Words, scene: Scene) -> Found | None:
    """Find a time, or take the message for one: "around 4" answers when somebody can come."""
    found = _TIME.find(words, scene)
    if found is not None or not all(words.free) or not any(one.is_number for one in words.tokens):
        return found
    moment = _TIME.read(words, scene)
    return None if moment is None else Found(moment, 0, len(words.tokens))
