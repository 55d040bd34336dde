"""How an order moves: its states, who may move it, and what becomes of the money. Data.

`service.moves` runs it. What became of the goods (`Status`) and what became of the money
(`Charge`) are two things: an order that is paid in cash is delivered first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    """Nothing of it was sent yet."""
    PARTLY_FULFILLED = "partly_fulfilled"
    FULFILLED = "fulfilled"
    """All of it is on its way, or waits to be collected."""
    DELIVERED = "delivered"
    PARTLY_RETURNED = "partly_returned"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Charge(StrEnum):
    UNPAID = "unpaid"
    COD = "cod"
    """Paid when the goods come."""
    AUTHORIZED = "authorized"
    """The money is set aside at the gateway."""
    FAILED = "failed"
    """The last try failed; another may be made."""
    EXPIRED = "expired"
    PAID = "paid"
    PARTLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class By(StrEnum):
    CONTACT = "contact"
    STAFF = "staff"
    PAYMENT = "payment"
    """A payment gateway."""
    TIME = "time"
    """Nobody: it was due."""


class Move(StrEnum):
    PLACE = "place"
    FULFIL = "fulfil"
    """Send some of it, or all that is left."""
    DELIVER = "deliver"
    CANCEL = "cancel"
    """Nothing of it was sent, and nothing will be."""
    CALL_OFF = "call_off"
    """Some of what was not sent yet does not come any more, or, once some was, all of it."""
    AMEND = "amend"
    """Staff change where it goes, or its note."""
    EXPIRE = "expire"
    """Nobody paid in time."""
    RETURN = "return"
    AUTHORIZE = "authorize"
    PAY = "pay"
    FAIL = "fail"
    LAPSE = "lapse"
    """The payment's link is over; the order waits on."""
    REFUND = "refund"
    RESTORE = "restore"
    """A refund came to nothing: the merchant has the money after all."""
    NOTE = "note"
    """Staff write something down; nothing moves."""


@dataclass(frozen=True, slots=True)
class Step:
    """One way from some states to another."""

    move: Move
    sources: frozenset[Status]
    by: frozenset[By]
    target: Status | None = None
    """None: as it was, or as the goods that are sent say."""
    charges: frozenset[Charge] = frozenset(Charge)
    """What may have become of the money."""


_STAFF: Final = frozenset({By.STAFF})
_MONEY: Final = frozenset({By.STAFF, By.PAYMENT})
OWED: Final = frozenset(
    {Charge.UNPAID, Charge.COD, Charge.AUTHORIZED, Charge.FAILED, Charge.EXPIRED}
)
"""Nothing was paid yet."""
AWAITED: Final = OWED - {Charge.COD}
"""It must be paid before anything is sent."""
_WAITED_FOR: Final = AWAITED - {Charge.AUTHORIZED}
HELD: Final = frozenset({Charge.PAID, Charge.PARTLY_REFUNDED})
"""The merchant has money of it."""
GIVEN_BACK: Final = frozenset({Charge.PARTLY_REFUNDED, Charge.REFUNDED})
UNSENT: Final = frozenset({Status.PLACED, Status.PAID})
SENT: Final = frozenset({Status.FULFILLED, Status.DELIVERED})
BACK: Final = frozenset({Status.PARTLY_RETURNED, Status.RETURNED})
LIVE: Final = frozenset(Status) - {Status.CANCELLED, Status.RETURNED}
_SENDABLE: Final = UNSENT | {Status.PARTLY_FULFILLED}
_ALL: Final = frozenset(Status)

STEPS: Final = (
    Step(Move.FULFIL, _SENDABLE, _STAFF, charges=HELD | {Charge.COD}),
    Step(Move.DELIVER, frozenset({Status.FULFILLED}), _STAFF, Status.DELIVERED),
    Step(Move.CANCEL, UNSENT, frozenset({By.CONTACT, By.STAFF}), Status.CANCELLED),
    Step(
        Move.CALL_OFF,
        _SENDABLE | BACK,
        _STAFF,
        # What is set aside at a gateway is all of it, and would come as it is.
        charges=frozenset(Charge) - {Charge.AUTHORIZED},
    ),
    Step(Move.AMEND, _SENDABLE, _STAFF),
    Step(
        Move.EXPIRE,
        frozenset({Status.PLACED}),
        frozenset({By.TIME}),
        Status.CANCELLED,
        _WAITED_FOR,
    ),
    Step(Move.RETURN, SENT | {Status.PARTLY_FULFILLED, Status.PARTLY_RETURNED}, _STAFF),
    Step(
        Move.AUTHORIZE,
        frozenset({Status.PLACED}),
        _MONEY,
        charges=_WAITED_FOR,
    ),
    Step(Move.PAY, LIVE, _MONEY, charges=OWED),
    Step(Move.FAIL, LIVE, _MONEY, charges=AWAITED),
    Step(Move.LAPSE, LIVE, _MONEY, charges=AWAITED),
    Step(Move.REFUND, _ALL, _MONEY, charges=HELD),
    Step(Move.RESTORE, _ALL, _MONEY, charges=GIVEN_BACK),
    Step(Move.NOTE, _ALL, _STAFF),
)

_BY_MOVE: Final[Mapping[Move, Step]] = {step.move: step for step in STEPS}


def step_for(move: Move, status: Status, charge: Charge, by: By) -> Step | None:
    """Return the step that a move is from where an order stands, None where it is none."""
    step = _BY_MOVE.get(move)
    if step is None or by not in step.by or status not in step.sources:
        return None
    return step if charge in step.charges else None
