"""Makes commands of what a contact wrote, cheapest first; the first layer that can, settles it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sokoni.dialogue.corrections import QUESTION_MARKS, Corrections
from sokoni.dialogue.form import Form
from sokoni.dialogue.manifest import Task
from sokoni.dialogue.naming import Naming
from sokoni.dialogue.steering import CORE, Line, Steering
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import Triggered, Triggers
from sokoni.dialogue.values import LEFTOVER, Json, answer, found_in, takes_all, takes_anything
from sokoni.dialogue.view import View
from sokoni.language.classify import Classifier, Guess
from sokoni.language.words import Words
from sokoni.messaging.prompts import Ask, Command, SetSlots, Start

SURE: Final = 0.75
"""From here on the classifier is believed; below, what it thinks likely is offered."""
SURE_ENOUGH_TO_LEAVE: Final = 0.85
"""In the middle of a task it has to be surer."""
LIKELY: Final = 0.15
_FILLS: Final = 3
"""Who says so many of the things that a task needs means the task, whatever was asked."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message means, and which layer said so."""

    command: Command
    by: str


Layer: TypeAlias = Callable[[View, Line], Command | None]


class Understanding:
    """Knows the tasks of one merchant and the phrases that start them."""

    def __init__(
        self, tasks: Tasks, triggers: Triggers, corrections: Corrections, classifier: Classifier
    ) -> None:
        self._tasks = tasks
        self._triggers = triggers
        self._corrections = corrections
        self._classifier = classifier
        self._naming = Naming(tasks)
        self._detailed = tuple(task for task in tasks.all() if _needs(task) >= _FILLS)
        steering = Steering(triggers)
        self._quick: tuple[Layer, ...] = (
            steering.stopped,
            steering.picked,
            steering.turned,
            steering.controlled,
        )
        self._layers: tuple[Layer, ...] = (
            *self._quick,
            self.corrected,
            self.answered,
            self.triggered,
            self.early,
            steering.resembled,
            self.filled,
            self.named,
            self.classified,
        )

    def understand(self, view: View, words: Words) -> Understood:
        line = Line.of(words)
        for layer in self._layers:
            command = layer(view, line)
            if command is not None:
                return Understood(command, layer.__name__)
        return Understood(Ask(self._meant(view, words)), "puzzled")

    def settles_at_once(self, view: View, words: Words) -> bool:
        """Tell whether no further line of a burst could change what this one means."""
        line = Line.of(words)
        if any(layer(view, line) is not None for layer in self._quick):
            return True
        if view.form is None or not view.slot or view.form.reader(view.slot) is None:
            return False
        return answer(view.form, view.slot, words, view.scene) is not None

    # --- the open task ------------------------------------------------------------------------

    def corrected(self, view: View, line: Line) -> Command | None:
        """Take what changes a value that was given."""
        return self._corrections.find(view, line.words)

    def answered(self, view: View, line: Line) -> Command | None:
        """Take the message as the value that was asked for, and what else it says with it."""
        form, slot, words = view.form, view.slot, line.words
        if form is None or not slot or (form.reader(slot) is None and view.closed_question):
            return None
        raw = answer(form, slot, words, view.scene)
        if raw is None or self._turns_away(view, form, words):
            return None
        return SetSlots({**self._besides(view, form, words), slot: raw})

    def _besides(self, view: View, form: type[Form], words: Words) -> Json:
        """Return what the answer says of other slots that are still open."""
        if len(words.tokens) == 1 or takes_all(form, view.slot):
            return {}
        values = found_in(form, words, view.scene, view.slot)
        return {
            slot: raw
            for slot, raw in values.items()
            if slot not in view.known and not _leftover(view, slot)
        }

    def _turns_away(self, view: View, form: type[Form], words: Words) -> bool:
        """Tell whether the message opens another task, though it could be an answer too."""
        loosely = takes_anything(form, view.slot, words, view.scene)
        found = self._triggers.find(words)
        if found is not None and found.start == 0:
            return loosely or self._begins(view, form, found, words)
        return loosely and _is_question(words) and bool(self._surely(words, SURE_ENOUGH_TO_LEAVE))

    def _begins(self, view: View, form: type[Form], found: Triggered, words: Words) -> bool:
        """Tell whether the message opens a task: another, or the same about something else."""
        if found.task != view.task:
            return self._has_begun(view, found, words)
        said = found_in(form, _beyond(words, found), view.scene)
        return any(view.known.get(slot, raw) != raw for slot, raw in said.items())

    def _has_begun(self, view: View, found: Triggered, words: Words) -> bool:
        """Tell whether the words say enough of another task to mean it: "i want" does not."""
        task = self._tasks.find(found.task)
        if task is None:
            return False
        needed = [slot for slot in task.form.slots() if not task.form.optional(slot)]
        said = found_in(task.form, _beyond(words, found), view.scene)
        return not needed or any(slot in said for slot in needed)

    # --- triggers and entities ----------------------------------------------------------------

    def triggered(self, view: View, line: Line) -> Command | None:
        """Start the task that a phrase names, with all that is said about it."""
        found = self._triggers.find(line.words)
        task = None if found is None else self._tasks.find(found.task)
        if found is None or task is None:
            return None
        rest = _beyond(line.words, found)
        return Start(task.name, found_in(task.form, rest, view.scene))

    def early(self, view: View, line: Line) -> Command | None:
        """Take values of the open task's slots, asked for or not, wherever they stand."""
        form, words = view.form, line.words
        if form is None:
            return None
        values = found_in(form, words, view.scene, view.slot)
        plain = {slot: raw for slot, raw in values.items() if not _leftover(view, slot)}
        if not plain:
            return None
        missing = {slot: raw for slot, raw in values.items() if slot not in view.known}
        wanted = {view.slot: values[view.slot]} if view.slot in values else {}
        if missing or wanted:
            return SetSlots({**missing, **wanted})
        # One word changes nothing that is known, unless a change was asked for.
        return None if view.slot and len(words.tokens) == 1 else SetSlots(plain)

    def filled(self, view: View, line: Line) -> Command | None:
        """Start another task than the open one, where no answer but most of that was said."""
        if not (view.slot or (view.form is None and _has_figures(line.words))):
            return None
        for task in self._detailed:
            said = {} if task.name == view.task else found_in(task.form, line.words, view.scene)
            if sum(not task.form.optional(slot) for slot in said) >= _FILLS:
                return Start(task.name, said)
        return None

    def named(self, view: View, line: Line) -> Command | None:
        """Ask what is wanted of a thing that we know, where nothing else was said."""
        if view.form is not None:
            return None
        likely = self._naming.tasks_alone(line.words, view.scene)
        return Ask(likely) if likely else None

    # --- likeness -----------------------------------------------------------------------------

    def classified(self, view: View, line: Line) -> Command | None:
        """Take what the classifier is sure of; a lone word never leaves an open task."""
        if view.form is not None and len(line.words.tokens) == 1:
            return None
        needed = SURE if view.form is None else SURE_ENOUGH_TO_LEAVE
        label = self._surely(line.words, needed)
        task = self._tasks.find(label)
        if task is None:
            return CORE.get(label)
        return Start(task.name, found_in(task.form, line.words, view.scene), SURE)

    def _surely(self, words: Words, needed: float) -> str:
        guess = next(iter(self._guesses(words)), None)
        return guess.label if guess is not None and guess.sure >= needed else ""

    def _meant(self, view: View, words: Words) -> tuple[str, ...]:
        """Return what may be meant: first what can be done about what was named."""
        about = () if view.form is not None else self._naming.tasks(words)
        return tuple(dict.fromkeys((*about, *self._likely(words))))

    def _likely(self, words: Words) -> tuple[str, ...]:
        return tuple(guess.label for guess in self._guesses(words) if guess.sure >= LIKELY)

    def _guesses(self, words: Words) -> Sequence[Guess]:
        if not any(token.is_word for token in words.tokens):
            return ()
        return self._classifier.likely(words)


def starts(likely: Sequence[str], tasks: Tasks, words: Words, view: View) -> tuple[Start, ...]:
    """Return what each likely meaning would start, with what the message said already."""
    found = [task for name in likely if (task := tasks.find(name)) is not None]
    return tuple(Start(task.name, found_in(task.form, words, view.scene)) for task in found)


def _has_figures(words: Words) -> bool:
    return any(token.is_number for token in words.tokens)


def _needs(task: Task) -> int:
    return sum(not task.form.optional(slot) for slot in task.form.slots())


def _leftover(view: View, slot: str) -> bool:
    """Tell whether a value may be mere leftovers: nobody asked for it, and any word would do."""
    reader = view.form.reader(slot) if view.form is not None else None
    return slot != view.slot and reader is not None and reader.order >= LEFTOVER


def _beyond(words: Words, found: Triggered) -> Words:
    return words.without(found.start, found.end)


def _is_question(words: Words) -> bool:
    return bool(words.tokens) and words.tokens[-1].folded in QUESTION_MARKS
