"""What Shona and Ndebele write as one word, set apart where the parts are things on the shelves.

"Chingwa nemukaka" is bread and milk, "mapaketi eshuga" packets of sugar. Only the shelves know
that "nemukaka" is no name and "mukaka" is one.
"""

from collections.abc import Collection, Sequence

from sokoni.capabilities.store.asking import Asked, every
from sokoni.capabilities.store.desk import Desk
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.language.joining import things_apart
from sokoni.language.words import words_of
from sokoni.search.index import index_for


async def apart(desk: Desk, asked: Sequence[Asked]) -> Sequence[Asked]:
    """Return what is asked for, one thing each."""
    maybe = {word for one in asked for word in _maybe_things(one.spoken)}
    if not maybe:
        return asked
    session = desk.context.session
    named = await index_for(session).named(session, desk.context.merchant.id, SHELF, maybe)
    return [thing for one in asked for thing in _told_apart(one, named)]


def _maybe_things(spoken: str) -> Collection[str]:
    """Return the words that decide whether anything is to be set apart."""
    looked_at = set[str]()
    things_apart(words_of(spoken), looked_at.add)
    return looked_at


def _told_apart(asked: Asked, named: Collection[str]) -> Sequence[Asked]:
    words = words_of(asked.spoken)
    told = things_apart(words, named.__contains__)
    return [asked] if told is words else list(every(told))
