"""Whether what could be an answer opens another task than the one that asks."""

from sokoni.dialogue.form import Form
from sokoni.dialogue.likeness import SURE_ENOUGH_TO_LEAVE, Likeness
from sokoni.dialogue.otherwise import Otherwise
from sokoni.dialogue.starting import beyond
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import Triggered, Triggers
from sokoni.dialogue.values import found_in, takes_anything
from sokoni.dialogue.view import View
from sokoni.language.lexicon import words_in
from sokoni.language.words import Words


class Leaving:
    """Tells an answer from the beginning of something else."""

    def __init__(
        self, tasks: Tasks, triggers: Triggers, otherwise: Otherwise, likeness: Likeness
    ) -> None:
        self._tasks = tasks
        self._triggers = triggers
        self._otherwise = otherwise
        self._likeness = likeness

    def turns_away(self, view: View, form: type[Form], words: Words) -> bool:
        """Tell whether the message opens another task, though it could be an answer too."""
        loosely = takes_anything(form, view.slot, words, view.scene)
        found = self._triggers.find(words)
        freely = form.slot(view.slot).freely
        if freely is not None:
            return self._otherwise.begins(view, words, freely)
        if found is not None and _opens(words, found.start):
            return loosely or self._begins(view, form, found, words)
        return (
            loosely
            and words.is_question
            and bool(self._likeness.surely(words, SURE_ENOUGH_TO_LEAVE))
        )

    def _begins(self, view: View, form: type[Form], found: Triggered, words: Words) -> bool:
        """Tell whether the message opens a task: another, or the same about something else."""
        if found.task != view.task:
            return self._has_begun(view, found, words)
        said = found_in(form, beyond(words, found), view.scene)
        return any(view.known.get(slot, raw) != raw for slot, raw in said.items())

    def _has_begun(self, view: View, found: Triggered, words: Words) -> bool:
        """Tell whether the words say enough of another task to mean it: "i want" does not."""
        task = self._tasks.find(found.task)
        if task is None:
            return False
        needed = [slot for slot in task.form.slots() if not task.form.optional(slot)]
        said = found_in(task.form, beyond(words, found), view.scene)
        return not needed or any(slot in said for slot in needed)


def _opens(words: Words, start: int) -> bool:
    """Tell whether only what turns to something else stands before: "actually make it 3"."""
    return all(
        token.folded in words_in("turning") or not (token.is_word or token.is_number)
        for token in words.tokens[:start]
    )
