"""Messages that a provider took and then could not show: they go once more, in a simpler form."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import msgspec
import structlog
from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.accounts import AccountNotFoundError, Accounts
from sokoni.channels.ladder import SIMPLER_HELPS, step_down
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.messaging.catalogues import Doubt, note_doubt
from sokoni.messaging.models import Message, MessageState
from sokoni.messaging.outbox import BODY, UnreadableContentError, read_content
from sokoni.messaging.statuses import Failure

_UNREADABLE: Final = (KeyUnknownError, TamperedError, UnreadableContentError)
_HELPED: Final = frozenset(kind.code for kind in SIMPLER_HELPS)
_MESSAGES: Final = cast("Table", Message.__table__)
_M: Final = _MESSAGES.c
_BODIES: Final = select(_M.id, _M.merchant_id, _M.account_id, _M.body).where(
    _M.id.in_(bindparam("ids", expanding=True))
)
_SIMPLER: Final = (
    update(_MESSAGES)
    .where(_M.id == bindparam("b_id"), _M.state == MessageState.FAILED.value)
    .values(state=MessageState.WAITING.value, due_at=bindparam("b_due"), body=bindparam("b_body"))
)
_log = structlog.get_logger(__name__)


class SimplerForms:
    """Works in the transaction that marks the messages failed. Text has no simpler form."""

    def __init__(self, vault: Vault, accounts: Accounts) -> None:
        self._vault = vault
        self._accounts = accounts

    async def send(
        self, connection: AsyncConnection, failed: Sequence[Failure], now: datetime
    ) -> bool:
        """Put those in line again that have one; tell whether there were any."""
        unshown = {one.message_id: one for one in failed if one.kind in _HELPED}
        if not unshown:
            return False
        rows = (await connection.execute(_BODIES, {"ids": list(unshown)})).all()
        rows = sorted(rows, key=lambda row: row.id)
        doubts: list[Doubt] = []
        bodies = {row.id: await self._simpler(row, unshown[row.id], doubts) for row in rows}
        for doubt in doubts:
            await note_doubt(connection, doubt, now)
        again = [
            {"b_id": message_id, "b_due": now, "b_body": body}
            for message_id, body in bodies.items()
            if body is not None
        ]
        if again:
            await connection.execute(_SIMPLER, again)
        return bool(again)

    async def _simpler(
        self, row: Row[*tuple[Any, ...]], failure: Failure, doubts: list[Doubt]
    ) -> bytes | None:
        """Return the sealed simpler form. That it was needed is a defect of ours."""
        _log.error("send_simplified", message_id=str(row.id), error=failure.reason)
        try:
            account = await self._accounts.get(row.account_id)
            content = read_content(self._vault.open(BODY, row.id, row.body))
        except (AccountNotFoundError, *_UNREADABLE):
            return None
        simpler = step_down(content, account.channel.limits)
        if simpler is None:
            return None
        doubt = Doubt.of(row.merchant_id, content, failure.reason)
        if doubt is not None:
            doubts.append(doubt)
        return self._vault.seal(BODY, row.id, msgspec.json.encode(simpler))
