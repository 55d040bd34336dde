"""Makes events of times that fell due, kicks what a broker lost, deletes what is long over."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.agenda import Agenda, Times
from sokoni.db.writing import reading, writing
from sokoni.dialogue.manifest import Calendar, Tidy
from sokoni.kit.clock import Clock
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.events import StaffAct, StaffNews, Timer, TimerFor
from sokoni.messaging.inbox import Inbox, Own
from sokoni.messaging.seats import seats_of
from sokoni.messaging.tells import Tells, Whisper
from sokoni.messaging.timers import (
    Fallen,
    forget_hold,
    forget_wake,
    held_too_long,
    prune_events,
    prune_messages,
    prune_requests,
    woken,
)
from sokoni.messaging.waiting import MOMENTS
from sokoni.messaging.wakeups import INBOX, Hints
from sokoni.reviews.tidying import prune_deals, prune_reports
from sokoni.search.misses import prune_misses
from sokoni.verification.erasing import prune_codes
from sokoni.workers.looping import keep_running, wait_for
from sokoni.workers.requests import RequestWorker

DIALOGUE: Final = "dialogue"
_AT_ONCE: Final = 500
_EVERY_SECONDS: Final = 1.0
_SOON_SECONDS: Final = 0.1
"""While something falls due: what goes out in waves would else go in jerks."""
_PRUNED_EVERY: Final = timedelta(minutes=1)

Clearing: TypeAlias = Callable[[datetime], Awaitable[bool]]
"""Deletes what has expired, outside the database or in transactions of its own; True asks for
another call soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long rows stay that are over."""

    events: timedelta = timedelta(days=14)
    """Longer than any provider repeats a webhook: Meta does for a week."""
    requests: timedelta = timedelta(days=30)
    messages: timedelta | None = None
    """None keeps the log for ever."""
    deals: timedelta | None = None
    """With their reviews; None keeps them for ever."""
    reports: timedelta | None = None
    """From the decision on; None keeps them for ever."""
    misses: timedelta = timedelta(days=90)
    """What was looked for and not found."""
    codes: timedelta = timedelta(days=2)


class Sweep:
    """One step a second, more while things fall due.

    `requests` is swept too: what its broker lost is kicked again.
    `tidies` are what capabilities do about rows of their own that are over, `calendars` what they
    have that falls due; `clearings` have no transaction to share, since they may take their time.
    """

    def __init__(  # noqa: PLR0913 -- the worker's collaborators, each by name
        self,
        *,
        engine: AsyncEngine,
        clock: Clock,
        inbox: Inbox,
        hints: Hints,
        requests: RequestWorker | None = None,
        kept: Kept | None = None,
        tidies: Sequence[Tidy] = (),
        calendars: Sequence[Calendar] = (),
        clearings: Sequence[Clearing] = (),
        alerts: StaffAlerts | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._inbox = inbox
        self._hints = hints
        self._requests = requests
        self._kept = kept or Kept()
        self._tidies = tidies
        self._calendars = calendars
        self._clearings = clearings
        self._alerts = alerts
        self._tells = Tells(inbox)
        self._agenda = Agenda([MOMENTS, *(calendar.times for calendar in calendars)])
        self._prune_at: datetime | None = None
        self._busy = False
        self._optional = (
            (prune_messages, self._kept.messages),
            (prune_deals, self._kept.deals),
            (prune_reports, self._kept.reports),
            (prune_misses, self._kept.misses),
            (prune_codes, self._kept.codes),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until told to stop; a database that is away is waited for."""

        async def step() -> None:
            swept = await self.run_once()
            if self._requests is not None:
                await self._requests.kick_due()
            if swept < _AT_ONCE:
                await wait_for(stop, _SOON_SECONDS if self._busy else _EVERY_SECONDS)

        await keep_running("sweep", step, stop)

    @property
    def times(self) -> Times:
        """When conversations wake or are given back, and when what is in calendars falls due."""
        return [*MOMENTS, *(at for calendar in self._calendars for at in calendar.times)]

    def prunes_at(self) -> datetime:
        """Return when it deletes again what is over."""
        return self._prune_at or self._clock()

    async def run_once(self) -> int:
        """Make the events of every time that fell due; return how many."""
        now = self._clock()
        moment, *dates = await self._looked()
        self._busy = any(_is_due(at, now) for at in (moment, *dates))
        made = 0
        if _is_due(moment, now):
            made += await self._wake(now) + await self._give_back(now)
        for calendar, date in zip(self._calendars, dates, strict=True):
            if _is_due(date, now):
                made += await self._keep_appointments(calendar, now)
        if made:
            self._hints.notify(INBOX)
        await self._prune(now)
        return made

    async def _looked(self) -> list[datetime | None]:
        """Look before locking: mostly there is nothing, and a writer holds up SQLite."""
        async with reading(self._engine) as connection:
            return await self._agenda.read(connection)

    async def _wake(self, now: datetime) -> int:
        async with writing(self._engine) as connection:
            fallen = await woken(connection, now, _AT_ONCE)
            if fallen:
                await forget_wake(connection, fallen)
                await self._store(connection, fallen, Timer(name=DIALOGUE), now)
        return len(fallen)

    async def _give_back(self, now: datetime) -> int:
        async with writing(self._engine) as connection:
            fallen = await held_too_long(connection, now, _AT_ONCE)
            if fallen:
                await forget_hold(connection, fallen)
                await self._store(connection, fallen, StaffAct(act="back"), now)
        return len(fallen)

    async def _keep_appointments(self, calendar: Calendar, now: datetime) -> int:
        async with writing(self._engine) as connection:
            timers = await calendar.take(connection, now, _AT_ONCE)
            await self._inbox.store_own(connection, await _owns(connection, timers, now))
            told = await calendar.tell(connection, now, _AT_ONCE) if calendar.tell else ()
            whispers = [one for one in told if isinstance(one, Whisper)]
            for one in told:
                if isinstance(one, StaffNews):
                    whispers += await self._for_staff(connection, one, now)
            await self._tells.carry(connection, whispers, now)
        return len(timers) + len(told)

    async def _for_staff(
        self, connection: AsyncConnection, news: StaffNews, now: datetime
    ) -> list[Whisper]:
        if self._alerts is None:
            return []
        told = news.told
        return await self._alerts.whispers(connection, news, told.prompt, once=told.once, now=now)

    async def _store(
        self,
        connection: AsyncConnection,
        fallen: Sequence[Fallen],
        event: Timer | StaffAct,
        now: datetime,
    ) -> None:
        name = type(event).__name__.lower()
        owns = [
            Own.to(one, event, key=f"{name}:{one.id.hex}:{one.at.isoformat()}", at=now)
            for one in fallen
        ]
        await self._inbox.store_own(connection, owns)

    async def _prune(self, now: datetime) -> None:
        if now < self.prunes_at():
            return
        async with writing(self._engine) as connection:
            pruned = await prune_events(connection, now, self._kept.events)
            pruned += await prune_requests(connection, now, self._kept.requests)
            for prune, kept in self._optional:
                pruned += 0 if kept is None else await prune(connection, now, kept)
            more = [await tidy(connection, now) for tidy in self._tidies]
        more += [await clear(now) for clear in self._clearings]
        # A full batch means that there is more: go on at the next step.
        full = pruned >= _AT_ONCE or any(more)
        self._prune_at = now if full else now + _PRUNED_EVERY


async def _owns(
    connection: AsyncConnection, timers: Sequence[TimerFor], now: datetime
) -> list[Own]:
    """Return the events of contacts who have a conversation: nothing can be said to others."""
    seats = await seats_of(connection, {one.contact_id for one in timers})
    last = {contact_id: theirs[0] for contact_id, theirs in seats.items()}
    return [
        Own.to(seat, one.timer, key=f"due:{seat.id.hex}:{one.once}", at=now)
        for one in timers
        if (seat := last.get(one.contact_id)) is not None
    ]


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
