"""Carries tells into the conversations of those they are for (design §3, point 2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

import msgspec
from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId, new_id
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.events import OwnEvent, TellTo
from sokoni.messaging.models import SHARDS, Conversation, EventKind, InboxEvent
from sokoni.messaging.turn_rows import Claimed

_CONVERSATIONS: Final = cast("Table", Conversation.__table__)
_INBOX: Final = cast("Table", InboxEvent.__table__)
_KEY_LENGTH: Final = 191
_THEIRS: Final = (
    select(
        Conversation.contact_id,
        Conversation.id,
        Conversation.account_id,
        Conversation.last_inbound_at,
    )
    .where(
        Conversation.contact_id.in_(bindparam("ids", expanding=True)),
        Conversation.merged_into.is_(None),
    )
    .order_by(Conversation.last_inbound_at)
)


@dataclass(frozen=True, slots=True)
class Whisper:
    """A tell on its way: whose turn it came from, so that it goes out on the same number."""

    merchant_id: MerchantId
    account_id: AccountId
    told: TellTo

    @classmethod
    def of(cls, one: Claimed, told: TellTo) -> "Whisper":
        return cls(one.merchant_id, one.account_id, told)


@dataclass(frozen=True, slots=True)
class _Place:
    conversation_id: ConversationId
    account_id: AccountId


class Tells:
    """Inserts tells as inbox rows, making the conversation of a contact who never wrote."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def carry(
        self, connection: AsyncConnection, whispers: Sequence[Whisper], now: datetime
    ) -> None:
        """Insert each once per contact and `once`, in the turn's own transaction."""
        if not whispers:
            return
        places = await self._places(connection, whispers)
        missing = {
            one.told.contact_id: one for one in whispers if one.told.contact_id not in places
        }
        if missing:
            await self._open_conversations(connection, missing.values(), now)
            places = await self._places(connection, whispers)
        rows = [self._row(one, places[one.told.contact_id], now) for one in whispers]
        await insert_once(connection, _INBOX, rows)

    async def _places(
        self, connection: AsyncConnection, whispers: Sequence[Whisper]
    ) -> dict[ContactId, _Place]:
        """Return where each contact is told: on the teller's number, else where they last wrote."""
        ids = list({one.told.contact_id for one in whispers})
        same_number = {(one.told.contact_id, one.account_id) for one in whispers}
        places: dict[ContactId, _Place] = {}
        fixed: set[ContactId] = set()
        for row in await connection.execute(_THEIRS, {"ids": ids}):
            if row.contact_id in fixed:
                continue
            places[row.contact_id] = _Place(row.id, row.account_id)
            if (row.contact_id, row.account_id) in same_number:
                fixed.add(row.contact_id)
        return places

    async def _open_conversations(
        self, connection: AsyncConnection, whispers: Iterable[Whisper], now: datetime
    ) -> None:
        rows = []
        for one in whispers:
            conversation_id = new_id()
            rows.append(
                {
                    "id": conversation_id,
                    "merchant_id": one.merchant_id,
                    "account_id": one.account_id,
                    "contact_id": one.told.contact_id,
                    "holder": "bot",
                    "shard": conversation_id.int % SHARDS,
                    "rate_count": 0,
                    "created_at": now,
                }
            )
        await insert_once(connection, _CONVERSATIONS, rows)

    def _row(self, one: Whisper, place: _Place, now: datetime) -> dict[str, object]:
        key = f"tell:{one.told.contact_id.hex}:{one.told.once}"
        return own_event(
            self._vault,
            EventKind.TELL,
            one.told.tell,
            key=key,
            merchant_id=one.merchant_id,
            account_id=place.account_id,
            conversation_id=place.conversation_id,
            now=now,
            delay=timedelta(seconds=one.told.delay_seconds),
        )


def own_event(  # noqa: PLR0913 -- one row, all of it named
    vault: Vault,
    kind: EventKind,
    happening: OwnEvent,
    *,
    key: str,
    merchant_id: MerchantId,
    account_id: AccountId,
    conversation_id: ConversationId,
    now: datetime,
    delay: timedelta = timedelta(0),
) -> dict[str, object]:
    """Return the inbox row of an event that we make ourselves; `key` makes it happen once."""
    event_id = new_id()
    return {
        "id": event_id,
        "merchant_id": merchant_id,
        "account_id": account_id,
        "conversation_id": conversation_id,
        "kind": kind.value,
        "key": key[:_KEY_LENGTH],
        "payload": vault.seal(PLACE, event_id, msgspec.json.encode(happening)),
        "state": 0,
        "attempts": 0,
        "due_at": now + delay,
        "received_at": now + delay,
        "error": "",
    }
