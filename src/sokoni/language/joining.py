"""Where a message goes on to something else: at "and", a comma, a new line, "ne-" and "la-"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from sokoni.language.lexicon import entries, keyed, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, words_of

_SIGNS: Final = frozenset({",", ";", ".", "+", "!", "&"})
_SHORTEST_THING: Final = 3
_VERB_ENDS: Final = ("a", "er", "ar", "isa")


@dataclass(frozen=True, slots=True)
class _Glue:
    """What is glued before a thing, and the vowel that it takes from it."""

    prefix: str
    vowel: str
    joins: bool

    def fits(self, folded: str, place: int) -> bool:
        long = len(folded) >= len(self.prefix) + _SHORTEST_THING
        return long and folded.startswith(self.prefix) and (place > 0 or not self.joins)


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
    apart = {
        place: said
        for place, token in enumerate(words.tokens)
        if words.free[place] and (said := _apart(token.folded, place, is_thing))
    }
    return _reworded(words, apart) if apart else words


def things_apart(words: Words, is_thing: Callable[[str], object]) -> Words:
    """Set things apart as `unglued` does, and bare those that others belong to.

    "Mapaketi eshuga nemukaka" is packets, sugar, and milk.
    """
    words = unglued(words, is_thing)
    bare = {
        place: said
        for place, token in enumerate(words.tokens)
        if place and words.free[place] and (said := unpossessed(token.folded, is_thing))
    }
    return _reworded(words, bare) if bare else words


def unpossessed(folded: str, is_thing: Callable[[str], object]) -> str:
    """Return the thing in "echibage" and "yembuzi", "" where none is in it.

    "Amasaka ombila" is bags of maize: what is spoken of is umbila.
    """
    if is_thing(folded):
        return ""
    for glue in _possessives():
        thing = glue.vowel + folded[len(glue.prefix) :]
        if glue.fits(folded, 0) and is_thing(thing):
            return thing
    return ""


def verb_stems(folded: str) -> Sequence[str]:
    """Return what may be another language's verb in a word: "selling" in "kuselling".

    Such a verb may take our ending: "ndirikusella".
    """
    begun = _verb_beginnings().get(folded[:2])
    if begun is None:
        return ()
    stems = [folded.removeprefix(one) for one in begun if folded.startswith(one)]
    ended = [stem[: -len(end)] for stem in stems for end in _VERB_ENDS if stem.endswith(end)]
    return [stem for stem in (*stems, *ended) if len(stem) >= _SHORTEST_THING]


def _apart(folded: str, place: int, is_thing: Callable[[str], object]) -> str:
    """Return the thing in a word, set off where it is joined to what came before."""
    glues = _glues().get(folded[:2], ())
    if not glues or is_thing(folded):
        return ""
    for glue in glues:
        thing = glue.vowel + folded[len(glue.prefix) :]
        if glue.fits(folded, place) and is_thing(thing):
            return f", {thing}" if glue.joins else thing
    return ""


def _joint(words: Words, place: int) -> int:
    if words.tokens[place].folded in _SIGNS:
        return place + 1
    found = _joints().at(words, place)
    # "W/" joins, and "w/o" leaves out.
    return found[1] if found and not _goes_on(words, found[1]) else place


def _goes_on(words: Words, end: int) -> bool:
    """Tell whether a joint that ends in a sign is the beginning of a word."""
    sign = not words.tokens[end - 1].is_word
    return sign and end < len(words.tokens) and words.glued(end)


def _gap(words: Words, place: int) -> slice:
    return slice(words.tokens[place - 1].end, words.tokens[place].start)


def _reworded(words: Words, said: Mapping[int, str]) -> Words:
    """Return the words with something else in the place of some tokens."""
    text, free, end = "", list[bool](), 0
    for place, token in enumerate(words.tokens):
        other = said.get(place)
        text += words.text[end : token.start] + (other or words.text[token.start : token.end])
        free += [True] * len(words_of(other).tokens) if other else [words.free[place]]
        end = token.end
    changed = words_of(text + words.text[end:])
    same = len(free) == len(changed.tokens)
    return Words(changed.text, changed.tokens, tuple(free)) if same else words


@cache
def _starts() -> frozenset[str]:
    """Return the signs and words with which a joint may begin."""
    return _SIGNS | {words_of(phrase).tokens[0].folded for phrase, _ in entries("joints")}


@cache
def _joints() -> Phrases[str]:
    return phrases_in("joints")


@cache
def _verb_beginnings() -> Mapping[str, Sequence[str]]:
    """Return how verbs begin that are one word with what they are in, by two letters."""
    found: dict[str, list[str]] = {}
    for beginning in sorted(words_in("verbs_glued"), key=len, reverse=True):
        found.setdefault(beginning[:2], []).append(beginning)
    return found


@cache
def _possessives() -> Sequence[_Glue]:
    """Return what may be glued before what somebody or something has, the longest first."""
    listed = [_Glue(prefix, vowel, joins=False) for prefix, vowel, _ in keyed("possessives_glued")]
    return sorted(listed, key=lambda glue: -len(glue.prefix))


@cache
def _glues() -> Mapping[str, Sequence[_Glue]]:
    """Return what may be glued before a thing, by its first two letters."""
    found: dict[str, list[_Glue]] = {}
    for section, joins in (("joints_glued", True), ("things_glued", False)):
        for prefix, vowel, _ in keyed(section):
            found.setdefault(prefix[:2], []).append(_Glue(prefix, vowel, joins))
    return found
