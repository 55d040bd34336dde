"""What whoever has broadcasts sent works with: staff by command, programs by the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.capabilities.broadcast.lines import Line
from sokoni.capabilities.broadcast.models import Broadcast
from sokoni.capabilities.broadcast.proving import Proof, Proving
from sokoni.capabilities.broadcast.said import BroadcastSaid, ContentRefusedError
from sokoni.capabilities.broadcast.service import (
    Broadcasts,
    BroadcastUnknownError,
    ProofOutdatedError,
)
from sokoni.capabilities.broadcast.settings import NAME
from sokoni.capabilities.broadcast.telling import TEXT, TRY
from sokoni.contacts.facts import Fact
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, ContactId, new_id
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import Tell, TellTo, Timer
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Tells, Whisper


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastDesk:
    """One merchant's desk."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    inbox: Inbox
    merchant: MerchantProfile
    facts: Mapping[str, Fact]
    lines: Mapping[AccountId, Line]
    tasks: frozenset[str]
    by: str
    """Who works at it."""

    def check(self, said: BroadcastSaid) -> None:
        """Raise where the broadcast asks for, or leads to, what there is not."""
        if NAME not in self.merchant.capabilities:
            raise BroadcastUnknownError("broadcasts are not switched on")
        said.check(self.facts, self.tasks)

    async def draft(self, said: BroadcastSaid) -> Broadcast:
        self.check(said)
        async with writing(self.engine) as connection, _on(connection) as session:
            return await self._service(session).draft(said, self.by)

    async def revise(self, reference: str, said: BroadcastSaid) -> Broadcast:
        self.check(said)
        async with writing(self.engine) as connection, _on(connection) as session:
            return await self._service(session).revise(reference, said)

    async def prove(self, reference: str) -> Proof:
        """Make the proof, in transactions of its own."""
        return await self._proving().prove(reference)

    async def send(self, reference: str, proof: str) -> Broadcast:
        """Let it begin with the hash of its last proof, where its audience is still the same."""
        async with reading(self.engine) as connection, _on(connection) as session:
            row = await self._service(session).sendable(reference, proof)
            session.expunge(row)
        joined, left = await self._proving().moved(row)
        if joined or left:
            raise ProofOutdatedError(
                f"{joined} joined its audience, {left} left it: prove it again."
            )
        async with writing(self.engine) as connection, _on(connection) as session:
            return await self._service(session).send(reference, proof, self.by)

    async def pause(self, reference: str) -> Broadcast:
        async with writing(self.engine) as connection, _on(connection) as session:
            return await self._service(session).pause(reference, f"staff: {self.by}"[:120])

    async def resume(self, reference: str) -> Broadcast:
        async with writing(self.engine) as connection, _on(connection) as session:
            return await self._service(session).resume(reference)

    async def stop(self, reference: str) -> Broadcast:
        async with writing(self.engine) as connection, _on(connection) as session:
            return await self._service(session).stop(reference, f"staff: {self.by}"[:120])

    async def try_out(self, reference: str, contacts: Sequence[ContactId]) -> int:
        """Say it to these contacts now, for somebody to look at; who said stop hears nothing."""
        line = next(iter(self.lines), None)
        if line is None:
            raise ContentRefusedError("the merchant has no number or bot")
        now = self.clock()
        async with writing(self.engine) as connection:
            async with _on(connection) as session:
                row = await self._service(session).get(reference)
            tell = Tell(
                prompt=Prompt(TEXT, {"text": ""}),
                purpose=Purpose.NOTICE,
                capability=NAME,
                instead=Timer(name=TRY, data={"broadcast": row.id.hex}),
            )
            once = f"{TRY}:{new_id().hex}"
            told = [TellTo(contact_id=one, tell=tell, once=once) for one in contacts]
            whispers = [Whisper(self.merchant.id, line, one) for one in told]
            await Tells(self.inbox).carry(connection, whispers, now)
        return len(told)

    def _proving(self) -> Proving:
        return Proving(
            engine=self.engine,
            vault=self.vault,
            clock=self.clock,
            merchant=self.merchant,
            facts=self.facts,
            lines=self.lines,
        )

    def _service(self, session: AsyncSession) -> Broadcasts:
        return Broadcasts(session, self.merchant, self.clock())


def _on(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
