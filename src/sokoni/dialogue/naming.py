"""Things that are named without a word of what is wanted of them: "goats", "10 mbudzi please"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sokoni.dialogue.form import Form
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.values import findings_and_rest, loaded
from sokoni.language.reading import KnowingReader, Scene
from sokoni.language.words import Words

_MOST_WORDS: Final = 6
"""Who writes more says more than a name."""


class Naming:
    """Knows which of the tasks in the menu are about things of which many are known."""

    def __init__(self, tasks: Tasks) -> None:
        self._about = tuple(_about(tasks))

    def tasks(self, words: Words, scene: Scene, *, alone: bool = False) -> tuple[str, ...]:
        """Return the tasks that the thing in so few words may be for.

        `alone`: only where no word is left that says more than the task's form asks.
        """
        if sum(token.is_word for token in words.tokens) > _MOST_WORDS:
            return ()
        return tuple(one.task for one in self._about if one.is_named(words, scene, alone=alone))


@dataclass(frozen=True, slots=True)
class _About:
    task: str
    form: type[Form]
    slot: str
    reader: KnowingReader

    def is_named(self, words: Words, scene: Scene, *, alone: bool) -> bool:
        # Nearly all that nobody understood ends here: looking closer takes long.
        if not self.reader.may_know(words):
            return False
        said, rest = findings_and_rest(self.form, words, scene)
        thing = loaded(self.form, said.values).get(self.slot)
        left = zip(rest.tokens, rest.free, strict=True)
        more = alone and any(free and token.is_word for token, free in left)
        return isinstance(thing, str) and self.reader.knows(thing) and not more


def _about(tasks: Tasks) -> Iterator[_About]:
    for task in tasks.offered:
        for slot in task.form.slots():
            reader: object = task.form.reader(slot)
            if isinstance(reader, KnowingReader):
                yield _About(task.name, task.form, slot, reader)
