"""All that the booking desk keeps of a contact is shown to who may ask for it, and no more."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.exporting import export
from tests.capabilities.booking.factories import HUSTLR, RIVAL, create_booking, create_provider
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def test_a_provider_is_shown_with_work_week_and_bookings(session: AsyncSession) -> None:
    provider = await create_provider(session)
    other = await create_provider(session)
    booking = await create_booking(session, provider)
    await create_booking(session, other)

    kept = await export(session, HUSTLR, provider.contact_id)

    assert [one["reference"] for one in kept["provider"]] == [provider.reference]
    assert [one["reference"] for one in kept["bookings"]] == [booking.reference]
    assert [one["service"] for one in kept["services"]] == ["plumber"]
    assert len(kept["areas"]) == 1
    assert [one["weekday"] for one in kept["hours"]] == sorted(
        one["weekday"] for one in kept["hours"]
    )
    assert kept["hours"]
    assert not {"merchant_id", "doer_id", "provider_id"} & set(kept["bookings"][0])


async def test_nothing_is_shown_to_another_merchant(session: AsyncSession) -> None:
    provider = await create_provider(session)
    await create_booking(session, provider)

    kept = await export(session, RIVAL, provider.contact_id)

    assert set(kept) >= {"provider", "bookings", "services", "areas", "hours"}
    assert not any(kept.values())
