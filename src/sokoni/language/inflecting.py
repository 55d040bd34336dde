"""Words of Shona and Ndebele without what their grammar puts around them.

A verb is one word with who does it, when, and of what: "ndipe", "tipeiwo" and "mundipewo" all say
"give". The lexicons tell how such words are built (`inflected`) and of which roots; what is told
apart is a wish, what is done, what is not wanted, and what somebody else does.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

from sokoni.language.lexicon import LANGUAGES, entries_of, keyed, words_in

_SHORTEST: Final = 4
"""Letters: shorter words are too many other things."""
_VOWELS: Final = frozenset("aeiou")
"""Every word of these languages ends in one."""


def uninflected(folded: str) -> str:
    """Return what a word says whoever says it, "" where it is built in no way that we know."""
    return _taken_apart(folded)[0]


def built_in(folded: str) -> str:
    """Return the language in which a word is built so, "" where it is of none, or a name."""
    said, language = _taken_apart(folded)
    return "" if said.partition(":")[2] in words_in("verbs", "in_names") else language


@lru_cache(maxsize=16384)
def _taken_apart(folded: str) -> tuple[str, str]:
    if len(folded) < _SHORTEST or folded[-1] not in _VOWELS or folded in _english():
        return "", ""
    for form, pattern, language in _patterns():
        match = pattern.fullmatch(folded)
        if match is not None:
            return f"{form}:{match.groupdict().get('root', '')}", language
    return "", ""


@cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str], str]]:
    pieces = {language: dict(_pieces(language)) for language in LANGUAGES}
    return [
        (form, re.compile(pattern.format_map(pieces[language])), language)
        for pattern, form, language in keyed("inflected")
    ]


def _pieces(language: str) -> Iterator[tuple[str, str]]:
    """Yield what a language's patterns name: its verbs' roots, and what may stand before them."""
    for name in ("root", "object", "other"):
        listed = sorted(entries_of(language, "verbs", name), key=len, reverse=True)
        yield name, f"(?{'P<root>' if name == 'root' else ':'}{'|'.join(listed)})"


@cache
def _english() -> frozenset[str]:
    """Return English words: what they look like in other languages is chance."""
    return frozenset(entries_of("en", "common"))
