"""How well it is told what people want of a booking desk, by task.

`python -m tests.capabilities.booking.wanting` prints what is told wrong in the half that may be
tuned on. What is wrong in the other half nobody looks at.
"""

from dataclasses import replace
from functools import cache
from typing import Final

from sokoni.capabilities.booking.manifest import BOOKING
from sokoni.capabilities.booking.reading import terms
from sokoni.dialogue.triggers import names_of
from sokoni.dialogue.understanding import Understanding
from sokoni.dialogue.view import View
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Confirm, Deny, Start
from tests.capabilities.booking.halves import Halves
from tests.capabilities.told import understanding_of
from tests.language.said import scene

FILES: Final = ("messages", "messages_again")
_SCENE: Final = replace(scene(), terms=terms({}))


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


@cache
def _understanding() -> Understanding:
    return understanding_of(BOOKING, names_of(_SCENE.terms))


MESSAGES: Final = Halves(FILES, lambda task, said: (said, task), told)


if __name__ == "__main__":
    MESSAGES.show()
