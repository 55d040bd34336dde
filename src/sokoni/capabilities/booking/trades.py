"""Kinds of work as data: what they are called and which troubles they are for, by language."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import yaml
from pydantic import BaseModel, Field
from typing_extensions import override

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
        for names in self.names.values():
            yield from names

    def signs(self) -> Iterator[str]:
        """Yield every trouble in any language."""
        for troubles in self.troubles.values():
            yield from troubles


@cache
def shipped() -> Mapping[str, Trade]:
    """Return those that ship with the booking desk, read when first wanted."""
    data = yaml.safe_load(_FILE.read_bytes())
    return {id_: Trade(id=id_, **said) for id_, said in data.items()}
