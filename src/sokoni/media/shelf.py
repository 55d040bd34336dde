"""What capabilities do with files: they use them, and let them go again."""

from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.session import rows_changed
from sokoni.kit.ids import MerchantId
from sokoni.media.archive import there
from sokoni.media.errors import FileGoneError
from sokoni.media.models import MediaId, StoredFile
from sokoni.media.references import FileRef

_MEDIA: Final = cast("Table", StoredFile.__table__)
_M: Final = _MEDIA.c
_LINGERS: Final = timedelta(days=1)
"""A message that shows it may still be on its way."""


class Shelf:
    """One merchant's files, in the caller's transaction."""

    def __init__(self, session: AsyncSession | AsyncConnection, merchant_id: MerchantId) -> None:
        self._session = session
        self._merchant_id = merchant_id

    async def find(self, media_id: MediaId, now: datetime) -> FileRef | None:
        """Return the file where the merchant has it, and it can be had."""
        statement = select(_M.mime_type).where(self._there(media_id, now))
        mime_type = await self._session.scalar(statement)
        return None if mime_type is None else FileRef(media_id, mime_type)

    async def keep(self, file: FileRef, now: datetime) -> None:
        """Keep the file for as long as something uses it; raise `FileGoneError` without one."""
        kept = update(_MEDIA).where(self._there(file.id, now)).values(expires_at=None)
        if not await rows_changed(self._session, kept):
            raise FileGoneError(file.id)

    async def release(self, media_id: MediaId, now: datetime) -> None:
        """Let go of a file that nothing uses any more; one that is gone is gone."""
        used = and_(_M.merchant_id == self._merchant_id, _M.id == media_id)
        unused = update(_MEDIA).where(used, _M.expires_at.is_(None))
        await self._session.execute(unused.values(expires_at=now + _LINGERS))

    def _there(self, media_id: MediaId, now: datetime) -> Any:  # noqa: ANN401 -- a condition
        mine = _M.merchant_id == self._merchant_id
        return and_(there(media_id, now), mine, _M.stored_at.is_not(None))
