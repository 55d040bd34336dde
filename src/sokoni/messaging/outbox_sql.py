"""The sender's statements for SQLite, MariaDB and MySQL, and what all dialects share."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

import structlog
from sqlalchemy import (
    BindParameter,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.models import Consent, Contact, ContactAddress
from sokoni.kit.ids import AccountId, ContactId, ConversationId, OutboxId, new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.models import (
    Conversation,
    DeliveryLease,
    EventKind,
    InboxEvent,
    Message,
    MessageState,
)
from sokoni.messaging.outbox import Claim, Mark, Stored

_log = structlog.get_logger(__name__)
_MESSAGES: Final = cast("Table", Message.__table__)
_CONSENTS: Final = cast("Table", Consent.__table__)
_EARLIER: Final = _MESSAGES.alias("earlier")
_M, _E = _MESSAGES.c, _EARLIER.c
_UNSENT: Final = (MessageState.WAITING.value, MessageState.SENDING.value)

STORED_COLUMNS: Final = (
    _M.id,
    _M.merchant_id,
    _M.account_id,
    _M.conversation_id,
    Conversation.contact_id,
    _M.event_id,
    _M.purpose,
    _M.shard,
    _M.due_at,
    _M.created_at,
    _M.state,
    _M.state_at,
    _M.attempts,
    _M.resent,
    _M.body,
    func.coalesce(Contact.address_version, 0).label("address_version"),
    case(
        (and_(_M.part == 1, InboxEvent.kind == EventKind.MESSAGE.value), InboxEvent.received_at)
    ).label("heard_at"),
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_ALL_UNSENT: Final = (
    select(_M.id, _M.conversation_id, _M.due_at)
    .where(_M.state.in_(_UNSENT), _M.shard.in_(bindparam("shards", expanding=True)))
    .order_by(_M.id)
)
_UNSENT_OF: Final = (
    select(_M.id).where(_M.state.in_(_UNSENT), _M.conversation_id.in_(_IDS)).order_by(_M.id)
)
_LOAD: Final = (
    select(*STORED_COLUMNS)
    .join(Conversation, Conversation.id == _M.conversation_id)
    .outerjoin(Contact, Contact.id == Conversation.contact_id)
    .outerjoin(InboxEvent, InboxEvent.id == _M.event_id)
    .where(_M.id.in_(_IDS), _M.state.in_(_UNSENT))
    .order_by(_M.id)
)
_BEHIND: Final = exists().where(
    _E.state.in_(_UNSENT),
    _E.shard == _M.shard,
    _E.conversation_id == _M.conversation_id,
    _E.id < _M.id,
)
_LEASED: Final = exists().where(
    DeliveryLease.shard == _M.shard,
    DeliveryLease.owner == bindparam("owner"),
    DeliveryLease.until > bindparam("now"),
)
_VERSION: Final = (
    select(Contact.address_version)
    .join(Conversation, Conversation.contact_id == Contact.id)
    .where(Conversation.id == _M.conversation_id)
    .scalar_subquery()
)
_WINNABLE: Final = select(_M.id, func.coalesce(_VERSION, 0)).where(
    _M.id.in_(_IDS),
    or_(
        _M.state == MessageState.WAITING.value,
        and_(
            _M.state == MessageState.SENDING.value, _M.id.in_(bindparam("again", expanding=True))
        ),
    ),
    ~_BEHIND,
    _LEASED,
)
_CLAIM: Final = (
    update(_MESSAGES)
    .where(_M.id.in_(_IDS))
    .values(state=MessageState.SENDING.value, attempts=_M.attempts + 1, state_at=bindparam("now"))
)
_STILL_OPEN: Final = or_(
    _M.state == MessageState.SENDING.value,
    and_(
        bindparam("b_taken"),
        or_(_M.state == MessageState.WAITING.value, _M.state == MessageState.UNKNOWN.value),
    ),
    and_(
        bindparam("b_state") == MessageState.FAILED.value,
        _M.state == MessageState.WAITING.value,
    ),
)
_MARK: Final = (
    update(_MESSAGES)
    .where(_M.id == bindparam("b_id"), _STILL_OPEN)
    .values(
        state=bindparam("b_state"),
        # Of the latest try: what comes of an earlier one is told apart by it.
        provider_id=func.coalesce(bindparam("b_provider_id"), _M.provider_id),
        error=bindparam("b_error"),
        due_at=func.coalesce(bindparam("b_due_at", type_=_M.due_at.type), _M.due_at),
        resent=case((bindparam("b_resent"), True), else_=_M.resent),
        body=func.coalesce(bindparam("b_body", type_=_M.body.type), _M.body),
        state_at=bindparam("b_now"),
    )
)
_A: Final = ContactAddress
_ADDRESSES: Final = (
    # A contact that was merged away is reached where the one is that took its place.
    select(Contact.id, _A.kind, _A.id.label("address_id"), _A.value)
    .join(_A, _A.contact_id == func.coalesce(Contact.merged_into, Contact.id))
    .where(Contact.id.in_(_IDS))
    .order_by(_A.created_at, _A.id)
)


class PortableOutboxSql:
    """For databases without array parameters."""

    async def unsent(
        self, connection: AsyncConnection, shards: Sequence[int]
    ) -> list[tuple[OutboxId, ConversationId, datetime]]:
        rows = await connection.execute(_ALL_UNSENT, {"shards": list(shards)})
        return [(row[0], row[1], row[2]) for row in rows]

    async def unsent_of(
        self, connection: AsyncConnection, conversations: Sequence[ConversationId]
    ) -> list[OutboxId]:
        return list(await connection.scalars(_UNSENT_OF, {"ids": list(conversations)}))

    async def load(self, connection: AsyncConnection, ids: Sequence[OutboxId]) -> list[Stored]:
        rows = await connection.execute(_LOAD, {"ids": list(ids)})
        return [Stored(**row) for row in rows.mappings()]

    async def claim(
        self, connection: AsyncConnection, claim: Claim, now: datetime
    ) -> dict[OutboxId, int]:
        values = {
            "ids": list(claim.ids),
            "again": list(claim.perhaps_claimed),
            "owner": claim.owner,
            "now": now,
        }
        rows = await connection.execute(_WINNABLE.with_for_update(), values)
        won = {row[0]: row[1] for row in rows}
        if won:
            await connection.execute(_CLAIM, {"ids": list(won), "now": now})
        return won

    async def mark(
        self, connection: AsyncConnection, marks: Sequence[Mark], now: datetime
    ) -> None:
        await connection.execute(_MARK, [_bound(mark, now) for mark in sorted(marks, key=_id)])

    async def addresses(
        self, connection: AsyncConnection, contacts: Sequence[ContactId]
    ) -> list[tuple[ContactId, str, Any, bytes]]:
        rows = await connection.execute(_ADDRESSES, {"ids": list(contacts)})
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def _id(mark: Mark) -> OutboxId:
    # In the order of ids, as the statuses are: so that nobody waits crosswise.
    return mark.id


def _bound(mark: Mark, now: datetime) -> dict[str, Any]:
    return {
        "b_id": mark.id,
        "b_state": int(mark.state),
        "b_taken": mark.taken,
        "b_provider_id": mark.provider_id,
        "b_error": mark.error,
        "b_due_at": mark.due_at,
        "b_resent": mark.resent,
        "b_body": mark.body,
        "b_now": now,
    }


async def pause_accounts(connection: AsyncConnection, paused: Mapping[AccountId, str]) -> None:
    """Keep, for staff to see, which accounts cannot send and why ("" where one can again)."""
    for account_id, reason in paused.items():
        _log.warning("channel_paused" if reason else "channel_resumed", account=str(account_id))
        await connection.execute(
            update(ChannelAccount)
            .where(ChannelAccount.id == account_id, ChannelAccount.paused_reason != TAKEN_OUT)
            .values(paused_reason=reason)
        )


async def stop_marketing(
    connection: AsyncConnection, contact_id: ContactId, now: datetime
) -> None:
    """Note that the channel says this contact takes no marketing, once."""
    fresh = and_(Contact.id == contact_id, Contact.marketing_stopped_at.is_(None))
    merchant_id = await connection.scalar(select(Contact.merchant_id).where(fresh))
    if merchant_id is None:
        return
    await connection.execute(update(Contact).where(fresh).values(marketing_stopped_at=now))
    row = {
        "id": new_id(),
        "merchant_id": merchant_id,
        "contact_id": contact_id,
        "purpose": "marketing",
        "given": False,
        "source": "channel",
        "at": now,
    }
    await connection.execute(_CONSENTS.insert(), row)
