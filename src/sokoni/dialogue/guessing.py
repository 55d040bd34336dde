"""What words may mean to a capability that can look them up: what it really has is surer."""

from typing import Final

from msgspec.structs import replace

from sokoni.dialogue.line import Line
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.understanding import Understanding, Understood
from sokoni.dialogue.values import takes_anything
from sokoni.dialogue.view import View
from sokoni.language.words import Words
from sokoni.messaging.prompts import Command, Start

_UNSURE: Final = frozenset({"named", "classified", "puzzled"})
"""Layers that only think it likely."""


class Guessing:
    """Asks the capabilities about words that no phrase settles."""

    def __init__(self, turn: Turn, understanding: Understanding) -> None:
        self._turn = turn
        self._understanding = understanding

    async def better(self, view: View, words: Words, understood: Understood) -> Command:
        """Return what a capability makes of the words, else what was understood."""
        command = understood.command
        if understood.by in _UNSURE and not view.slot:
            return await self._guessed(words) or command
        if understood.by not in {"answered", "triggered"}:
            return command
        together = await self._with_unread(view, words)
        if together is None and understood.by == "answered" and _loosely(view, words):
            return await self._done(words) or command
        return together or command

    async def _with_unread(self, view: View, words: Words) -> Start | None:
        """Do first what stands before the task that is named: "2 breads and checkout"."""
        unread = self._understanding.unread(view, words)
        first = None if unread is None else await self._done(unread)
        named = None if first is None else self._understanding.triggered(view, Line.of(words))
        if first is None or not isinstance(named, Start):
            return None
        return replace(first, later=(*first.later, named))

    async def _done(self, words: Words) -> Start | None:
        """Return what the words have done at once, where they say no less than that."""
        meant = await self._guessed(words)
        task = None if meant is None else self._turn.tasks.find(meant.task)
        return meant if task is not None and task.at_once else None

    async def _guessed(self, words: Words) -> Start | None:
        for guess in self._turn.tasks.guesses:
            meant = await guess(self._turn.context, words)
            if meant is not None:
                self._turn.trace.append("guessed:start")
                return meant
        return None


def _loosely(view: View, words: Words) -> bool:
    """Tell whether the words answer the open question only where they mean nothing else."""
    form = view.form
    if form is None or not form.slot(view.slot).unless_done:
        return False
    return takes_anything(form, view.slot, words, view.scene)
