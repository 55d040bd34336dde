"""Where a message goes on to something else: at "and", a comma, a new line, "ne-" and "la-"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from sokoni.language.lexicon import entries, keyed, phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, words_of

_SIGNS: Final = frozenset({",", ";", ".", "+", "!", "&"})
_SHORTEST_THING: Final = 3


@dataclass(frozen=True, slots=True)
class _Glue:
    """What is glued before a thing, and the vowel that it takes from it."""

    prefix: str
    vowel: str
    joins: bool

    def fits(self, folded: str) -> bool:
        return folded.startswith(self.prefix) and (
            len(folded) >= len(self.prefix) + _SHORTEST_THING
        )


def stretches(words: Words) -> Sequence[tuple[int, int]]:
    """Return the stretches of tokens between the joints of a message."""
    lines = "\n" in words.text
    if not lines and _starts().isdisjoint([token.folded for token in words.tokens]):
        return ()
    found, start, place = [], 0, 0
    while place < len(words.tokens):
        if lines and place > start and "\n" in words.text[_gap(words, place)]:
            found.append((start, place))
            start = place
        end = _joint(words, place)
        if end > place:
            if place > start:
                found.append((start, place))
            start = end
        place = max(end, place + 1)
    if start < len(words.tokens):
        found.append((start, len(words.tokens)))
    return found


def unglued(words: Words, is_thing: Callable[[str], object]) -> Words:
    """Set things apart that Shona and Ndebele join in one word.

    "Nehuku" is "and chickens", and becomes ", huku"; "ngilembuzi" is "I have goats".
    """
    for place, token in enumerate(words.tokens):
        glues = _glues().get(token.folded[:2], ())
        if not glues or not words.free[place] or is_thing(token.folded):
            continue
        for glue in glues:
            thing = glue.vowel + token.folded[len(glue.prefix) :]
            joined = glue.joins and place > 0
            if (joined or not glue.joins) and glue.fits(token.folded) and is_thing(thing):
                said = f", {thing}" if joined else thing
                return unglued(_reworded(words, place, said), is_thing)
    return words


def _joint(words: Words, place: int) -> int:
    if words.tokens[place].folded in _SIGNS:
        return place + 1
    found = _joints().at(words, place)
    return found[1] if found else place


def _gap(words: Words, place: int) -> slice:
    return slice(words.tokens[place - 1].end, words.tokens[place].start)


def _reworded(words: Words, place: int, said: str) -> Words:
    """Return the words with something else in the place of one token."""
    token, text = words.tokens[place], words.text
    changed = words_of(f"{text[: token.start]}{said}{text[token.end :]}")
    more = len(changed.tokens) - len(words.tokens)
    free = (*words.free[:place], *(True,) * (more + 1), *words.free[place + 1 :])
    return Words(changed.text, changed.tokens, free)


@cache
def _starts() -> frozenset[str]:
    """Return the signs and words with which a joint may begin."""
    return _SIGNS | {words_of(phrase).tokens[0].folded for phrase, _ in entries("joints")}


@cache
def _joints() -> Phrases[str]:
    return phrases_in("joints")


@cache
def _glues() -> Mapping[str, Sequence[_Glue]]:
    """Return what may be glued before a thing, by its first two letters."""
    found: dict[str, list[_Glue]] = {}
    for section, joins in (("joints_glued", True), ("things_glued", False)):
        for prefix, vowel, _ in keyed(section):
            found.setdefault(prefix[:2], []).append(_Glue(prefix, vowel, joins))
    return found
