"""The request by which a form's file is fetched, and who performs it."""

from typing import Final

import msgspec

from sokoni.channels.base import Medium
from sokoni.kit.ids import ContactId
from sokoni.media.errors import FileDelayedError, FileRefusedError
from sokoni.media.fetching import Fetch, Fetcher
from sokoni.media.kinds import FileKind
from sokoni.media.models import MediaId
from sokoni.messaging.requests import Asked, Done, RequestDelayedError, RequestRefusedError

FETCH: Final = "media.fetch"


class FileWish(msgspec.Struct, frozen=True, kw_only=True):
    """The request's payload."""

    contact_id: ContactId
    medium: Medium
    kind: FileKind
    """What the slot takes."""


class FetchPerformer:
    """Fetches once per request: its id becomes the file's, so that doing it again is harmless."""

    repeatable = True
    tries = 4
    seconds = 60.0

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=FileWish)
        fetch = Fetch(
            id=MediaId(request.id),
            merchant_id=request.merchant_id,
            account_id=request.account_id,
            contact_id=wish.contact_id,
            medium=wish.medium,
            kind=wish.kind,
        )
        try:
            return Done(await self._fetcher.fetch(fetch))
        except FileRefusedError as error:
            raise RequestRefusedError(error.code) from error
        except FileDelayedError as error:
            raise RequestDelayedError(str(error)) from error
