"""Tells whether a whole message says yes, or no, to what is asked, word after word."""

from functools import cache
from typing import Final

from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words

_LONGEST: Final = 12


def says_only(words: Words, answer: str, more: Phrases[str]) -> bool:
    """Tell whether there are only words for the answer, and politeness: "yes go ahead, thanks".

    `answer` is a section of the word lists: "yes", "no", "own_number"; `more` mean it here, and
    not everywhere.
    """
    if not words.tokens or len(words.tokens) > _LONGEST or words.is_question:
        return False
    place, found = 0, False
    while place < len(words.tokens):
        said = max(_end(_usual(answer), words, place), _end(more, words, place))
        end = max(said, _end(_polite(), words, place))
        sign = not (words.tokens[place].is_word or words.tokens[place].is_number)
        if not end and not sign:
            return False
        found = found or said > 0
        place = max(end, place + 1)
    return found


def _end(phrases: Phrases[str], words: Words, place: int) -> int:
    found = phrases.at(words, place)
    return 0 if found is None else found[1]


@cache
def _usual(answer: str) -> Phrases[str]:
    return phrases_in(answer)


@cache
def _polite() -> Phrases[str]:
    return phrases_in("politeness")
