"""How a booking moves: its states, who may move it, and when. Data; `service.bookings` runs it.

The names of the states that the first booking desk had (pending, confirmed, declined, completed)
are kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    PENDING = "pending"
    """Asked of the provider; the time is held."""
    COUNTERED = "countered"
    """The provider offers something else; that time is held."""
    CONFIRMED = "confirmed"
    RESCHEDULING = "rescheduling"
    """Confirmed, and one side asks for another time; both times are held."""
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Nobody answered in time."""
    UNREACHED = "unreached"
    """The request did not come to the provider."""


class Party(StrEnum):
    CUSTOMER = "customer"
    PROVIDER = "provider"
    TIME = "time"
    """Nobody: it was due."""


class Move(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"
    AGREE = "agree"
    REFUSE = "refuse"
    EXPIRE = "expire"
    LOSE = "lose"
    """The request cannot be delivered."""
    PROPOSE = "propose"
    KEEP = "keep"
    """Stay with the time that was agreed on."""
    CANCEL = "cancel"
    COMPLETE = "complete"
    MISS = "miss"
    """Say that the other side did not come, or was not there."""


class When(StrEnum):
    """What must be true of the time."""

    ANSWERABLE = "answerable"
    """Its limit is not over."""
    OVERDUE = "overdue"
    AHEAD = "ahead"
    """The job has not begun."""
    BEGUN = "begun"
    ANY = "any"


SIDES: Final = frozenset({Party.CUSTOMER, Party.PROVIDER})
_PROVIDER: Final = frozenset({Party.PROVIDER})
_CUSTOMER: Final = frozenset({Party.CUSTOMER})
_TIME: Final = frozenset({Party.TIME})


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a state to another."""

    move: Move
    source: Status
    target: Status
    by: frozenset[Party]
    when: When = When.ANY
    not_proposer: bool = False
    """Only the side that was asked may answer."""


STEPS: Final = (
    Step(Move.ACCEPT, Status.PENDING, Status.CONFIRMED, _PROVIDER, When.ANSWERABLE),
    Step(Move.DECLINE, Status.PENDING, Status.DECLINED, _PROVIDER, When.ANSWERABLE),
    Step(Move.COUNTER, Status.PENDING, Status.COUNTERED, _PROVIDER, When.ANSWERABLE),
    Step(Move.CANCEL, Status.PENDING, Status.CANCELLED, _CUSTOMER),
    Step(Move.EXPIRE, Status.PENDING, Status.EXPIRED, _TIME, When.OVERDUE),
    Step(Move.LOSE, Status.PENDING, Status.UNREACHED, _TIME),
    Step(Move.AGREE, Status.COUNTERED, Status.CONFIRMED, _CUSTOMER, When.ANSWERABLE),
    Step(Move.REFUSE, Status.COUNTERED, Status.DECLINED, _CUSTOMER, When.ANSWERABLE),
    Step(Move.CANCEL, Status.COUNTERED, Status.CANCELLED, SIDES),
    Step(Move.EXPIRE, Status.COUNTERED, Status.EXPIRED, _TIME, When.OVERDUE),
    Step(Move.PROPOSE, Status.CONFIRMED, Status.RESCHEDULING, SIDES, When.AHEAD),
    Step(Move.CANCEL, Status.CONFIRMED, Status.CANCELLED, SIDES, When.AHEAD),
    Step(Move.COMPLETE, Status.CONFIRMED, Status.COMPLETED, SIDES | _TIME, When.BEGUN),
    Step(Move.MISS, Status.CONFIRMED, Status.NO_SHOW, SIDES, When.BEGUN),
    Step(
        Move.AGREE,
        Status.RESCHEDULING,
        Status.CONFIRMED,
        SIDES,
        When.ANSWERABLE,
        not_proposer=True,
    ),
    Step(
        Move.KEEP, Status.RESCHEDULING, Status.CONFIRMED, SIDES, When.ANSWERABLE, not_proposer=True
    ),
    Step(Move.EXPIRE, Status.RESCHEDULING, Status.CONFIRMED, _TIME, When.OVERDUE),
    Step(Move.CANCEL, Status.RESCHEDULING, Status.CANCELLED, SIDES, When.AHEAD),
)

ASKED: Final = frozenset({Status.PENDING, Status.COUNTERED, Status.RESCHEDULING})
"""Somebody is asked, and a limit runs."""
HOLDING: Final = ASKED | {Status.CONFIRMED}
"""Time of the provider's is held."""
FINAL: Final = frozenset(Status) - HOLDING

YES: Final = (Move.ACCEPT, Move.AGREE)
"""What yes does, by where a booking stands."""
NO: Final = (Move.DECLINE, Move.REFUSE, Move.KEEP)

_BY_SOURCE: Final[Mapping[tuple[Move, Status], Step]] = {
    (step.move, step.source): step for step in STEPS
}


def step_from(status: Status, move: Move) -> Step | None:
    """Return where a move leads from a state, None where it leads nowhere."""
    return _BY_SOURCE.get((move, status))


def may(status: Status, move: Move, side: Party | None) -> bool:
    """Tell whether a side may make a move, as far as the state says."""
    step = step_from(status, move)
    return step is not None and side in step.by


def steps_of(moves: Collection[Move]) -> tuple[Step, ...]:
    """Return every way in which one of the moves is made."""
    return tuple(step for step in STEPS if step.move in moves)


def first_of(moves: Collection[Move], status: Status) -> Move | None:
    """Return the one of the moves that leads on from a state: each has one yes and one no."""
    return next((one for one in moves if (one, status) in _BY_SOURCE), None)
