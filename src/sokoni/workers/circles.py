"""Stops two machines that talk to each other: one thing is said, then nothing for an hour.

A person is not caught: they pause, or get other answers now and then. Whoever is caught all the
same is heard again by a tap or a word such as "menu", unless that is what they said all along.
"""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sokoni.channels.inbound import Message
from sokoni.channels.outbound import Neutral
from sokoni.dialogue.heard import Heard
from sokoni.dialogue.state import Circling
from sokoni.language.control import Control, control_word
from sokoni.language.words import words_of

MOST: Final = 10
"""Answers in a row that had been given shortly before."""
PAUSE: Final = timedelta(minutes=1)
"""Whoever lets so much time pass is taken for a person."""
SILENCE: Final = timedelta(hours=1)
_REMEMBERED: Final = 4
_CALLS: Final = frozenset(
    {
        Control.MENU,
        Control.HELP,
        Control.RESTART,
        Control.AGENT,
        Control.BOT,
        Control.STOP,
        Control.START,
    }
)


def listens(circling: Circling, heard: Heard, now: datetime) -> bool:
    """Tell whether what was heard is to be answered."""
    if circling.silent_until is None or circling.silent_until <= now:
        return True
    if not isinstance(heard, Message):
        return True
    word = control_word(words_of(heard.text))
    called = word is not None and word.control in _CALLS
    return bool(heard.choice_id) or (called and _mark(heard.text) != circling.heard)


def answered(
    circling: Circling,
    heard: Sequence[Heard],
    said: Neutral | None,
    now: datetime,
    most: int = MOST,
) -> Circling:
    """Count the answer; `silent_until` is set where it was one too many. 0 lifts the limit."""
    words = [one.text for one in heard if isinstance(one, Message)]
    if not words or said is None or not most:
        return circling
    if circling.silent_until is not None:
        circling = Circling()
    mark = _mark(_shown(said))
    quick = circling.at is not None and now - circling.at <= PAUSE
    turns = circling.turns + 1 if quick and mark in circling.said else 0
    return Circling(
        turns=turns,
        said=(mark, *circling.said)[:_REMEMBERED],
        heard=_mark(words[-1]),
        at=now,
        silent_until=now + SILENCE if turns >= most else None,
    )


def _shown(said: Neutral) -> str:
    """Return what the contact sees; the ids of options are others in each menu."""
    return "\n".join((said.text, *(option.title for option in said.options)))


def _mark(words: str) -> int:
    return zlib.crc32(words.encode())
