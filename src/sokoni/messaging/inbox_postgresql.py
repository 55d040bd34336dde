"""What the inbox asks of PostgreSQL: lists travel as arrays, so one plan serves every length."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ContactId, ConversationId
from sokoni.messaging.inbox_sql import AddressKey, Named, Pair

_CONTACTS: Final = text(
    """
    SELECT a.merchant_id, a.kind, a.value_hash, a.contact_id
    FROM unnest(CAST(:merchants AS uuid[]), CAST(:kinds AS text[]), CAST(:hashes AS text[]))
         AS wanted(merchant_id, kind, value_hash)
    JOIN contact_addresses a USING (merchant_id, kind, value_hash)
    """
)
_CONVERSATIONS: Final = text(
    """
    SELECT c.account_id, c.contact_id, c.id
    FROM unnest(CAST(:accounts AS uuid[]), CAST(:contacts AS uuid[]))
         AS wanted(account_id, contact_id)
    JOIN conversations c USING (account_id, contact_id)
    """
)
_NAMES: Final = text(
    "SELECT id, name, name_given FROM contacts WHERE id = ANY(CAST(:ids AS uuid[]))"
)


class PostgresInboxSql:
    """See `InboxSql`."""

    async def contacts(
        self, connection: AsyncConnection, keys: Iterable[AddressKey]
    ) -> dict[AddressKey, ContactId]:
        merchants, kinds, hashes = (list(column) for column in zip(*keys, strict=True))
        values = {"merchants": merchants, "kinds": kinds, "hashes": hashes}
        rows = await connection.execute(_CONTACTS, values)
        return {AddressKey(*row[:3]): row[3] for row in rows}

    async def conversations(
        self, connection: AsyncConnection, pairs: Iterable[Pair]
    ) -> dict[Pair, ConversationId]:
        accounts, contacts = (list(column) for column in zip(*pairs, strict=True))
        rows = await connection.execute(
            _CONVERSATIONS, {"accounts": accounts, "contacts": contacts}
        )
        return {Pair(*row[:2]): row[2] for row in rows}

    async def names(
        self, connection: AsyncConnection, ids: Iterable[ContactId]
    ) -> dict[ContactId, Named]:
        rows = await connection.execute(_NAMES, {"ids": list(ids)})
        return {row[0]: Named(*row[1:]) for row in rows}
