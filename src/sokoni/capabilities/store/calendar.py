"""The store's calendar: orders that nobody paid, and carts that nobody touches any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Row, Select, Table, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.store.models.carts import Cart, CartId, CartItem
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.reminding import reminder
from sokoni.capabilities.store.service.cart_rows import KEPT
from sokoni.capabilities.store.service.ending import Endings
from sokoni.capabilities.store.service.moves import OrderMovedError, OrderUnknownError
from sokoni.capabilities.store.service.stock import NEXT_EXPIRY, expired
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.capabilities.store.telling import NEWS, news_of
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.manifest import Calendar
from sokoni.kit.ids import MerchantId
from sokoni.merchants.directory import profile_of
from sokoni.merchants.models import Merchant
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import TimerFor

_LATE: Final = timedelta(hours=1)
"""A reminder that could not be made for so long is not made."""
_OFF: Final = StoreSettings(abandoned_cart_days=1)
"""Of a merchant that has no store any more."""
_CARTS: Final = cast("Table", Cart.__table__)
_C: Final = _CARTS.c
_MERCHANTS: Final = cast("Table", Merchant.__table__)
_ITEMS: Final = cast("Table", CartItem.__table__)
_I: Final = _ITEMS.c
_NEXT: Final = select(func.min(_C.due_at))
_DUE: Final[Select[Any]] = (
    select(_CARTS)
    .where(_C.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(_C.due_at, _C.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


async def _take(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[TimerFor]:
    return [*await _orders(connection, now, limit), *await _carts(connection, now, limit)]


# --- orders that nobody paid ------------------------------------------------------------------


async def _orders(connection: AsyncConnection, now: datetime, limit: int) -> list[TimerFor]:
    """End orders whose time to pay is over, though nobody may be told of it."""
    timers = []
    for merchant_id, order_id in await expired(connection, now, limit):
        order = await _ended(connection, merchant_id, order_id, now)
        if order is not None:
            timers.append(
                TimerFor(
                    merchant_id=merchant_id,
                    contact_id=order.contact_id,
                    timer=news_of(order),
                    once=f"{NEWS}:{order.id.hex}:{order.version}",
                )
            )
    return timers


async def _ended(
    connection: AsyncConnection, merchant_id: MerchantId, order_id: OrderId, now: datetime
) -> Order | None:
    """End an order and free its goods; None where it has moved on."""
    async with AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as session:
        endings = Endings(session, merchant_id, now)
        try:
            order = await endings.expire(order_id)
        except OrderMovedError as moved:
            await endings.wait_on(moved.order)
            order = None
        except OrderUnknownError:
            await endings.forget(order_id)
            order = None
        await session.commit()
        return order


# --- carts that nobody touches ----------------------------------------------------------------


async def _carts(connection: AsyncConnection, now: datetime, limit: int) -> list[TimerFor]:
    rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).all()
    if not rows:
        return []
    shops = await _shops(connection, {row.merchant_id for row in rows})
    timers = [await _looked_at(connection, row, shops, now) for row in rows]
    return [one for one in timers if one is not None]


async def _shops(
    connection: AsyncConnection, merchants: set[MerchantId]
) -> Mapping[MerchantId, MerchantProfile]:
    """Return those of the merchants that have a store."""
    statement = select(_MERCHANTS).where(_MERCHANTS.c.id.in_(list(merchants)))
    rows = (await connection.execute(statement)).mappings()
    every = [profile_of(Merchant(**row)) for row in rows]
    return {one.id: one for one in every if NAME in one.capabilities}


async def _looked_at(
    connection: AsyncConnection,
    cart: Row[Any],
    shops: Mapping[MerchantId, MerchantProfile],
    now: datetime,
) -> TimerFor | None:
    """Remind of a cart, throw it away, or look at it again when its time comes."""
    shop = shops.get(cart.merchant_id)
    own = StoreSettings.of(shop.capabilities[NAME]) if shop else _OFF
    over = cart.updated_at + timedelta(days=own.abandoned_cart_days)
    if cart.open is None or now >= cart.updated_at + KEPT:
        await _drop(connection, cart.id)
        return None
    if now >= over:
        await _give_up(connection, cart)
        return None
    remind = await _remind_at(connection, cart, own, shop)
    if remind is None or over <= remind:
        await _again(connection, cart.id, over)
        return None
    if now < remind:
        await _again(connection, cart.id, remind)
        return None
    await _again(connection, cart.id, over, reminded_at=now)
    return reminder(cart) if now < remind + _LATE else None


async def _remind_at(
    connection: AsyncConnection, cart: Row[Any], own: StoreSettings, shop: MerchantProfile | None
) -> datetime | None:
    """Return when the contact is to be reminded, None where that is not wanted or not so soon."""
    if shop is None or not own.remind_cart_hours or not await _has_lines(connection, cart.id):
        return None
    remind = shop.daytime(cart.updated_at + timedelta(hours=own.remind_cart_hours))
    theirs = select(func.max(_C.reminded_at)).where(
        _C.merchant_id == cart.merchant_id, _C.contact_id == cart.contact_id
    )
    last = await connection.scalar(theirs)
    often = last is not None and remind < last + timedelta(days=own.remind_cart_days)
    return None if often else remind


async def _has_lines(connection: AsyncConnection, cart_id: CartId) -> bool:
    lines = select(_I.id).where(_I.cart_id == cart_id, _I.saved.is_(False)).limit(1)
    return await connection.scalar(lines) is not None


async def _again(
    connection: AsyncConnection, cart_id: CartId, due_at: datetime, **values: object
) -> None:
    looking = update(_CARTS).where(_C.id == cart_id)
    await connection.execute(looking.values(due_at=due_at, **values))


async def _give_up(connection: AsyncConnection, cart: Row[Any]) -> None:
    """Throw away what is in a cart; what is kept for later stays a while."""
    lost = delete(_ITEMS).where(_I.cart_id == cart.id, _I.saved.is_(False))
    await connection.execute(lost)
    if await connection.scalar(select(_I.id).where(_I.cart_id == cart.id).limit(1)) is None:
        await _drop(connection, cart.id)
        return
    version = {"version": _C.version + 1, "coupon": "", "note": None, "focus_id": None}
    await _again(connection, cart.id, cart.updated_at + KEPT, **version)


async def _drop(connection: AsyncConnection, cart_id: CartId) -> None:
    await connection.execute(delete(_ITEMS).where(_I.cart_id == cart_id))
    await connection.execute(delete(_CARTS).where(_C.id == cart_id))


CALENDAR: Final = Calendar((_NEXT, NEXT_EXPIRY), _take)
