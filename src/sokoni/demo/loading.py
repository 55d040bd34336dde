"""What a capability works with while it loads its part of a demo merchant's data."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId
from sokoni.kit.phones import find_phone
from sokoni.media.uploading import Uploader
from sokoni.merchants.profile import MerchantProfile


class DemoDataError(AppError):
    """The demo data says something that cannot be."""

    code = "demo_data_invalid"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """What it takes to hang up pictures. They are stored in transactions of their own."""

    engine: AsyncEngine
    merchant: MerchantProfile
    clock: Clock
    uploader: Uploader


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """One transaction of one merchant. Whoever opened the session commits."""

    session: AsyncSession
    vault: Vault
    merchant: MerchantProfile
    clock: Clock

    async def contact(self, phone: str, name: str, language: str = "") -> ContactId:
        """Return the contact with this number, made when there is none, and give them the name.

        They have no conversation before they write, or are told something.
        """
        number = find_phone(phone, self.merchant.country)
        if number is None:
            raise DemoDataError(f"{phone} of {name} is no phone number")
        contact_id = await contact_of_phone(
            self.session, self.vault, self.merchant.id, number, self.clock()
        )
        await self.session.execute(
            update(Contact)
            .where(Contact.merchant_id == self.merchant.id, Contact.id == contact_id)
            .values(
                name=self.vault.seal_text("contacts.name", contact_id, name),
                name_given=True,
                language=language or self.merchant.language,
            )
        )
        return contact_id
