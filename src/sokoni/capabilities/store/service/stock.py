"""Pieces in the shop: promised, taken and given back by one guarded statement each.

Whoever changes several variants does so in the order of their ids, so that two never wait for
each other.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.store.models.catalogue import Product, ProductId, Variant, VariantId
from sokoni.capabilities.store.models.orders import OrderId, Reservation
from sokoni.capabilities.store.service.indexing import Shelving
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId, new_id

Pieces: TypeAlias = Mapping[VariantId, int]
"""How many of each variant."""
_Guard: TypeAlias = Callable[[VariantId, int], ColumnElement[bool]]
_Values: TypeAlias = Callable[[VariantId, int], Mapping[str, Any]]
_VARIANTS: Final = cast("Table", Variant.__table__)
_V: Final = _VARIANTS.c
_PROMISES: Final = cast("Table", Reservation.__table__)
_R: Final = _PROMISES.c
_PRODUCTS: Final = cast("Table", Product.__table__)
_P: Final = _PRODUCTS.c


@dataclass(frozen=True, slots=True)
class Short:
    """A variant of which there are too few."""

    variant_id: VariantId
    wanted: int
    left: int


class InsufficientStockError(AppError):
    """There are not so many pieces left: each variant that lacks some is named."""

    code = "stock_insufficient"

    def __init__(self, short: Sequence[Short]) -> None:
        self.short = tuple(short)
        super().__init__(", ".join(f"{one.variant_id}: {one.left}" for one in short))


class StockPromisedError(AppError):
    """More pieces are promised to orders than there are said to be."""

    code = "stock_promised"


NEXT_EXPIRY: Final = select(func.min(_R.expires_at))
"""When the next promise of any merchant's ends."""


class Stock:
    """One merchant's stock. Whoever refuses has written nothing."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def left(self, ids: Collection[VariantId]) -> Mapping[VariantId, int | None]:
        """Return how many pieces can still be had; None: they are not counted."""
        statement = select(_V.id, _V.on_hand - _V.reserved).where(self._of(ids))
        return {row[0]: row[1] for row in await self._session.execute(statement)}

    async def reserve(self, order_id: OrderId, pieces: Pieces, until: datetime) -> None:
        """Promise the pieces to an order, or raise `InsufficientStockError`."""
        async with self._session.begin_nested():
            await self._change(
                pieces, lambda _, q: _free(q), lambda _, q: {"reserved": _V.reserved + q}
            )
            rows = [
                {
                    "id": new_id(),
                    "merchant_id": self._merchant_id,
                    "order_id": order_id,
                    "variant_id": variant_id,
                    "quantity": quantity,
                    "expires_at": until,
                }
                for variant_id, quantity in sorted(pieces.items())
            ]
            if rows:
                await self._session.execute(_PROMISES.insert(), rows)
            await self._show_again(pieces)

    async def take(self, order_id: OrderId, pieces: Pieces) -> None:
        """Take the pieces out of the shop: those promised to the order, others if they are free.

        Raises `InsufficientStockError` where some are neither.
        """
        async with self._session.begin_nested():
            promised = await self._end_promises(order_id)
            taken = {one: pieces.get(one, 0) for one in {*promised, *pieces}}
            await self._change(
                taken,
                lambda one, q: _free(q - promised.get(one, 0)),
                lambda one, q: {
                    "on_hand": _V.on_hand - q,
                    "reserved": _V.reserved - promised.get(one, 0),
                },
            )
            await self._count_sold(pieces, 1)
            await self._show_again(taken, anew=True)

    async def release(self, order_id: OrderId) -> bool:
        """Free what is promised to an order; False where nothing is, or no more."""
        async with self._session.begin_nested():
            promised = await self._end_promises(order_id)
            await self._change(promised, _always, lambda _, q: {"reserved": _V.reserved - q})
            await self._show_again(promised)
        return bool(promised)

    async def let_go(self, order_id: OrderId, pieces: Pieces) -> None:
        """Free some of what is promised to an order; the rest stays promised."""
        async with self._session.begin_nested():
            freed = {
                one: count
                for one, count in sorted(pieces.items())
                if await self._promise_less(order_id, one, count)
            }
            await self._change(freed, _always, lambda _, q: {"reserved": _V.reserved - q})
            await self._show_again(freed)

    async def _promise_less(self, order_id: OrderId, variant_id: VariantId, count: int) -> bool:
        """Promise an order fewer pieces of a variant; False where so many are not promised."""
        mine = (
            _R.merchant_id == self._merchant_id,
            _R.order_id == order_id,
            _R.variant_id == variant_id,
        )
        fewer = update(_PROMISES).where(*mine, _R.quantity > count)
        if await rows_changed(self._session, fewer.values(quantity=_R.quantity - count)):
            return True
        none = delete(_PROMISES).where(*mine, _R.quantity == count)
        return bool(await rows_changed(self._session, none))

    async def extend(self, order_id: OrderId, until: datetime) -> bool:
        """Have the promise end later; False where it has ended."""
        mine = and_(_R.merchant_id == self._merchant_id, _R.order_id == order_id)
        later = update(_PROMISES).where(mine).values(expires_at=until)
        return await rows_changed(self._session, later) > 0

    async def restock(self, pieces: Pieces, *, unsold: bool = True) -> None:
        """Put pieces back that were taken; `unsold`: they do not count as sold any more."""
        async with self._session.begin_nested():
            await self._change(pieces, _always, lambda _, q: {"on_hand": _V.on_hand + q})
            if unsold:
                await self._count_sold(pieces, -1)
            await self._show_again(pieces, anew=unsold)

    async def count(self, variant_id: VariantId, on_hand: int | None) -> None:
        """Note how many there are, those that are promised with them; None: not counted."""
        fits = true() if on_hand is None else _V.reserved <= on_hand
        counting = update(_VARIANTS).where(self._of([variant_id]), fits)
        if not await rows_changed(self._session, counting.values(on_hand=on_hand)):
            raise StockPromisedError(str(variant_id))
        await self._show_again({variant_id: 0}, anew=True)

    async def adjust(self, variant_id: VariantId, by: int) -> None:
        """Note that pieces came, or are gone; one that is not counted stays so."""
        fits = or_(_V.on_hand.is_(None), _V.on_hand + by >= _V.reserved)
        adjusting = update(_VARIANTS).where(self._of([variant_id]), fits)
        if not await rows_changed(self._session, adjusting.values(on_hand=_V.on_hand + by)):
            raise StockPromisedError(str(variant_id))
        await self._show_again({variant_id: 0}, anew=True)

    async def _change(self, pieces: Pieces, guard: _Guard, values: _Values) -> None:
        """Change each variant by its own statement, in the order of their ids."""
        refused = []
        for variant_id, quantity in sorted(pieces.items()):
            its = and_(self._of([variant_id]), guard(variant_id, quantity))
            changing = update(_VARIANTS).where(its).values(**values(variant_id, quantity))
            if not await rows_changed(self._session, changing):
                refused.append(variant_id)
        if refused:
            left = await self.left(refused)
            # Unknown ones cannot be had at all.
            raise InsufficientStockError(
                [Short(one, pieces[one], max(left.get(one) or 0, 0)) for one in refused]
            )

    async def _end_promises(self, order_id: OrderId) -> Pieces:
        """Delete what is promised to an order, and return it: whoever deletes it has it."""
        mine = and_(_R.merchant_id == self._merchant_id, _R.order_id == order_id)
        promised = select(_R.id, _R.variant_id, _R.quantity).where(mine)
        ended: dict[VariantId, int] = {}
        for row in (await self._session.execute(promised.order_by(_R.id))).all():
            if await rows_changed(self._session, delete(_PROMISES).where(_R.id == row.id)):
                ended[row.variant_id] = ended.get(row.variant_id, 0) + row.quantity
        return ended

    async def _count_sold(self, pieces: Pieces, sign: int) -> None:
        whose = select(_V.id, _V.product_id).where(self._of(pieces))
        sold: dict[ProductId, int] = {}
        for variant_id, product_id in await self._session.execute(whose):
            sold[product_id] = sold.get(product_id, 0) + sign * pieces[variant_id]
        for product_id, count in sorted(sold.items()):
            counting = update(_PRODUCTS).where(_P.id == product_id)
            await self._session.execute(counting.values(sold=_P.sold + count))

    async def _show_again(self, pieces: Pieces, *, anew: bool = False) -> None:
        """Put the products whose variants sold out or came back where they are found.

        `anew`: all of them, since they are found by what else changed too.
        """
        statement = select(_V.id, _V.product_id, _V.on_hand - _V.reserved).where(self._of(pieces))
        rows = await self._session.execute(statement)
        turned = {
            row.product_id
            for row in rows
            if anew or (row[2] is not None and row[2] <= pieces[row.id])
        }
        await Shelving(self._session, self._merchant_id, self._now).put(turned)

    def _of(self, ids: Collection[VariantId]) -> ColumnElement[bool]:
        """Scope of every statement about variants."""
        return and_(_V.merchant_id == self._merchant_id, _V.id.in_(list(ids)))


def _free(quantity: int) -> ColumnElement[bool]:
    """Select a variant of which so many can be had beside those that are promised."""
    if quantity <= 0:
        return true()
    enough = or_(_V.on_hand.is_(None), _V.on_hand - _V.reserved >= quantity)
    return and_(_V.withdrawn.is_(False), enough)


def _always(_variant_id: VariantId, _quantity: int) -> ColumnElement[bool]:
    return true()


async def expired(
    connection: AsyncConnection, now: datetime, limit: int
) -> Sequence[tuple[MerchantId, OrderId]]:
    """Return orders whose promise has ended. Their stock is free when they are released."""
    over = (
        select(_R.merchant_id, _R.order_id)
        .where(_R.expires_at <= now)
        .order_by(_R.expires_at, _R.id)
        .limit(limit)
    )
    rows = await connection.execute(over)
    return list(dict.fromkeys((row.merchant_id, row.order_id) for row in rows))
