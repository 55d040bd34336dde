"""Payments go with what they paid, once nothing of them is open."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import MerchantId
from sokoni.payments.models import Payment, PaymentEntry, Refund, RefundState
from sokoni.payments.states import OPEN, PaymentState

_STILL: Final = (RefundState.ASKED, RefundState.PENDING, RefundState.UNKNOWN)


def _is_open() -> ColumnElement[bool]:
    """Ask whether money may yet come or go, or staff have to look at it."""
    refunded = exists().where(Refund.payment_id == Payment.id, Refund.state.in_(_STILL))
    return or_(Payment.state.in_(OPEN | {PaymentState.DISPUTED}), Payment.review != "", refunded)


def unsettled(merchant_id: MerchantId, subject: str, paid_for: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a column
    """Ask whether something of the money for it is open."""
    return exists().where(
        Payment.merchant_id == merchant_id,
        Payment.subject == subject,
        Payment.subject_id == paid_for,
        _is_open(),
    )


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:
    """Select whose money is open, or moved since."""
    mine = select(Payment.contact_id).where(Payment.merchant_id == merchant_id)
    return [mine.where(or_(_is_open(), Payment.updated_at >= before))]


async def drop_payments(
    connection: AsyncConnection, merchant_id: MerchantId, subject: str, ids: Collection[UUID]
) -> None:
    """Delete the payments for these, with all that was said of them."""
    theirs = (
        Payment.merchant_id == merchant_id,
        Payment.subject == subject,
        Payment.subject_id.in_(ids),
    )
    payments = (await connection.scalars(select(Payment.id).where(*theirs))).all()
    for model in (PaymentEntry, Refund):
        await connection.execute(delete(model).where(model.payment_id.in_(payments)))
    await connection.execute(delete(Payment).where(Payment.id.in_(payments)))
