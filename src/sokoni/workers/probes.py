"""Learns what came of the messages that asked whether a paused number can send again."""

from collections.abc import Iterable
from typing import Final, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.writing import reading
from sokoni.messaging.models import Message, MessageState
from sokoni.messaging.numbers import Number

_M: Final = cast("Table", Message.__table__).c
_DELIVERED: Final = select(_M.id).where(
    _M.id.in_(bindparam("ids", expanding=True)),
    _M.state.in_([MessageState.SENT.value, MessageState.DELIVERED.value, MessageState.READ.value]),
)


async def delivered_probes(engine: AsyncEngine, numbers: Iterable[Number]) -> list[Number]:
    """Return the numbers of which one such message went out; most have none."""
    asking = [number for number in numbers if number.probes]
    if not asking:
        return []
    ids = [probe for number in asking for probe in number.probes]
    async with reading(engine) as connection:
        went_out = set(await connection.scalars(_DELIVERED, {"ids": ids}))
    return [number for number in asking if not went_out.isdisjoint(number.probes)]
