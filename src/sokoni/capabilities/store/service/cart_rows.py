"""The rows of carts: found, made, written and deleted; what they mean is the affair of `carts`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from sqlalchemy import Executable, Select, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Cart, CartItem
from sokoni.capabilities.store.models.catalogue import Product, Variant, VariantId
from sokoni.capabilities.store.service.carted import CartLine
from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id

_CARTS: Final = cast("Table", Cart.__table__)
_ITEMS: Final = cast("Table", CartItem.__table__)
LOOKED_AT_AFTER: Final = timedelta(hours=1)
"""The calendar knows the merchant's own times; a cart that changes all the time is left alone."""
KEPT: Final = timedelta(days=90)
"""What was ordered, and what is kept for later, is thrown away after so long."""
_Statement = TypeVar("_Statement", bound=Executable)


class CartRows:
    """The rows of one merchant's open carts."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def find(self, contact_id: ContactId) -> Cart | None:
        return await self._session.scalar(self._carts().where(Cart.contact_id == contact_id))

    async def opened(
        self, contact_id: ContactId, conversation_id: ConversationId | None = None
    ) -> Cart:
        """Return the contact's open cart, made where there is none."""
        cart = await self.find(contact_id)
        if cart is None:
            await insert_once(self._session, _CARTS, [self._row(contact_id, conversation_id)])
            made = self._carts().where(Cart.contact_id == contact_id)
            cart = (await self._session.scalars(made)).one()
        return cart

    def _row(
        self, contact_id: ContactId, conversation_id: ConversationId | None
    ) -> Mapping[str, Any]:
        return {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "contact_id": contact_id,
            "conversation_id": conversation_id,
            "open": 1,
            "created_at": self._now,
            "updated_at": self._now,
            "due_at": self._now + LOOKED_AT_AFTER,
        }

    def _carts(self) -> Select[Cart]:
        """Scope of every query for open carts."""
        return _anew(select(Cart).where(Cart.merchant_id == self._merchant_id, Cart.open == 1))

    async def lines(self, cart: Cart) -> Sequence[CartLine]:
        """Return what stands in a cart, in the order in which it was put there."""
        statement = (
            select(CartItem, Variant, Product)
            .join(Variant, Variant.id == CartItem.variant_id)
            .join(Product, Product.id == Variant.product_id)
            .where(CartItem.cart_id == cart.id)
            .order_by(CartItem.added_at, CartItem.id)
        )
        rows = (await self._session.execute(_anew(statement))).all()
        return [_line(*row) for row in rows]

    async def find_line(self, cart: Cart, variant_id: VariantId) -> CartLine | None:
        """Return a line of what the merchant sells, of no pieces where it is not in the cart."""
        mine = (CartItem.variant_id == Variant.id) & (CartItem.cart_id == cart.id)
        statement = (
            select(CartItem, Variant, Product)
            .select_from(Variant)
            .join(Product, Product.id == Variant.product_id)
            .outerjoin(CartItem, mine)
            .where(Variant.merchant_id == self._merchant_id, Variant.id == variant_id)
        )
        row = (await self._session.execute(_anew(statement))).one_or_none()
        return None if row is None else _line(*row)

    async def goods(self, variant_ids: Collection[VariantId]) -> Sequence[CartLine]:
        """Return lines of what the merchant sells, of no pieces yet."""
        statement = (
            select(Variant, Product)
            .join(Product, Product.id == Variant.product_id)
            .where(Variant.merchant_id == self._merchant_id, Variant.id.in_(list(variant_ids)))
        )
        rows = (await self._session.execute(_anew(statement))).all()
        return [_line(None, variant, product) for variant, product in rows]

    async def named(self, numbers: Sequence[str]) -> Mapping[str, VariantId]:
        """Return the variants that have these SKUs or ids."""
        ids = [found for one in numbers if (found := _id_in(one)) is not None]
        which = or_(Variant.sku.in_(list(numbers)), Variant.id.in_(ids))
        statement = select(Variant.id, Variant.sku).where(
            Variant.merchant_id == self._merchant_id, which
        )
        rows = (await self._session.execute(statement)).all()
        by_id = {str(row.id): row.id for row in rows}
        return by_id | {row.sku: row.id for row in rows}

    async def write(self, cart: Cart, line: CartLine, *, saved: bool = False) -> None:
        """Have a line stand in the cart as it is given, at today's price."""
        row = {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "cart_id": cart.id,
            "variant_id": line.id,
            "quantity": line.quantity,
            "saved": saved,
            "seen_price": line.variant.price,
            "added_at": self._now,
        }
        await insert_once(self._session, _ITEMS, [row])
        changing = update(CartItem).where(
            CartItem.cart_id == cart.id, CartItem.variant_id == line.id
        )
        kept = {key: row[key] for key in ("quantity", "saved", "seen_price")}
        await self._session.execute(_plainly(changing.values(**kept)))

    async def drop(self, cart: Cart, variant_ids: Collection[VariantId]) -> None:
        if variant_ids:
            theirs = CartItem.variant_id.in_(list(variant_ids))
            dropping = delete(CartItem).where(CartItem.cart_id == cart.id, theirs)
            await self._session.execute(_plainly(dropping))

    async def touch(self, cart: Cart, **values: object) -> None:
        """Note that the cart changed, and how: whoever read it before may not order it."""
        grown = {"version": Cart.version + 1, "updated_at": self._now}
        changed = {**values, **grown, "due_at": self._now + LOOKED_AT_AFTER}
        changing = update(Cart).where(Cart.merchant_id == self._merchant_id, Cart.id == cart.id)
        await self._session.execute(_plainly(changing.values(**changed)))

    async def close(self, cart: Cart) -> bool:
        """Have the cart be open no more, if nobody changed it since it was read."""
        closing = update(Cart).where(
            Cart.merchant_id == self._merchant_id,
            Cart.id == cart.id,
            Cart.version == cart.version,
            Cart.open == 1,
        )
        return (
            await rows_changed(
                self._session, closing.values(open=None, note=None, updated_at=self._now)
            )
            > 0
        )

    async def move_saved(self, source: Cart, target: Cart) -> None:
        moving = update(CartItem).where(CartItem.cart_id == source.id, CartItem.saved.is_(True))
        await rows_changed(self._session, moving.values(cart_id=target.id))

    async def look(self, cart: Cart, variant_id: VariantId) -> None:
        """Note what the contact looks at; the cart stays as it is."""
        looking = update(Cart).where(Cart.merchant_id == self._merchant_id, Cart.id == cart.id)
        await self._session.execute(_plainly(looking.values(focus_id=variant_id)))


def _line(item: CartItem | None, variant: Variant, product: Product) -> CartLine:
    if item is None:
        return CartLine(variant, product, 0, variant.price)
    return CartLine(variant, product, item.quantity, item.seen_price, item.saved)


def _anew(statement: _Statement) -> _Statement:
    """Have what the session has read before read anew."""
    return statement.execution_options(populate_existing=True)


def _plainly(statement: Any) -> Any:  # noqa: ANN401 -- an UPDATE or a DELETE
    return statement.execution_options(synchronize_session=False)


def _id_in(number: str) -> UUID | None:
    try:
        return UUID(number)
    except ValueError:
        return None
