"""What words start: the tasks that their phrases name, each with all that is said about it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from sokoni.dialogue.manifest import Task
from sokoni.dialogue.several import apart, thing_of
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import Triggered, Triggers
from sokoni.dialogue.values import Findings, found_in
from sokoni.dialogue.view import View
from sokoni.language.joining import stretches
from sokoni.language.words import Words
from sokoni.messaging.prompts import Start

_FILLS: Final = 3
"""Who says so many of the things that a task needs means the task, whatever was asked."""


class Starting:
    """Knows the phrases that start tasks."""

    def __init__(self, tasks: Tasks, triggers: Triggers) -> None:
        self._tasks = tasks
        self._triggers = triggers

    def starts(self, view: View, words: Words) -> Start | None:
        """Return the start of the task that is named, and of those named after it."""
        clauses = (self._begun(view, clause) for clause in self._clauses(view, words))
        return _chained([start for start in clauses if start is not None])

    def unread(self, view: View, words: Words) -> Words | None:
        """Return what stands before the task that is named, where it is said of nothing.

        The task of "2 breads and checkout" takes no bread.
        """
        first, *others = self._clauses(view, words)
        return first if others and self._triggers.find(first) is None else None

    def are_several(self, view: View, words: Words) -> bool:
        """Tell whether the words name a task, and then another one."""
        return len(list(self._clauses(view, words))) > 1

    def _begun(self, view: View, words: Words) -> Start | None:
        found = self._triggers.find(words)
        task = None if found is None else self._meant(view, words, found)
        if found is None or task is None:
            return None
        return start_of(task, beyond(words, found), view)

    def _meant(self, view: View, words: Words, found: Triggered) -> Task | None:
        """Return the task whose phrase it is: of several, that of which something more is said."""
        rest = words.part(found.end, len(words.tokens))
        others = (self._tasks.find(name) for name in found.others)
        said = (one for one in others if one is not None and _says_of(one, rest, view))
        return next(said, self._tasks.find(found.task))

    def _clauses(self, view: View, words: Words) -> Iterator[Words]:
        """Cut the words where they begin another task: "selling goats and looking for maize"."""
        begin = 0
        for (_, end), (start, stop) in pairwise(stretches(words)):
            if self._opens(view, words.part(start, stop), words.part(begin, end)):
                yield words.part(begin, end)
                begin = start
        yield words.part(begin, len(words.tokens)) if begin else words

    def _opens(self, view: View, words: Words, before: Words) -> bool:
        """Tell whether the words begin with a trigger and name a thing that we know.

        Or with one that parts messages by itself, unless the same was said before, or what was
        said before is said of it.
        """
        found, first = self._triggers.opening(words, 0), self._triggers.find(before)
        task = None if found is None else self._meant(view, words, found)
        if found is None or task is None:
            return False
        if first is None:
            return task.parts and not _takes(task, before, view)
        if task.parts and task.name != first.task:
            return True
        if not task.form.item():
            return False
        said = found_in(task.form, beyond(words, found), view.scene)
        return bool(thing_of(task.form, said))


def _takes(task: Task, words: Words, view: View) -> bool:
    """Tell whether the task has a use for what is said without naming it."""
    return any(map(task.form.any_words_do, task.form.slots())) or _says_of(task, words, view)


def _says_of(task: Task, words: Words, view: View) -> bool:
    """Tell whether something is said of the task that is no mere leftovers."""
    said = found_in(task.form, words, view.scene)
    return any(not task.form.any_words_do(slot) for slot in said)


def start_of(task: Task, words: Words, view: View) -> Start:
    """Return the start of the task with all that the words say, of each thing for itself."""
    first, *others = each_of(task.name, apart(task.form, words, view.scene))
    return replace(first, later=tuple(others))


def each_of(task: str, said: Sequence[Findings]) -> tuple[Start, ...]:
    return tuple(Start(task, one.values, unclear=one.unclear) for one in said)


def likely_starts(
    likely: Sequence[str], tasks: Tasks, words: Words, view: View
) -> tuple[Start, ...]:
    """Return what each likely meaning would start, with what the message said already."""
    found = [task for name in likely if (task := tasks.find(name)) is not None]
    return tuple(start_of(task, words, view) for task in found)


def beyond(words: Words, found: Triggered) -> Words:
    """Return the words without those that start the task."""
    for start, end in ((found.start, found.end), *found.also):
        words = words.without(start, end)
    return words


def is_detailed(task: Task) -> bool:
    """Tell whether the task needs so much that saying it means the task."""
    return sum(not task.form.optional(slot) for slot in task.form.slots()) >= _FILLS


def fills(task: Task, *said: Mapping[str, object]) -> bool:
    """Tell whether so much was said of what the task needs that nothing else is meant."""
    return sum(not task.form.optional(slot) for one in said for slot in one) >= _FILLS


def _chained(starts: Sequence[Start]) -> Start | None:
    """Have every other task follow the first."""
    if len(starts) < 2:
        return starts[0] if starts else None
    first, *others = starts
    later = (alone for one in others for alone in (replace(one, later=()), *one.later))
    return replace(first, later=(*first.later, *later))
