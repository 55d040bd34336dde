"""Contacts by phone number or id: what they are, all that is kept of them, what they are sent."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.api import examples
from sokoni.api.conversations import ConversationShown, shown
from sokoni.bootstrap import worded
from sokoni.capabilities.rights.paper import Reader, as_pdf
from sokoni.contacts.blocking import set_blocked
from sokoni.contacts.consent import MESSAGES, STAFF, Agreed, history
from sokoni.contacts.consent import Said as ConsentSaid
from sokoni.contacts.directory import ContactDirectory, Person
from sokoni.contacts.tags import tag, tags_of, untag
from sokoni.db.writing import write_patiently
from sokoni.dialogue.erasing import Erasing
from sokoni.dialogue.everything import Everything, Exported
from sokoni.dialogue.wording import Wording
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.media.kinds import PDF
from sokoni.messaging.history import History
from sokoni.messaging.holding import hold
from sokoni.messaging.withholding import note_consent, shut_out
from sokoni.web.contacts import ContactUnknownError, contact_said, find_contact_named
from sokoni.web.fields import ContactNamed, Line
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Transaction, WebParts, Writing, session_on
from sokoni.web.principal import Agent, Principal
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/contacts", tags=["contacts"])
_PAPER: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
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


class ConsentRefusedError(MistakenError):
    """A consent that cannot have been given so."""

    code = "consent_refused"
    http_status: ClassVar[int] = 422


class ConsentGiven(BaseModel, frozen=True, extra="forbid"):
    """What a contact agreed to, or took back, somewhere else than in the chat."""

    purpose: Literal["messages", "marketing"] = Field(
        description="`messages`: anything that they did not just ask for. `marketing`: offers."
    )
    given: bool = Field(True, description="false: they take it back")
    source: Line = Field(
        "api", min_length=1, max_length=32, description="Where", examples=["paper form"]
    )
    wording: Line = Field(
        "",
        max_length=1000,
        description="What they read and agreed to, word for word; a yes needs it",
    )
    at: AwareDatetime | None = Field(None, description="When; now, unless told")


class ConsentEntry(BaseModel, frozen=True):
    """One line of the book of consents."""

    id: UUID
    purpose: str
    given: bool
    source: str
    wording: str
    at: datetime

    @classmethod
    def of(cls, said: ConsentSaid) -> Self:
        return cls.model_validate(said, from_attributes=True)


class ConsentsShown(BaseModel, frozen=True):
    """All that a contact agreed to and took back, oldest first."""

    id: UUID
    consents: Sequence[ConsentEntry]


class BlockShown(BaseModel, frozen=True):
    """Whether a contact is shut out."""

    id: UUID
    blocked: bool


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
        return cls.model_validate(person, from_attributes=True)


@router.get("")
async def contacts(
    principal: Agent,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    blocked: Annotated[
        bool | None, Query(description="only those who are blocked, or who are not")
    ] = None,
) -> Page[ContactListed]:
    """Return who has written or was written to, in the order in which they came."""
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    after = None if wanted.after is None else ContactId(wanted.after)
    found = await directory.page(after=after, limit=wanted.one_more, blocked=blocked)
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
    """Return all that is kept of a contact."""
    return await _kept(contact, principal, parts, session)


@router.get("/{contact}/export.pdf", response_class=Response, responses=_PAPER)
async def paper(
    contact: ContactNamed, principal: Agent, parts: Parts, session: Reading
) -> Response:
    """Return the same as a paper to read, in the contact's language, as they get it who ask."""
    kept = await _kept(contact, principal, parts, session)
    merchant = principal.merchant
    reader = Reader(
        wording=Wording(worded(parts.installed.values()), merchant.zone),
        merchant=merchant,
        language=kept.language or merchant.language,
        now=parts.clock(),
    )
    # Fonts take their time, and so does a long log.
    content = await asyncio.to_thread(as_pdf, kept, reader)
    return Response(content, media_type=PDF)


async def _kept(
    contact: str, principal: Principal, parts: WebParts, session: AsyncSession
) -> Exported:
    contact_id = await find_contact_named(session, parts.vault, principal.merchant, contact)
    everything = Everything(
        vault=parts.vault,
        merchant_id=principal.merchant_id,
        exports=parts.exports,
        file_url=parts.file_url,
        now=parts.clock(),
    )
    return await everything.of(session, contact_id)


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
    agreed = Agreed(
        merchant_id=merchant.id,
        contact_id=contact_id,
        purpose=MESSAGES,
        given=given,
        source=STAFF,
        wording="",
        at=parts.clock(),
    )
    await note_consent(writing.connection, parts.vault, agreed)
    return ConsentShown(id=contact_id, opted_out=not given)


@router.get("/{contact}/consents")
async def consents(
    contact: ContactNamed, principal: Agent, parts: Parts, session: Reading
) -> ConsentsShown:
    """Return all that the contact agreed to and took back, oldest first."""
    merchant = principal.merchant
    contact_id = await find_contact_named(session, parts.vault, merchant, contact)
    return await _book_of(session, parts, merchant.id, contact_id)


@router.post("/{contact}/consents", status_code=HTTPStatus.CREATED)
async def add_consent(
    contact: ContactNamed, said: ConsentGiven, principal: Agent, parts: Parts, writing: Writing
) -> ConsentsShown:
    """Write down what a contact agreed to, or took back, elsewhere: on paper, by phone, on a page.

    A number that is new becomes a contact. What they said last counts: an older yes does not undo
    a later no. Said again it is written down once.
    """
    merchant, now = principal.merchant, parts.clock()
    if said.at is not None and said.at > now:
        raise ConsentRefusedError([Mistake(where="at", problem="in_the_future")])
    if said.given and not said.wording:
        raise ConsentRefusedError([Mistake(where="wording", problem="missing")])
    contact_id = await contact_said(
        writing.session, writing.connection, parts.vault, merchant, contact, now
    )
    agreed = Agreed(
        merchant_id=merchant.id,
        contact_id=contact_id,
        purpose=said.purpose,
        given=said.given,
        source=said.source,
        wording=said.wording,
        at=said.at or now,
    )
    await note_consent(writing.connection, parts.vault, agreed)
    return await _book_of(writing.session, parts, merchant.id, contact_id)


@router.post("/{contact}/block")
async def block(
    contact: ContactNamed, principal: Agent, parts: Parts, writing: Writing
) -> BlockShown:
    """Shut the contact out: they are neither answered nor sent anything, from now on."""
    merchant = principal.merchant
    contact_id = await find_contact_named(writing.session, parts.vault, merchant, contact)
    await shut_out(writing.connection, merchant.id, contact_id, parts.clock())
    return BlockShown(id=contact_id, blocked=True)


@router.post("/{contact}/unblock")
async def unblock(
    contact: ContactNamed, principal: Agent, parts: Parts, writing: Writing
) -> BlockShown:
    """Let the contact in again. They are told nothing; `reports` has what tells them."""
    merchant = principal.merchant
    contact_id = await find_contact_named(writing.session, parts.vault, merchant, contact)
    await hold(writing.connection, merchant.id, contact_id)
    await set_blocked(writing.connection, merchant.id, contact_id, None)
    return BlockShown(id=contact_id, blocked=False)


async def _book_of(
    session: AsyncSession, parts: WebParts, merchant_id: MerchantId, contact_id: ContactId
) -> ConsentsShown:
    book = await history(session, parts.vault, merchant_id, contact_id)
    return ConsentsShown(id=contact_id, consents=[ConsentEntry.of(one) for one in book])
