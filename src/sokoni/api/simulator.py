"""What the simulator channel sent to a phone: an open door for tests, not there in production."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.register import PHONE, find_contact
from sokoni.kit.ids import ConversationId
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import MerchantUnknownError
from sokoni.messaging.history import Entry, History
from sokoni.messaging.looks import Look, look_of
from sokoni.messaging.models import Conversation
from sokoni.web.parts import Parts, Reading, WebParts

router = APIRouter(prefix="/simulator", tags=["simulator"])
MOST: Final = 500
"""Messages in one answer; a phone that was sent more asks again."""
_PHONE: Final = re.compile(r"\+?([0-9]{6,15})")


class SentMessage(Look):
    """One message as the phone shows it. `n` counts from 1."""

    n: int
    id: str
    """The channel's id of it."""
    state: str
    """taken, sent, delivered or read."""
    at: datetime


class SentMessages(BaseModel, frozen=True):
    messages: Sequence[SentMessage]


class Simulated(BaseModel, frozen=True):
    """A merchant that can be written to."""

    merchant: str
    name: str
    country: str
    """Whose phone numbers are meant where no country code is dialled."""


@router.get("/{merchant}")
async def simulated_merchant(merchant: str, parts: Parts) -> Simulated:
    """Return what a phone must know to write to the merchant."""
    profile = await parts.merchants.find(merchant)
    if profile is None:
        raise MerchantUnknownError(merchant)
    return Simulated(merchant=profile.slug, name=profile.name, country=profile.country)


@router.get("/{merchant}/{sender}/messages")
async def sent_messages(
    merchant: str,
    sender: str,
    parts: Parts,
    session: Reading,
    after: Annotated[int, Query(ge=0, description="the last `n` seen")] = 0,
) -> SentMessages:
    """Return what was sent to one simulated phone, in order."""
    profile = await parts.merchants.find(merchant)
    if profile is None:
        raise MerchantUnknownError(merchant)
    conversation_id = await _conversation(parts, session, profile, sender)
    if conversation_id is None:
        return SentMessages(messages=())
    history = History(session, parts.vault, profile.id)
    entries = await history.sent(conversation_id, after=after, limit=MOST)
    return SentMessages(messages=[_shown(n, one) for n, one in enumerate(entries, after + 1)])


async def _conversation(
    parts: WebParts, session: AsyncSession, profile: MerchantProfile, sender: str
) -> ConversationId | None:
    for kind, value in _addresses(sender):
        value_hash = parts.vault.hash(kind, value)
        contact_id = await find_contact(session, profile.id, kind, value_hash)
        if contact_id is not None:
            statement = (
                select(Conversation.id)
                .join(ChannelAccount, ChannelAccount.id == Conversation.account_id)
                .where(
                    Conversation.contact_id == contact_id,
                    Conversation.merchant_id == profile.id,
                    ChannelAccount.channel == "simulator",
                )
            )
            return await session.scalar(statement)
    return None


def _addresses(sender: str) -> list[tuple[str, str]]:
    """Return what the door may have made of the name: a phone, or a person who hides theirs."""
    number = _PHONE.fullmatch(sender.replace(" ", ""))
    phone = [(PHONE, f"+{number[1]}")] if number else []
    return [*phone, ("user_id", sender)]


def _shown(n: int, entry: Entry) -> SentMessage:
    return SentMessage(
        **look_of(entry.said).model_dump(),
        n=n,
        id=entry.provider_id,
        state=entry.state.name.lower(),
        at=entry.at,
    )
