"""Tells staff on their own WhatsApp address what needs a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber
from sokoni.merchants.models import Staff
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Teller, Whisper

PHONE: Final = "staff.phone"
_ROLES: Final = ("owner", "manager", "agent")


class StaffAlerts:
    """Makes a tell for everyone of the merchant's staff who answers contacts."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def whispers(
        self,
        connection: AsyncConnection,
        one: Teller,
        prompt: Prompt,
        *,
        once: str,
        now: datetime,
    ) -> list[Whisper]:
        tell = Tell(prompt=prompt, purpose=Purpose.STAFF, expires_after_hours=12)
        contacts = await self._contacts(connection, one.merchant_id, now)
        told = [TellTo(contact_id=contact, tell=tell, once=once) for contact in contacts]
        return [Whisper.of(one, one_told) for one_told in told]

    async def _contacts(
        self, connection: AsyncConnection, merchant_id: MerchantId, now: datetime
    ) -> Sequence[ContactId]:
        rows = await connection.execute(
            select(Staff.id, Staff.phone).where(
                Staff.merchant_id == merchant_id, Staff.role.in_(_ROLES)
            )
        )
        phones = [PhoneNumber(self._vault.open_text(PHONE, *row)) for row in rows.all()]
        return [
            await contact_of_phone(connection, self._vault, merchant_id, phone, now)
            for phone in phones
            if phone
        ]
