"""Tells staff when a number has used up most of what it may send for free in a month."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.vault import Vault
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.pricing import STEPS, Usage, note_told, usage
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Tells

_log = structlog.get_logger(__name__)


class Allowances:
    """Called by the sweep, once a minute."""

    def __init__(self, vault: Vault, inbox: Inbox) -> None:
        self._alerts = StaffAlerts(vault)
        self._tells = Tells(inbox)

    async def watch(self, connection: AsyncConnection, now: datetime) -> bool:
        """Tell of every number that came past a step; there is never more to do soon."""
        for one in await usage(connection, now):
            passed = max((step for step in STEPS if step <= one.percent), default=0)
            if passed > one.told and await note_told(connection, one, passed):
                await self._tell(connection, one, passed, now)
        return False

    async def _tell(
        self, connection: AsyncConnection, one: Usage, percent: int, now: datetime
    ) -> None:
        _log.warning(
            "free_messages_used",
            account=str(one.account_id),
            used=one.metered,
            allowance=one.allowance,
            percent=percent,
        )
        words = {"number": one.key, "used": str(one.metered), "allowance": str(one.allowance)}
        once = f"free:{one.account_id.hex}:{one.month:%Y-%m}:{percent}"
        prompt = Prompt("staff.free_messages", words)
        whispers = await self._alerts.whispers(connection, one, prompt, once=once, now=now)
        await self._tells.carry(connection, whispers, now)
