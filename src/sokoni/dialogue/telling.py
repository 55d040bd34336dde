"""What is told unasked and starts a task: "my name is Tendai", "my geyser burst"."""

from collections.abc import Iterator
from typing import Final

from sokoni.dialogue.manifest import Task
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.values import findings, findings_and_rest
from sokoni.language.lexicon import idle_words
from sokoni.language.reading import Scene
from sokoni.language.words import Words
from sokoni.messaging.prompts import Start

_MOST_WORDS: Final = 12
"""Who writes more tells more."""


class Telling:
    """Knows the tasks that begin with something told (`Slot.opens`, `Slot.calls`)."""

    def __init__(self, tasks: Tasks) -> None:
        self._opened = tuple((task, slot) for task in tasks.all() for slot in _opening(task))
        called = ((task, _calling(task)) for task in tasks.all())
        self._called = tuple((task, slots) for task, slots in called if slots)

    def call(self, words: Words, scene: Scene) -> Start | None:
        """Return the task that a message starts which says what it wants, among other things."""
        for task, slots in self._called:
            said = findings(task.form, words, scene)
            if not slots.isdisjoint(said.values):
                return Start(task.name, said.values, unclear=said.unclear)
        return None

    def start(self, words: Words, scene: Scene) -> Start | None:
        """Return the task that a message starts which says what it wants, and nothing else."""
        if not self._opened or sum(token.is_word for token in words.tokens) > _MOST_WORDS:
            return None
        told = (_told(task, slot, words, scene) for task, slot in self._opened)
        return next((start for start in told if start is not None), None)


def _opening(task: Task) -> Iterator[str]:
    return (slot for slot in task.form.slots() if task.form.slot(slot).opens)


def _calling(task: Task) -> frozenset[str]:
    return frozenset(slot for slot in task.form.slots() if task.form.slot(slot).calls)


def _told(task: Task, slot: str, words: Words, scene: Scene) -> Start | None:
    said, rest = findings_and_rest(task.form, words, scene)
    left = zip(rest.tokens, rest.free, strict=True)
    more = any(free and token.is_word and token.folded not in idle_words() for token, free in left)
    return None if more or slot not in said.values else Start(task.name, said.values)
