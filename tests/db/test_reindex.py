"""Look-up hashes move to the newest key, also when the move is interrupted."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.contacts.models import AddressId, ContactAddress
from sokoni.db.keys import KeysError, open_vault
from sokoni.db.reindex import reindex, undeclared_hashes
from sokoni.db.tables import load_models
from sokoni.db.vault import Vault, new_key, parse_keys
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.testing.clock import NOON
from tests.conftest import THREE


@dataclass(frozen=True)
class Keys:
    secret_keys: SecretStr
    key_file: Path = Path("unused.keys")
    production: bool = False


def address(vault: Vault, merchant: MerchantId, phone: str) -> ContactAddress:
    row_id = AddressId(new_id())
    return ContactAddress(
        id=row_id,
        merchant_id=merchant,
        contact_id=ContactId(new_id()),
        kind="phone",
        value=vault.seal_text("contact_addresses.value", row_id, phone),
        value_hash=vault.hash("phone", phone),
        last4_hash=vault.hash("last4", phone[-4:]),
        created_at=NOON,
    )


async def hashes(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(select(ContactAddress.value_hash, ContactAddress.last4_hash))
    return dict(rows.all())


def test_every_hash_column_says_how_it_is_made_anew() -> None:
    assert undeclared_hashes(load_models()) == []


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_after_a_move_only_the_newest_key_is_needed_for_look_ups(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    old, new = new_key(), new_key()
    vault = await open_vault(engine, Keys(SecretStr(old)))
    phones = [f"+26377100000{digit}" for digit in range(8)]
    merchant = MerchantId(new_id())
    session.add_all(address(vault, merchant, phone) for phone in phones)
    await session.commit()

    count = await reindex(engine, load_models(), parse_keys(f"{new},{old}"), batch=3)

    rehashed = await open_vault(engine, Keys(SecretStr(f"{new},{old}")))
    assert count == 8
    assert await hashes(session) == {
        rehashed.hash("phone", phone): rehashed.hash("last4", phone[-4:]) for phone in phones
    }
    assert rehashed.hash("a", "b") == Vault(parse_keys(new)).hash("a", "b")


async def test_key_that_hashes_were_under_may_not_be_dropped_after_a_move(
    engine: AsyncEngine,
) -> None:
    first, second, third = new_key(), new_key(), new_key()
    await open_vault(engine, Keys(SecretStr(first)))
    await reindex(engine, load_models(), parse_keys(f"{second},{first}"))
    # No server ever sealed anything with the second: look-ups alone were under it.
    await reindex(engine, load_models(), parse_keys(f"{third},{second},{first}"))

    with pytest.raises(KeysError, match="Put them back at the end of the list"):
        await open_vault(engine, Keys(SecretStr(f"{third},{first}")))
    await open_vault(engine, Keys(SecretStr(f"{third},{second},{first}")))


async def test_an_interrupted_move_goes_on_where_it_was(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    old, new = new_key(), new_key()
    vault = await open_vault(engine, Keys(SecretStr(old)))
    phones = [f"+26377100000{digit}" for digit in range(5)]
    session.add_all([address(vault, MerchantId(new_id()), phone) for phone in phones])
    broken = address(Vault(parse_keys(new_key())), MerchantId(new_id()), "+263771000099")
    session.add(broken)
    await session.commit()
    both = parse_keys(f"{new},{old}")
    with pytest.raises(Exception, match=r"contact_addresses\.value"):
        await reindex(engine, load_models(), both, batch=2)

    with pytest.raises(KeysError, match="was begun and not finished"):
        await open_vault(engine, Keys(SecretStr(f"{new},{old}")))
    await session.delete(broken)
    await session.commit()
    rest = await reindex(engine, load_models(), both, batch=2)

    await open_vault(engine, Keys(SecretStr(f"{new},{old}")))
    assert rest == 1
    assert set(await hashes(session)) == {Vault(both).hash("phone", phone) for phone in phones}
