"""Contacts as programs name them: by phone number, or by id."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.contacts.register import PHONE, contact_of_phone, find_contact
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.kit.phones import find_phone
from sokoni.merchants.profile import MerchantProfile


class ContactUnknownError(AppError):
    """The merchant has no such contact."""

    code = "contact_unknown"
    http_status = 404


class PhoneInvalidError(AppError):
    """Neither a phone number nor the id of a contact."""

    code = "phone_invalid"
    http_status = 422


async def contact_said(
    session: AsyncSession,
    connection: AsyncConnection,
    vault: Vault,
    merchant: MerchantProfile,
    said: str,
    now: datetime,
) -> ContactId:
    """Return the contact of this id or phone number; a number that is new becomes a contact."""
    if (contact_id := id_in(said)) is not None:
        return await known_contact(session, merchant.id, contact_id)
    phone = find_phone(said, merchant.country)
    if phone is None:
        raise PhoneInvalidError("no phone number")
    return await contact_of_phone(connection, vault, merchant.id, phone, now)


async def find_contact_named(
    session: AsyncSession, vault: Vault, merchant: MerchantProfile, said: str
) -> ContactId:
    """Return the contact of this number or id, or raise `ContactUnknownError`."""
    found = id_in(said)
    if found is None:
        phone = find_phone(said, merchant.country)
        hashed = vault.hash(PHONE, phone) if phone else ""
        found = await find_contact(session, merchant.id, PHONE, hashed) if phone else None
    if found is None:
        raise ContactUnknownError("no contact of this number")
    return await known_contact(session, merchant.id, found)


async def known_contact(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> ContactId:
    """Return the contact, or who they turned out to be; raise `ContactUnknownError`."""
    statement = select(Contact.id, Contact.merged_into).where(
        Contact.merchant_id == merchant_id, Contact.id == contact_id
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise ContactUnknownError(str(contact_id))
    return ContactId(row.merged_into or row.id)


def id_in(said: str) -> ContactId | None:
    """Return the id that the words are, None for anything else."""
    try:
        return ContactId(UUID(said))
    except ValueError:
        return None
