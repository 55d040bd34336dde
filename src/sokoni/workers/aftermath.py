"""What follows from a batch of turns: tells carried, people merged, staff told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.vault import Vault
from sokoni.db.versions import touch
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.erasing import begin_anew, is_erased
from sokoni.messaging.merging import Merging, move_late
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.requests import ask, asking
from sokoni.messaging.tells import Tells, Whisper
from sokoni.messaging.turn_rows import Claimed, Handled, Writes
from sokoni.workers.turned import Turned

_BUSY: Final = timedelta(milliseconds=200)
_NAME: Final = "contacts.name"


class Aftermath:
    """Does what reaches beyond the conversation, in the batch's own transaction."""

    def __init__(self, vault: Vault, tells: Tells, merging: Merging, alerts: StaffAlerts) -> None:
        self._vault = vault
        self._tells = tells
        self._merging = merging
        self._alerts = alerts

    async def follow(
        self, connection: AsyncConnection, turned: Sequence[Turned], now: datetime
    ) -> None:
        """Carry the tells of the turns, and those for staff."""
        whispers: list[Whisper] = []
        for one in turned:
            whispers += one.whispers
            if one.moved and is_erased(one.claimed):
                await begin_anew(connection, self._vault, one.claimed, now)
            elif one.moved:
                await move_late(connection, one.claimed, now)
            if one.timers:
                await self._tells.set_timers(connection, one.claimed, one.timers, now)
            for wanted in one.asks:
                await ask(connection, self._vault, asking(one.claimed, wanted), now)
            for told in one.for_staff:
                whispers += await self._alerts.whispers(
                    connection, one.claimed, told.prompt, once=told.once, now=now
                )
        await self._tells.carry(connection, whispers, now)
        # Last, and in one order: others who count in the same rows wait until the commit.
        touched = {(one.claimed.merchant_id, kind) for one in turned for kind in one.touched}
        for merchant_id, kind in sorted(touched):
            await touch(connection, merchant_id, kind)

    async def merge(
        self, connection: AsyncConnection, turned: Sequence[Turned], now: datetime
    ) -> Writes:
        """Make one person of several, after the batch is written: what it logged moves too."""
        writes = Writes()
        for one in turned:
            for event, change in one.merges:
                if await self._merging.merge(connection, one.claimed, change, now):
                    writes.handled.append(Handled(event.id))
                else:
                    writes.postponed.append((event.id, now + _BUSY))
        return writes

    async def tell_staff_of_parked(
        self, connection: AsyncConnection, one: Claimed, now: datetime
    ) -> None:
        prompt = Prompt("staff.parked", {"name": self._name(one)})
        once = f"parked:{one.events[0].id.hex}"
        whispers = await self._alerts.whispers(connection, one, prompt, once=once, now=now)
        await self._tells.carry(connection, whispers, now)

    def _name(self, one: Claimed) -> str:
        return self._vault.open_text(_NAME, one.contact_id, one.name)
