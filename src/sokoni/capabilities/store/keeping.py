"""Orders that are over go when their time is: with their history, and the money's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.store.machine import BACK, GIVEN_BACK, HELD, SENT, Charge, Status
from sokoni.capabilities.store.models.carts import CouponUse
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderItem, Reservation
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.dialogue.keeping import AT_ONCE, Kept, batch
from sokoni.kit.ids import MerchantId
from sokoni.merchants.profile import MerchantProfile
from sokoni.payments.keeping import drop_payments, unsettled

_OVER: Final = or_(
    and_(Order.status.in_(SENT), Order.charge_status.in_(HELD | GIVEN_BACK)),
    and_(Order.status.in_(BACK), Order.charge_status.in_(GIVEN_BACK)),
    and_(
        Order.status == Status.CANCELLED,
        Order.charge_status.not_in(HELD | {Charge.AUTHORIZED}),
    ),
)
"""Nothing is to be sent, paid or given back any more."""


async def drop_orders(
    connection: AsyncConnection, merchant_id: MerchantId, before: datetime
) -> int:
    """Delete orders that are over and that nobody touched since before the time."""
    old = (
        select(Order.id)
        .where(
            Order.merchant_id == merchant_id,
            _OVER,
            Order.updated_at < before,
            ~exists().where(Reservation.order_id == Order.id),
            ~unsettled(merchant_id, SUBJECT, Order.id),
        )
        .limit(AT_ONCE)
    )
    ids = (await connection.scalars(old)).all()
    if not ids:
        return 0
    await drop_payments(connection, merchant_id, SUBJECT, ids)
    of_them: Sequence[Any] = (OrderItem, OrderEvent, CouponUse)
    for model in of_them:
        await connection.execute(delete(model).where(model.order_id.in_(ids)))
    await connection.execute(delete(Order).where(Order.id.in_(ids)))
    return len(ids)


def _days(merchant: MerchantProfile) -> int:
    return merchant.settings(NAME, StoreSettings).keep_orders_days


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:  # noqa: ARG001
    """Select whose orders are kept: they stay with them."""
    return [select(Order.contact_id).where(Order.merchant_id == merchant_id)]


KEEPS: Final = (Kept(setting=f"{NAME}.keep_orders_days", days=_days, let_go=batch(drop_orders)),)
