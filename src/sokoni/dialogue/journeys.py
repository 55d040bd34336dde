"""What a turn did to tasks: which it began, what they asked, which were finished or left."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from sokoni.dialogue.filling import CONFIRM, Filling
from sokoni.dialogue.turn import Turn

_AT_A_STRETCH: Final = timedelta(hours=1)
"""Who answers later went away in between: how long a question takes, that does not tell."""


class Happened(StrEnum):
    """What is counted."""

    STARTED = "started"
    ASKED = "asked"
    """A question of the task was put to the contact who had not been asked it before."""
    MISSED = "missed"
    """What was said to a question was no answer to it."""
    ANSWERED = "answered"
    """A question was answered, within an hour."""
    SECONDS = "seconds"
    """So many passed until it was: as many of them are counted."""
    FINISHED = "finished"
    LEFT = "left"
    """Cancelled, declined, begun anew, pushed out by others, or let go after a long silence."""


class Mark(NamedTuple):
    """One thing to count."""

    task: str
    happened: Happened
    step: str = ""
    """The question that was asked, or that was open when the task was left."""
    times: int = 1


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
        yield from _answered(filling, turn.context.now)
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


def _answered(filling: Filling, at: datetime) -> Iterator[Mark]:
    """Tell that the question that was open is so no more, and not because of a step back."""
    now, then = filling.draft, filling.begun_as
    went_on = now.awaiting != then.awaiting and now.awaiting not in then.asked
    if not (filling.finished or went_on) or then.since is None or at - then.since > _AT_A_STRETCH:
        return
    task, step = filling.task.name, _named(then.awaiting)
    yield Mark(task, Happened.ANSWERED, step)
    if seconds := round((at - then.since).total_seconds()):
        yield Mark(task, Happened.SECONDS, step, seconds)


def _named(awaiting: str) -> str:
    return awaiting.lstrip("?")
