"""Where a job is: kept for who comes, sealed, and remembered for the next time."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.exporting import export
from sokoni.capabilities.booking.models import BookingCustomer
from sokoni.capabilities.booking.service.customers import Customers, Home
from sokoni.kit.ids import ContactId, new_id
from tests.capabilities.booking.factories import (
    AVONDALE,
    HUSTLR,
    MBARE,
    MONDAY,
    VAULT,
    at,
    bookings,
    create_provider,
    job,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

PIN = (-17.79512, 31.03517)


async def test_a_booking_keeps_street_and_pin_sealed(session: AsyncSession) -> None:
    provider = await create_provider(session)
    new = replace(job(at(15)), place=replace(AVONDALE, pin=PIN), address="12 Weale Road")

    booking = await bookings(session).ask(provider, new)

    assert (booking.place_name, booking.town) == ("Avondale", "Harare")
    assert bookings(session).pin_of(booking) == PIN
    assert bookings(session).address_of(booking) == "12 Weale Road"
    assert booking.pin is not None
    assert b"17.79" not in booking.pin


async def test_without_them_there_are_none(session: AsyncSession) -> None:
    booking = await bookings(session).ask(await create_provider(session), job(at(15)))

    assert bookings(session).pin_of(booking) is None
    assert bookings(session).address_of(booking) == ""


async def test_where_the_contact_lives_is_remembered_until_they_move(
    session: AsyncSession,
) -> None:
    me = ContactId(new_id())
    customers = Customers(session, VAULT, HUSTLR, MONDAY)
    assert await customers.home_of(me) is None

    await customers.lives(me, replace(AVONDALE, pin=PIN), "12 Weale Road")
    first = await customers.home_of(me)
    await customers.lives(me, MBARE)
    then = await customers.home_of(me)

    assert first == Home("Avondale", "Harare", "12 Weale Road", PIN)
    assert then == Home("Mbare", "Harare", "", None)


async def test_the_point_that_is_not_sealed_is_the_middle_of_the_suburb(
    session: AsyncSession,
) -> None:
    me = ContactId(new_id())
    await Customers(session, VAULT, HUSTLR, MONDAY).lives(me, replace(AVONDALE, pin=PIN))

    kept = (await session.scalars(select(BookingCustomer))).one()
    told = await export(session, HUSTLR, me)

    assert (kept.latitude, kept.longitude) == (AVONDALE.latitude, AVONDALE.longitude)
    assert "pin" not in told["booking_customer"][0]
