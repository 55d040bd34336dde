"""What applying statuses asks of SQLite, MariaDB and MySQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import BindParameter, Table, bindparam, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import EventId, OutboxId
from sokoni.messaging.models import EventKind, EventState, InboxEvent, Message
from sokoni.messaging.statuses import Advance, StatusEvent, Target

_INBOX: Final = cast("Table", InboxEvent.__table__)
_MESSAGES: Final = cast("Table", Message.__table__)
_I, _M = _INBOX.c, _MESSAGES.c
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)

_CLAIM: Final = (
    select(_I.id, _I.account_id, _I.payload, _I.attempts, _I.received_at)
    .where(
        _I.state == EventState.WAITING.value,
        _I.conversation_id.is_(None),
        _I.kind == EventKind.STATUS.value,
        _I.due_at <= bindparam("now"),
    )
    .order_by(_I.due_at)
    .limit(bindparam("most"))
)
_COLUMNS: Final = (_M.id, _M.account_id, _M.state, _M.provider_id, _M.priced)
_BY_ID: Final = select(*_COLUMNS).where(_M.id.in_(_IDS), _M.outbound)
_BY_NAME: Final = select(*_COLUMNS).where(
    _M.provider_id.in_(bindparam("names", expanding=True)), _M.outbound
)
_NOW: Final = bindparam("b_now", type_=_M.state_at.type)
_LOCKED: Final = select(_M.id, _M.state, _M.priced).where(_M.id.in_(_IDS))
_ADVANCE: Final = (
    update(_MESSAGES)
    .where(_M.id == bindparam("b_id"), _M.state == bindparam("b_before"))
    .values(
        state=bindparam("b_state"),
        provider_id=bindparam("b_provider_id"),
        error=bindparam("b_error"),
        priced=bindparam("b_priced"),
        state_at=case((bindparam("b_moved"), _NOW), else_=_M.state_at),
    )
)
_DELETE: Final = delete(_INBOX).where(_I.id.in_(_IDS))
_PUT_OFF: Final = (
    update(_INBOX).where(_I.id.in_(_IDS)).values(due_at=bindparam("due"), attempts=_I.attempts + 1)
)
_END: Final = (
    update(_INBOX)
    .where(_I.id.in_(_IDS))
    .values(state=bindparam("b_state"), handled_at=bindparam("b_now"))
)


class PortableStatusSql:
    """For databases without array parameters. `locks`: rows can be locked (not SQLite)."""

    def __init__(self, *, locks: bool) -> None:
        self._locks = locks

    async def claim(
        self, connection: AsyncConnection, now: datetime, limit: int
    ) -> list[StatusEvent]:
        statement = _CLAIM.with_for_update(skip_locked=True) if self._locks else _CLAIM
        rows = await connection.execute(statement, {"now": now, "most": limit})
        return [StatusEvent(*row) for row in rows]

    async def targets(
        self, connection: AsyncConnection, ids: Sequence[UUID], provider_ids: Sequence[str]
    ) -> list[Target]:
        rows: list[Any] = []
        if ids:
            rows += (await connection.execute(_BY_ID, {"ids": list(ids)})).all()
        if provider_ids:
            rows += (await connection.execute(_BY_NAME, {"names": list(provider_ids)})).all()
        return [Target(*row) for row in rows]

    async def advance(
        self, connection: AsyncConnection, advances: Sequence[Advance], now: datetime
    ) -> set[OutboxId]:
        # An executemany tells no row counts, so the rows are locked and compared first.
        statement = _LOCKED.with_for_update() if self._locks else _LOCKED
        rows = await connection.execute(statement, {"ids": [one.id for one in advances]})
        now_is = {row[0]: (row[1], row[2]) for row in rows}
        passing = [one for one in advances if now_is.get(one.id) == (one.before, one.was_priced)]
        passing.sort(key=lambda one: one.id)
        if passing:
            await connection.execute(_ADVANCE, [_bound(one, now) for one in passing])
        return {one.id for one in passing}

    async def delete(self, connection: AsyncConnection, ids: Sequence[EventId]) -> None:
        await connection.execute(_DELETE, {"ids": list(ids)})

    async def put_off(
        self, connection: AsyncConnection, ids: Sequence[EventId], due_at: datetime
    ) -> None:
        await connection.execute(_PUT_OFF, {"ids": list(ids), "due": due_at})

    async def end(
        self, connection: AsyncConnection, ids: Sequence[EventId], state: int, now: datetime
    ) -> None:
        await connection.execute(_END, {"ids": list(ids), "b_state": state, "b_now": now})


def _bound(one: Advance, now: datetime) -> dict[str, Any]:
    return {
        "b_id": one.id,
        "b_before": one.before,
        "b_state": one.state,
        "b_provider_id": one.provider_id,
        "b_error": one.error,
        "b_priced": one.priced,
        "b_moved": one.state != one.before,
        "b_now": now,
    }
