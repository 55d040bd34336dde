"""Finds what a contact wants changed: "make it 12 goats", "pincode 411001", "the time is off"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, TypeAlias

import msgspec

from sokoni.dialogue.filling import CONFIRM, EDIT
from sokoni.dialogue.form import Form
from sokoni.dialogue.values import answer, findings, found_in, unclear_answer
from sokoni.dialogue.view import View
from sokoni.language.agreement import says_only
from sokoni.language.correct import correction
from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.yes_no import YesNoReader
from sokoni.language.words import Words, words_of
from sokoni.messaging.prompts import Command, Edit, SetSlots

LabelsOf: TypeAlias = Callable[[str, str], tuple[str, ...]]
"""Returns the names of a task's slot, in every language of the merchant."""

_NOTHING_MORE: Final[Phrases[str]] = Phrases(())
_BETWEEN: Final = frozenset({":", "=", "-", ",", "."})


@dataclass(frozen=True, slots=True)
class Named:
    """A slot that the words name, and the token after its name."""

    slot: str
    end: int


class Corrections:
    """Looks for changes to the open task."""

    def __init__(self, labels_of: LabelsOf) -> None:
        self._labels = lru_cache(maxsize=256)(_Labels(labels_of))

    def find(self, view: View, words: Words) -> Command | None:
        """Return the change that the words ask for, None where they ask for none."""
        form = view.form
        if form is None or not words.tokens or words.is_question:
            return None
        wanted = correction(words)
        named = self._named(view.task, form, wanted or words)
        if wanted is None and view.awaiting not in {CONFIRM, EDIT}:
            if named is None or not _is_wrong(words, named.end):
                return None
            wanted = words
        if named is not None:
            return _change(view, form, named, wanted or words)
        if wanted is None or (view.slot and form.reader(view.slot) is None):
            return None
        said = findings(form, wanted, view.scene, view.slot)
        return SetSlots(said.values, said.unclear) if said.values or said.unclear else None

    def slot_named(self, view: View, words: Words) -> str:
        """Return the slot of the open task that the words name, "" where they name none."""
        named = None if view.form is None else self._named(view.task, view.form, words)
        return "" if named is None else named.slot

    def called(self, view: View, slot: str) -> frozenset[str]:
        """Return the words by which a slot of the open task is named."""
        labels = {} if view.form is None else self._labels(view.task, view.form)
        return frozenset(
            word for label, of in labels.items() if of == slot for word in label.split()
        )

    def _named(self, task: str, form: type[Form], words: Words) -> Named | None:
        """Return the slot whose name comes first in the words, before any figure."""
        labels = self._labels(task, form)
        for place, token in enumerate(words.tokens):
            if token.is_number and words.free[place]:
                return None
            for length in range(min(4, len(words.tokens) - place), 0, -1):
                slot = labels.get(words.phrase(place, place + length))
                if slot is not None:
                    return Named(slot, place + length)
        return None


def _change(view: View, form: type[Form], named: Named, words: Words) -> Command | None:
    """Set the slot where its new value follows its name, else ask for it; none is right."""
    value = _after(words, named.end)
    agreeing = not isinstance(form.reader(named.slot), YesNoReader)
    if agreeing and says_only(value, "yes", _NOTHING_MORE):
        return None
    if not value.tokens:
        return Edit(named.slot)
    raw = answer(form, named.slot, value, view.scene)
    if raw is None:
        raw = found_in(form, value, view.scene, named.slot).get(named.slot)
    if raw is not None:
        return SetSlots({**_settled(view, form, named, words), named.slot: raw})
    unclear = unclear_answer(form, named.slot, value, view.scene)
    return Edit(named.slot) if unclear is None else SetSlots({}, {named.slot: unclear})


def _settled(
    view: View, form: type[Form], named: Named, words: Words
) -> Mapping[str, msgspec.Raw]:
    """Return what the name says of other slots where the named one meant nothing until now.

    Who collects, and then says "deliver it to 12 Market Street", no longer collects.
    """
    if named.slot not in view.moot:
        return {}
    return found_in(form, words_of(words.original(0, named.end)), view.scene)


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


def _after(words: Words, end: int) -> Words:
    """Return the free words from `end` on as a message of their own, without what leads there."""
    value = _without_lead(_rest(words, end))
    wrong = _wrong().at(value, 0) if value.tokens else None
    return value if wrong is None else _without_lead(_rest(value, wrong[1]))


def _rest(words: Words, end: int) -> Words:
    places = [
        place
        for place in range(end, len(words.tokens))
        if words.free[place] and words.tokens[place].folded not in _BETWEEN
    ]
    return words_of(words.original(places[0], places[-1] + 1) if places else "")


def _without_lead(words: Words) -> Words:
    lead = _leads().at(words, 0) if words.tokens else None
    return words_of(words.original(lead[1], len(words.tokens))) if lead else words


def _is_wrong(words: Words, end: int) -> bool:
    """Tell whether that is said of what is named before: "my name is wrong"."""
    value = _without_lead(_rest(words, end))
    return bool(value.tokens) and _wrong().at(value, 0) is not None


@cache
def _wrong() -> Phrases[str]:
    """Return what may be said of a value that is to be changed."""
    return phrases_in("corrections", "wrong")


@cache
def _leads() -> Phrases[str]:
    """Return what may stand between a name and the value: "the address is"."""
    return phrases_in("corrections", "leads")
