"""How well it is told what people want of a booking desk, by task.

`python -m tests.capabilities.booking.wanting` prints what is told wrong in the half that may be
tuned on. What is wrong in the other half nobody looks at.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import yaml

from sokoni.capabilities.booking.manifest import BOOKING
from sokoni.capabilities.booking.reading import terms
from sokoni.dialogue.corrections import Corrections
from sokoni.dialogue.learning import classifier_of
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import folders, names_of, triggers_of
from sokoni.dialogue.understanding import Understanding
from sokoni.dialogue.view import View
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Confirm, Deny, Start
from tests.language.counted import Counted
from tests.language.said import scene

FILES: Final = ("messages", "messages_again")
_TASKS: Final = Tasks([BOOKING], "Desk")
_SCENE: Final = replace(scene(), terms=terms({}))


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody writes first, and the task that they mean; "none" for no task of the desk."""

    file: str
    said: str
    task: str
    held_out: bool


def corpus() -> Iterator[Asked]:
    """Yield every message; of each task every second one is held out."""
    for file in FILES:
        text = Path(__file__).with_name(f"{file}.yaml").read_text("utf-8")
        listed: Mapping[str, list[str]] = yaml.safe_load(text)
        for task, messages in listed.items():
            for number, said in enumerate(messages):
                yield Asked(file, said, task, number % 2 == 1)


def told(said: str) -> str:
    """Return the task that a message starts, "none" where it starts none.

    A yes or a no accepts or declines what was asked last.
    """
    command = (
        _understanding().understand(View(scene=_SCENE, now=_SCENE.now), words_of(said)).command
    )
    match command:
        case Start():
            return command.task.removeprefix("booking.")
        case Confirm():
            return "accept"
        case Deny():
            return "decline"
        case _:
            return "none"


def scores(file: str, *, held_out: bool) -> Mapping[str, Counted]:
    """Return by task how many messages of one half are told right."""
    half = [one for one in corpus() if one.file == file and one.held_out is held_out]
    right = [one for one in half if told(one.said) == one.task]
    return {
        task: Counted(
            sum(one.task == task for one in right), sum(one.task == task for one in half)
        )
        for task in dict.fromkeys(one.task for one in half)
    }


@cache
def _understanding() -> Understanding:
    listed = [BOOKING]
    no_labels = Corrections(lambda _task, _slot: ())
    return Understanding(
        _TASKS,
        triggers_of(folders(listed), names_of(_SCENE.terms)),
        no_labels,
        classifier_of(listed),
    )


if __name__ == "__main__":
    for one in corpus():
        if not one.held_out and (found := told(one.said)) != one.task:
            sys.stdout.write(f"{one.said!r}: {found}, not {one.task}\n")
    for listed, half in product(FILES, (False, True)):
        every = {task: str(one) for task, one in scores(listed, held_out=half).items()}
        sys.stdout.write(f"{listed}, held out {half}: {every}\n")
