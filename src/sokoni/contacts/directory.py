"""Small look-ups of names and numbers, which stand sealed in their rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.models import Contact, ContactAddress
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
PHONE_GIVEN: Final = "contacts.phone_given"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as a list shows them."""

    id: ContactId
    name: str
    language: str
    opted_out: bool
    blocked: bool
    created_at: datetime


class ContactDirectory:
    """Opens names and numbers of one merchant's contacts."""

    def __init__(self, session: AsyncSession, vault: Vault, merchant_id: MerchantId) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id

    async def page(
        self, *, after: ContactId | None = None, limit: int, blocked: bool | None = None
    ) -> list[Person]:
        """Return contacts in the order in which they came, each person once.

        `blocked` wants only those who are shut out, or who are not.
        """
        statement = (
            select(Contact)
            .where(Contact.merchant_id == self._merchant_id, Contact.merged_into.is_(None))
            .order_by(Contact.id)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(Contact.id > after)
        if blocked is not None:
            shut = Contact.blocked_at.is_not(None)
            statement = statement.where(shut if blocked else ~shut)
        return [self._person(row) for row in await self._session.scalars(statement)]

    def _person(self, row: Contact) -> Person:
        return Person(
            id=row.id,
            name=opened_name(self._vault, row.id, row.name),
            language=row.language,
            opted_out=row.opted_out_at is not None,
            blocked=row.blocked_at is not None,
            created_at=row.created_at,
        )

    async def name_of(self, contact_id: ContactId) -> str:
        """Return the contact's name, "" where none is known."""
        return (await self.names_of([contact_id])).get(contact_id, "")

    async def names_of(self, contact_ids: Iterable[ContactId]) -> dict[ContactId, str]:
        """Return the names of many contacts with one query."""
        statement = select(Contact.id, Contact.merchant_id, Contact.name).where(
            Contact.id.in_(list(contact_ids))
        )
        rows = self._mine((await self._session.execute(statement)).all())
        return {row.id: opened_name(self._vault, row.id, row.name) for row in rows}

    async def rename(self, contact_id: ContactId, name: str) -> None:
        """Keep the name that the contact gave; the caller holds their conversations."""
        theirs = update(Contact).where(
            Contact.merchant_id == self._merchant_id, Contact.id == contact_id
        )
        sealed = self._vault.seal_text("contacts.name", contact_id, name)
        await self._session.execute(theirs.values(name=sealed, name_given=True))

    async def phones_of(self, contact_ids: Iterable[ContactId]) -> dict[ContactId, PhoneNumber]:
        """Return the newest numbers of many contacts with one query; some may have none."""
        one = ContactAddress
        statement = (
            select(one.id, one.contact_id, one.merchant_id, one.kind, one.value)
            .where(one.contact_id.in_(list(contact_ids)))
            .order_by(one.id)
        )
        rows = self._mine((await self._session.execute(statement)).all())
        return {
            row.contact_id: self._opened(row.id, row.value) for row in rows if row.kind == "phone"
        }

    def _mine(self, rows: Iterable[AnyRow]) -> Iterator[AnyRow]:
        """Leave out what is another merchant's.

        Not in the statement: asked for a merchant's rows with these ids, SQLite looks through
        all that the merchant has.
        """
        return (row for row in rows if row.merchant_id == self._merchant_id)

    def _opened(self, address_id: UUID, sealed: bytes) -> PhoneNumber:
        return PhoneNumber(self._vault.open_text("contact_addresses.value", address_id, sealed))

    async def phone_of(self, contact_id: ContactId) -> PhoneNumber | None:
        """Return the newest number of the contact; WhatsApp may hide all of them."""
        return (await self.phones_of([contact_id])).get(contact_id)

    async def reached_on(self, contact_id: ContactId) -> PhoneNumber | None:
        """Return the number that others may call: the one they write from, else one they gave."""
        return await self.phone_of(contact_id) or await self._given(contact_id)

    async def may_be_told(self, contact_id: ContactId) -> bool:
        """Tell whether the contact still takes messages that they did not just ask for."""
        reachable = select(Contact.id).where(
            Contact.merchant_id == self._merchant_id,
            Contact.id == contact_id,
            Contact.opted_out_at.is_(None),
            Contact.blocked_at.is_(None),
        )
        return await self._session.scalar(reachable) is not None

    async def give_phone(self, contact_id: ContactId, phone: PhoneNumber) -> None:
        """Keep a number that the contact wrote for others to reach them by."""
        theirs = update(Contact).where(
            Contact.merchant_id == self._merchant_id, Contact.id == contact_id
        )
        sealed = self._vault.seal_text(PHONE_GIVEN, contact_id, phone)
        await self._session.execute(theirs.values(phone_given=sealed))

    async def _given(self, contact_id: ContactId) -> PhoneNumber | None:
        sealed = await self._session.scalar(
            select(Contact.phone_given).where(
                Contact.merchant_id == self._merchant_id, Contact.id == contact_id
            )
        )
        opened = self._vault.open_text(PHONE_GIVEN, contact_id, sealed)
        return PhoneNumber(opened) if opened else None


def opened_name(vault: Vault, contact_id: ContactId, sealed: bytes | None) -> str:
    """Open `contacts.name` of a row that was read with others."""
    return vault.open_text("contacts.name", contact_id, sealed)
