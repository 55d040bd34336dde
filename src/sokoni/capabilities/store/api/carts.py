"""Carts of contacts, as programs see and change them."""

from fastapi import APIRouter

from sokoni.capabilities.store.api.cart_shown import CartSeen, cart_shown
from sokoni.capabilities.store.api.orders_said import CartItemSaid, Sku
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.service.cart_notes import CartNotes
from sokoni.capabilities.store.service.cart_rows import CartRows
from sokoni.capabilities.store.service.carts import Carts, NotEnoughError, NotSoldError
from sokoni.kit.ids import ContactId
from sokoni.merchants.profile import MerchantProfile
from sokoni.web.behalf import Change, Changing
from sokoni.web.contacts import find_contact_named
from sokoni.web.fields import ContactNamed
from sokoni.web.once import OnlyOnce
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Agent
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/carts")


class TooFewError(MistakenError):
    """Fewer are left than wanted: so many."""

    code = "not_enough"


@router.get("/{phone_number}")
async def cart(
    phone_number: ContactNamed, principal: Agent, parts: Parts, session: Reading
) -> CartSeen:
    """Return what a contact is about to buy, at today's prices."""
    merchant = principal.merchant
    who = await find_contact_named(session, parts.vault, merchant, phone_number)
    carts = Carts(session, merchant.id, parts.clock(), merchant.currency)
    shown = await carts.show(who)
    note = CartNotes(session, parts.vault, merchant.id, parts.clock()).read(shown.cart)
    return cart_shown(who, shown, note, merchant.language)


@router.put("/{phone_number}/items/{sku}")
async def put_in(
    phone_number: ContactNamed, sku: Sku, said: CartItemSaid, change: Changing, once: OnlyOnce
) -> CartSeen:
    """Have so many of one thing in a contact's cart; nobody is told."""

    async def act() -> CartSeen:
        who = await _contact(change, phone_number)
        variant_id = await _variant(change, sku)
        try:
            await _carts(change).put(who, variant_id, said.quantity)
        except NotEnoughError as error:
            raise TooFewError([Mistake(where="quantity", problem=str(error.left))]) from error
        return await _shown(change, who)

    return await once.do(change, CartSeen, act)


@router.delete("/{phone_number}")
async def clear(phone_number: ContactNamed, change: Changing) -> CartSeen:
    """Take everything out of a contact's cart but what is kept for later."""
    who = await _contact(change, phone_number)
    await _carts(change).clear(who)
    return await _shown(change, who)


async def _contact(change: Change, said: str) -> ContactId:
    merchant = change.principal.merchant
    return await find_contact_named(change.session, change.parts.vault, merchant, said)


async def _variant(change: Change, sku: str) -> VariantId:
    rows = CartRows(change.session, change.principal.merchant_id, change.now)
    found = (await rows.named([sku])).get(sku)
    if found is None:
        raise NotSoldError(sku)
    return found


def _carts(change: Change) -> Carts:
    merchant: MerchantProfile = change.principal.merchant
    return Carts(change.session, merchant.id, change.now, merchant.currency)


async def _shown(change: Change, who: ContactId) -> CartSeen:
    shown, merchant = await _carts(change).show(who), change.principal.merchant
    notes = CartNotes(change.session, change.parts.vault, merchant.id, change.now)
    return cart_shown(who, shown, notes.read(shown.cart), merchant.language)
