"""All that is kept of one contact, opened: for the contact, who may ask for it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.consent import history
from sokoni.contacts.directory import PHONE_GIVEN, opened_name
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.register import ADDRESS
from sokoni.contacts.tags import tags_of
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, OutboxId
from sokoni.media.models import StoredFile
from sokoni.media.references import FileRef
from sokoni.messaging.history import History
from sokoni.messaging.looks import Look, look_of
from sokoni.reviews import ratings, reports
from sokoni.reviews.models import Deal, Report, Review
from sokoni.verification import erasing as verification

_AT_ONCE: Final = 500
Export: TypeAlias = Callable[[AsyncSession, MerchantId, ContactId], Awaitable[Mapping[str, Any]]]
"""Returns all that a capability keeps of a contact, as JSON may hold it, and nothing of anybody
else's."""


class AddressKept(BaseModel, frozen=True):
    """A way to reach the contact."""

    kind: str
    value: str
    since: datetime


class ConsentKept(BaseModel, frozen=True):
    """An opt-in or opt-out."""

    purpose: str
    given: bool
    source: str
    wording: str
    """What they read, or wrote."""
    at: datetime


class MessageKept(BaseModel, frozen=True):
    """Something that was said."""

    by: str
    """contact, bot, or who else wrote it."""
    look: Look
    at: datetime


class ConversationKept(BaseModel, frozen=True):
    """A conversation, oldest message first."""

    id: UUID
    channel: str
    messages: Sequence[MessageKept]


class FileKept(BaseModel, frozen=True):
    """A file that the contact sent."""

    id: UUID
    mime_type: str
    size: int
    url: str
    """Where it is had, for a while."""
    at: datetime


class ReviewKept(BaseModel, frozen=True):
    """What the contact said of somebody after a deal, or somebody of them."""

    by_contact: bool
    stars: int
    text: str
    at: datetime


class DealKept(BaseModel, frozen=True):
    """Something that the contact was asked about, whether it changed hands."""

    thing: str
    provided: bool
    """The contact sold it, or did the work."""
    state: str
    at: datetime


class ReportKept(BaseModel, frozen=True):
    """Something that the contact reported, or an appeal of theirs."""

    reference: str
    kind: str
    what: str
    text: str
    state: str
    at: datetime


class NumberKept(BaseModel, frozen=True):
    """A number that the contact proved to be theirs, and what for."""

    number: str
    purpose: str
    at: datetime


class Exported(BaseModel, frozen=True):
    """All that is kept of a contact."""

    id: UUID
    name: str
    phone_given: str
    language: str
    opted_out: bool
    since: datetime
    tags: Sequence[str]
    addresses: Sequence[AddressKept]
    consents: Sequence[ConsentKept]
    conversations: Sequence[ConversationKept]
    files: Sequence[FileKept]
    deals: Sequence[DealKept]
    reviews: Sequence[ReviewKept]
    reports: Sequence[ReportKept]
    """What they reported, not who reported them."""
    numbers: Sequence[NumberKept]
    capabilities: Mapping[str, Any]
    """What each capability keeps of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """Where all that is kept of one merchant's contacts is gathered."""

    vault: Vault
    merchant_id: MerchantId
    exports: Mapping[str, Export]
    """By capability: of all that are installed, since one that was switched off has rows, too."""
    file_url: Callable[[FileRef], str]
    now: datetime

    async def of(self, session: AsyncSession, contact_id: ContactId) -> Exported:
        """Gather it. The caller has made sure that the contact is the merchant's."""
        vault, merchant_id = self.vault, self.merchant_id
        contact = await session.get_one(Contact, contact_id)
        return Exported(
            id=contact.id,
            name=opened_name(vault, contact.id, contact.name),
            phone_given=vault.open_text(PHONE_GIVEN, contact.id, contact.phone_given),
            language=contact.language,
            opted_out=contact.opted_out_at is not None,
            since=contact.created_at,
            addresses=await _addresses(session, vault, contact_id),
            tags=await tags_of(session, merchant_id, contact_id),
            consents=await _consents(session, vault, merchant_id, contact_id),
            conversations=await _conversations(session, vault, merchant_id, contact_id),
            files=await self._files(session, contact_id),
            deals=await _deals(session, contact_id),
            reviews=await _reviews(session, vault, contact_id),
            reports=await _reports(session, vault, contact_id),
            numbers=[
                NumberKept(**one)
                for one in await verification.export(session, vault, merchant_id, contact_id)
            ],
            capabilities={
                name: await theirs(session, merchant_id, contact_id)
                for name, theirs in self.exports.items()
            },
        )

    async def _files(self, session: AsyncSession, contact_id: ContactId) -> list[FileKept]:
        theirs = select(StoredFile).where(
            StoredFile.contact_id == contact_id,
            StoredFile.stored_at.is_not(None),
            or_(StoredFile.expires_at.is_(None), StoredFile.expires_at > self.now),
        )
        return [
            FileKept(
                id=one.id,
                mime_type=one.mime_type,
                size=one.size,
                url=self.file_url(FileRef(one.id, one.mime_type)),
                at=one.created_at,
            )
            for one in await session.scalars(theirs.order_by(StoredFile.id))
        ]


async def _addresses(
    session: AsyncSession, vault: Vault, contact_id: ContactId
) -> list[AddressKept]:
    theirs = select(ContactAddress).where(ContactAddress.contact_id == contact_id)
    return [
        AddressKept(
            kind=one.kind,
            value=vault.open_text(ADDRESS, one.id, one.value),
            since=one.created_at,
        )
        for one in await session.scalars(theirs.order_by(ContactAddress.id))
    ]


async def _consents(
    session: AsyncSession, vault: Vault, merchant_id: MerchantId, contact_id: ContactId
) -> list[ConsentKept]:
    return [
        ConsentKept(
            purpose=one.purpose,
            given=one.given,
            source=one.source,
            wording=one.wording,
            at=one.at,
        )
        for one in await history(session, vault, merchant_id, contact_id)
    ]


async def _conversations(
    session: AsyncSession, vault: Vault, merchant_id: MerchantId, contact_id: ContactId
) -> list[ConversationKept]:
    history, kept = History(session, vault, merchant_id), []
    for one in await history.of_contact(contact_id):
        said: list[MessageKept] = []
        last: OutboxId | None = None
        while found := await history.entries(one.id, after=last, limit=_AT_ONCE):
            said += [
                MessageKept(by=entry.author, look=look_of(entry.said), at=entry.at)
                for entry in found
            ]
            last = found[-1].id
        kept.append(ConversationKept(id=one.id, channel=one.channel, messages=said))
    return kept


async def _deals(session: AsyncSession, contact_id: ContactId) -> list[DealKept]:
    theirs = or_(Deal.provider_id == contact_id, Deal.customer_id == contact_id)
    return [
        DealKept(
            thing=one.thing,
            provided=one.provider_id == contact_id,
            state=one.state,
            at=one.created_at,
        )
        for one in await session.scalars(select(Deal).where(theirs).order_by(Deal.id))
    ]


async def _reviews(session: AsyncSession, vault: Vault, contact_id: ContactId) -> list[ReviewKept]:
    theirs = or_(Review.rater_id == contact_id, Review.rated_id == contact_id)
    return [
        ReviewKept(
            by_contact=one.rater_id == contact_id,
            stars=one.stars,
            text=vault.open_text(ratings.TEXT, one.id, one.text),
            at=one.created_at,
        )
        for one in await session.scalars(select(Review).where(theirs).order_by(Review.id))
    ]


async def _reports(session: AsyncSession, vault: Vault, contact_id: ContactId) -> list[ReportKept]:
    theirs = select(Report).where(Report.reporter_id == contact_id)
    return [
        ReportKept(
            reference=one.reference,
            kind=one.kind,
            what=one.what,
            text=vault.open_text(reports.TEXT, one.id, one.text),
            state=one.state,
            at=one.created_at,
        )
        for one in await session.scalars(theirs.order_by(Report.id))
    ]
