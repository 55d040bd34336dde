"""Rows for marketplace tests. Defaults are valid; a test names only what it is about."""

from datetime import datetime
from typing import Final, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Basis, BuyRequest
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests, NewRequest
from sokoni.capabilities.marketplace.service.listings import Listed, Listings
from sokoni.capabilities.marketplace.service.offers import NewListing
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.testing.clock import NOON

MARKET: Final = MerchantId(uuid4())
RIVAL: Final = MerchantId(uuid4())

GOKWE: Final = KnownPlace("gokwe", "Gokwe", "Gokwe", "ZW", -18.22, 28.93)
KADOMA: Final = KnownPlace("kadoma", "Kadoma", "Kadoma", "ZW", -18.33, 29.92)
HARARE: Final = KnownPlace("harare", "Harare", "Harare", "ZW", -17.83, 31.05)
BEITBRIDGE: Final = KnownPlace("beitbridge", "Beitbridge", "Beitbridge", "ZW", -22.21, 30.0)


class ContactFields(TypedDict, total=False):
    merchant_id: MerchantId
    phone: str
    opted_out_at: datetime


class ListingFields(TypedDict, total=False):
    merchant_id: MerchantId
    thing: str
    amount: int
    unit: str
    price: str
    basis: Basis
    place: KnownPlace
    days: int
    now: datetime


class RequestFields(TypedDict, total=False):
    merchant_id: MerchantId
    place: KnownPlace
    now: datetime


async def create_contact(
    session: AsyncSession, vault: Vault, name: str = "", **fields: Unpack[ContactFields]
) -> ContactId:
    """Save a contact, with a name and a number where the test gives them."""
    contact_id, address_id = ContactId(new_id()), new_id()
    merchant_id = fields.get("merchant_id", MARKET)
    contact = Contact(
        id=contact_id,
        merchant_id=merchant_id,
        name=vault.seal_text("contacts.name", contact_id, name) if name else None,
        name_given=bool(name),
        language="en",
        opted_out_at=fields.get("opted_out_at"),
        created_at=NOON,
    )
    session.add(contact)
    phone = fields.get("phone", "")
    if phone:
        address = ContactAddress(
            id=address_id,
            merchant_id=merchant_id,
            contact_id=contact_id,
            kind="phone",
            value=vault.seal_text("contact_addresses.value", address_id, phone),
            value_hash=vault.hash("phone", phone),
            created_at=NOON,
        )
        session.add(address)
    await session.flush()
    return contact_id


async def create_seller(
    session: AsyncSession,
    contact_id: ContactId,
    *,
    place: KnownPlace = GOKWE,
    trades: tuple[str, ...] = (),
    merchant_id: MerchantId = MARKET,
) -> None:
    """Save a seller, as if they had joined and once sold things of these trades."""
    sellers = Sellers(session, merchant_id, NOON)
    seller = await sellers.enrol(contact_id, place)
    await sellers.deals_in(seller.id, trades)


async def create_listing(
    session: AsyncSession, contact_id: ContactId, **fields: Unpack[ListingFields]
) -> Listed:
    """Put up ten goats at 20 dollars each in Gokwe, unless told otherwise."""
    merchant_id, now = fields.get("merchant_id", MARKET), fields.get("now", NOON)
    new = NewListing(
        thing=fields.get("thing", "goats"),
        quantity=Quantity(fields.get("amount", 10), fields.get("unit", "")),
        price=Price(fields.get("price", "20.00"), "USD"),
        basis=fields.get("basis", Basis.EACH),
        place=fields.get("place", GOKWE),
    )
    seller = await Sellers(session, merchant_id, now).enrol(contact_id, new.place)
    listings = Listings(session, merchant_id, now)
    days = fields.get("days", 30)
    return await listings.create(seller, new, meaning_of(new.thing), prefix="LST", days=days)


async def create_request(
    session: AsyncSession,
    contact_id: ContactId,
    thing: str = "goats",
    **fields: Unpack[RequestFields],
) -> BuyRequest:
    """Keep a buyer's wish."""
    requests = BuyRequests(session, fields.get("merchant_id", MARKET), fields.get("now", NOON))
    new = NewRequest(thing=thing, meaning=meaning_of(thing), place=fields.get("place"))
    return await requests.keep(contact_id, new, days=30)
