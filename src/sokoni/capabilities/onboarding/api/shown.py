"""Registrations as programs see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.onboarding.api import examples
from sokoni.capabilities.onboarding.listing import texts
from sokoni.capabilities.onboarding.models import Entry, State
from sokoni.capabilities.onboarding.service.book import RegistrationBook
from sokoni.contacts.directory import ContactDirectory
from sokoni.web.parts import WebParts
from sokoni.web.principal import Principal


class RegistrationListed(BaseModel, frozen=True, json_schema_extra=examples.LISTED):
    """A registration in a list."""

    id: UUID
    reference: str
    registration: str
    """Its name in the merchant's file."""
    contact_id: UUID
    phone_number: str | None
    """What the contact writes from; null: WhatsApp hides it."""
    name: str
    state: State
    """`confirmed`: the contact said yes, and has not proven their number yet. `pending`: staff
    have to look at it."""
    step: str
    """The slot that is asked for, or `confirmation`, `verification`, `approval`, `completed`."""
    verified: bool
    """A code proved the number that they registered with."""
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


class RegistrationShown(RegistrationListed, frozen=True, json_schema_extra=examples.SHOWN):
    """A registration with its answers."""

    answers: Mapping[str, str]
    """By slot: of a choice the option's id, of a place its name, of a file its id."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows registrations of one merchant, many with as few statements as one."""

    principal: Principal
    parts: WebParts
    session: AsyncSession

    @property
    def book(self) -> RegistrationBook:
        scope = (self.session, self.parts.vault, self.principal.merchant_id)
        return RegistrationBook(*scope, self.parts.clock())

    async def listed(self, entries: Sequence[Entry]) -> list[RegistrationListed]:
        scope = (self.session, self.parts.vault, self.principal.merchant_id)
        directory, ids = ContactDirectory(*scope), [one.contact_id for one in entries]
        names, phones = await directory.names_of(ids), await directory.phones_of(ids)
        return [
            _listed(one, names.get(one.contact_id, ""), phones.get(one.contact_id))
            for one in entries
        ]

    async def shown(self, entry: Entry) -> RegistrationShown:
        (listed,) = await self.listed([entry])
        return RegistrationShown(**dict(listed), answers=texts(self.book.answers(entry)))


def _listed(entry: Entry, name: str, phone: str | None) -> RegistrationListed:
    return RegistrationListed(
        id=entry.id,
        reference=entry.reference,
        registration=entry.registration,
        contact_id=entry.contact_id,
        phone_number=phone,
        name=name,
        state=State(entry.state),
        step=entry.step,
        verified=entry.verified,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        completed_at=entry.completed_at,
    )
