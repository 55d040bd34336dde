"""What requests to the API may use of the server."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.channels.accounts import Accounts
from sokoni.db.engine import READING
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.everything import Export
from sokoni.dialogue.judging import Judge
from sokoni.dialogue.manifest import Capability, CountsByDay, EraseContact
from sokoni.kit.cache import Cache, NoCache
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.media.references import FileRef
from sokoni.merchants.directory import MerchantDirectory
from sokoni.messaging.inbox import Inbox
from sokoni.payments.gateways import NoGateways, Offered
from sokoni.places.book import PlaceBook


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """The collaborators of every endpoint."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    merchants: MerchantDirectory
    accounts: Accounts
    inbox: Inbox
    places: PlaceBook
    file_url: Callable[[FileRef], str]
    """Returns the address under which a file is had, for a while."""
    upload: Callable[[MerchantId, bytes], Awaitable[FileRef]]
    """Keeps a picture of the merchant's, or raises why not; in no other transaction."""
    wake: Callable[[], None]
    """Tells the turn workers that something waits; called after the commit."""
    exports: Mapping[str, Export] = field(default_factory=dict)
    """By capability: what it keeps of a contact."""
    erasers: Collection[EraseContact] = ()
    """Of the capabilities: what each deletes of a contact who is erased."""
    judges: Mapping[str, Judge] = field(default_factory=dict)
    """By capability: who takes down what staff reject."""
    cache: Cache = field(default_factory=NoCache)
    installed: Mapping[str, Capability] = field(default_factory=dict)
    """All capabilities by name, whoever switched them on."""
    production: bool = False
    gateways: Offered = field(default_factory=NoGateways)
    """How merchants take money."""
    by_day: Mapping[str, CountsByDay] = field(default_factory=dict)
    """By capability: what it counts for statistics."""


# Like every dependency it is a coroutine: a plain function is run in a thread, and waited for.
async def parts_of(request: Request) -> WebParts:
    return cast("WebParts", request.app.state.parts)


Parts = Annotated[WebParts, Depends(parts_of)]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One connection in one transaction, and a session on it."""

    connection: AsyncConnection
    session: AsyncSession


def reading_session(parts: WebParts) -> AsyncSession:
    """Return a session that only reads, to be closed by the caller."""
    engine = parts.engine.execution_options(**{READING: True})
    return AsyncSession(engine, expire_on_commit=False)


def session_on(connection: AsyncConnection) -> AsyncSession:
    """Return a session in the connection's transaction, to be closed by the caller."""
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)


async def _reading(parts: Parts) -> AsyncIterator[AsyncSession]:
    async with reading_session(parts) as session:
        yield session


async def _writing(parts: Parts) -> AsyncIterator[Transaction]:
    async with writing(parts.engine) as connection, session_on(connection) as session:
        yield Transaction(connection, session)
        await session.flush()
    parts.wake()


Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
"""A session that only reads."""
Writing = Annotated[Transaction, Depends(_writing, scope="function")]
"""The request's one transaction: committed before it is answered, then the workers are woken."""
