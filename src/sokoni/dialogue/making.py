"""The request by which a file is made for a contact, such as a receipt, and who performs it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.engine import READING
from sokoni.db.vault import Vault
from sokoni.dialogue.everything import Everything, Export
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.wording import Wording
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, RequestId
from sokoni.language.catalogues import Catalogues
from sokoni.media.archive import Archive, NewFile
from sokoni.media.errors import FileGoneError
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.stores.base import StoreAwayError
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import Answer
from sokoni.messaging.requests import Asked, Done, RequestDelayedError, RequestRefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What a maker has to work with. The session only reads."""

    session: AsyncSession
    vault: Vault
    merchant: MerchantProfile
    now: datetime
    wording: Wording
    contact_id: ContactId
    language: str
    """In which the contact reads."""
    everything: Everything
    """Gathers all that is kept of a contact, of all capabilities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that was made."""

    mime_type: str
    content: bytes


Maker: TypeAlias = Callable[[Making, Mapping[str, str]], Awaitable[Made | None]]
"""Makes a file of what was asked for; None where there is no such thing (any more).

It is called outside of any turn, maybe more than once for one request. What takes long it does in
a thread of its own.
"""


class MakeWish(msgspec.Struct, frozen=True, kw_only=True):
    """The request's payload."""

    contact_id: ContactId
    language: str
    what: Mapping[str, str]


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: the file, and what was asked for."""

    file: FileRef
    what: Mapping[str, str]


def handed(answer: Answer) -> Handed | None:
    """Return the file that was made, None where none could be."""
    if answer.outcome != "done":
        return None
    return msgspec.json.decode(answer.data, type=Handed)


def make(context: TurnContext, kind: str, what: Mapping[str, str], *, once: str) -> RequestId:
    """Have a file be made for the turn's contact; its answer handler asks `handed` for it.

    The capability names the kind among its `makes`.
    """
    wish = MakeWish(contact_id=context.person.id, language=context.language, what=what)
    return context.ask(kind, wish, once=once)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where files are made, and kept."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    merchants: MerchantDirectory
    catalogues: Catalogues
    archive: Archive
    exports: Mapping[str, Export]
    file_url: Callable[[FileRef], str]

    async def made(self, maker: Maker, request: Asked, wish: MakeWish) -> Made | None:
        merchant = await self.merchants.get(request.merchant_id)
        engine = self.engine.execution_options(**{READING: True})
        async with AsyncSession(engine, expire_on_commit=False) as session:
            making = Making(
                session=session,
                vault=self.vault,
                merchant=merchant,
                now=self.clock(),
                wording=Wording(self.catalogues, merchant.zone),
                contact_id=wish.contact_id,
                language=wish.language,
                everything=Everything(
                    vault=self.vault,
                    merchant_id=merchant.id,
                    exports=self.exports,
                    file_url=self.file_url,
                    now=self.clock(),
                ),
            )
            return await maker(making, wish.what)


class MakePerformer:
    """Has one kind of file be made and kept. Making it again makes the same."""

    repeatable = True
    tries = 4
    seconds = 60.0

    def __init__(self, maker: Maker, workshop: Workshop) -> None:
        self._maker = maker
        self._workshop = workshop

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=MakeWish)
        made = await self._workshop.made(self._maker, request, wish)
        if made is None:
            raise RequestRefusedError("nothing_to_make")
        file = NewFile(
            id=MediaId(request.id),
            merchant_id=request.merchant_id,
            contact_id=wish.contact_id,
            mime_type=made.mime_type,
            content=made.content,
        )
        try:
            kept = await self._workshop.archive.keep(file)
        except StoreAwayError as error:
            raise RequestDelayedError("store_away") from error
        except FileGoneError as error:
            raise RequestRefusedError("contact_erased") from error
        return Done(Handed(file=kept, what=wish.what))
