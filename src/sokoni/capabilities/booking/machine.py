"""How a booking moves: its states, who may move it, and when. Data; `service.bookings` runs it.

The names of the states that the first booking desk had (pending, confirmed, declined, completed)
are kept.
"""

from collections.abc import Mapping
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


_BOTH: Final = frozenset({Party.CUSTOMER, Party.PROVIDER})
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
    Step(Move.AGREE, Status.COUNTERED, Status.CONFIRMED, _CUSTOMER, When.ANSWERABLE),
    Step(Move.REFUSE, Status.COUNTERED, Status.DECLINED, _CUSTOMER, When.ANSWERABLE),
    Step(Move.CANCEL, Status.COUNTERED, Status.CANCELLED, _BOTH),
    Step(Move.EXPIRE, Status.COUNTERED, Status.EXPIRED, _TIME, When.OVERDUE),
    Step(Move.PROPOSE, Status.CONFIRMED, Status.RESCHEDULING, _BOTH, When.AHEAD),
    Step(Move.CANCEL, Status.CONFIRMED, Status.CANCELLED, _BOTH, When.AHEAD),
    Step(Move.COMPLETE, Status.CONFIRMED, Status.COMPLETED, _BOTH | _TIME, When.BEGUN),
    Step(Move.MISS, Status.CONFIRMED, Status.NO_SHOW, _BOTH, When.BEGUN),
    Step(
        Move.AGREE,
        Status.RESCHEDULING,
        Status.CONFIRMED,
        _BOTH,
        When.ANSWERABLE,
        not_proposer=True,
    ),
    Step(
        Move.KEEP, Status.RESCHEDULING, Status.CONFIRMED, _BOTH, When.ANSWERABLE, not_proposer=True
    ),
    Step(Move.EXPIRE, Status.RESCHEDULING, Status.CONFIRMED, _TIME, When.OVERDUE),
    Step(Move.CANCEL, Status.RESCHEDULING, Status.CANCELLED, _BOTH, When.AHEAD),
)

ASKED: Final = frozenset({Status.PENDING, Status.COUNTERED, Status.RESCHEDULING})
"""Somebody is asked, and a limit runs."""
HOLDING: Final = ASKED | {Status.CONFIRMED}
"""Time of the provider's is held."""
FINAL: Final = frozenset(Status) - HOLDING

_BY_SOURCE: Final[Mapping[tuple[Move, Status], Step]] = {
    (step.move, step.source): step for step in STEPS
}


def step_from(status: Status, move: Move) -> Step | None:
    """Return where a move leads from a state, None where it leads nowhere."""
    return _BY_SOURCE.get((move, status))


def sources_of(move: Move) -> tuple[Step, ...]:
    return tuple(step for step in STEPS if step.move is move)
