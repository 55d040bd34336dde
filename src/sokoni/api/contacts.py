"""Contacts by phone number or id: what they are, all that is kept of them, what they are sent."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.api import examples
from sokoni.api.conversations import ConversationShown, shown
from sokoni.api.exporting import Exported, export
from sokoni.contacts.consent import consent
from sokoni.contacts.directory import ContactDirectory, Person
from sokoni.contacts.tags import tag, tags_of, untag
from sokoni.db.writing import write_patiently
from sokoni.dialogue.erasing import Erasing
from sokoni.kit.ids import ContactId
from sokoni.messaging.history import History
from sokoni.messaging.holding import hold
from sokoni.web.contacts import ContactUnknownError, find_contact_named
from sokoni.web.fields import ContactNamed
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Transaction, WebParts, Writing, session_on
from sokoni.web.principal import Agent, Principal

router = APIRouter(prefix="/contacts", tags=["contacts"])
TagNamed: TypeAlias = Annotated[str, Path(description="At most 40 letters.", examples=["vip"])]


class ContactShown(BaseModel, frozen=True, json_schema_extra=examples.CONTACT_SHOWN):
    """A person the merchant talks with."""

    id: UUID
    name: str
    language: str
    opted_out: bool
    tags: Sequence[str]
    """Words that staff gave them."""
    conversations: Sequence[ConversationShown]


class ConsentShown(BaseModel, frozen=True, json_schema_extra=examples.CONSENT_SHOWN):
    """Whether a contact takes messages that they did not just ask for."""

    id: UUID
    opted_out: bool


class ContactListed(BaseModel, frozen=True, json_schema_extra=examples.CONTACT_LISTED):
    """A person the merchant talks with, in a list of all."""

    id: UUID
    name: str
    language: str
    opted_out: bool
    blocked: bool
    created_at: datetime

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(
            id=person.id,
            name=person.name,
            language=person.language,
            opted_out=person.opted_out,
            blocked=person.blocked,
            created_at=person.created_at,
        )


@router.get("")
async def contacts(
    principal: Agent, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ContactListed]:
    """Return who has written or was written to, in the order in which they came."""
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    after = None if wanted.after is None else ContactId(wanted.after)
    found = await directory.page(after=after, limit=wanted.one_more)
    return page_of(found, wanted, ContactListed.of, lambda one: one.id)


@router.get("/{contact}")
async def one_contact(
    contact: ContactNamed, principal: Agent, parts: Parts, session: Reading
) -> ContactShown:
    """Look a contact up who has written, or was written to."""
    history = History(session, parts.vault, principal.merchant_id)
    contact_id = await find_contact_named(session, parts.vault, principal.merchant, contact)
    found = await history.of_contact(contact_id)
    if not found:
        raise ContactUnknownError("no conversation with this contact")
    first = found[0]
    return ContactShown(
        id=first.contact_id,
        name=first.name,
        language=first.language,
        opted_out=first.opted_out,
        tags=await tags_of(session, principal.merchant_id, first.contact_id),
        conversations=[shown(one) for one in found],
    )


@router.get("/{contact}/export")
async def everything(
    contact: ContactNamed, principal: Agent, parts: Parts, session: Reading
) -> Exported:
    """Return all that is kept of a contact, in words that they can read."""
    contact_id = await find_contact_named(session, parts.vault, principal.merchant, contact)
    return await export(session, parts, principal.merchant_id, contact_id)


@router.delete("/{contact}", status_code=HTTPStatus.NO_CONTENT)
async def erase(contact: ContactNamed, principal: Agent, parts: Parts) -> None:
    """Erase all that is kept of a contact, for good. Who writes again is a stranger."""
    merchant = principal.merchant
    erasing = Erasing(
        inbox=parts.inbox, clock=parts.clock, merchant_id=merchant.id, hooks=parts.erasers
    )

    async def work(connection: AsyncConnection) -> bool:
        async with session_on(connection) as session:
            contact_id = await find_contact_named(session, parts.vault, merchant, contact)
        return await erasing.erase(connection, contact_id)

    if not await write_patiently(parts.engine, work):
        raise ContactUnknownError("erased a moment ago")
    parts.wake()


@router.post("/{contact}/opt_out")
async def opt_out(
    contact: ContactNamed, principal: Agent, parts: Parts, writing: Writing
) -> ConsentShown:
    """Send the contact nothing that they did not just ask for, as if they had said stop."""
    return await _consent(contact, principal, parts, writing, given=False)


@router.post("/{contact}/opt_in")
async def opt_in(
    contact: ContactNamed, principal: Agent, parts: Parts, writing: Writing
) -> ConsentShown:
    """Take an opt-out back, or write down that the contact agreed to be written to elsewhere."""
    return await _consent(contact, principal, parts, writing, given=True)


@router.put("/{contact}/tags/{name}", status_code=HTTPStatus.NO_CONTENT)
async def give_tag(
    contact: ContactNamed, name: TagNamed, principal: Agent, parts: Parts, writing: Writing
) -> None:
    """Give the contact a tag, a word to find them by. 422 `tag_refused`: it is none."""
    merchant = principal.merchant
    contact_id = await find_contact_named(writing.session, parts.vault, merchant, contact)
    await tag(writing.connection, merchant.id, contact_id, name)


@router.delete("/{contact}/tags/{name}", status_code=HTTPStatus.NO_CONTENT)
async def take_tag(
    contact: ContactNamed, name: TagNamed, principal: Agent, parts: Parts, writing: Writing
) -> None:
    """Take a tag from the contact; one that they do not have is none to take."""
    merchant = principal.merchant
    contact_id = await find_contact_named(writing.session, parts.vault, merchant, contact)
    await untag(writing.connection, merchant.id, contact_id, name)


async def _consent(
    contact: str, principal: Principal, parts: WebParts, writing: Transaction, *, given: bool
) -> ConsentShown:
    merchant = principal.merchant
    contact_id = await find_contact_named(writing.session, parts.vault, merchant, contact)
    await hold(writing.connection, merchant.id, contact_id)
    await consent(
        writing.connection, merchant.id, contact_id, given=given, source="staff", now=parts.clock()
    )
    return ConsentShown(id=contact_id, opted_out=not given)
