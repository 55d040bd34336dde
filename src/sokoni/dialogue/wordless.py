"""What nobody can read: whoever sent it is asked to type, once for all that comes in a row."""

from datetime import timedelta
from typing import Final

from sokoni.dialogue.turn import Turn
from sokoni.messaging.prompts import Prompt

_PLEASE_TYPE: Final = Prompt("dialogue.please_type")
_BURST: Final = timedelta(seconds=30)
"""Who records one voice note after another has not read the answer to the first."""


def ask_to_type(turn: Turn) -> None:
    """Ask for words, unless nothing was said since they were asked for a moment ago."""
    turn.trace.append("wordless")
    if _was_just_asked(turn):
        return
    turn.ask = True
    turn.say(_PLEASE_TYPE)


def _was_just_asked(turn: Turn) -> bool:
    touched = turn.state.touched_at
    recent = touched is not None and turn.context.now - touched <= _BURST
    return recent and _PLEASE_TYPE in turn.state.last
