"""Links of broadcasts: an address for each recipient that leads to the broadcast's own link.

The address names the broadcast, so that it leads there for good, and the recipient, whom only the
signature makes count: it is noted once that they went there.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.broadcast.models import Broadcast, BroadcastId, Recipient, Step
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing

CLICKED: Final = "link"
"""Stands for the link where otherwise the button is named that was tapped."""
_KIND: Final = "broadcast link"
_ID: Final = 16
_SIGNATURE: Final = 10
_LENGTH: Final = 2 * _ID + _SIGNATURE
_NOBODY: Final = UUID(int=0)
_R: Final = cast("Table", Recipient.__table__)


class _Token(NamedTuple):
    broadcast: UUID
    recipient: UUID
    signature: bytes

    @property
    def signed(self) -> str:
        return f"{self.broadcast.hex}{self.recipient.hex}"


def token_of(vault: Vault, broadcast: BroadcastId, recipient: UUID | None) -> str:
    """Return the end of the address; None: it is a test, and nobody's."""
    one = _Token(broadcast, recipient or _NOBODY, b"")
    signature = bytes.fromhex(vault.hash(_KIND, one.signed))[:_SIGNATURE]
    return urlsafe_b64encode(one.broadcast.bytes + one.recipient.bytes + signature).decode()


async def followed(
    engine: AsyncEngine, vault: Vault, token: str, now: datetime, *, counts: bool
) -> str | None:
    """Return where the address leads, None where it is none of ours; note who went there."""
    one = _read(token)
    if one is None:
        return None
    async with reading(engine) as connection:
        mine = select(Broadcast.content, Broadcast.merchant_id).where(
            Broadcast.id == one.broadcast
        )
        row = (await connection.execute(mine)).one_or_none()
        link = BroadcastSaid.model_validate(row.content).link if row is not None else None
        if row is None or link is None:
            return None
        theirs = (
            _R.c.id == one.recipient,
            _R.c.broadcast_id == one.broadcast,
            _R.c.merchant_id == row.merchant_id,
            _R.c.step == Step.SAID,
            _R.c.clicked_at.is_(None),
        )
        fresh = counts and _is_signed(vault, one)
        fresh = fresh and await connection.scalar(select(_R.c.id).where(*theirs)) is not None
    if fresh:
        clicked = func.coalesce(func.nullif(_R.c.clicked, ""), CLICKED)
        async with writing(engine) as connection:
            noted = update(_R).where(*theirs).values(clicked_at=now, clicked=clicked)
            await connection.execute(noted)
    return link.url


def _read(token: str) -> _Token | None:
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _LENGTH:
        return None
    return _Token(UUID(bytes=raw[:_ID]), UUID(bytes=raw[_ID : 2 * _ID]), raw[2 * _ID :])


def _is_signed(vault: Vault, one: _Token) -> bool:
    """Tell whether we made it: under any key, since messages outlive keys."""
    made = (bytes.fromhex(each)[:_SIGNATURE] for each in vault.hashes(_KIND, one.signed))
    return any(hmac.compare_digest(each, one.signature) for each in made)
