"""Tells the language of a short message, or keeps silent: a name must not change it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from sokoni.language.control import control_word
from sokoni.language.inflecting import built_in
from sokoni.language.lexicon import LANGUAGES, entries, entries_of, keyed, words_in
from sokoni.language.words import Words, words_of

_KNOWN: Final = 2.0
_SHARED: Final = 0.5
_VERB: Final = 1.5
_ENOUGH: Final = 1.5
_LEAD: Final = 1.0
_SPELLING: Final = 1.0
_SHORTEST_VERB: Final = 5
_VOWELS: Final = frozenset("aeiou")
_LISTED: Final = (("common",), ("things", "stop"), ("control", "hello"))
_ARABIC: Final = ("\u0600", "\u06ff")
_DEVANAGARI: Final = ("\u0900", "\u097f")
_CODE: Final = re.compile(
    r"\b[a-z]{2,4}-(?=[0-9a-z]*[0-9])(?=[0-9a-z]*[a-z])[0-9a-z]{5,}\b", re.IGNORECASE
)
"""A reference that people quote, such as LST-7K3E2PA: what it may spell is chance."""


_ABBREVIATED: Final = re.compile(r"[A-Z]{2}")
"""What "IT" stands for is no English."""
_WITH_DIGIT: Final = re.compile(
    r"(?<!\w)(?=[a-z]*[2356789])(?=[2356789]*[a-z])[a-z2356789]+(?!\w)"
)
"""A word that may have digits for sounds: "3ayez"."""


@dataclass(frozen=True, slots=True)
class _Signs:
    """What gives languages away: their common words, and how their verbs begin and end."""

    words: Mapping[str, frozenset[str]]
    """By word, the languages that have it."""
    loans: frozenset[str]
    verbs: Mapping[str, str]
    verb_lengths: tuple[int, ...]
    ends: tuple[tuple[str, str], ...]
    spellings: tuple[tuple[str, str], ...]
    """Letters that only one of the languages writes together."""


def detect(words: Words, languages: Sequence[str]) -> str | None:
    """Return which of the languages the message is in, or None where it does not show.

    Evidence is function words, verbs and the script; nouns, names and numbers are none.
    """
    if not words.tokens or len(languages) < 2 or _ABBREVIATED.fullmatch(words.text):
        return None
    scripted = _by_script(words, languages)
    if scripted:
        return scripted
    asked = control_word(words) if len(words.tokens) > 1 else None
    if asked is not None and asked.language in languages:
        return asked.language
    scores = _scores(_without_codes(words), languages)
    if max(scores.values()) < _ENOUGH:
        return None
    (best, most), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    return best if most - second >= _LEAD else None


def is_wholly(words: Words, language: str, languages: Sequence[str]) -> bool:
    """Tell whether every word gives the language away: "nahi galat hai" holds no name."""
    known = _signs().words
    return all(
        known.get(token.folded, frozenset()).intersection(languages) == {language}
        for token in words.tokens
        if token.is_word
    )


def _without_codes(words: Words) -> Words:
    return words_of(_CODE.sub(" ", words.text)) if _CODE.search(words.text) else words


def _scores(words: Words, languages: Sequence[str]) -> Mapping[str, float]:
    scores = dict.fromkeys(languages, 0.0)
    for token in words.tokens:
        if token.is_word:
            _weigh(token.folded, scores)
    for language in _with_digits(words):
        if language in scores:
            scores[language] += _KNOWN
    for language in _spelt(words):
        # Once, however many words: names are spelt so, too.
        if language in scores:
            scores[language] += _SPELLING
    return scores


def _with_digits(words: Words) -> Sequence[str]:
    """Return the language of each word with digits for sounds: "3ayez", which is two tokens."""
    if not any(token.is_number for token in words.tokens):
        return ()
    known = _digit_words()
    found = (known.get(match.group()) for match in _WITH_DIGIT.finditer(words.text.lower()))
    return [language for language in found if language]


@cache
def _digit_words() -> Mapping[str, str]:
    return dict(entries("digit_words"))


def _weigh(word: str, scores: dict[str, float]) -> None:
    signs = _signs()
    known = signs.words.get(word)
    if known is not None:
        spoken = known & scores.keys()
        # What only a language has that nobody here speaks tells the others nothing of each other.
        weight = _SHARED if len(spoken) > 1 or word in signs.loans else _KNOWN
        for language in spoken:
            scores[language] += weight
        return
    language = _verb_of(word)
    if language in scores:
        scores[language] += _VERB


def _spelt(words: Words) -> Collection[str]:
    """Return the languages whose spelling shows in words of no list; theirs end in a vowel."""
    known = _signs().words
    return {
        language
        for token in words.tokens
        if token.is_word and token.folded not in known
        for language in _spelling(token.folded)
    }


@lru_cache(maxsize=4096)
def _spelling(word: str) -> Collection[str]:
    if len(word) < _SHORTEST_VERB or word[-1] not in _VOWELS:
        return ()
    return frozenset(language for letters, language in _signs().spellings if letters in word)


@lru_cache(maxsize=4096)
def _verb_of(word: str) -> str:
    signs = _signs()
    if len(word) < _SHORTEST_VERB:
        return ""
    for length in signs.verb_lengths:
        language = signs.verbs.get(word[:length])
        if language is not None and len(word) > length:
            return language
    ended = next((language for end, language in signs.ends if word.endswith(end)), "")
    return ended or built_in(word)


def _by_script(words: Words, languages: Sequence[str]) -> str:
    """Return the language whose script most of the letters are in."""
    for language, (first, last) in (("ar", _ARABIC), ("hi", _DEVANAGARI)):
        if language not in languages:
            continue
        inside = sum(first <= token.folded[0] <= last for token in words.tokens)
        if inside * 2 > sum(token.is_word for token in words.tokens):
            return language
    return ""


@cache
def _signs() -> _Signs:
    verbs = {
        start: language for language in LANGUAGES for start in entries_of(language, "verb_starts")
    }
    lengths = tuple(sorted({len(start) for start in verbs}, reverse=True))
    return _Signs(
        _common_words(),
        words_in("loans"),
        verbs,
        lengths,
        tuple(entries("verb_ends")),
        tuple(entries("spellings")),
    )


def _common_words() -> Mapping[str, frozenset[str]]:
    """Return each word with the languages that have it."""
    having: dict[str, set[str]] = {}
    for path in _LISTED:
        for phrase, language in entries(*path):
            for token in words_of(phrase).tokens:
                having.setdefault(token.folded, set()).add(language)
    _add_controls(having)
    return {word: frozenset(languages) for word, languages in having.items()}


def _add_controls(having: dict[str, set[str]]) -> None:
    for phrase, _, language in keyed("control"):
        tokens = words_of(phrase).tokens
        if len(tokens) > 1:
            continue
        having.setdefault(tokens[0].folded, set()).add(language)
