"""How well it is told what people want of a shop, by language and task.

`python -m tests.capabilities.store.hearing` prints what is told wrong of the first list and of one
half of the third, which may be mended by, and the scores of all. What is wrong of the second, and
of the other half of the third, nobody looks at. Every line is heard on its own: nothing is on the
screen and nothing lies in the cart. So `next` is left out: only a page that is shown can be
turned.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from sokoni.capabilities.store.manifest import STORE
from sokoni.capabilities.store.reading import terms
from sokoni.dialogue.triggers import names_of
from sokoni.dialogue.understanding import Understanding
from sokoni.dialogue.view import View
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Start
from tests.capabilities.told import understanding_of
from tests.language.counted import Counted
from tests.language.said import scene

MENDED_BY: Final = "phrases_first"
HELD_OUT: Final = "phrases_second"
THIRD: Final = "phrases_third"
THIRD_HELD_OUT: Final = "phrases_third, held out"
_HALVES: Final = {THIRD: 0, THIRD_HELD_OUT: 1}
"""Every second line of the third list is held out: which half starts where."""
_SCENE: Final = replace(scene(), terms=terms({}))


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody writes, in which language, and the task that they mean."""

    language: str
    task: str
    said: str
    quantity: int | None


def lines(file: str) -> Iterator[Line]:
    """Yield the lines of a list, or of one half of the third."""
    yield from islice(_every(file.partition(",")[0]), _HALVES.get(file, 0), None, _step(file))


def _step(file: str) -> int:
    return 2 if file in _HALVES else 1


def _every(file: str) -> Iterator[Line]:
    text = Path(__file__).with_name(f"{file}.yaml").read_text("utf-8")
    listed: Mapping[str, Mapping[str, list[dict[str, Any]]]] = yaml.safe_load(text)
    for language, tasks in listed.items():
        for task, entries in tasks.items():
            for one in entries if task != "next" else ():
                quantity = one.get("quantity")
                many = quantity if isinstance(quantity, int) else None
                yield Line(language, task, one["said"], many)


def told(said: str) -> tuple[str, Mapping[str, object]]:
    """Return the task that a message starts, "none" where it starts none, and its slots."""
    command = (
        _understanding().understand(View(scene=_SCENE, now=_SCENE.now), words_of(said)).command
    )
    if isinstance(command, Start):
        return command.task.removeprefix("store."), command.slots
    return "none", {}


@cache
def _understanding() -> Understanding:
    return understanding_of(STORE, names_of(_SCENE.terms))


def quantities(file: str) -> Counted:
    """Return for how many lines that say a number that number is read with the task."""
    saying = [one for one in lines(file) if one.quantity is not None]
    return Counted(sum(_many(one.said) == one.quantity for one in saying), len(saying))


def _many(said: str) -> int | None:
    _task, slots = told(said)
    asked = msgspec.json.decode(msgspec.json.encode(slots.get("asked")))
    first = asked[0] if isinstance(asked, list) and asked else asked
    many = first.get("quantity") if isinstance(first, dict) else None
    return many if isinstance(many, int) else None


def right(line: Line) -> bool:
    task, _slots = told(line.said)
    return task == line.task


def scores(file: str) -> Mapping[str, Counted]:
    """Return by language how many lines are told right."""
    every = list(lines(file))
    good = [one for one in every if right(one)]
    return {
        language: Counted(
            sum(one.language == language for one in good),
            sum(one.language == language for one in every),
        )
        for language in dict.fromkeys(one.language for one in every)
    }


def show() -> None:
    for one in (*lines(MENDED_BY), *lines(THIRD)):
        if not right(one):
            task, _slots = told(one.said)
            sys.stdout.write(f"{one.language} {one.said!r}: {task}, not {one.task}\n")
    for file in (MENDED_BY, HELD_OUT, THIRD, THIRD_HELD_OUT):
        found = {name: str(score) for name, score in scores(file).items()}
        sys.stdout.write(f"{file}: {found}, quantities {quantities(file)}\n")


if __name__ == "__main__":
    show()
