"""Tells whether a message asks something, and whether it asks why something is wanted."""

from functools import cache
from typing import Final

from sokoni.language.lexicon import idle_words, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words

_LONGEST: Final = 14


def is_asking(words: Words) -> bool:
    """Tell whether it is a question, with its mark or without: "is it free"."""
    if words.is_question:
        return True
    for place, token in enumerate(words.tokens):
        if _asking().at(words, place) is not None:
            return True
        if token.is_word and token.folded not in _beside():
            return False
    return False


def asks_why(words: Words) -> bool:
    """Tell whether a whole message asks "what for?", greetings and small words aside."""
    if not words.tokens or len(words.tokens) > _LONGEST:
        return False
    spoken = [place for place, token in enumerate(words.tokens) if token.is_word]
    asking = [place for place in spoken if words.tokens[place].folded not in _beside()]
    if not asking:
        return False
    first, ends = asking[0], {asking[-1] + 1, spoken[-1] + 1}
    if _leading().at(words, first) is not None:
        return True
    if any(words.phrase(first, end) in _whole() for end in ends):
        return True
    return any(_within().at(words, place) for place in spoken)


@cache
def _asking() -> Phrases[str]:
    return phrases_in("asking")


@cache
def _beside() -> frozenset[str]:
    return idle_words() | words_in("turning")


@cache
def _leading() -> Phrases[str]:
    return phrases_in("wondering", "leading")


@cache
def _whole() -> Phrases[str]:
    return phrases_in("wondering", "whole")


@cache
def _within() -> Phrases[str]:
    """Return how it is asked where "why" stands in the middle: "आपको यह क्यों चाहिए"."""
    return phrases_in("wondering", "within")
