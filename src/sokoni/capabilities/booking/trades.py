"""Kinds of work as data: what they are called and which troubles they are for, by language."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import yaml
from pydantic import BaseModel, Field
from typing_extensions import override

from sokoni.language.lexicon import entries
from sokoni.language.signs import Sign

_FILE: Final = Path(__file__).with_name("services.yaml")
Said: TypeAlias = Mapping[str, tuple[str, ...]]
"""Language to words."""


class Trade(BaseModel, frozen=True, extra="forbid"):
    """One kind of work. A merchant's own is said the same way in its YAML."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,31}$")
    names: Said = Field(min_length=1)
    """The first of a language is how it is shown."""
    troubles: Said = {}
    """What is wrong when it is wanted: a burst geyser is a plumber's."""
    things: Said = {}
    """What it deals with: with what is the matter beside them they tell a trouble as well."""
    matters: Said = {}
    """What may be the matter with these things; nothing: what is wrong with things at large."""
    minutes: int = Field(60, ge=15, le=24 * 60)
    """How long a job takes, as a rule."""

    @override
    def __hash__(self) -> int:
        return hash((self.id, self.minutes))

    def label(self, language: str) -> str:
        """Return what it is called; in a language without a word for it, in another."""
        names = self.names.get(language) or self.names.get("en") or next(iter(self.names.values()))
        return names[0]

    def words(self) -> Iterator[str]:
        """Yield everything that it is called in any language."""
        yield self.id
        yield from _all(self.names)

    def told_by(self) -> Iterator[str]:
        """Yield every trouble in any language."""
        yield from _all(self.troubles)

    def dealt_with(self) -> Iterator[str]:
        """Yield every thing in any language, and those of English as others wear them."""
        yield from _all(self.things)
        loans = (thing for thing in self.things.get("en", ()) if " " not in thing)
        yield from (f"{prefix}{thing}" for thing in loans for prefix in _loan_prefixes())

    def sign(self) -> Sign:
        """Return what tells of it in words that may stand apart."""
        if self.matters:
            return Sign(self.id, self.dealt_with(), tuple(_all(self.matters)))
        return Sign(self.id, self.dealt_with(), *_faults())


def _all(said: Said) -> Iterator[str]:
    for phrases in said.values():
        yield from phrases


@cache
def _loan_prefixes() -> tuple[str, ...]:
    return tuple(prefix for prefix, _ in entries("loan_prefixes"))


@cache
def _faults() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what may be wrong with things at large, and what says so only after them."""
    said, failing = (entries("faults", key) for key in ("said", "failing"))
    return tuple(phrase for phrase, _ in said), tuple(phrase for phrase, _ in failing)


Services: TypeAlias = tuple[str | Trade, ...]
"""What a merchant picks by name, and what it brings."""


@cache
def shipped() -> Mapping[str, Trade]:
    """Return those that ship with the booking desk, read when first wanted."""
    data = yaml.safe_load(_FILE.read_bytes())
    return {id_: Trade(id=id_, **said) for id_, said in data.items()}


@lru_cache(maxsize=64)
def offered(services: Services) -> Mapping[str, Trade]:
    """Return by id the kinds of work that a merchant picks or brings; nothing: all that ship."""
    known = shipped()
    chosen = services or tuple(known)
    trades = (known[one] if isinstance(one, str) else one for one in chosen)
    return {trade.id: trade for trade in trades}
