"""Finds the contact of a phone number, or makes one who has not written yet."""

from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Select, Table, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.stops import KnownAddress, take_stops
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id

PHONE: Final = "phone"
ADDRESS: Final = "contact_addresses.value"
_ADDRESSES: Final = cast("Table", ContactAddress.__table__)
_FIND: Final[Select[Any]] = select(_ADDRESSES.c.contact_id).where(
    *(_ADDRESSES.c[name] == bindparam(name) for name in ("merchant_id", "kind", "value_hash"))
)


async def contact_of_phone(
    connection: AsyncConnection | AsyncSession,
    vault: Vault,
    merchant_id: MerchantId,
    phone: PhoneNumber,
    now: datetime,
) -> ContactId:
    """Return the one contact of the merchant who has this number."""
    found = await find_contact(connection, merchant_id, PHONE, vault.hash(PHONE, phone))
    if found is not None:
        return found
    contact_id = ContactId(new_id())
    await insert_once(
        connection, _ADDRESSES, [address_row(vault, merchant_id, contact_id, PHONE, phone, now)]
    )
    winner = await find_contact(connection, merchant_id, PHONE, vault.hash(PHONE, phone))
    if winner == contact_id:
        row = {"id": contact_id, "merchant_id": merchant_id, "created_at": now}
        await connection.execute(
            insert(Contact).values({**row, "name_given": False, "language": ""})
        )
        known_by = KnownAddress(merchant_id, PHONE, phone)
        await take_stops(connection, vault, {known_by: contact_id})
    return winner or contact_id


async def find_contact(
    connection: AsyncConnection | AsyncSession, merchant_id: MerchantId, kind: str, value_hash: str
) -> ContactId | None:
    asked = {"merchant_id": merchant_id, "kind": kind, "value_hash": value_hash}
    found: ContactId | None = (await connection.execute(_FIND, asked)).scalar_one_or_none()
    return found


def address_row(
    vault: Vault,
    merchant_id: MerchantId,
    contact_id: ContactId,
    kind: str,
    value: str,
    now: datetime,
) -> dict[str, object]:
    """Return an address as a row of its table, sealed and hashed."""
    address_id = new_id()
    last4 = vault.hash("last4", value[-4:]) if kind == PHONE else ""
    return {
        "id": address_id,
        "merchant_id": merchant_id,
        "contact_id": contact_id,
        "kind": kind,
        "value": vault.seal_text(ADDRESS, address_id, value),
        "value_hash": vault.hash(kind, value),
        "last4_hash": last4,
        "created_at": now,
    }
