"""Finds what a contact wants changed: "make it 12 goats", "pincode 411001", "the time"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from sokoni.dialogue.filling import CONFIRM, EDIT
from sokoni.dialogue.form import Form
from sokoni.dialogue.values import answer, found_in
from sokoni.dialogue.view import View
from sokoni.language.words import Words, words_of
from sokoni.messaging.prompts import Command, Edit, SetSlots

Marked: TypeAlias = Callable[[Words], Words | None]
"""Returns the words that say the new value, None where the message corrects nothing."""

LabelsOf: TypeAlias = Callable[[str, str], tuple[str, ...]]
"""Returns the names of a task's slot, in every language of the merchant."""

_BETWEEN: Final = frozenset({":", "=", "-", ",", "."})


@dataclass(frozen=True, slots=True)
class Named:
    """A slot that the words name, and what they say after its name."""

    slot: str
    rest: Words


class Corrections:
    """Looks for changes to the open task."""

    def __init__(self, marked: Marked, labels_of: LabelsOf) -> None:
        self._marked = marked
        self._labels = lru_cache(maxsize=256)(_Labels(labels_of))

    def find(self, view: View, words: Words) -> Command | None:
        """Return the change that the words ask for, None where they ask for none."""
        form = view.form
        if form is None or not words.tokens:
            return None
        wanted = self._marked(words)
        summed_up = view.awaiting in {CONFIRM, EDIT}
        if wanted is None and not summed_up:
            return None
        named = self._named(view.task, form, words)
        if named is not None:
            return self._change(view, form, named)
        if wanted is None:
            return None
        values = found_in(form, wanted, view.scene, view.slot)
        return SetSlots(values) if values else None

    def _named(self, task: str, form: type[Form], words: Words) -> Named | None:
        """Return the slot whose name comes first in the words."""
        labels = self._labels(task, form)
        for place in range(len(words.tokens)):
            for length in range(min(4, len(words.tokens) - place), 0, -1):
                slot = labels.get(words.phrase(place, place + length))
                if slot is not None:
                    return Named(slot, _after(words, place + length))
        return None

    def _change(self, view: View, form: type[Form], named: Named) -> Command:
        """Set the slot where its new value follows its name, else ask for it."""
        wanted = self._marked(named.rest) or named.rest
        if not wanted.tokens:
            return Edit(named.slot)
        raw = answer(form, named.slot, wanted, view.scene)
        found = {named.slot: raw} if raw is not None else _only(form, named.slot, wanted, view)
        return SetSlots(found) if found else Edit(named.slot)


class _Labels:
    """Folded slot names of a form, each with its slot."""

    def __init__(self, labels_of: LabelsOf) -> None:
        self._labels_of = labels_of

    def __call__(self, task: str, form: type[Form]) -> Mapping[str, str]:
        named: dict[str, str] = {}
        for slot in form.slots():
            if form.slot(slot).editable:
                for label in (*self._labels_of(task, slot), slot.replace("_", " ")):
                    named.setdefault(words_of(label).folded, slot)
        return named


def _only(form: type[Form], slot: str, words: Words, view: View) -> dict[str, msgspec.Raw]:
    values = found_in(form, words, view.scene, slot)
    return {slot: values[slot]} if slot in values else {}


def _after(words: Words, place: int) -> Words:
    """Return the words from `place` on as a message of their own."""
    while place < len(words.tokens) and words.tokens[place].folded in _BETWEEN:
        place += 1
    return words_of(words.original(place, len(words.tokens)))
