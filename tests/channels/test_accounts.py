"""Connected accounts: found by URL, by provider key, by id; kept while unchanged."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import AccountNotFoundError, Accounts
from sokoni.channels.registry import Registry
from sokoni.channels.simulator.channel import SimulatorChannel
from sokoni.channels.whatsapp_cloud.channel import WhatsAppCloudChannel
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, MerchantId, new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.testing.clock import NOON, StoppedClock
from tests.channels.whatsapp_cloud.captured import NoNetwork

SHOP = MerchantId(uuid4())


@pytest.fixture
def accounts(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Accounts:
    return Accounts(engine, vault, Registry(), NoNetwork(), clock)


@pytest.fixture
def row(vault: Vault) -> Callable[..., ChannelAccount]:
    def made(channel: str, key: str, **config: object) -> ChannelAccount:
        row_id = AccountId(new_id())
        return ChannelAccount(
            id=row_id,
            merchant_id=SHOP,
            channel=channel,
            account=f"token-{key}",
            key=key,
            config=vault.seal("channel_accounts.config", row_id, json.dumps(config).encode()),
            created_at=NOON,
        )

    return made


@pytest.fixture
def number(row: Callable[..., ChannelAccount]) -> ChannelAccount:
    secrets = {"access_token": "t", "app_secrets": ["s"], "verify_token": "v"}
    return row("whatsapp_cloud", "880011", phone_number_id="880011", **secrets)


@pytest.fixture
def simulated(row: Callable[..., ChannelAccount]) -> list[ChannelAccount]:
    return [row("simulator", slug, merchant=slug) for slug in ("gokwe-market", "corner-shop")]


async def kept(session: AsyncSession, *rows: ChannelAccount) -> None:
    session.add_all(rows)
    await session.commit()


async def test_account_is_found_by_every_name(
    accounts: Accounts, session: AsyncSession, number: ChannelAccount
) -> None:
    await kept(session, number)

    live = await accounts.get(number.id)

    assert isinstance(live.channel, WhatsAppCloudChannel)
    assert (live.merchant_id, live.key, live.account) == (SHOP, "880011", "token-880011")
    assert await accounts.by_token("whatsapp", "token-880011") is live
    assert await accounts.by_key("whatsapp_cloud", "880011") is live
    assert await accounts.only("whatsapp") is live


async def test_what_is_not_there_is_not_found(
    accounts: Accounts, session: AsyncSession, number: ChannelAccount
) -> None:
    await kept(session, number)

    assert await accounts.by_token("whatsapp", "guess") is None
    assert await accounts.by_token("simulator", "token-880011") is None
    assert await accounts.by_token("pigeon", "token-880011") is None
    assert await accounts.by_key("simulator", "880011") is None
    assert await accounts.only("simulator") is None
    assert await accounts.only("pigeon") is None
    with pytest.raises(AccountNotFoundError):
        await accounts.get(AccountId(new_id()))


async def test_short_url_is_nobodys_with_two_numbers(
    accounts: Accounts, session: AsyncSession, row: Callable[..., ChannelAccount]
) -> None:
    secrets = {"access_token": "t", "app_secrets": ["s"], "verify_token": "v"}
    rows = [row("whatsapp_cloud", key, phone_number_id=key, **secrets) for key in ("881", "882")]
    await kept(session, *rows)

    assert await accounts.only("whatsapp") is None


async def test_simulator_bodies_name_their_account_so_that_any_may_read_them(
    accounts: Accounts, session: AsyncSession, simulated: list[ChannelAccount]
) -> None:
    await kept(session, *simulated)

    live = await accounts.only("simulator")

    assert live is not None
    assert isinstance(live.channel, SimulatorChannel)


async def test_unchanged_account_keeps_its_channel(
    accounts: Accounts, session: AsyncSession, simulated: list[ChannelAccount]
) -> None:
    await kept(session, *simulated)
    before = await accounts.all()

    after = await accounts.all()

    assert [live.channel for live in after] == [live.channel for live in before]


async def test_pause_is_seen_and_the_channel_kept(
    accounts: Accounts, session: AsyncSession, number: ChannelAccount
) -> None:
    await kept(session, number)
    before = await accounts.get(number.id)

    await session.execute(update(ChannelAccount).values(paused_reason="token expired"))
    await session.commit()
    await accounts.refresh()

    after = await accounts.get(number.id)
    assert (after.paused_reason, after.channel) == ("token expired", before.channel)


async def test_changed_configuration_makes_a_new_channel(
    accounts: Accounts, session: AsyncSession, simulated: list[ChannelAccount], vault: Vault
) -> None:
    (row, _) = simulated
    await kept(session, *simulated)
    assert (await accounts.get(row.id)).channel.limits.buttons == 3

    config = json.dumps({"merchant": row.key, "buttons": 0}).encode()
    row.config = vault.seal("channel_accounts.config", row.id, config)
    await session.commit()
    await accounts.refresh()

    assert (await accounts.get(row.id)).channel.limits.buttons == 0


async def test_account_that_is_gone_is_gone(
    accounts: Accounts, session: AsyncSession, number: ChannelAccount
) -> None:
    await kept(session, number)
    await accounts.get(number.id)

    await session.execute(delete(ChannelAccount))
    await session.commit()
    await accounts.refresh()

    assert await accounts.by_key("whatsapp_cloud", "880011") is None


async def test_account_that_cannot_be_read_leaves_the_others_alone(
    accounts: Accounts,
    session: AsyncSession,
    number: ChannelAccount,
    row: Callable[..., ChannelAccount],
) -> None:
    broken = [
        row("pigeon", "p1"),
        row("whatsapp_cloud", "883", phone_number_id="883"),
        row("simulator", "x", merchant="x"),
    ]
    broken[2].config = broken[1].config
    await kept(session, number, *broken)

    assert [live.key for live in await accounts.all()] == ["880011"]
