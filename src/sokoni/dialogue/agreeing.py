"""A yes or no to a summary in more words than that: "ok place it", "no, keep my order"."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from sokoni.dialogue.filling import CONFIRM
from sokoni.dialogue.line import Line
from sokoni.dialogue.steering import answered_with
from sokoni.dialogue.view import View
from sokoni.language.agreement import says_only
from sokoni.language.control import Control
from sokoni.language.phrases import Phrases
from sokoni.messaging.prompts import Command

PhrasesOf: TypeAlias = Mapping[str, Phrases[str]]
"""By task."""

_NONE: Final[Phrases[str]] = Phrases(())
_ANSWERS: Final = (Control.YES, Control.NO)


class Agreeing:
    """Knows what agrees to the summary of each task, and what does not, besides yes and no."""

    def __init__(self, agrees: PhrasesOf, denies: PhrasesOf) -> None:
        self._phrases = {Control.YES: agrees, Control.NO: denies}

    def agreed(self, view: View, line: Line) -> Command | None:
        """Take for an answer to the summary what says nothing but that."""
        word = None if line.control is None else line.control.control
        if view.awaiting != CONFIRM or word in _ANSWERS:
            return None
        said = (one for one in _ANSWERS if self._says(one, view, line))
        return next((answered_with(view, one) for one in said), None)

    def _says(self, answer: Control, view: View, line: Line) -> bool:
        return says_only(line.words, answer, self._phrases[answer].get(view.task, _NONE))
