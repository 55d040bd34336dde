"""Contacts that turn out to be one, or leave."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.erasing import erase_contact
from sokoni.capabilities.booking.machine import Move
from sokoni.capabilities.booking.merging import merge_contacts
from sokoni.capabilities.booking.models import Booking, BookingNotice, BookingSlot, Provider
from sokoni.capabilities.booking.service.customers import Customers
from sokoni.capabilities.booking.service.providers import Providers
from sokoni.capabilities.booking.service.search import Search
from sokoni.kit.ids import ContactId, new_id
from tests.capabilities.booking.factories import (
    AVONDALE,
    HARARE,
    HUSTLR,
    MBARE,
    MONDAY,
    VAULT,
    ZONE,
    at,
    bookings,
    create_booking,
    create_provider,
    job,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def count(session: AsyncSession, model: type[Booking | BookingSlot | BookingNotice]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_whoever_waits_for_the_erased_is_told(session: AsyncSession) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    declined = await create_booking(session, provider, at(9))
    await bookings(session).move(declined.id, declined.doer_id, Move.DECLINE)

    told = await erase_contact(await session.connection(), HUSTLR, provider.contact_id, MONDAY)

    assert [one.contact_id for one in told] == [booking.customer_id]
    assert told[0].tell.prompt.params["reference"] == booking.reference
    assert await count(session, Booking) == 0
    assert await count(session, BookingSlot) == 0
    assert await count(session, BookingNotice) == 0


async def test_bookings_of_two_become_those_of_one(session: AsyncSession) -> None:
    gone, kept = ContactId(new_id()), ContactId(new_id())
    provider = await create_provider(session, contact_id=gone)
    theirs = await create_booking(session, provider)
    own = await bookings(session).ask(provider, job(at(9), kept))
    customers = Customers(session, VAULT, HUSTLR, MONDAY)
    await customers.lives(gone, AVONDALE)
    await customers.lives(kept, MBARE)

    await merge_contacts(await session.connection(), gone, kept)

    found = await Providers(session, VAULT, HUSTLR, MONDAY).find(kept)
    assert found is not None
    assert found.id == provider.id
    mine = await bookings(session).mine(kept, limit=9)
    assert [(one.id, one.doer_id) for one in mine] == [(theirs.id, kept)]
    assert own.id not in {one.id for one in mine}
    home = await customers.find(kept)
    assert home is not None
    assert home.place_name == "Mbare"
    assert await customers.find(gone) is None


async def test_of_two_providers_one_is_found(session: AsyncSession) -> None:
    gone = await create_provider(session, name="Old")
    kept = await create_provider(session, name="New")
    booking = await create_booking(session, gone)

    await merge_contacts(await session.connection(), gone.contact_id, kept.contact_id)

    search = Search(session, VAULT, HUSTLR, MONDAY, ZONE)
    assert [one.name for one in await search.near("plumber", HARARE, 60, limit=9)] == ["New"]
    accepted = await bookings(session).move(booking.id, kept.contact_id, Move.ACCEPT)
    assert accepted.doer_id == kept.contact_id
    assert await session.scalar(select(func.count()).select_from(Provider)) == 2
