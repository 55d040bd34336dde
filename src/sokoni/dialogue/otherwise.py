"""An answer in other words than the choices have: "something else", with the words as a note."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import msgspec

from sokoni.dialogue.form import Others
from sokoni.dialogue.likeness import SURE_ENOUGH_TO_LEAVE, Likeness
from sokoni.dialogue.starting import beyond, fills, start_of
from sokoni.dialogue.steering import CORE
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import OWN, Triggered, Triggers, triggers_of
from sokoni.dialogue.values import answer
from sokoni.dialogue.view import View
from sokoni.language.lexicon import idle_words, words_in
from sokoni.language.wondering import is_asking
from sokoni.language.words import Words
from sokoni.messaging.prompts import Ask, Command, SetSlots

_ENDS: Final = frozenset({".", ",", "!", ";", ":"})


class Otherwise:
    """Takes for an answer what is no choice, unless it clearly is about something else."""

    def __init__(self, tasks: Tasks, triggers: Triggers, likeness: Likeness) -> None:
        self._tasks = tasks
        self._triggers = triggers
        self._likeness = likeness
        self._core = triggers_of((OWN,))

    def answer(self, view: View, words: Words) -> Command | None:
        form, slot = view.form, view.slot
        others = form.slot(slot).others if form is not None and slot else None
        if form is None or others is None or not _says_something(words):
            return None
        if self._asks(words) or self.begins(view, words, others.same):
            return None
        if _only_asks(words):
            wish = self._core.find(words)
            return Ask(asked=is_asking(words)) if wish is None else CORE.get(wish.task)
        return SetSlots(_values(others, slot, answer(form, others.note, words, view.scene)))

    def _asks(self, words: Words) -> bool:
        """Tell whether it is a question that we have an answer to: "who is the seller?"."""
        if not words.is_question:
            return False
        found = self._triggers.find(words)
        label = self._likeness.surely(words, SURE_ENOUGH_TO_LEAVE) if found is None else found.task
        task = self._tasks.find(label)
        return label in CORE if task is None else task.query

    def begins(self, view: View, words: Words, same: Sequence[str]) -> bool:
        """Tell whether it names a task and nothing else, or says nearly all that one needs.

        What only names one of `same` does not.
        """
        named = self._triggers.whole(words)
        if named is not None:
            return named not in same
        found = self._triggers.find(words)
        return found is not None and found.start == 0 and self._is_told(view, words, found)

    def _is_told(self, view: View, words: Words, found: Triggered) -> bool:
        task = self._tasks.find(found.task)
        if task is None:
            return False
        start = start_of(task, beyond(words, found), view)
        return fills(task, start.slots, start.unclear)


def _values(others: Others, slot: str, note: msgspec.Raw | None) -> Mapping[str, msgspec.Raw]:
    """Take the choice alone where the words are too many to be kept: they are asked for then."""
    taken = {slot: msgspec.Raw(msgspec.json.encode(others.choice))}
    return taken if note is None else {**taken, others.note: note}


def _says_something(words: Words) -> bool:
    """Tell an answer from "hm", a figure, and from "what?", which asks what we want."""
    spoken = {token.folded for token in words.tokens if token.is_word} - idle_words()
    if len(spoken) == 1 or words.is_question:
        spoken -= _function_words()
    return bool(spoken)


def _only_asks(words: Words) -> bool:
    """Tell a question from "he took my money, what can I do?": nobody files what only asks."""
    return words.is_question and _ENDS.isdisjoint(token.folded for token in words.tokens)


@cache
def _function_words() -> frozenset[str]:
    return words_in("common")
