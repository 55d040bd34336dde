"""Who said stop, or was shut out, stays so when all else that was known of them is erased."""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Row, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.models import Contact, ContactAddress, KeptStop
from sokoni.contacts.one_person import latest
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id


class KnownAddress(NamedTuple):
    """How a merchant's contact is reached."""

    merchant_id: MerchantId
    kind: str
    value: str


class _Hashed(NamedTuple):
    """By what a stop is found."""

    merchant_id: MerchantId
    kind: str
    value_hash: str


_STOPS: Final = cast("Table", KeptStop.__table__)
_S: Final = _STOPS.c
_STOPPED: Final = ("opted_out_at", "marketing_stopped_at", "blocked_at")


async def keep_stops(connection: AsyncConnection, contact_ids: Collection[ContactId]) -> None:
    """Keep what these contacts stopped, by hashes of their addresses, before those go."""
    stopped = select(
        ContactAddress.merchant_id,
        ContactAddress.kind,
        ContactAddress.value_hash,
        *(getattr(Contact, name) for name in _STOPPED),
    ).join(Contact, Contact.id == ContactAddress.contact_id)
    any_stop = or_(*(getattr(Contact, name).is_not(None) for name in _STOPPED))
    theirs = await connection.execute(stopped.where(Contact.id.in_(contact_ids), any_stop))
    rows = [{"id": new_id(), **row} for row in theirs.mappings()]
    await insert_once(connection, _STOPS, rows)


async def take_stops(
    connection: AsyncConnection | AsyncSession,
    vault: Vault,
    made: Mapping[KnownAddress, ContactId],
) -> None:
    """Have contacts that were just made, given by their addresses, heed what was kept of these."""
    # Under every key: what a hash was made of is erased, so that it stays under the key it had.
    owners = {
        _Hashed(one.merchant_id, one.kind, hashed): contact_id
        for one, contact_id in made.items()
        for hashed in vault.hashes(one.kind, one.value)
    }
    hashes = [one.value_hash for one in owners]
    found = await connection.execute(select(_STOPS).where(_S.value_hash.in_(hashes)))
    rows = [row for row in found if _of(row) in owners]
    for contact_id in sorted({owners[_of(row)] for row in rows}):
        theirs = [row for row in rows if owners[_of(row)] == contact_id]
        values = {name: latest(*(getattr(row, name) for row in theirs)) for name in _STOPPED}
        await connection.execute(update(Contact).where(Contact.id == contact_id).values(values))
    if rows:
        await connection.execute(delete(_STOPS).where(_S.id.in_([row.id for row in rows])))


def _of(row: Row[Any]) -> _Hashed:
    return _Hashed(row.merchant_id, row.kind, row.value_hash)
