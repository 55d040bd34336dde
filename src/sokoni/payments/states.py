"""How far a payment can get, as data: it only moves forward."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PaymentState(StrEnum):
    CREATED = "created"
    """Asked for; the gateway was not heard of yet."""
    PENDING = "pending"
    """The contact can pay: there is a link, or they know whom to pay."""
    UNKNOWN = "unknown"
    """The gateway says something that nobody understands: it is asked again."""
    AUTHORIZED = "authorized"
    """The money is held, and not ours yet."""
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """We no longer want it."""
    EXPIRED = "expired"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


_S: Final = PaymentState
_MONEY: Final = frozenset({_S.PARTIALLY_PAID, _S.PAID})
_BACK: Final = frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED, _S.DISPUTED})
ENDS: Final = frozenset({_S.FAILED, _S.CANCELLED, _S.EXPIRED})
"""Nothing can be paid by the link any more, as far as its gateway knows."""

FORWARD: Final[Mapping[PaymentState, frozenset[PaymentState]]] = {
    _S.CREATED: frozenset({_S.PENDING, _S.UNKNOWN, _S.AUTHORIZED}) | ENDS | _MONEY,
    _S.PENDING: frozenset({_S.UNKNOWN, _S.AUTHORIZED}) | ENDS | _MONEY,
    _S.UNKNOWN: frozenset({_S.PENDING, _S.AUTHORIZED}) | ENDS | _MONEY,
    _S.AUTHORIZED: ENDS | _MONEY,
    # Money may come after all; whether it is still wanted is asked first.
    _S.FAILED: _MONEY,
    _S.EXPIRED: _MONEY,
    # Nobody waits for this money: it never becomes paid by itself.
    _S.CANCELLED: frozenset(),
    _S.PARTIALLY_PAID: frozenset({_S.PAID}) | _BACK,
    _S.PAID: _BACK,
    _S.PARTIALLY_REFUNDED: frozenset({_S.REFUNDED, _S.DISPUTED}),
    _S.REFUNDED: frozenset({_S.DISPUTED}),
    # What was disputed and is ours after all is said by name (`Report.won`).
    _S.DISPUTED: frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED}),
}
"""Where each state may go. What is not here is written down and never applied."""

OPEN: Final = frozenset({_S.CREATED, _S.PENDING, _S.UNKNOWN, _S.AUTHORIZED})
"""Something may still be paid: the gateway is asked from time to time."""
SETTLED: Final = frozenset({_S.PAID, _S.PARTIALLY_PAID}) | _BACK
"""Money came, whatever became of it."""
BRINGS_MONEY: Final = _MONEY
TAKES_BACK: Final = frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED})


def may_move(before: PaymentState, after: PaymentState) -> bool:
    """Tell whether the one comes after the other."""
    return after in FORWARD[before]
