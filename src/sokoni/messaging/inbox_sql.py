"""What the inbox asks of SQLite, MariaDB and MySQL, and the contract for every dialect."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.models import Contact, ContactAddress
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId
from sokoni.messaging.models import Conversation

_MOST: Final = 1_000
"""Values in one list: SQLite's and MariaDB's statements have an end."""

Value = TypeVar("Value")


class AddressKey(NamedTuple):
    """By what an address is found; unique."""

    merchant_id: MerchantId
    kind: str
    value_hash: str


class Pair(NamedTuple):
    """By what a conversation is found; unique."""

    account_id: AccountId
    contact_id: ContactId


class Named(NamedTuple):
    """A contact's name as stored, and whether the contact told it."""

    name: bytes | None
    given: bool


class InboxSql(Protocol):
    """The look-ups for senders that this process does not remember."""

    async def contacts(
        self, connection: AsyncConnection, keys: Iterable[AddressKey]
    ) -> dict[AddressKey, ContactId]:
        """Return whose addresses these are."""

    async def conversations(
        self, connection: AsyncConnection, pairs: Iterable[Pair]
    ) -> dict[Pair, ConversationId]:
        """Return the conversations of contacts on accounts."""

    async def names(
        self, connection: AsyncConnection, ids: Iterable[ContactId]
    ) -> dict[ContactId, Named]:
        """Return what contacts are called."""


_A, _C = ContactAddress, Conversation
_CONTACTS: Final = select(_A.merchant_id, _A.kind, _A.value_hash, _A.contact_id).where(
    _A.merchant_id.in_(bindparam("merchants", expanding=True)),
    _A.kind.in_(bindparam("kinds", expanding=True)),
    _A.value_hash.in_(bindparam("hashes", expanding=True)),
)
_CONVERSATIONS: Final = select(_C.account_id, _C.contact_id, _C.id).where(
    _C.account_id.in_(bindparam("accounts", expanding=True)),
    _C.contact_id.in_(bindparam("contacts", expanding=True)),
)
_NAMES: Final = select(Contact.id, Contact.name, Contact.name_given).where(
    Contact.id.in_(bindparam("ids", expanding=True))
)
_RENAME: Final = (
    update(Contact.__table__)  # type: ignore[arg-type]
    .where(Contact.id == bindparam("b_id"), Contact.name_given.is_(False))
    .values(name=bindparam("b_name"))
)


class PortableInboxSql:
    """For databases without array parameters."""

    async def contacts(
        self, connection: AsyncConnection, keys: Iterable[AddressKey]
    ) -> dict[AddressKey, ContactId]:
        found: dict[AddressKey, ContactId] = {}
        for part in parts(keys):
            merchants, kinds, hashes = (list(set(column)) for column in zip(*part, strict=True))
            values = {"merchants": merchants, "kinds": kinds, "hashes": hashes}
            for row in await connection.execute(_CONTACTS, values):
                found[AddressKey(*row[:3])] = row[3]
        return found

    async def conversations(
        self, connection: AsyncConnection, pairs: Iterable[Pair]
    ) -> dict[Pair, ConversationId]:
        found: dict[Pair, ConversationId] = {}
        for part in parts(pairs):
            accounts, contacts = (list(set(column)) for column in zip(*part, strict=True))
            values = {"accounts": accounts, "contacts": contacts}
            for row in await connection.execute(_CONVERSATIONS, values):
                found[Pair(*row[:2])] = row[2]
        return found

    async def names(
        self, connection: AsyncConnection, ids: Iterable[ContactId]
    ) -> dict[ContactId, Named]:
        found: dict[ContactId, Named] = {}
        for part in parts(ids):
            for row in await connection.execute(_NAMES, {"ids": part}):
                found[row[0]] = Named(*row[1:])
        return found


async def rename(connection: AsyncConnection, names: dict[ContactId, bytes]) -> None:
    """Keep profile names of contacts who did not tell us theirs."""
    if names:
        rows = [{"b_id": one, "b_name": name} for one, name in sorted(names.items())]
        await connection.execute(_RENAME, rows)


def parts(values: Iterable[Value]) -> Iterator[Sequence[Value]]:
    everything = list(values)
    for start in range(0, len(everything), _MOST):
        yield everything[start : start + _MOST]
