"""Makes commands of what a contact wrote, cheapest first; the first layer that can, settles it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from msgspec.structs import replace

from sokoni.dialogue.accepting import Accepting
from sokoni.dialogue.agreeing import Agreeing
from sokoni.dialogue.claims import Left, left_for
from sokoni.dialogue.corrections import Corrections
from sokoni.dialogue.form import Form
from sokoni.dialogue.leaving import Leaving
from sokoni.dialogue.likeness import SURE, SURE_ENOUGH_TO_LEAVE, Likeness
from sokoni.dialogue.line import Line
from sokoni.dialogue.naming import Naming
from sokoni.dialogue.otherwise import Otherwise
from sokoni.dialogue.picking import Picking
from sokoni.dialogue.replying import Replying
from sokoni.dialogue.several import besides, instead
from sokoni.dialogue.starting import (
    Starting,
    each_of,
    fills,
    is_detailed,
    start_of,
)
from sokoni.dialogue.steering import CORE, Steering
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.telling import Telling
from sokoni.dialogue.triggers import Triggers
from sokoni.dialogue.values import (
    Findings,
    answer,
    beyond_name,
    findings,
    found_in,
    takes_all,
    unclear_answer,
)
from sokoni.dialogue.view import View
from sokoni.language.classify import Classifier
from sokoni.language.control import menu_number
from sokoni.language.readers.numbers import may_begin
from sokoni.language.remarks import is_remark
from sokoni.language.wondering import asks_why, is_asking
from sokoni.language.words import Words
from sokoni.messaging.prompts import Ask, Command, Help, Remark, SetSlots

_FEWEST_OF_A_THING: Final = 3
"""Fewer words name no other thing and say something of it."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message means, and which layer said so."""

    command: Command
    by: str


Layer: TypeAlias = Callable[[View, Line], Command | None]


class Understanding:
    """Knows the tasks of one merchant and the phrases that start them."""

    def __init__(
        self,
        tasks: Tasks,
        triggers: Triggers,
        corrections: Corrections,
        classifier: Classifier,
        stops: Collection[str] = (),
    ) -> None:
        self._tasks = tasks
        self._triggers = triggers
        self._corrections = corrections
        self._likeness = Likeness(classifier)
        self._naming = Naming(tasks)
        self._telling = Telling(tasks)
        self._replying = Replying(tasks)
        self._starting = Starting(tasks, triggers)
        self._otherwise = Otherwise(tasks, triggers, self._likeness)
        self._leaving = Leaving(tasks, triggers, self._otherwise, self._likeness)
        self._detailed = tuple(task for task in tasks.all() if is_detailed(task))
        picking = Picking(triggers, frozenset(_taking_nth(tasks)))
        steering = Steering(triggers, picking, stops)
        self._quick: tuple[Layer, ...] = (
            steering.stopped,
            picking.picked,
            steering.turned,
            Agreeing(triggers.agreeing, triggers.denying).agreed,
            steering.controlled,
        )
        self._accepting = Accepting(tasks, triggers)
        self._layers: tuple[Layer, ...] = (
            *self._quick,
            self.wondered,
            self.accepted,
            self.corrected,
            self.another,
            self.answered,
            self.otherwise,
            self.remarked,
            self.triggered,
            self.unsettled,
            self.early,
            picking.resembled,
            self.filled,
            self.told,
            self.replied,
            self.named,
            self.classified,
        )

    def understand(self, view: View, words: Words) -> Understood:
        line = Line.of(words)
        for layer in self._layers:
            command = layer(view, line)
            if command is not None:
                return Understood(command, layer.__name__)
        return Understood(Ask(self._meant(view, words), asked=is_asking(words)), "puzzled")

    def settles_at_once(self, view: View, words: Words) -> bool:
        """Tell whether no further line of a burst could change what this one means."""
        line = Line.of(words)
        if any(layer(view, line) is not None for layer in self._quick):
            return True
        if view.form is None or not view.slot or view.form.reader(view.slot) is None:
            return False
        return answer(view.form, view.slot, words, view.scene) is not None

    def unread(self, view: View, words: Words) -> Words | None:
        """Return what stands before the task that is named and is said of nothing."""
        return self._starting.unread(view, words)

    def accepted(self, view: View, line: Line) -> Command | None:
        """Take an offer in words that say more than yes."""
        return self._accepting.start(view, line.words)

    # --- the open task ------------------------------------------------------------------------

    def wondered(self, view: View, line: Line) -> Command | None:
        """Take the question why something is asked for, or why what was asked for is needed."""
        if not asks_why(line.words):
            return None
        if view.form is None:
            return Help()
        slot = self._corrections.slot_named(view, line.words) or view.slot
        return Help(slot) if slot else None

    def corrected(self, view: View, line: Line) -> Command | None:
        """Take what changes a value that was given, unless it is one of several wishes."""
        command = self._corrections.find(view, line.words)
        several = command is not None and self._starting.are_several(view, line.words)
        return None if several else command

    def another(self, view: View, line: Line) -> Command | None:
        """Keep for later what is said of another thing than the open task's: "5 sheep at $40"."""
        form, words = view.form, line.words
        if form is None or len(words.tokens) < _FEWEST_OF_A_THING or self._triggers.find(words):
            return None
        said = instead(form, words, view.scene, view.known)
        return SetSlots({}, later=each_of(view.task, said)) if said else None

    def answered(self, view: View, line: Line) -> Command | None:
        """Take the message as the value that was asked for, and what else it says with it."""
        form, slot = view.form, view.slot
        if form is None or not slot or (form.reader(slot) is None and view.closed_question):
            return None
        words, others = self._parted(view, form, line.words)
        left = self._left(view, form, words)
        raw = answer(form, slot, left.words, view.scene)
        if raw is None or self._leaving.turns_away(view, form, words):
            return None
        said = self._besides(view, form, beyond_name(form, slot, raw, words), left)
        return SetSlots({**said.values, slot: raw}, said.unclear, each_of(view.task, others))

    def otherwise(self, view: View, line: Line) -> Command | None:
        """Take for "something else" what is said in other words than the choices offer."""
        return self._otherwise.answer(view, line.words)

    def _parted(
        self, view: View, form: type[Form], words: Words
    ) -> tuple[Words, Sequence[Findings]]:
        """Part the answer from other things that the same message names."""
        if takes_all(form, view.slot) or len(words.tokens) < _FEWEST_OF_A_THING:
            return words, ()
        return besides(form, words, view.scene, view.known, view.slot)

    def _left(self, view: View, form: type[Form], words: Words) -> Left:
        """Return what is left of an answer without what it says of other open slots."""
        settled = {*view.known, *view.moot}
        called = partial(self._corrections.called, view)
        return left_for(form, view.slot, words, view.scene, settled, called)

    def _besides(self, view: View, form: type[Form], words: Words, left: Left) -> Findings:
        """Return what the answer says of other slots that are still open."""
        all_its_own = takes_all(form, view.slot)
        if len(words.tokens) == 1 or (all_its_own and not left.slots):
            return Findings()
        said = findings(form, words, view.scene, view.slot)
        values = {
            slot: raw
            for slot, raw in said.values.items()
            if slot not in view.known
            and not view.is_leftover(slot)
            and (not all_its_own or slot in left.slots)
        }
        if all_its_own:
            return Findings(values)
        return Findings(values, view.still_open(said.unclear))

    def remarked(self, view: View, line: Line) -> Command | None:
        """Take what asks for nothing: no word of it is looked for, and no question answered."""
        if not is_remark(line.words):
            return None
        return Remark() if view.form is None else Ask()

    # --- triggers and entities ----------------------------------------------------------------

    def triggered(self, view: View, line: Line) -> Command | None:
        """Start the tasks that phrases name, with all that is said about them."""
        return self._starting.starts(view, line.words)

    def unsettled(self, view: View, line: Line) -> Command | None:
        """Take an answer that means several values, or one that nobody knows."""
        form, slot = view.form, view.slot
        if form is None or not slot:
            return None
        unclear = unclear_answer(form, slot, line.words, view.scene)
        return None if unclear is None else SetSlots({}, {slot: unclear})

    def early(self, view: View, line: Line) -> Command | None:
        """Take values of the open task's slots, asked for or not, wherever they stand."""
        form, words = view.form, line.words
        if form is None:
            return None
        whole = form.slot(view.slot).part_of if view.slot else ""
        if whole and not form.slot(whole).early:
            # Asked for part of it, somebody may well say that it is another.
            raw = found_in(form, words, view.scene, whole).get(whole)
            if raw is not None:
                return SetSlots({whole: raw})
        said = findings(form, words, view.scene, view.slot)
        values = said.values
        if view.slot and view.closed_question and menu_number(words) is not None:
            # A number by itself picks, or picks nothing: it is not how many of something else.
            values = {slot: raw for slot, raw in values.items() if slot == view.slot}
        unclear = view.still_open(said.unclear, view.slot)
        plain = {slot: raw for slot, raw in values.items() if not view.is_leftover(slot)}
        if not plain and not unclear:
            return None
        missing = {slot: raw for slot, raw in values.items() if slot not in view.known}
        wanted = {view.slot: values[view.slot]} if view.slot in values else {}
        if missing or wanted or unclear:
            return SetSlots({**missing, **wanted}, unclear)
        # One word changes nothing that is known, unless a change was asked for.
        return None if view.slot and len(words.tokens) == 1 else SetSlots(plain)

    def filled(self, view: View, line: Line) -> Command | None:
        """Start another task than the open one, where no answer but most of that was said."""
        if not (view.slot or (view.form is None and _has_figures(line.words))):
            return None
        for task in self._detailed:
            if task.name == view.task:
                continue
            start = start_of(task, line.words, view)
            if fills(task, start.slots, start.unclear):
                sure = "" if view.slot else self._likeness.surely(line.words, SURE)
                # "Need 3 bags of cement under $12" says all of a sale, and means none.
                return start if sure in {"", task.name} else None
        return None

    def told(self, view: View, line: Line) -> Command | None:
        """Take what starts a task by being told: "my name is Tendai", "my geyser burst"."""
        if view.form is not None:
            return None
        words, scene = line.words, view.scene
        return self._telling.start(words, scene) or self._telling.call(words, scene)

    def replied(self, view: View, line: Line) -> Command | None:
        """Take what a choice on the screen would ask for as the choice and its answer in one."""
        return self._replying.start(view, line.words)

    def named(self, view: View, line: Line) -> Command | None:
        """Ask what is wanted of a thing that we know, where nothing else was said."""
        if view.form is not None:
            return None
        likely = self._naming.tasks(line.words, view.scene, alone=True)
        return Ask(likely) if likely else None

    def classified(self, view: View, line: Line) -> Command | None:
        """Take what the classifier is sure of; a lone word never leaves an open task."""
        if view.form is not None and len(line.words.tokens) == 1:
            return None
        needed = SURE if view.form is None else SURE_ENOUGH_TO_LEAVE
        label = self._likeness.surely(line.words, needed)
        task = self._tasks.find(label)
        if task is None or not task.offered:
            return CORE.get(label)
        return replace(start_of(task, line.words, view), sure=SURE)

    def _meant(self, view: View, words: Words) -> tuple[str, ...]:
        """Return what may be meant: first what can be done about what was named."""
        about = () if view.form is not None else self._naming.tasks(words, view.scene)
        likely = self._likeness.likely(words)
        return tuple(dict.fromkeys((*about, *filter(self._is_offered, likely))))

    def _is_offered(self, label: str) -> bool:
        task = self._tasks.find(label)
        return task is None or task.offered


def _taking_nth(tasks: Tasks) -> Iterator[str]:
    """Yield the tasks that are about the second of a list as well as about a name."""
    for task in tasks.all():
        if any(task.form.slot(slot).nth for slot in task.form.slots()):
            yield task.name


def _has_figures(words: Words) -> bool:
    return any(may_begin(token) for token in words.tokens)
