"""An offer that is taken in words which say more than yes: "I have 5 at $18"."""

from typing import Final

from sokoni.dialogue.form import Form
from sokoni.dialogue.several import thing_of
from sokoni.dialogue.starting import beyond
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import Triggers
from sokoni.dialogue.values import Findings, findings
from sokoni.dialogue.view import View
from sokoni.language.readers.numbers import may_begin
from sokoni.language.words import Words
from sokoni.messaging.prompts import Start

_YES: Final = "yes"
_FEWEST_WITHIN: Final = 2
"""In the middle of another task, so much must be said that it cannot be that task's answer."""


class Accepting:
    """Knows what is offered by a choice that a plain yes would take."""

    def __init__(self, tasks: Tasks, triggers: Triggers) -> None:
        self._tasks = tasks
        self._triggers = triggers

    def start(self, view: View, words: Words) -> Start | None:
        """Return the offered start with all that the words add, where they answer the offer."""
        offered = self._offered(view)
        if offered is None or not any(may_begin(token) for token in words.tokens):
            return None
        found = self._triggers.find(words)
        if found is not None and found.task != offered.task:
            return None
        task = self._tasks.find(offered.task)
        if task is None:
            return None
        said = findings(task.form, beyond(words, found) if found else words, view.scene)
        if _is_about_another(task.form, offered, said):
            return None
        new = _missing(task.form, offered, said)
        needed = _FEWEST_WITHIN if view.form is not None else 1
        if len(new.values) + len(new.unclear) < needed:
            return None
        return Start(offered.task, {**offered.slots, **new.values}, unclear=new.unclear)

    def _offered(self, view: View) -> Start | None:
        """Return what a yes to the latest menu would start, some of it known already."""
        for choice in () if view.newest is None else view.newest.choices:
            command = choice.command
            if choice.means == _YES and isinstance(command, Start) and command.slots:
                return command
        return None


def _is_about_another(form: type[Form], offered: Start, said: Findings) -> bool:
    """Tell whether the words name another thing than the one that is offered."""
    named = thing_of(form, said.values)
    return bool(named) and named != thing_of(form, offered.slots)


def _missing(form: type[Form], offered: Start, said: Findings) -> Findings:
    """Return what was said of slots that the task needs and the offer leaves open."""
    needed = [
        slot
        for slot in form.slots()
        if slot not in offered.slots and not form.optional(slot) and not form.any_words_do(slot)
    ]
    return Findings(
        {slot: said.values[slot] for slot in needed if slot in said.values},
        {slot: said.unclear[slot] for slot in needed if slot in said.unclear},
    )
