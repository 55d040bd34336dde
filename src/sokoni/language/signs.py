"""Tells what is the matter, where a thing and what is wrong with it stand near each other."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Final

from typing_extensions import override

from sokoni.language.phrases import Phrases
from sokoni.language.reading import Terms
from sokoni.language.words import Words, words_of

_APART: Final = 5
"""So many words may stand between: "the tap in our second bathroom is dripping"."""
_ENDS: Final = frozenset({".", ";", "!", "?", "\u061f", "\u06d4", "\u0964"})


class Sign:
    """Things of one kind, and what may be the matter with them."""

    def __init__(
        self,
        value: str,
        things: Iterable[str],
        matters: Collection[str],
        failings: Collection[str] = (),
    ) -> None:
        """`failings` mean something only after the thing: "not", "won't"."""
        self.value = value
        self.things = tuple(things)
        self.matters = tuple(matters)
        self.before = Phrases((matter, value) for matter in matters)
        self.after = Phrases((one, value) for one in chain(matters, failings))


class Signs(Terms):
    """Whole phrases, then things with what is the matter with them, in either order.

    "The lights in my house are off" is told by "lights" and "off".
    """

    def __init__(self, phrases: Phrases[str], signs: Iterable[Sign]) -> None:
        every = tuple(signs)
        self._phrases = phrases
        self._things = Phrases(
            _keyed((thing, one) for one in every for thing in one.things).items()
        )
        self._by_first = _keyed(
            (words_of(matter).tokens[0].folded, one) for one in every for matter in one.matters
        )

    @override
    def at(self, words: Words, place: int) -> tuple[str, int] | None:
        return (
            self._phrases.at(words, place)
            or self._thing_first(words, place)
            or self._matter_first(words, place)
        )

    def _thing_first(self, words: Words, place: int) -> tuple[str, int] | None:
        signs, after = self._things.at(words, place) or ((), place)
        for sign in signs:
            end = _near(words, after, sign.after)
            if end is not None:
                return sign.value, end
        return None

    def _matter_first(self, words: Words, place: int) -> tuple[str, int] | None:
        for sign in self._by_first.get(words.tokens[place].folded, ()):
            matter = sign.before.at(words, place)
            end = None if matter is None else self._thing_near(words, matter[1], sign)
            if end is not None:
                return sign.value, end
        return None

    def _thing_near(self, words: Words, start: int, sign: Sign) -> int | None:
        """Return where the next thing ends, None where it is of another kind."""
        for place in _reach(words, start):
            thing = self._things.at(words, place)
            if thing is not None:
                return thing[1] if sign in thing[0] else None
        return None


def _keyed(told: Iterable[tuple[str, Sign]]) -> Mapping[str, Iterable[Sign]]:
    """Return the signs of each key, each once, in the order in which they were told."""
    found: defaultdict[str, dict[Sign, None]] = defaultdict(dict)
    for key, sign in told:
        found[key][sign] = None
    return found


def _near(words: Words, start: int, phrases: Phrases[str]) -> int | None:
    """Return where the next of these phrases ends, None where none is near."""
    for place in _reach(words, start):
        found = phrases.at(words, place)
        if found is not None:
            return found[1]
    return None


def _reach(words: Words, start: int) -> Iterable[int]:
    """Yield the places from `start` that the same sentence goes on to, as far as is near."""
    for place in range(start, min(len(words.tokens), start + _APART + 1)):
        if words.tokens[place].folded in _ENDS or words.begins_line(place):
            return
        yield place
