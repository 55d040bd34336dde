"""Fetches what a contact sent: from the provider, into the store, made harmless on the way."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from sokoni.channels.accounts import AccountNotFoundError, Accounts
from sokoni.channels.errors import MediumDelayedError, MediumGoneError
from sokoni.channels.inbound import Located, Medium
from sokoni.kit.download import (
    Downloader,
    DownloadError,
    Errand,
    RefusedAddressError,
    TooLargeError,
)
from sokoni.kit.ids import AccountId, ContactId, MerchantId
from sokoni.media.archive import Archive, NewFile
from sokoni.media.errors import (
    FileDelayedError,
    FileGoneError,
    FileTooLargeError,
    FileTypeRefusedError,
)
from sokoni.media.kinds import JPEG, FileKind, is_picture, sniffed
from sokoni.media.models import MediaId
from sokoni.media.pictures import Pictures
from sokoni.media.references import FileRef
from sokoni.media.stores.base import StoreAwayError

_DIGEST: Final = 32
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A file to be fetched, and for whom."""

    id: MediaId
    """It will have; fetching again under the same one makes no second file."""
    merchant_id: MerchantId
    account_id: AccountId
    contact_id: ContactId
    medium: Medium
    kind: FileKind
    """What was asked for."""


class Fetcher:
    """Collaborators: who knows where it is, who brings it, who makes it plain, who keeps it."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        downloader: Downloader,
        pictures: Pictures,
        archive: Archive,
        most: Mapping[FileKind, int],
    ) -> None:
        """Take files of so many bytes at `most`."""
        self._accounts = accounts
        self._downloader = downloader
        self._pictures = pictures
        self._archive = archive
        self._most = most

    async def fetch(self, fetch: Fetch) -> FileRef:
        """Return the stored file, or raise `FileRefusedError` or `FileDelayedError`."""
        there = await self._archive.find(fetch.id)
        if there is not None:
            return there.ref
        content = await self._brought(fetch)
        try:
            return await self._archive.keep(await self._plain(fetch, content))
        except StoreAwayError as error:
            raise FileDelayedError(str(error)) from error

    async def read(self, fetch: Fetch) -> bytes:
        """Return a file that is not kept, as it was sent; raise as `fetch` does."""
        content = await self._brought(fetch)
        mime_type = sniffed(content)
        if not fetch.kind.takes(mime_type):
            raise FileTypeRefusedError(mime_type or "unknown")
        return content

    async def _brought(self, fetch: Fetch) -> bytes:
        located, most = await self._located(fetch), self._most[fetch.kind]
        if located.size > most or len(located.content or b"") > most:
            raise FileTooLargeError("bytes")
        if located.content is not None:
            return located.content
        content = await self._downloaded(located, most)
        if not _is_whole(content, fetch.medium.sha256):
            raise FileDelayedError("another file than the one that was sent")
        return content

    async def _located(self, fetch: Fetch) -> Located:
        try:
            account = await self._accounts.get(fetch.account_id)
            return await account.channel.locate(fetch.medium)
        except (MediumGoneError, AccountNotFoundError) as error:
            raise FileGoneError(str(error)) from error
        except MediumDelayedError as error:
            raise FileDelayedError(str(error)) from error

    async def _downloaded(self, located: Located, most: int) -> bytes:
        errand = Errand(
            url=located.url,
            most=most,
            headers=located.headers,
            hosts=located.hosts,
        )
        try:
            return await self._downloader.download(errand)
        except TooLargeError as error:
            raise FileTooLargeError("bytes") from error
        except RefusedAddressError as error:
            # The provider, or somebody in its place, leads us where we have no business.
            _log.warning("media_address_refused", error=str(error))
            raise FileGoneError(str(error)) from error
        except DownloadError as error:
            # An address that has ended is asked for anew at the next try.
            raise FileDelayedError(str(error)) from error

    async def _plain(self, fetch: Fetch, content: bytes) -> NewFile:
        mime_type, width, height = sniffed(content), 0, 0
        if not fetch.kind.takes(mime_type):
            raise FileTypeRefusedError(mime_type or "unknown")
        if is_picture(mime_type):
            picture = await self._pictures.plain(content)
            mime_type, content = JPEG, picture.content
            width, height = picture.width, picture.height
        return NewFile(
            id=fetch.id,
            merchant_id=fetch.merchant_id,
            contact_id=fetch.contact_id,
            mime_type=mime_type,
            content=content,
            width=width,
            height=height,
        )


def _is_whole(content: bytes, told: str) -> bool:
    """Tell whether it is what the webhook spoke of, where that says so in a way we know."""
    try:
        digest = base64.b64decode(told, validate=True)
    except ValueError:
        return True
    return len(digest) != _DIGEST or digest == hashlib.sha256(content).digest()
