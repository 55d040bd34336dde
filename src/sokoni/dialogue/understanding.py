"""Makes commands of what a contact wrote, cheapest first; the first layer that can, settles it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sokoni.dialogue.corrections import QUESTION_MARKS, Corrections
from sokoni.dialogue.form import Form
from sokoni.dialogue.menus import Offered, begun, labelled, numbered, resembled, wire_id
from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import Triggered, Triggers
from sokoni.dialogue.values import LEFTOVER, Json, answer, found_in, takes_all, takes_anything
from sokoni.dialogue.view import View, offers_values
from sokoni.language.classify import Classifier, Guess
from sokoni.language.control import Control, ControlWord, control_word, menu_number
from sokoni.language.words import Words
from sokoni.messaging.prompts import (
    Ask,
    Back,
    Cancel,
    Command,
    Confirm,
    Deny,
    Edit,
    Greet,
    HandOver,
    Help,
    Menu,
    OptIn,
    OptOut,
    Pick,
    Repeat,
    Restart,
    Resume,
    SetSlots,
    Skip,
    Speak,
    Start,
)

SURE: Final = 0.75
"""From here on the classifier is believed; below, what it thinks likely is offered."""
LIKELY: Final = 0.15
_LONGEST_LABEL: Final = 6
_ANSWERABLE: Final = {Control.YES: "yes", Control.NO: "no"}
_OPENING: Final = frozenset({Control.HELLO, Control.START, Control.HELP})
_COMMANDS: Final[Mapping[Control, Command]] = {
    Control.YES: Confirm(),
    Control.NO: Deny(),
    Control.EDIT: Edit(),
    Control.BACK: Back(),
    Control.SKIP: Skip(),
    Control.CANCEL: Cancel(),
    Control.MENU: Menu(),
    Control.HELP: Help(),
    Control.RESTART: Restart(),
    Control.REPEAT: Repeat(),
    Control.STOP: OptOut(),
    Control.START: OptIn(),
    Control.AGENT: HandOver(),
    Control.BOT: Resume(),
    Control.HELLO: Greet(),
}
_CORE: Final[Mapping[str, Command]] = {"menu": Menu(), "help": Help(), "person": HandOver()}


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message means, and which layer said so."""

    command: Command
    by: str


Layer: TypeAlias = Callable[[View, Words], Command | None]


class Understanding:
    """Knows the tasks of one merchant and the phrases that start them."""

    def __init__(
        self,
        tasks: Tasks,
        triggers: Triggers,
        core: Triggers,
        corrections: Corrections,
        classifier: Classifier,
    ) -> None:
        self._tasks = tasks
        self._triggers = triggers
        self._core = core
        self._corrections = corrections
        self._classifier = classifier
        self._quick: tuple[Layer, ...] = (self.stopped, self.picked, self.controlled)
        self._layers: tuple[Layer, ...] = (
            *self._quick,
            self.corrected,
            self.answered,
            self.triggered,
            self.early,
            self.resembled,
            self.classified,
        )

    def understand(self, view: View, words: Words) -> Understood:
        for layer in self._layers:
            command = layer(view, words)
            if command is not None:
                return Understood(command, layer.__name__)
        return Understood(Ask(self._likely(words)), "puzzled")

    def settles_at_once(self, view: View, words: Words) -> bool:
        """Tell whether no further line of a burst could change what this one means."""
        if any(layer(view, words) is not None for layer in self._quick):
            return True
        if view.form is None or not view.slot or view.form.reader(view.slot) is None:
            return False
        return answer(view.form, view.slot, words, view.scene) is not None

    # --- 1. menus and control words -----------------------------------------------------------

    def stopped(self, view: View, words: Words) -> Command | None:  # noqa: ARG002
        """Nothing on screen may stand between a contact and STOP."""
        word = control_word(words)
        return OptOut() if word is not None and word.control is Control.STOP else None

    def picked(self, view: View, words: Words) -> Command | None:
        number = menu_number(words)
        if number is not None:
            return self._numbered(view, words, number)
        menus = [menu for menu in (view.newest, view.asked) if menu is not None]
        return _first(labelled(menu, words) for menu in menus)

    def _numbered(self, view: View, words: Words, number: int) -> Command | None:
        menu = view.newest
        if menu is None:
            return None
        asks_for_it = view.is_asked(menu) and offers_values(menu)
        if not asks_for_it and self._reads(view, words):
            return None
        return _pick(numbered(menu, number))

    def controlled(self, view: View, words: Words) -> Command | None:
        word = control_word(words)
        core = self._core.whole(words) if word is None else None
        if core is not None:
            return _CORE[core]
        if word is None or (word.control in _OPENING and self._triggers.whole(words)):
            return None
        if word.control is Control.LANGUAGE:
            return Speak(word.speaks)
        if word.control in _ANSWERABLE:
            return self._yes_or_no(view, words, word)
        return _COMMANDS[word.control]

    def _yes_or_no(self, view: View, words: Words, word: ControlWord) -> Command | None:
        """Take yes or no as the answer to what stands last on the screen."""
        if view.newest is not None and not view.is_asked(view.newest):
            offered = _by_id(view.newest, _ANSWERABLE[word.control])
            if offered is not None:
                return _pick(offered)
        if view.slot and self._reads(view, words):
            return None
        if view.asked is not None and (own := _by_id(view.asked, _ANSWERABLE[word.control])):
            return _pick(own)
        return _COMMANDS[word.control]

    # --- 2. the open question -----------------------------------------------------------------

    def corrected(self, view: View, words: Words) -> Command | None:
        return self._corrections.find(view, words)

    def answered(self, view: View, words: Words) -> Command | None:
        """Take the message as the value that was asked for, and what else it says with it."""
        form, slot = view.form, view.slot
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
            return loosely or (found.task != view.task and self._has_begun(view, found, words))
        return loosely and _is_question(words) and bool(self._surely(words))

    def _has_begun(self, view: View, found: Triggered, words: Words) -> bool:
        """Tell whether the words say enough of another task to mean it: "i want" does not."""
        task = self._tasks.find(found.task)
        if task is None:
            return False
        needed = [slot for slot in task.form.slots() if not task.form.optional(slot)]
        said = found_in(task.form, _beyond(words, found), view.scene)
        return not needed or any(slot in said for slot in needed)

    def _reads(self, view: View, words: Words) -> bool:
        """Tell whether the message is a value of just the kind that was asked for."""
        form, slot = view.form, view.slot
        if form is None or not slot or takes_anything(form, slot, words, view.scene):
            return False
        return answer(form, slot, words, view.scene) is not None

    # --- 3. triggers and entities -------------------------------------------------------------

    def triggered(self, view: View, words: Words) -> Command | None:
        found = self._triggers.find(words)
        task = None if found is None else self._tasks.find(found.task)
        if found is None or task is None:
            return None
        rest = _beyond(words, found)
        return Start(task.name, found_in(task.form, rest, view.scene))

    def early(self, view: View, words: Words) -> Command | None:
        """Take values of the open task's slots, asked for or not, wherever they stand."""
        form = view.form
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

    # --- 4. likeness --------------------------------------------------------------------------

    def resembled(self, view: View, words: Words) -> Command | None:
        if len(words.tokens) > _LONGEST_LABEL:
            return None
        menus = [menu for menu in (view.newest, view.asked) if menu is not None]
        near = (find(menu, words) for find in (begun, resembled) for menu in menus)
        return _first(near)

    def classified(self, view: View, words: Words) -> Command | None:
        """Take what the classifier is sure of; a lone word never leaves an open task."""
        if view.form is not None and len(words.tokens) == 1:
            return None
        label = self._surely(words)
        task = self._tasks.find(label)
        if task is None:
            return _CORE.get(label)
        return Start(task.name, found_in(task.form, words, view.scene), SURE)

    def _surely(self, words: Words) -> str:
        guess = next(iter(self._guesses(words)), None)
        return guess.label if guess is not None and guess.sure >= SURE else ""

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


def _leftover(view: View, slot: str) -> bool:
    """Tell whether a value may be mere leftovers: nobody asked for it, and any word would do."""
    reader = view.form.reader(slot) if view.form is not None else None
    return slot != view.slot and reader is not None and reader.order >= LEFTOVER


def _beyond(words: Words, found: Triggered) -> Words:
    return words.without(found.start, found.end)


def _is_question(words: Words) -> bool:
    return bool(words.tokens) and words.tokens[-1].folded in QUESTION_MARKS


def _by_id(menu: MenuShown, choice_id: str) -> Offered | None:
    return next((Offered(menu, one) for one in menu.choices if one.id == choice_id), None)


def _first(offered: Iterable[Offered | None]) -> Command | None:
    return _pick(next((one for one in offered if one is not None), None))


def _pick(offered: Offered | None) -> Command | None:
    if offered is None:
        return None
    return Pick(wire_id(offered.menu.id, offered.choice.id))
