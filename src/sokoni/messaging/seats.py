"""Where contacts are reached: the conversations they have, and which they last wrote in."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId, new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.models import SHARDS, Conversation

LAST_WRITTEN_FIRST: Final = (
    # Databases do not agree on where a time stands that is none.
    Conversation.last_inbound_at.is_(None),
    Conversation.last_inbound_at.desc(),
    Conversation.id.desc(),
)
"""The order of conversations in which those come last that nobody ever wrote in."""
_THEIRS: Final = (
    select(
        Conversation.contact_id,
        Conversation.id,
        Conversation.merchant_id,
        Conversation.account_id,
    )
    .where(
        Conversation.contact_id.in_(bindparam("ids", expanding=True)),
        Conversation.merged_into.is_(None),
    )
    .order_by(*LAST_WRITTEN_FIRST)
)


class Seated(Protocol):
    """A conversation on its number, as a row or as it was claimed."""

    @property
    def id(self) -> ConversationId: ...
    @property
    def merchant_id(self) -> MerchantId: ...
    @property
    def account_id(self) -> AccountId: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """A conversation, and the number that it is on."""

    id: ConversationId
    merchant_id: MerchantId
    account_id: AccountId


async def seats_of(
    connection: AsyncConnection, contacts: Collection[ContactId]
) -> Mapping[ContactId, Sequence[Seat]]:
    """Return the conversations of contacts who have any, first that in which they last wrote."""
    seats: dict[ContactId, list[Seat]] = defaultdict(list)
    for row in await connection.execute(_THEIRS, {"ids": list(contacts)}):
        seats[row.contact_id].append(Seat(row.id, row.merchant_id, row.account_id))
    return dict(seats)


async def last_written_in(connection: AsyncConnection, contact_id: ContactId) -> Seat | None:
    """Return the conversation in which the contact last wrote; None where they have none."""
    seats = (await seats_of(connection, [contact_id])).get(contact_id)
    return seats[0] if seats else None


async def seat_named(connection: AsyncConnection, conversation_id: ConversationId) -> Seat | None:
    """Return a conversation's seat; None where its contact was erased."""
    one = select(
        Conversation.id,
        Conversation.merchant_id,
        Conversation.account_id,
        Conversation.merged_into,
    ).where(Conversation.id == conversation_id)
    row = (await connection.execute(one)).one_or_none()
    if row is None or row.merged_into == row.id:
        return None
    return Seat(row.id, row.merchant_id, row.account_id)


async def first_number(connection: AsyncConnection, merchant_id: MerchantId) -> AccountId | None:
    """Return the number or bot that whoever has no conversation is reached on, if there is any."""
    mine = select(ChannelAccount.id).where(ChannelAccount.merchant_id == merchant_id)
    found: AccountId | None = await connection.scalar(mine.order_by(ChannelAccount.id).limit(1))
    return found


def new_conversation(
    merchant_id: MerchantId, account_id: AccountId, contact_id: ContactId, now: datetime
) -> dict[str, object]:
    """Return the row of a conversation in which nothing was said yet."""
    conversation_id = new_id()
    return {
        "id": conversation_id,
        "merchant_id": merchant_id,
        "account_id": account_id,
        "contact_id": contact_id,
        "holder": "bot",
        "shard": conversation_id.int % SHARDS,
        "rate_count": 0,
        "created_at": now,
    }
