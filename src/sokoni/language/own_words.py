"""Words that no other language has: one of them shows which language a message is in."""

from functools import cache
from typing import Final

from sokoni.language.lexicon import LANGUAGES, entries_of, keyed
from sokoni.language.words import Words, fold

_KEYED: Final = ("numbers", "units")


def shows(words: Words, language: str) -> bool:
    """Tell whether any word of the message is this language's alone."""
    own = _own(language)
    return any(token.folded in own for token in words.tokens)


@cache
def _own(language: str) -> frozenset[str]:
    others = {word for other in LANGUAGES if other != language for word in _known(other)}
    return _known(language) - others


@cache
def _known(language: str) -> frozenset[str]:
    listed = {phrase for section in _KEYED for phrase, _, of in keyed(section) if of == language}
    return frozenset(fold(word) for word in (*listed, *entries_of(language, "common")))
