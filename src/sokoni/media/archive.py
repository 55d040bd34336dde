"""Keeps contents sealed in the store, and knows by their rows what is there and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

import structlog
from sqlalchemy import Table, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.media.errors import FileGoneError
from sokoni.media.models import MediaId, StoredFile
from sokoni.media.references import FileRef
from sokoni.media.stores.base import Store, StoreAwayError

PLACE: Final = "media.content"
_MEDIA: Final = cast("Table", StoredFile.__table__)
_M: Final = _MEDIA.c
_AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """What was fetched, ready to be kept."""

    id: MediaId
    merchant_id: MerchantId
    contact_id: ContactId | None
    """None: the merchant's own."""
    mime_type: str
    content: bytes
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that can be had now."""

    ref: FileRef
    size: int


class Archive:
    """Rows and contents, kept in step: there is no content without a row to find it by."""

    def __init__(
        self, engine: AsyncEngine, vault: Vault, clock: Clock, store: Store, unused: timedelta
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._store = store
        self._unused = unused

    async def keep(self, file: NewFile) -> FileRef:
        """Store the file until something uses it, or it expires; the same id once.

        Raise `FileGoneError` where its contact was erased meanwhile, `StoreAwayError` where the
        store is.
        """
        now = self._clock()
        async with writing(self._engine) as connection:
            await self._announce(connection, file, now)
        await self._store.put(file.id, self._vault.seal(PLACE, file.id, file.content))
        async with writing(self._engine) as connection:
            arrived = update(_MEDIA).where(there(file.id, now)).values(stored_at=now)
            mine = await rows_changed(connection, arrived)
        if not mine:
            await self._store.delete(file.id)
            raise FileGoneError("erased while it was fetched")
        return FileRef(file.id, file.mime_type)

    async def keep_all(self, files: Sequence[NewFile]) -> list[FileRef]:
        """Store files as `keep` does, in two transactions for all of them."""
        now = self._clock()
        async with writing(self._engine) as connection:
            for file in files:
                await self._announce(connection, file, now)
        for file in files:
            await self._store.put(file.id, self._vault.seal(PLACE, file.id, file.content))
        async with writing(self._engine) as connection:
            for file in files:
                arrived = update(_MEDIA).where(there(file.id, now)).values(stored_at=now)
                if not await rows_changed(connection, arrived):
                    raise FileGoneError(file.id)
        return [FileRef(file.id, file.mime_type) for file in files]

    async def find(self, media_id: MediaId) -> Kept | None:
        """Return what can be had under this id now."""
        now = self._clock()
        statement = select(_M.mime_type, _M.size).where(
            there(media_id, now), _M.stored_at.is_not(None)
        )
        async with reading(self._engine) as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else Kept(FileRef(media_id, row.mime_type), row.size)

    async def content(self, media_id: MediaId) -> bytes | None:
        """Return the content, None where it is no longer there."""
        sealed = await self._store.get(media_id)
        return None if sealed is None else self._vault.open(PLACE, media_id, sealed)

    async def clear(self, now: datetime) -> bool:
        """Delete what has expired, content first; True where there is more of it."""
        async with reading(self._engine) as connection:
            expired = select(_M.id).where(_M.expires_at <= now).limit(_AT_ONCE)
            ids = (await connection.scalars(expired)).all()
        gone = await self._emptied(ids)
        if gone:
            async with writing(self._engine) as connection:
                # Deleted for good: what is over cannot be used again.
                await connection.execute(delete(_MEDIA).where(_M.id.in_(gone)))
        return len(gone) == _AT_ONCE

    async def _emptied(self, ids: Sequence[MediaId]) -> list[MediaId]:
        gone: list[MediaId] = []
        for media_id in ids:
            try:
                await self._store.delete(media_id)
            except StoreAwayError as error:
                _log.warning("media_store_away", error=str(error))
                break
            gone.append(media_id)
        return gone

    async def _announce(self, connection: AsyncConnection, file: NewFile, now: datetime) -> None:
        """Write the row first, so that whatever reaches the store is found and cleared."""
        row = {
            "id": file.id,
            "merchant_id": file.merchant_id,
            "contact_id": file.contact_id and await _owner(connection, file.contact_id),
            "mime_type": file.mime_type,
            "size": len(file.content),
            "width": file.width,
            "height": file.height,
            "stored_at": None,
            "expires_at": now + self._unused,
            "created_at": now,
        }
        await insert_once(connection, _MEDIA, [row])


async def _owner(connection: AsyncConnection, contact_id: ContactId) -> ContactId:
    """Return who the contact is by now, or raise `FileGoneError`."""
    # Who erases the contact waits until the file is written, and finds it.
    merged = (
        select(func.coalesce(Contact.merged_into, Contact.id))
        .where(Contact.id == contact_id)
        .with_for_update(read=True)
    )
    owner: ContactId | None = await connection.scalar(merged)
    if owner is None:
        raise FileGoneError("its contact was erased")
    return owner


def there(media_id: MediaId, now: datetime) -> Any:  # noqa: ANN401 -- a condition
    """Select the row of a file that is neither erased nor expired."""
    return and_(_M.id == media_id, or_(_M.expires_at.is_(None), _M.expires_at > now))


async def erase(
    connection: AsyncConnection | AsyncSession, contact_id: ContactId, now: datetime
) -> None:
    """Give out no file of the contact any more, used or not; `clear` deletes them.

    In the caller's transaction, which erases the rest of the contact.
    """
    theirs = update(_MEDIA).where(_M.contact_id == contact_id)
    await connection.execute(theirs.values(expires_at=now))


async def erase_all(
    connection: AsyncConnection | AsyncSession, merchant_id: MerchantId, now: datetime
) -> None:
    """Give out no file of the merchant any more, as `erase` does for a contact."""
    theirs = update(_MEDIA).where(_M.merchant_id == merchant_id)
    await connection.execute(theirs.values(expires_at=now))


async def move(connection: AsyncConnection, source: ContactId, target: ContactId) -> None:
    """Have the target's files be those of both: they turned out to be one person."""
    theirs = update(_MEDIA).where(_M.contact_id == source)
    await connection.execute(theirs.values(contact_id=target))
