"""Names and numbers are opened of the merchant's own contacts, and of nobody else's."""

from typing import Final

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.contacts.directory import ContactDirectory
from sokoni.contacts.models import Contact
from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id
from sokoni.testing.clock import NOON
from tests.conftest import THREE

SHOP, OTHER = MerchantId(new_id()), MerchantId(new_id())
PHONE: Final = PhoneNumber("+263771000001")


async def ana(engine: AsyncEngine, vault: Vault, merchant_id: MerchantId) -> ContactId:
    async with writing(engine) as connection:
        found = await contact_of_phone(connection, vault, merchant_id, PHONE, NOON)
        name = vault.seal_text("contacts.name", found, "Ana")
        await connection.execute(update(Contact).where(Contact.id == found).values(name=name))
    return found


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_only_the_merchants_own_contacts_are_opened(
    engine: AsyncEngine, vault: Vault
) -> None:
    mine, theirs = await ana(engine, vault, SHOP), await ana(engine, vault, OTHER)

    async with AsyncSession(engine) as session:
        people = ContactDirectory(session, vault, SHOP)
        names = await people.names_of([mine, theirs])
        phones = await people.phones_of([mine, theirs])

    assert names == {mine: "Ana"}
    assert phones == {mine: PHONE}
