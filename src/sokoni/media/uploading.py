"""Pictures that merchants bring themselves: of products, say."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from sokoni.kit.ids import MerchantId
from sokoni.media.archive import Archive, NewFile
from sokoni.media.errors import FileDelayedError, FileTooLargeError, FileTypeRefusedError
from sokoni.media.kinds import JPEG, FileKind, sniffed
from sokoni.media.models import MediaId
from sokoni.media.pictures import Picture, Pictures
from sokoni.media.references import FileRef
from sokoni.media.stores.base import StoreAwayError

_ID_BYTES: Final = 16


class Uploader:
    """Makes what is brought plain, and keeps it until something uses it, or it expires."""

    def __init__(self, pictures: Pictures, archive: Archive, *, most: int) -> None:
        """Take pictures of so many bytes at `most`."""
        self._pictures = pictures
        self._archive = archive
        self._most = most

    async def picture(self, merchant_id: MerchantId, content: bytes) -> FileRef:
        """Return the stored picture, the same for the same bytes.

        Raise `FileRefusedError` or `FileDelayedError`. It has transactions of its own: no other
        may be open.
        """
        if len(content) > self._most:
            raise FileTooLargeError("bytes")
        if not FileKind.IMAGE.takes(sniffed(content)):
            raise FileTypeRefusedError("no picture")
        there = await self._archive.find(_named(merchant_id, content))
        if there is not None:
            return there.ref
        file = _file(merchant_id, content, await self._pictures.plain(content))
        try:
            return await self._archive.keep(file)
        except StoreAwayError as error:
            raise FileDelayedError(str(error)) from error

    async def clear(self, now: datetime) -> None:
        """Delete what is over: until it is deleted, the same cannot be kept anew."""
        while await self._archive.clear(now):
            pass

    async def drawn(self, merchant_id: MerchantId, pictures: Iterable[Picture]) -> list[FileRef]:
        """Return the stored pictures, which we drew ourselves: there is nothing to make plain.

        Like `picture` it has transactions of its own.
        """
        files = [_file(merchant_id, one.content, one) for one in pictures]
        return await self._archive.keep_all(files)


def _file(merchant_id: MerchantId, brought: bytes, plain: Picture) -> NewFile:
    return NewFile(
        id=_named(merchant_id, brought),
        merchant_id=merchant_id,
        contact_id=None,
        mime_type=JPEG,
        content=plain.content,
        width=plain.width,
        height=plain.height,
    )


def _named(merchant_id: MerchantId, content: bytes) -> MediaId:
    """Return the id of a merchant's file with this content."""
    digest = hashlib.sha256(merchant_id.bytes + content).digest()
    return MediaId(UUID(bytes=digest[:_ID_BYTES], version=4))
