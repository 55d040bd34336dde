"""Applying a merchant file: repeatable, complete, or not at all."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.merchants.changes import Outcome
from sokoni.merchants.file import MerchantFileError
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.merchants.service import TAKEN_OUT, Merchants, MerchantUnknownError
from sokoni.merchants.staff import StaffList
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.merchants.files import MARKET, read


@pytest.fixture
def merchants(session: AsyncSession, vault: Vault, clock: StoppedClock) -> Merchants:
    return Merchants(session, vault, clock)


async def outcomes(merchants: Merchants, text: str = MARKET) -> list[Outcome]:
    return [change.outcome for change in await merchants.apply(read(text))]


async def account(session: AsyncSession, channel: str = "pigeon") -> ChannelAccount:
    found = await session.scalar(select(ChannelAccount).where(ChannelAccount.channel == channel))
    assert found
    return found


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_second_run_changes_nothing(session: AsyncSession, merchants: Merchants) -> None:
    first = await outcomes(merchants)
    before = (await account(session)).config
    session.expire_all()

    second = await outcomes(merchants)

    assert set(first) == {Outcome.CREATED}
    assert set(second) == {Outcome.UNCHANGED}
    assert len(first) == len(second) == 4
    assert (await account(session)).config == before
    assert not session.dirty


async def test_an_account_id_is_made_once_and_cannot_be_guessed(
    session: AsyncSession, merchants: Merchants
) -> None:
    await merchants.apply(read())
    made = (await account(session)).account

    await merchants.apply(read(MARKET.replace("name: Village Market", "name: Town Market")))

    assert (await account(session)).account == made
    assert len(made) >= 32


async def test_an_account_id_in_the_file_counts(
    session: AsyncSession, merchants: Merchants
) -> None:
    await merchants.apply(read())

    await merchants.apply(read(MARKET.replace("loft: 0042", "loft: 0042\n    account: k3v9")))

    assert (await account(session)).account == "k3v9"


async def test_credentials_are_sealed(
    session: AsyncSession, merchants: Merchants, vault: Vault
) -> None:
    await merchants.apply(read())

    row = await account(session)
    assert b"two-short" not in row.config
    assert b"two-short-one-long" in vault.open("channel_accounts.config", row.id, row.config)


async def test_a_changed_file_updates_what_it_changed_alone(merchants: Merchants) -> None:
    await merchants.apply(read())
    text = MARKET.replace("whistle: ${WHISTLE}", "whistle: new").replace("Tariro", "Tariro M")

    assert await outcomes(merchants, text) == [
        Outcome.UNCHANGED,
        Outcome.UPDATED,
        Outcome.UNCHANGED,
        Outcome.UPDATED,
    ]


async def test_mended_credentials_let_the_account_send_again(
    session: AsyncSession, merchants: Merchants
) -> None:
    await merchants.apply(read())
    (await account(session)).paused_reason = "access token expired"

    await merchants.apply(read())
    still = (await account(session)).paused_reason
    await merchants.apply(read(MARKET.replace("whistle: ${WHISTLE}", "whistle: new")))

    assert still == "access token expired"
    assert not (await account(session)).paused_reason


async def test_an_account_taken_out_of_the_file_is_paused_until_it_is_back(
    session: AsyncSession, merchants: Merchants
) -> None:
    await merchants.apply(read())

    out = await outcomes(merchants, MARKET.replace("  - channel: house\n", ""))
    reason = (await account(session, "house")).paused_reason
    again = await outcomes(merchants, MARKET.replace("  - channel: house\n", ""))
    await merchants.apply(read())

    assert Outcome.PAUSED in out
    assert Outcome.PAUSED not in again
    assert reason == TAKEN_OUT
    assert not (await account(session, "house")).paused_reason


async def test_another_merchants_number_is_refused_and_nothing_is_applied(
    session: AsyncSession, merchants: Merchants
) -> None:
    await merchants.apply(read())
    await session.commit()

    with pytest.raises(MerchantFileError, match=r"market.yaml:11: pigeon 0042: another"):
        await merchants.apply(read(MARKET.replace("village-market", "town-market")))

    await session.rollback()
    assert await session.scalar(select(func.count()).select_from(Merchant)) == 1


async def test_another_channels_account_id_is_refused(merchants: Merchants) -> None:
    await merchants.apply(read(MARKET.replace("loft: 0042", "loft: 0042\n    account: k3v9")))
    second = MARKET.replace("channel: house", "channel: house\n    account: k3v9")

    with pytest.raises(MerchantFileError, match="account k3v9: another channel's"):
        await merchants.apply(read(second))


async def test_staff_are_found_by_phone_and_kept_sealed(
    session: AsyncSession, merchants: Merchants, vault: Vault, clock: StoppedClock
) -> None:
    await merchants.apply(read())
    merchant = await merchants.get("village-market")

    people = await StaffList(session, vault, merchant.id, clock).all()

    assert [(one.name, one.role, one.phone) for one in people] == [
        ("Tariro", "owner", "+263772000001")
    ]


async def test_an_unknown_merchant_is_named(merchants: Merchants) -> None:
    with pytest.raises(MerchantUnknownError, match="no merchant nowhere"):
        await merchants.get("nowhere")
