"""Runs the machine of orders: moves one on where its states and the mover allow it.

Each move is one UPDATE, guarded by the version that was read: of two that cross, one wins and
the other is told how things stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sokoni.capabilities.store.machine import By, Charge, Move, Status, step_for
from sokoni.capabilities.store.models.orders import (
    Order,
    OrderEvent,
    OrderId,
    OrderItem,
    OrderItemId,
)
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId


class OrderUnknownError(AppError):
    """The merchant has no such order."""

    code = "order_unknown"
    http_status = 404


class OrderMovedError(AppError):
    """It stands elsewhere by now, or whoever wants that may not."""

    code = "order_moved"

    def __init__(self, order: Order) -> None:
        super().__init__(order.reference, order.status, order.charge_status)
        self.order = order


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """Who moves an order, and what changes with it."""

    move: Move
    by: By
    staff: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the order."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """For the history."""


class Moves:
    """Moves one merchant's orders."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    def orders(self) -> Select[Order]:
        """Scope of every query for orders; what was read before is read anew."""
        statement = select(Order).where(Order.merchant_id == self._merchant_id)
        return statement.execution_options(populate_existing=True)

    async def get(self, order_id: OrderId, *, locked: bool = False) -> Order:
        """Return an order as it is by now, or raise `OrderUnknownError`.

        `locked`: nobody else moves it before this transaction ends.
        """
        wanted = self.orders().where(Order.id == order_id)
        found = await self._session.scalar(wanted.with_for_update() if locked else wanted)
        if found is None:
            raise OrderUnknownError(str(order_id))
        return found

    async def items(self, order_ids: Sequence[OrderId]) -> Mapping[OrderId, Sequence[OrderItem]]:
        """Return what was bought, in the order of the cart, by order."""
        statement = (
            select(OrderItem)
            .where(OrderItem.merchant_id == self._merchant_id)
            .where(OrderItem.order_id.in_(list(order_ids)))
            .order_by(OrderItem.id)
            .execution_options(populate_existing=True)
        )
        found: dict[OrderId, list[OrderItem]] = {one: [] for one in order_ids}
        for item in await self._session.scalars(statement):
            found[item.order_id].append(item)
        return found

    async def history(self, order_id: OrderId) -> Sequence[OrderEvent]:
        """Return what happened to an order, the first first."""
        statement = select(OrderEvent).where(
            OrderEvent.merchant_id == self._merchant_id, OrderEvent.order_id == order_id
        )
        return (await self._session.scalars(statement.order_by(OrderEvent.id))).all()

    def check(self, order: Order, move: Move, by: By) -> None:
        """Raise `OrderMovedError` where the order may not be moved so."""
        if step_for(move, Status(order.status), Charge(order.charge_status), by) is None:
            raise OrderMovedError(order)

    async def make(self, order: Order, moving: Moving) -> Order:
        """Make a move and return the order as it is then, or raise `OrderMovedError`."""
        step = step_for(moving.move, Status(order.status), Charge(order.charge_status), moving.by)
        if step is None:
            raise OrderMovedError(order)
        version = order.version
        # By one way to the row for everybody: MariaDB finds it by one index to read it and by
        # another to write it, and two who move it would wait for each other.
        held = await self.get(order.id, locked=True)
        if held.version != version:
            raise OrderMovedError(held)
        target = {} if step.target is None else {"status": step.target}
        changing = update(Order).where(
            Order.merchant_id == self._merchant_id,
            Order.id == order.id,
            Order.version == version,
        )
        grown = {"version": Order.version + 1, "updated_at": self._now}
        values = {**target, **moving.values, **grown}
        if not await rows_changed(self._session, changing.values(**values)):
            raise OrderMovedError(await self.get(order.id))
        moved = await self.get(order.id)
        await self.note(moved, moving)
        return moved

    async def count(
        self, column: InstrumentedAttribute[int], pieces: Mapping[OrderItemId, int]
    ) -> None:
        """Note of how many more pieces of each item something is true."""
        for item_id, quantity in sorted(pieces.items()):
            counting = update(OrderItem).where(
                OrderItem.merchant_id == self._merchant_id, OrderItem.id == item_id
            )
            await rows_changed(self._session, counting.values({column: column + quantity}))

    async def note(self, order: Order, moving: Moving) -> None:
        """Write down in the history what was done."""
        event = OrderEvent(
            merchant_id=self._merchant_id,
            order_id=order.id,
            at=self._now,
            by=moving.by,
            staff=moving.staff[:120],
            move=moving.move,
            status=order.status,
            charge_status=order.charge_status,
            data=dict(moving.data),
        )
        self._session.add(event)
        await self._session.flush()
