"""Profiles are kept in memory, and read anew when they may be out of date."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.service import Merchants, MerchantUnknownError
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.merchants.files import MARKET, read


async def apply(session: AsyncSession, vault: Vault, clock: StoppedClock, text: str) -> None:
    await Merchants(session, vault, clock).apply(read(text))
    await session.commit()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_profile_has_what_the_file_says(
    engine: AsyncEngine, session: AsyncSession, vault: Vault, clock: StoppedClock
) -> None:
    await apply(session, vault, clock, MARKET)
    directory = MerchantDirectory(engine, clock)

    profile = await directory.find("village-market")

    assert profile is not None
    assert profile == await directory.get(profile.id)
    assert profile.zone.key == "Africa/Harare"
    assert (profile.languages, profile.quiet_ms, profile.handover_minutes) == (
        ("en", "sn"),
        800,
        720,
    )
    assert profile.capabilities == {"stall": {"listing_days": 14}}


async def test_a_change_is_seen_after_a_while_or_when_asked_for(
    engine: AsyncEngine, session: AsyncSession, vault: Vault, clock: StoppedClock
) -> None:
    await apply(session, vault, clock, MARKET)
    directory = MerchantDirectory(engine, clock)

    async def name() -> str:
        profile = await directory.find("village-market")
        return profile.name if profile else ""

    assert await name() == "Village Market"
    await apply(session, vault, clock, MARKET.replace("Village Market", "Second"))
    assert await name() == "Village Market"
    clock.advance(timedelta(seconds=11))
    assert await name() == "Second"
    await apply(session, vault, clock, MARKET.replace("Village Market", "Third"))
    await directory.refresh()
    assert await name() == "Third"


async def test_a_new_merchant_is_seen_at_once(
    engine: AsyncEngine, session: AsyncSession, vault: Vault, clock: StoppedClock
) -> None:
    directory = MerchantDirectory(engine, clock)
    assert await directory.find("village-market") is None

    await apply(session, vault, clock, MARKET)

    assert await directory.find("village-market") is not None


async def test_an_unknown_id_is_refused(engine: AsyncEngine, clock: StoppedClock) -> None:
    with pytest.raises(MerchantUnknownError):
        await MerchantDirectory(engine, clock).get(MerchantId(new_id()))
