"""Counts what happens to tasks: in memory, and added to the database now and then."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.session import insert_once
from sokoni.db.writing import writing
from sokoni.dialogue.journeys import Happened, Mark
from sokoni.dialogue.models import TaskCount
from sokoni.kit.ids import MerchantId

_TABLE: Final = cast("Table", TaskCount.__table__)


class _Key(NamedTuple):
    merchant_id: MerchantId
    day: date
    task: str
    step: str
    happened: Happened


_ADD: Final = (
    update(_TABLE)
    .where(*(_TABLE.c[name] == bindparam(f"b_{name}") for name in _Key._fields))
    .values(count=_TABLE.c.count + bindparam("b_count"))
)


class Tally:
    """One process's counts. What a process that is killed had not written yet is not counted."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._counts: Counter[_Key] = Counter()

    def count(self, merchant_id: MerchantId, day: date, marks: Iterable[Mark]) -> None:
        for mark in marks:
            self._counts[_Key(merchant_id, day, mark.task, mark.step, mark.happened)] += mark.times

    async def flush(self) -> None:
        """Add what was counted since the last time; what cannot be added is kept for the next."""
        counted, self._counts = self._counts, Counter()
        if not counted:
            return
        try:
            await self._add(counted)
        except BaseException:
            self._counts.update(counted)
            raise

    async def _add(self, counted: Counter[_Key]) -> None:
        # In key order, so that two processes never wait for one another in a circle.
        keys = sorted(counted)
        rows = [{**key._asdict(), "count": 0} for key in keys]
        more = [_bound({**key._asdict(), "count": counted[key]}) for key in keys]
        async with writing(self._engine) as connection:
            await insert_once(connection, _TABLE, rows)
            await connection.execute(_ADD, more)


def _bound(values: Mapping[str, object]) -> dict[str, object]:
    return {f"b_{name}": value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something happened to a task, at one of its steps or as a whole."""

    task: str
    step: str
    happened: Happened
    count: int


async def counts_by_day(
    session: AsyncSession, merchant_id: MerchantId, day: date
) -> Mapping[str, Mapping[date, int]]:
    """Return how many tasks began, were finished and were left, by day from this one on."""
    whole = (Happened.STARTED, Happened.FINISHED, Happened.LEFT)
    summed = (
        select(TaskCount.happened, TaskCount.day, func.sum(TaskCount.count))
        .where(
            TaskCount.merchant_id == merchant_id,
            TaskCount.day >= day,
            TaskCount.happened.in_([one.value for one in whole]),
        )
        .group_by(TaskCount.happened, TaskCount.day)
        .order_by(TaskCount.happened, TaskCount.day)
    )
    found: dict[str, dict[date, int]] = {}
    for happened, on, count in await session.execute(summed):
        found.setdefault(f"tasks_{happened}", {})[on] = int(count)
    return found


async def counts_since(
    session: AsyncSession, merchant_id: MerchantId, day: date
) -> Sequence[Counted]:
    """Return the sums of all days from this one on."""
    summed = (
        select(TaskCount.task, TaskCount.step, TaskCount.happened, func.sum(TaskCount.count))
        .where(TaskCount.merchant_id == merchant_id, TaskCount.day >= day)
        .group_by(TaskCount.task, TaskCount.step, TaskCount.happened)
        .order_by(TaskCount.task, TaskCount.step)
    )
    return [
        Counted(task, step, Happened(happened), int(count))
        for task, step, happened, count in await session.execute(summed)
    ]
