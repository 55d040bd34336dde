"""Things that are named without a word of what is wanted of them: "goats", "10 mbudzi please"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sokoni.dialogue.form import Form
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.values import left_by
from sokoni.language.reading import Scene, SpottingReader
from sokoni.language.words import Words

_MOST_WORDS: Final = 6
"""Who writes more says more than a name."""


class Naming:
    """Knows which of the tasks in the menu are about things that are known by name."""

    def __init__(self, tasks: Tasks) -> None:
        self._about = tuple(_about(tasks))

    def tasks(self, words: Words) -> tuple[str, ...]:
        """Return the tasks that what is named in so few words may be for."""
        if sum(token.is_word for token in words.tokens) > _MOST_WORDS:
            return ()
        return tuple(one.task for one in self._about if one.reader.spots(words))

    def tasks_alone(self, words: Words, scene: Scene) -> tuple[str, ...]:
        """Return them where no word is left that one of them does not ask for."""
        named = self.tasks(words)
        forms = [one.form for one in self._about if one.task in named]
        return named if any(_all_taken(form, words, scene) for form in forms) else ()


@dataclass(frozen=True, slots=True)
class _About:
    task: str
    form: type[Form]
    reader: SpottingReader


def _about(tasks: Tasks) -> Iterator[_About]:
    for task in tasks.offered:
        for slot in task.form.slots():
            reader: object = task.form.reader(slot)
            if isinstance(reader, SpottingReader):
                yield _About(task.name, task.form, reader)


def _all_taken(form: type[Form], words: Words, scene: Scene) -> bool:
    rest = left_by(form, words, scene)
    left = zip(rest.tokens, rest.free, strict=True)
    return not any(free and token.is_word for token, free in left)
