"""Conversations of the key's merchant: read them, take them over, give them back, write."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sokoni.api import examples
from sokoni.kit.ids import ConversationId, OutboxId
from sokoni.messaging.history import Entry, History, Overview
from sokoni.messaging.looks import Look, look_of
from sokoni.messaging.staff_desk import LONGEST, Act, StaffDesk
from sokoni.web.once import OnceKey
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Transaction, WebParts, Writing
from sokoni.web.principal import Agent, Principal

router = APIRouter(prefix="/conversations", tags=["conversations"])


class ConversationShown(BaseModel, frozen=True, json_schema_extra=examples.CONVERSATION_SHOWN):
    """A conversation at a glance."""

    id: UUID
    contact_id: UUID
    name: str
    language: str
    channel: str
    holder: str
    """bot or person."""
    held_until: datetime | None
    window_until: datetime | None
    last_inbound_at: datetime | None
    unreachable_at: datetime | None
    """Since when nothing reaches the contact, as the channel says; nothing is sent until they
    write."""
    opted_out: bool


class MessageShown(BaseModel, frozen=True):
    """One message of the log."""

    id: UUID
    outbound: bool
    author: str
    purpose: str
    state: str
    look: Look
    error: str
    at: datetime
    state_at: datetime


class Said(BaseModel, frozen=True, extra="forbid"):
    """What a member of staff says to the contact."""

    text: str = Field(min_length=1, max_length=LONGEST)


class Accepted(BaseModel, frozen=True):
    """It is stored, and done when the conversation's turn comes."""

    event: str


@router.get("")
async def list_conversations(
    principal: Agent, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ConversationShown]:
    """List conversations, the newest first."""
    history = History(session, parts.vault, principal.merchant_id)
    after = ConversationId(wanted.after) if wanted.after else None
    found = await history.page(after=after, limit=wanted.one_more)
    return page_of(found, wanted, shown, lambda one: one.id)


@router.get("/{conversation_id}")
async def one_conversation(
    conversation_id: UUID, principal: Agent, parts: Parts, session: Reading
) -> ConversationShown:
    """Show one conversation."""
    history = History(session, parts.vault, principal.merchant_id)
    return shown(await history.get(ConversationId(conversation_id)))


@router.get("/{conversation_id}/messages")
async def messages(
    conversation_id: UUID, principal: Agent, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[MessageShown]:
    """List everything that was said, oldest first."""
    history = History(session, parts.vault, principal.merchant_id)
    conversation = await history.get(ConversationId(conversation_id))
    after = OutboxId(wanted.after) if wanted.after else None
    found = await history.entries(conversation.id, after=after, limit=wanted.one_more)
    return page_of(found, wanted, _message, lambda one: one.id)


@router.post("/{conversation_id}/take", status_code=202)
async def take(
    conversation_id: UUID, principal: Agent, parts: Parts, writing: Writing, once: OnceKey = ""
) -> Accepted:
    """Take the conversation over: the bot is silent from now on."""
    return await _do(parts, principal, writing, conversation_id, "take", once=once)


@router.post("/{conversation_id}/back", status_code=202)
async def give_back(
    conversation_id: UUID, principal: Agent, parts: Parts, writing: Writing, once: OnceKey = ""
) -> Accepted:
    """Give the conversation back to the bot."""
    return await _do(parts, principal, writing, conversation_id, "back", once=once)


@router.post("/{conversation_id}/say", status_code=202)
async def say(
    conversation_id: UUID,
    said: Said,
    principal: Agent,
    parts: Parts,
    writing: Writing,
    once: OnceKey = "",
) -> Accepted:
    """Say something to the contact, which takes the conversation over too."""
    return await _do(parts, principal, writing, conversation_id, "say", text=said.text, once=once)


async def _do(  # noqa: PLR0913 -- the three acts, and what each needs
    parts: WebParts,
    principal: Principal,
    writing: Transaction,
    conversation_id: UUID,
    act: Act,
    *,
    text: str = "",
    once: str = "",
) -> Accepted:
    history = History(writing.session, parts.vault, principal.merchant_id)
    conversation = await history.get(ConversationId(conversation_id))
    desk = StaffDesk(
        inbox=parts.inbox,
        clock=parts.clock,
        merchant_id=principal.merchant_id,
        staff=principal.name,
    )
    key = await desk.do(writing.connection, conversation, act, text=text, once=once)
    return Accepted(event=key)


def shown(one: Overview) -> ConversationShown:
    return ConversationShown.model_validate(one, from_attributes=True)


def _message(one: Entry) -> MessageShown:
    return MessageShown(
        id=one.id,
        outbound=one.outbound,
        author=one.author,
        purpose=one.purpose,
        state=one.state.name.lower(),
        look=look_of(one.said),
        error=one.error,
        at=one.at,
        state_at=one.state_at,
    )
