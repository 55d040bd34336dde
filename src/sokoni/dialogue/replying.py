"""What is told for a choice that would ask for it: "4pm, $15 call-out" instead of a tap first."""

from collections.abc import Iterator, Mapping

import msgspec

from sokoni.dialogue.form import Form
from sokoni.dialogue.menus import still_open
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.values import findings
from sokoni.dialogue.view import View
from sokoni.language.words import Words
from sokoni.messaging.prompts import Start


class Replying:
    """Knows which choices may be taken by what they lead to being told (`Slot.replies`)."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def start(self, view: View, words: Words) -> Start | None:
        """Return the task that the words reply to, with all that they tell of it.

        Of several such choices on the screen none was picked: what tells them apart is left out,
        and the task finds out.
        """
        offered = list(self._offered(view))
        for task in dict.fromkeys(one.task for one in offered):
            known = _shared([one.slots for one in offered if one.task == task])
            form = self._form(task)
            said = findings(form, words, view.scene)
            replies = (slot for slot in said.values if form.slot(slot).replies)
            if any(slot not in known for slot in replies):
                return Start(task, {**known, **said.values}, unclear=said.unclear)
        return None

    def _offered(self, view: View) -> Iterator[Start]:
        """Yield what the choices on the screen start, the newest first."""
        if view.form is not None and (view.newest is None or view.is_asked(view.newest)):
            return
        for menu in reversed(view.menus):
            if view.is_from_before_a_person(menu) or not still_open(menu, view.now):
                continue
            for choice in menu.choices:
                command = choice.command
                if isinstance(command, Start) and self._takes_replies(command.task):
                    yield command

    def _takes_replies(self, task: str) -> bool:
        form = self._form(task)
        return any(form.slot(slot).replies for slot in form.slots())

    def _form(self, task: str) -> type[Form]:
        found = self._tasks.find(task)
        return Form if found is None else found.form


def _shared(known: list[Mapping[str, msgspec.Raw]]) -> dict[str, msgspec.Raw]:
    first, *others = known
    return {
        slot: raw for slot, raw in first.items() if all(one.get(slot) == raw for one in others)
    }
