"""Two contacts turned out to be one person: what the first has becomes the second's."""

from typing import Any, Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.store.models.carts import (
    Cart,
    CartId,
    CartItem,
    CouponUse,
    StoreCustomer,
)
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.carted import MOST
from sokoni.kit.ids import ContactId

_CARTS: Final = cast("Table", Cart.__table__)
_ITEMS: Final = cast("Table", CartItem.__table__)
_I: Final = _ITEMS.c


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move everything; two carts become one, and the kept contact's address stays."""
    for model in (Order, CouponUse):
        await _move(connection, model, gone, kept)
    theirs = select(StoreCustomer.id).where(StoreCustomer.contact_id == kept)
    if await connection.scalar(theirs):
        forgetting = delete(StoreCustomer).where(StoreCustomer.contact_id == gone)
        await connection.execute(forgetting)
    await _move(connection, StoreCustomer, gone, kept)
    await _carts(connection, gone, kept)
    await _move(connection, Cart, gone, kept)


async def _carts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    source, target = await _open(connection, gone), await _open(connection, kept)
    if source is None or target is None:
        return
    if await _has_note(connection, source) and not await _has_note(connection, target):
        # A note is sealed for its own cart: the cart stays, and becomes the kept contact's.
        source, target = target, source
    there = select(_I.id, _I.variant_id, _I.quantity).where(_I.cart_id == target)
    had = {row.variant_id: row for row in await connection.execute(there)}
    coming = select(_I.id, _I.variant_id, _I.quantity).where(_I.cart_id == source)
    for row in (await connection.execute(coming)).all():
        if row.variant_id not in had:
            moving = update(_ITEMS).where(_I.id == row.id)
            await connection.execute(moving.values(cart_id=target))
            continue
        mine = had[row.variant_id]
        both = min(MOST, mine.quantity + row.quantity)
        adding = update(_ITEMS).where(_I.id == mine.id)
        await connection.execute(adding.values(quantity=both))
        await connection.execute(delete(_ITEMS).where(_I.id == row.id))
    await connection.execute(delete(_CARTS).where(_CARTS.c.id == source))
    grown = update(_CARTS).where(_CARTS.c.id == target)
    await connection.execute(grown.values(version=_CARTS.c.version + 1))


async def _has_note(connection: AsyncConnection, cart_id: CartId) -> bool:
    its = select(_CARTS.c.id).where(_CARTS.c.id == cart_id, _CARTS.c.note.is_not(None))
    return await connection.scalar(its) is not None


async def _open(connection: AsyncConnection, contact_id: ContactId) -> CartId | None:
    mine = select(_CARTS.c.id).where(_CARTS.c.contact_id == contact_id, _CARTS.c.open == 1)
    found: CartId | None = await connection.scalar(mine)
    return found


async def _move(
    connection: AsyncConnection,
    model: Any,  # noqa: ANN401 -- a table with a contact's rows
    gone: ContactId,
    kept: ContactId,
) -> None:
    moving = update(model).where(model.contact_id == gone).values(contact_id=kept)
    await connection.execute(moving)
