"""What a turn did to tasks: which it began, what they asked, which were finished or left."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from sokoni.dialogue.filling import CONFIRM, Filling
from sokoni.dialogue.turn import Turn


class Happened(StrEnum):
    """What is counted."""

    STARTED = "started"
    ASKED = "asked"
    """A question of the task was put to the contact who had not been asked it before."""
    MISSED = "missed"
    """What was said to a question was no answer to it."""
    FINISHED = "finished"
    LEFT = "left"
    """Cancelled, declined, begun anew, pushed out by others, or let go after a long silence."""


class Mark(NamedTuple):
    """One thing to count."""

    task: str
    happened: Happened
    step: str = ""
    """The question that was asked, or that was open when the task was left."""


def marks(turn: Turn) -> tuple[Mark, ...]:
    """Return what happened to the turn's tasks, those that it found and those that it began."""
    return tuple(_marks(turn))


def _marks(turn: Turn) -> Iterator[Mark]:
    for filling in turn.opened:
        yield Mark(filling.task.name, Happened.STARTED)
    for filling in (*turn.found, *turn.opened):
        for step in _asked(filling):
            yield Mark(filling.task.name, Happened.ASKED, step)
        if filling.draft.misses > filling.begun_as.misses:
            yield Mark(filling.task.name, Happened.MISSED, _named(filling.draft.awaiting))
        if filling.finished:
            yield Mark(filling.task.name, Happened.FINISHED)
        elif not any(filling is one for one in turn.fillings):
            yield Mark(filling.task.name, Happened.LEFT, _named(filling.draft.awaiting))


def _asked(filling: Filling) -> Iterator[str]:
    now, then = filling.draft, filling.begun_as
    if now is then:
        return
    for slot in now.asked:
        if slot not in then.asked:
            yield slot
    if now.awaiting == CONFIRM != then.awaiting:
        yield _named(CONFIRM)


def _named(awaiting: str) -> str:
    return awaiting.lstrip("?")
