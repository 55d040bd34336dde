"""How well it is told whose work a trouble is, by language.

`python -m tests.capabilities.booking.troubles` prints what is told wrong in the half that the
words of the services may be tuned on. What is wrong in the other half nobody looks at.
"""

from dataclasses import replace
from typing import Final

from sokoni.capabilities.booking.reading import SERVICE, TROUBLE, terms
from sokoni.language.readers.term import TermReader
from sokoni.language.words import words_of
from tests.capabilities.booking.halves import Halves
from tests.language.said import scene

LANGUAGES: Final = ("en", "sn", "nd")
FILES: Final = ("troubles", "troubles_again")
SCENE: Final = replace(scene(), terms=terms({}))
_READER: Final = TermReader(SERVICE, hinted_by=TROUBLE)


def told(said: str) -> str:
    """Return whose work it is by the words of the services that ship."""
    found = _READER.find(words_of(said), SCENE)
    return "" if found is None else str(found.value)


TROUBLES: Final = Halves(FILES, lambda _language, one: (one["say"], one["trade"]), told)


if __name__ == "__main__":
    TROUBLES.show()
