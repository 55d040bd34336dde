"""What a trader's words mean: goats, mbudzi and imbuzi are one noun (`nouns.yaml`).

A thing becomes tokens by which it is kept and found. `=goat` is a noun, `~livestock` its
category, and a bare token a plain word, so that things without a noun are found as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from sokoni.language.lexicon import words_in
from sokoni.language.words import words_of

_FILE: Final = Path(__file__).with_name("nouns.yaml")
_WORDS: Final = Path(__file__).with_name("words.yaml")
_LONGEST_TOKEN: Final = 48
_SHORTEST_WORN: Final = 4
_VOWELS: Final = frozenset("aiu")
_EMPTY_WORDS: Final = frozenset(
    (
        *("a", "an", "the", "of", "some", "any", "my", "our", "your", "more", "and", "or", "with"),
        *("for", "in", "at", "to", "is", "are", "good", "cheap", "nice", "best"),
        *("ye", "ya", "dze", "re", "rwe", "va", "uye", "ne", "kanye", "lo", "le"),
    )
)


@dataclass(frozen=True, slots=True)
class Noun:
    """One thing people trade. A broiler's parent is the chicken."""

    id: str
    category: str
    parent: str = ""

    @property
    def token(self) -> str:
        return f"={self.id}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a thing is looked for by, and found by."""

    required: tuple[str, ...]
    """Tokens that an offer must all have to be what is looked for."""
    tokens: tuple[str, ...]
    """All tokens by which an offer of the thing is found."""
    trades: tuple[str, ...]
    """What somebody who sells it deals in."""


class TradeNouns:
    """Finds nouns in words, whatever the language, singular or plural."""

    def __init__(
        self, nouns: Mapping[str, Noun], aliases: Mapping[str, str], kinds: frozenset[str]
    ) -> None:
        self._nouns = nouns
        self._kinds = kinds
        self._tokens = frozenset(noun.token for noun in nouns.values())
        worn = {form: token for alias, token in aliases.items() for form in _worn(alias)}
        self._aliases = {**worn, **aliases}
        listed = yaml.safe_load(_WORDS.read_bytes())["counted_whole"]
        self._whole = frozenset(
            (*(f"~{one}" for one in listed["sections"]), *(f"={one}" for one in listed["nouns"]))
        )
        self._parts = frozenset(f"={one}" for one in listed["but_not"])
        self._longest = max(alias.count(" ") + 1 for alias in aliases)
        self._single = [alias for alias in aliases if " " not in alias]

    def __len__(self) -> int:
        return len(self._nouns)

    def meaning(self, thing: str) -> Meaning:
        """Return the tokens of a thing in the contact's words."""
        words = tuple(_words(thing)) or (thing.casefold()[:_LONGEST_TOKEN],)
        words = tuple([word[:_LONGEST_TOKEN] for word in words])
        found = list(self._found(words)) or self._nearly(words)
        tokens = tuple(token for one in found for token in self._upwards(one))
        named = (word for token in found for word in self._words_of(token))
        plain = tuple(dict.fromkeys((*words, *named)))
        only_kind = len(found) == 1 and found[0].startswith("~")
        meant = self._of_a_kind(thing, words) if only_kind else ()
        return Meaning(
            required=tuple(dict.fromkeys((*found, *meant))) or plain,
            tokens=tuple(dict.fromkeys((*tokens, *plain))),
            trades=tuple(dict.fromkeys(tokens)) or plain,
        )

    def named(self, thing: str) -> str:
        """Return the nouns that the words name as they are listed, "" where they name none."""
        return " ".join(sorted(set(self._found(tuple(_words(thing))))))

    def counted_whole(self, thing: str) -> bool:
        """Tell whether it is sold by the piece: goats are, maize is not."""
        tokens = self.meaning(thing).trades
        return not self._parts.intersection(tokens) and not self._whole.isdisjoint(tokens)

    def are_in(self, words: Sequence[str]) -> bool:
        """Tell whether a noun is among folded words, as it is listed."""
        return any(self._found(tuple([singular(word) for word in words])))

    def _of_a_kind(self, thing: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words whose kind an English category before them tells.

        "Solar geysers" are geysers; "clothes for children" and "fresh vegetables" stay all of
        their category.
        """
        spoken = sum(token.is_word for token in words_of(thing.replace("-", " ")).tokens)
        if spoken != len(words):
            return ()
        lengths = range(len(words) - 1, 0, -1)
        return next(
            (words[length:] for length in lengths if " ".join(words[:length]) in self._kinds), ()
        )

    def _words_of(self, token: str) -> Iterator[str]:
        """Yield a noun's English words: who looks for "oil" is shown mafuta ekubikisa."""
        if token in self._tokens:
            yield from (singular(word) for word in token[1:].split("-"))

    def _found(self, words: tuple[str, ...]) -> Iterator[str]:
        """Yield the tokens of the nouns in the words, the longest names first."""
        place = 0
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                token = self._aliases.get(" ".join(words[place : place + length]))
                if token is not None:
                    yield token
                    place += length - 1
                    break
            place += 1

    def _nearly(self, words: tuple[str, ...]) -> list[str]:
        """Return the noun that a lone unknown word is a slip of the thumb away from."""
        if len(words) != 1 or len(words[0]) < 5:
            return []
        slips = 1 if len(words[0]) < 8 else 2
        near = process.extractOne(words[0], self._single, scorer=OSA.distance, score_cutoff=slips)
        return [] if near is None else [self._aliases[near[0]]]

    def _upwards(self, token: str) -> Iterator[str]:
        """Yield the token, its noun's parents, and their category."""
        yield token
        noun = self._nouns.get(token[1:]) if token.startswith("=") else None
        if noun is None:
            return
        if noun.parent:
            yield from self._upwards(f"={noun.parent}")
        yield f"~{noun.category}"


@lru_cache(maxsize=8192)
def meaning_of(thing: str) -> Meaning:
    return trade_nouns().meaning(thing)


@lru_cache(maxsize=8192)
def named(thing: str) -> str:
    return trade_nouns().named(thing)


@cache
def trade_nouns() -> TradeNouns:
    """Return the nouns that ship with the marketplace, read when first wanted."""
    data = yaml.load(_FILE.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe loaders
    nouns: dict[str, Noun] = {}
    aliases: dict[str, str] = {}
    kinds: set[str] = set()
    for category, entries in data.items():
        kinds.update(_joined(name) for name in str(entries.get("_", "")).split("|")[0].split(","))
        for token, noun, names in _entries(category, entries):
            if noun is not None:
                nouns[noun.id] = noun
            for alias in names:
                aliases.setdefault(alias, token)
    return TradeNouns(nouns, aliases, frozenset(kinds - {""}))


def _worn(name: str) -> Iterator[str]:
    """Yield a name as another language wears it, "mabroiler", or without its first vowel, "mbila".

    Where that is another thing's own name, it stays that.
    """
    if " " in name or len(name) < _SHORTEST_WORN:
        return
    yield from (prefix + name for prefix in words_in("loan_prefixes") if prefix.isalpha())
    if name[0] in _VOWELS and name[1] not in _VOWELS and len(name) > _SHORTEST_WORN:
        yield name[1:]


_WHOLE_ES: Final = (("ches", 4), ("shes", 4), ("sses", 4), ("xes", 4), ("oes", 5))
"""Endings that lose "es" in words longer than that: boxes and tomatoes, but not axes and hoes."""


def singular(word: str) -> str:
    """Return an English word without its plural ending; other words stay."""
    if word.endswith(("ies", "ie")) and len(word) > 4:
        return word.removesuffix("s").removesuffix("ie") + "y"
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    whole = any(word.endswith(ending) and len(word) > most for ending, most in _WHOLE_ES)
    return word[:-2] if whole else word[:-1]


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words that carry meaning, as they are compared."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[str]:
    """Yield the words that carry meaning, as they are compared."""
    for token in words_of(text.replace("-", " ")).tokens:
        if token.is_word and token.folded not in _EMPTY_WORDS:
            yield singular(token.folded)


def _joined(name: str) -> str:
    return " ".join(_words(name))


def _entries(
    category: str, entries: Mapping[str, Any]
) -> Iterator[tuple[str, Noun | None, Iterable[str]]]:
    for key, line in entries.items():
        names = dict.fromkeys(_joined(name) for name in _names(str(line)))
        if key == "_":
            yield f"~{category}", None, names
            continue
        name, _, parent = (part.strip() for part in key.partition("<"))
        yield f"={name}", Noun(name, category, parent), names


def _names(line: str) -> Iterator[str]:
    for language, part in zip(("en", "sn", "nd"), line.split("|"), strict=True):
        for name in part.split(","):
            if name.strip():
                yield from _numbers(name.strip(), language)


def _numbers(name: str, language: str) -> Iterator[str]:
    """Yield a name and, where its noun class makes it by rule, its plural."""
    yield name
    if language == "sn":
        yield from _swapped(name, {"chi": "zvi", "mu": "mi"})
    elif language == "nd":
        yield from _swapped(name, {"isi": "izi", "umu": "imi", "um": "imi"})
        if name.startswith(("in", "im")) and not name.startswith("imi"):
            yield f"iz{name}"
            yield name[1:]


def _swapped(name: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    for one, many in prefixes.items():
        if name.startswith(one):
            yield many + name.removeprefix(one)
            return
