"""API keys: known by hash alone, and worthless when expired, revoked or changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.api_keys import ApiKeyInvalidError, ApiKeys
from sokoni.merchants.models import ApiKey
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE

MERCHANT = MerchantId(new_id())


@pytest.fixture
def keys(session: AsyncSession, clock: StoppedClock) -> ApiKeys:
    return ApiKeys(session, clock)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_key_names_its_merchant_and_scopes(session: AsyncSession, keys: ApiKeys) -> None:
    key = await keys.issue(MERCHANT, "till", frozenset({"read", "write"}))

    holder = await keys.check_key(key)

    row = (await session.scalars(select(ApiKey))).one()
    assert key.startswith("sk_")
    assert (holder.merchant_id, holder.name, holder.scopes) == (
        MERCHANT,
        "till",
        frozenset({"read", "write"}),
    )
    assert key not in row.key_hash
    assert len(row.key_hash) == 64


async def test_a_key_dies_when_it_expires(keys: ApiKeys, clock: StoppedClock) -> None:
    key = await keys.issue(MERCHANT, "till", {"read"}, clock() + timedelta(days=1))
    await keys.check_key(key)

    clock.advance(timedelta(days=1))

    with pytest.raises(ApiKeyInvalidError):
        await keys.check_key(key)


async def test_a_revoked_key_is_worthless(keys: ApiKeys) -> None:
    key = await keys.issue(MERCHANT, "till", {"read"})

    others = await keys.revoke(MerchantId(new_id()), "till")
    await keys.check_key(key)
    own = await keys.revoke(MERCHANT, "till")

    assert (others, own) == (0, 1)
    with pytest.raises(ApiKeyInvalidError):
        await keys.check_key(key)


@pytest.mark.parametrize("wrong", ["", "sk_", "sk_unknown", "SK_X", "ключ", "sk_" + "x" * 5000])
async def test_what_is_no_key_is_refused(keys: ApiKeys, wrong: str) -> None:
    await keys.issue(MERCHANT, "till", {"read"})

    with pytest.raises(ApiKeyInvalidError):
        await keys.check_key(wrong)
