"""What words of an answer belong to other questions that are still open.

Who is asked for a name may write "Priya Sharma, textile, 400001", or only "my pincode is 400001".
Readers that would take any of it for their own leave it (`YieldingReader`).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias, cast

from sokoni.dialogue.form import Form
from sokoni.dialogue.values import dumped, readers
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.term import TermReader
from sokoni.language.reading import Found, Scene, YieldingReader
from sokoni.language.words import Words

CalledOf: TypeAlias = Callable[[str], Collection[str]]
"""Returns the folded words by which a slot is named."""
_OF_KNOWN_WORDS: Final = (PlaceReader, TermReader)
"""What these find without figures, they know by its name."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an answer for the slot that was asked for."""

    words: Words
    slots: frozenset[str] = frozenset()
    """Others that took some of it."""


def left_for(
    form: type[Form],
    slot: str,
    words: Words,
    scene: Scene,
    settled: Collection[str],
    called: CalledOf,
) -> Left:
    """Return the words without what says values of slots that are neither asked nor settled."""
    asked = form.reader(slot)
    if asked is None or not _yields(type(asked)):
        return Left(words)
    yielding = cast("YieldingReader", asked)
    claiming = set[str]()
    for other, reader in readers(form, ""):
        found = None if other == slot or other in settled else reader.find(words, scene)
        if found is None or not _is_sure(form, other, found, words):
            continue
        left = yielding.leave(words, found, called(other))
        if left is not words:
            words = left
            claiming.add(other)
    return Left(words, frozenset(claiming))


@cache
def _yields(kind: type) -> bool:
    return issubclass(kind, YieldingReader)


def _is_sure(form: type[Form], slot: str, found: Found, words: Words) -> bool:
    known = found.has_figures(words) or isinstance(form.reader(slot), _OF_KNOWN_WORDS)
    read = found.start < found.end and dumped(form, slot, found.value) is not None
    return known and read
