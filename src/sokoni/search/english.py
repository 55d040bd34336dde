"""The singular of English nouns, as far as rules go; what is unsure stays as it is."""

from functools import cache
from typing import Final

from sokoni.search.words import section

_SHORTEST: Final = 4
_KEEP: Final = ("ss", "us", "is")


@cache
def _irregular() -> dict[str, str]:
    return {plural: one for one, plurals in section("singular").items() for plural in plurals}


def singular(word: str) -> str:
    """Return the singular of a folded word; a word that is none stays."""
    word = word.removesuffix("'s").replace("'", "")
    known = _irregular().get(word)
    if known is not None:
        return known
    if len(word) < _SHORTEST or not word.endswith("s") or not word.isascii():
        return word
    return _cut(word)


def _cut(word: str) -> str:
    if word.endswith(_KEEP):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > _SHORTEST else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]
