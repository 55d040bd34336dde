"""Which rooms of the wording each language says whole; what it does not say is said in English.

`docs/operations.md` has the same table, for those who choose a merchant's languages.
"""

from collections.abc import Iterable, Mapping
from typing import Final

EVERYTHING: Final = frozenset({"en", "sn", "nd"})
"""Languages that say every key."""

_ENGINE: Final = frozenset(
    {
        "broadcast",
        "choice",
        "dialogue",
        "onboarding",
        "payments",
        "rights",
        "staff",
        "unit",
        "verification",
    }
)
"""What any merchant's conversations say, whatever it does."""

ROOMS: Final[Mapping[str, frozenset[str]]] = {"ar": _ENGINE | {"store"}, "hi": _ENGINE}
"""Of the other languages: rooms of which every key is said."""


def room(key: str) -> str:
    """Return the room that a key belongs to, the menu's lines with their capability's."""
    return key.removeprefix("menu.").partition(".")[0]


def wanted(language: str, keys: Iterable[str]) -> frozenset[str]:
    """Return those of the keys that the language must say."""
    if language in EVERYTHING:
        return frozenset(keys)
    return frozenset(key for key in keys if room(key) in ROOMS[language])
