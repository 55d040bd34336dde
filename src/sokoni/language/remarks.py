"""Tells what asks for nothing from what does: "cool", "lol", "let me ask my husband first"."""

from functools import cache
from typing import Final

from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words

_LONGEST: Final = 9


def is_remark(words: Words) -> bool:
    """Tell whether a whole message is a remark, politeness and small words aside."""
    if not words.tokens or len(words.tokens) > _LONGEST or words.is_question:
        return False
    if all(not (token.is_word or token.is_number) for token in words.tokens):
        return False
    place, found = 0, False
    while place < len(words.tokens):
        if _leading().at(words, place):
            return True
        remark = _remarks().at(words, place)
        end = _end(remark) or _end(_around().at(words, place))
        sign = not (words.tokens[place].is_word or words.tokens[place].is_number)
        if not end and not sign:
            return False
        found = found or remark is not None
        place = end or place + 1
    return found


def _end(found: tuple[str, int] | None) -> int:
    return 0 if found is None else found[1]


@cache
def _remarks() -> Phrases[str]:
    return phrases_in("remarks", "whole")


@cache
def _leading() -> Phrases[str]:
    """Return how remarks begin that say anything then: "let me ask"."""
    return phrases_in("remarks", "leading")


@cache
def _around() -> Phrases[str]:
    return phrases_in("remarks", "around")
