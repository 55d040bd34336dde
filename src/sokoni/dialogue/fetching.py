"""The request by which a form's file is fetched, and who performs it."""

from abc import ABC, abstractmethod
from typing import Final

import msgspec
from typing_extensions import override

from sokoni.channels.inbound import Medium
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import ContactId, RequestId, new_id
from sokoni.media.errors import (
    FileDelayedError,
    FileRefusedError,
    FileTooLargeError,
    FileTypeRefusedError,
)
from sokoni.media.fetching import Fetch, Fetcher
from sokoni.media.kinds import FileKind
from sokoni.media.models import MediaId
from sokoni.messaging.events import Answer
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.requests import Asked, Done, RequestDelayedError, RequestRefusedError

FETCH: Final = "media.fetch"
_TOLD: Final = frozenset({FileTooLargeError.code, FileTypeRefusedError.code})
"""What the contact can do something about; for anything else they may send it again."""


class FileWish(msgspec.Struct, frozen=True, kw_only=True):
    """The request's payload."""

    contact_id: ContactId
    medium: Medium
    kind: FileKind
    """What the slot takes."""


def fetch(
    context: TurnContext, medium: Medium, wanted: FileKind, *, request: str = FETCH
) -> RequestId:
    """Have a file of the turn's contact fetched; return the request, whose id becomes the file's.

    The answer is a `FileRef`. A capability that asks by a `request` of its own names it among its
    `fetches`, and has an answer handler for it.
    """
    wish = FileWish(contact_id=context.person.id, medium=medium, kind=wanted)
    return context.ask(request, wish, once=f"file:{new_id().hex}")


class _Failed(msgspec.Struct, frozen=True):
    """What the answer to a request that failed carries."""

    reason: str = ""


def not_fetched(answer: Answer) -> Prompt:
    """Return what to say of a file that did not come, and may be sent again."""
    reason = msgspec.json.decode(answer.data, type=_Failed).reason
    return Prompt(f"dialogue.{reason if reason in _TOLD else 'file_not_fetched'}")


def _fetch_of(request: Asked, wish: FileWish) -> Fetch:
    """Return what is to be fetched."""
    return Fetch(
        id=MediaId(request.id),
        merchant_id=request.merchant_id,
        account_id=request.account_id,
        contact_id=wish.contact_id,
        medium=wish.medium,
        kind=wish.kind,
    )


class FilePerformer(ABC):
    """Performs requests with a `FileWish`; each kind says what becomes of the file."""

    repeatable = True
    tries = 4
    seconds = 60.0

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=FileWish)
        try:
            return Done(await self.take(_fetch_of(request, wish)))
        except FileRefusedError as error:
            raise RequestRefusedError(error.code) from error
        except FileDelayedError as error:
            raise RequestDelayedError(str(error)) from error

    @abstractmethod
    async def take(self, wanted: Fetch) -> object:
        """Fetch the file and return the answer."""


class FetchPerformer(FilePerformer):
    """Fetches once per request: its id becomes the file's, so that doing it again is harmless."""

    @override
    async def take(self, wanted: Fetch) -> object:
        return await self._fetcher.fetch(wanted)
