"""What goes when a contact is erased, turns out to be another, or asks what is kept of them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.verification.models import PROOF_NUMBER, Code, Proof, Use
from sokoni.verification.uses import KEPT, Connection

_PROOFS: Final = cast("Table", Proof.__table__)
_CODES: Final = cast("Table", Code.__table__)
_AT_ONCE: Final = 500


async def erase_contact(connection: AsyncConnection, who: Collection[ContactId]) -> None:
    """Delete their codes and proofs. How often was sent to a number stays for a day, by hash."""
    for table in (_CODES, _PROOFS):
        await connection.execute(delete(table).where(table.c.contact_id.in_(who)))


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Give the proofs of the first contact to the second; what was asked for is asked anew."""
    await connection.execute(delete(_CODES).where(_CODES.c.contact_id == gone))
    has = select(_PROOFS.c.purpose, _PROOFS.c.number_hash).where(_PROOFS.c.contact_id == kept)
    there = {(row.purpose, row.number_hash) for row in await connection.execute(has)}
    theirs = select(_PROOFS.c.id, _PROOFS.c.purpose, _PROOFS.c.number_hash).where(
        _PROOFS.c.contact_id == gone
    )
    for row in (await connection.execute(theirs)).all():
        one = _PROOFS.c.id == row.id
        if (row.purpose, row.number_hash) in there:
            await connection.execute(delete(_PROOFS).where(one))
        else:
            await connection.execute(update(_PROOFS).where(one).values(contact_id=kept))


async def export(
    connection: Connection, vault: Vault, merchant_id: MerchantId, contact_id: ContactId
) -> list[Mapping[str, Any]]:
    """Return the numbers that a contact proved."""
    theirs = select(_PROOFS).where(
        _PROOFS.c.merchant_id == merchant_id, _PROOFS.c.contact_id == contact_id
    )
    return [
        {
            "number": vault.open_text(PROOF_NUMBER, row["id"], row["number"]),
            "purpose": row["purpose"],
            "at": row["proven_at"],
        }
        for row in (await connection.execute(theirs)).mappings()
    ]


async def prune_codes(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete what is no longer counted, and codes that are long over; return how many."""
    uses, deleted = cast("Table", Use.__table__), 0
    for table, at in ((uses, uses.c.at), (_CODES, _CODES.c.updated_at)):
        over = select(table.c.id).where(at < now - max(kept, KEPT)).limit(_AT_ONCE)
        ids = (await connection.scalars(over)).all()
        if ids:
            deleted += await rows_changed(connection, delete(table).where(table.c.id.in_(ids)))
    return deleted
