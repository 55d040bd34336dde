"""What is asked of payment gateways by requests, and what comes back."""

from typing import Final
from uuid import UUID

import msgspec

from sokoni.payments.base import Link, Refunded, Report

LINK: Final = "payments.link"
CHECK: Final = "payments.check"
REFUND: Final = "payments.refund"
KINDS: Final = frozenset({LINK, CHECK, REFUND})
"""Requests whose answers tell of payments."""
OVER: Final = "over"
"""Why a link was not made: its time is over, or nearly."""
POLL: Final = "payments.poll"
"""Name of the timers by which gateways are asked."""


class LinkWish(msgspec.Struct, frozen=True, kw_only=True):
    """The request's payload: what the same link is asked for with, however often."""

    payment_id: UUID
    description: str
    language: str


class LinkMade(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    payment_id: UUID
    link: Link


class CheckWish(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of a request that asks what became of a payment."""

    payment_id: UUID


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: all that the gateway said."""

    payment_id: UUID
    reports: tuple[Report, ...]


class RefundWish(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of a request that has money given back."""

    refund_id: UUID
    payment_id: UUID
    transaction: str
    """Of the gateway's: money that was never taken as paid has one of its own."""


class RefundMade(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    refund_id: UUID
    payment_id: UUID
    refunded: Refunded
