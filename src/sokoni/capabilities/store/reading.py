"""Readers that only a shop needs: what is wanted, how many, which of a list, a coupon's code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from typing_extensions import override

from sokoni.capabilities.store.asking import (
    Asked,
    changed,
    every,
    phrases_for,
    speaks,
    trimmed,
    written,
)
from sokoni.capabilities.store.settings import DeliveryOption, StoreSettings
from sokoni.language.lexicon import keyed
from sokoni.language.phrases import Phrases
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.readers.street import StreetReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import Found, Reader, Scene, Spot, Terms
from sokoni.language.remarks import is_remark
from sokoni.language.words import Words

WAY: Final = "store.way"
PAY: Final = "store.pay"
"""Kind of the words for ways to pay: each says a gateway by name."""
NUMBER: Final = "store.number"
"""Kind of the words for small numbers: phrases say "<store.number> more"."""

NOT_OFFERED: Final = "-"
"""Begins the name of a way in which this shop's goods are not had."""

LAST: Final = -1
_GATEWAYS: Final = ("cod", "stripe", "sandbox")
"""Of which people speak in words of their own; others are called as their choice is."""
_AROUND: Final = " :;,-"
_NUMBERS: Final = 30
_FIGURES_OF_A_PICK: Final = 2
_QUOTED: Final = re.compile(
    r"\b(?:[a-z]{2,6}-(?=[a-z]*[0-9])|ord-)[0-9a-z]{4,10}\b", re.IGNORECASE
)
"""What may be an order's number: with a figure in it, or ours, of letters alone."""
_CODE: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]{2,39}")


def terms(declared: Mapping[str, Any]) -> Mapping[str, Terms]:
    """Return the words for small numbers, of which phrases are made, and for ways of delivery."""
    options = StoreSettings.of(declared).delivery
    return {NUMBER: _small_numbers(), WAY: _ways(options), PAY: _ways_to_pay()}


@cache
def _ways_to_pay() -> Phrases[str]:
    named = ((word, gateway) for gateway in _GATEWAYS for word in phrases_for(f"pays_{gateway}"))
    return Phrases(named)


def _ways(options: Sequence[DeliveryOption]) -> Phrases[str]:
    """Return what options are called; words that fit several mean the first of them."""
    named = [(name, one.id) for one in options for name in one.names.values()]
    usual = [
        (word, next((one.id for one in options if one.collects is collects), _not_offered(way)))
        for way, collects in (("collects", True), ("brings", False))
        for word in phrases_for(way)
    ]
    return Phrases([*named, *usual])


def _not_offered(way: str) -> str:
    return f"{NOT_OFFERED}{way}"


@cache
def _small_numbers() -> Phrases[str]:
    said = ((word, int(value)) for word, value, _ in keyed("numbers") if value.isdecimal())
    spelled = [(word, str(value)) for word, value in said if 0 < value <= _NUMBERS]
    return Phrases([*((str(value), str(value)) for value in range(1, _NUMBERS + 1)), *spelled])


@cache
def _note_marks() -> Phrases[str]:
    return phrases_for("note_marks")


class AskedReader(Reader):
    """Reads `tuple[Asked, ...]` from all words that are left: "2 coffees, a bread and milk"."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        asked = tuple(every(words))
        return Found(asked, 0, 0) if asked else None

    @override
    def read(self, words: Words, scene: Scene) -> tuple[Asked, ...] | None:
        return tuple(every(words)) or None


class AskedOnceReader(Reader):
    """Reads an `Asked` of which the number is what there shall be: "change coffee to 3"."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        asked = changed(words)
        return None if asked is None else Found(asked, 0, 0)

    @override
    def read(self, words: Words, scene: Scene) -> Asked | None:
        return changed(words)


class LeftReader(Reader):
    """Reads a `str`: what is left of a message once its phrases are gone, as it was written."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        left = [place for place, free in enumerate(words.free) if free]
        said = written(words, left)
        return Found(said, left[0], left[0]) if said and speaks(words, left) else None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        return words.text.strip() or None


class CheapestReader(Reader):
    """Reads a `bool`: the cheapest one is wanted, and no list: "the cheapest one, please"."""

    order = 30

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return Found(True, 0, 0) if self.read(words, scene) else None

    @override
    def read(self, words: Words, scene: Scene) -> bool | None:
        left = trimmed(words, list(range(len(words.tokens))))
        # What goes on is of something else, or puts a list in order: "the cheapest first".
        return True if left and phrases_for("cheapest_one").before(words, left[-1] + 1) else None


class NoteReader(TextReader):
    """Reads a `str`: all that is written, without the words that only say that it is a note."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        said = self.read(words, scene)
        return Found(said, 0, 0) if said else None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        mark = _note_marks().at(words, 0) if words.tokens else None
        text = words.original(mark[1] if mark else 0, len(words.tokens)).strip(_AROUND)
        return text if text and self.allows(text) else None


class NthReader(Reader):
    """Reads an `int`: which one of a list, `LAST` for the last."""

    order = 30

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for place in range(len(words.tokens)):
            found = _ordinals().at(words, place)
            if found is not None:
                # Also in a phrase that starts the task: "show me the second one".
                return Found(found[0], place, found[1])
        return None

    @override
    def read(self, words: Words, scene: Scene) -> int | None:
        found = self.find(words, scene)
        return None if found is None else int(str(found.value))


class WayReader(TermReader):
    """Reads a delivery option's id, also from a phrase that starts the task: "please deliver"."""

    def __init__(self) -> None:
        super().__init__(WAY)

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return super().find(words.untaken(), scene)


class SpotReader(StreetReader):
    """Reads a `Spot`: a street in any message, and whatever is said when it is asked for."""

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        found = super().find(words, scene)
        if found is None:
            return None
        end = _past_towns(words, found.end, scene)
        return replace(found, value=Spot(words.original(found.start, end)), end=end)

    @override
    def read(self, words: Words, scene: Scene) -> Spot | None:  # type: ignore[override]
        found = self.find(words, scene)
        asks = words.is_question or phrases_for("questions").at(words, 0)
        if found is None and (asks or is_remark(words) or _is_of_a_list(words)):
            return None
        said = super().read(words, scene)
        return None if said is None else Spot(said)


def _is_of_a_list(words: Words) -> bool:
    """Tell a number that picks something from the house that it could be."""
    spoken = [token for token in words.tokens if token.is_word or token.is_number]
    return len(spoken) == 1 and spoken[0].is_number and len(spoken[0].folded) <= _FIGURES_OF_A_PICK


def _past_towns(words: Words, end: int, scene: Scene) -> int:
    """Take the places behind a street with it, by which the delivery is priced."""
    tokens, longest = words.tokens, scene.places.longest_name()
    while end < len(tokens):
        start = end + 1 if tokens[end].folded == "," else end
        last = min(len(tokens), start + longest)
        stops = (
            stop
            for stop in range(last, start, -1)
            if scene.places.named(words.phrase(start, stop), scene.country)
        )
        stop = next(stops, None)
        if stop is None:
            return end
        end = stop
    return end


class OrderReader(ReferenceReader):
    """Reads a `str`: an order's number, also one that nobody has, to be told so."""

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        found = super().find(words, scene)
        if found is not None:
            return found
        match = _QUOTED.search(words.text)
        if match is None:
            return None
        inside = [
            place
            for place, token in enumerate(words.tokens)
            if token.start < match.end() and match.start() < token.end
        ]
        return Found(match.group().upper().replace(" ", "-"), inside[0], inside[-1] + 1)


class CodeReader(Reader):
    """Reads a `str`, in capitals: the code of a coupon, written apart or not."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        left = [place for place, free in enumerate(words.free) if free]
        code = _code(written(words, trimmed(words, left)))
        return Found(code, left[0], left[0]) if code else None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        return _code(words.text)


def _code(said: str) -> str | None:
    """Return what may be a code: one word, or several of which one has a figure."""
    plain = said.strip().strip("\"'.!").replace(" ", "")
    several = " " in said.strip()
    if several and not any(letter.isdigit() for letter in plain):
        return None
    return plain.upper() if _CODE.fullmatch(plain) else None


@cache
def _ordinals() -> Phrases[int]:
    numbered = [(one, int(key)) for one, key, _ in keyed("menu_numbers") if key.isdecimal()]
    with_one = [(f"{one} one", key) for one, key in numbered]
    listed = [(f"{word} {n}", n) for n in range(1, 11) for word in ("number", "no", "option", "#")]
    last = [(phrase, LAST) for phrase in phrases_for("last")]
    the = [(f"the {one}", key) for one, key in (*numbered, *with_one)]
    return Phrases([*the, *with_one, *numbered, *listed, *last])
