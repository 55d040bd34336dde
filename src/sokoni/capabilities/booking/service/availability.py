"""When providers have time: their hours without breaks, days off, and what is booked."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import ProviderHours, ProviderId
from sokoni.capabilities.booking.service.calendars import kept_of
from sokoni.capabilities.booking.service.hours import Span, Stretch, working
from sokoni.kit.ids import MerchantId

QUARTER: Final = 15 * 60
STEP: Final = timedelta(minutes=30)
"""Free times are offered so far apart."""
AHEAD: Final = timedelta(days=14)
"""The next free time is looked for so far ahead."""


def quarters(start: datetime, end: datetime) -> range:
    """Return the quarters of an hour that a time touches."""
    first = int(start.timestamp()) // QUARTER
    return range(first, max(first, -(-int(end.timestamp()) // QUARTER)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of one provider's time, within the span that was loaded."""

    zone: ZoneInfo
    within: Span
    stretches: tuple[Stretch, ...] = ()
    absences: tuple[Span, ...] = ()
    busy: frozenset[int] = frozenset()
    buffer: timedelta = timedelta()
    earliest: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    """No job begins before, lead time included."""

    def free(self, minutes: int, step: timedelta = STEP) -> Iterator[datetime]:
        """Yield when a job of so many minutes may begin."""
        length = timedelta(minutes=minutes)
        for span in working(self.stretches, self.zone, self.within):
            start = span.start
            while start + length <= span.end:
                if self.within.start <= start < self.within.end and self._fits(start, length):
                    yield start
                start += step

    def is_free(self, start: datetime, minutes: int) -> bool:
        """Tell whether a job may begin just then, on the half hour or not."""
        return self.works(start, minutes) and self._fits(start, timedelta(minutes=minutes))

    def works(self, start: datetime, minutes: int) -> bool:
        """Tell whether the provider works then, whatever is booked."""
        job = Span(start, start + timedelta(minutes=minutes))
        spans = working(self.stretches, self.zone, job)
        inside = any(span.start <= job.start and job.end <= span.end for span in spans)
        return inside and self._there(job)

    def _fits(self, start: datetime, length: timedelta) -> bool:
        job = Span(start, start + length)
        free = self.busy.isdisjoint(quarters(start, job.end + self.buffer))
        return free and self._there(job)

    def _there(self, job: Span) -> bool:
        """Tell whether it is not too soon, and the provider not off."""
        return job.start >= self.earliest and not any(job.overlaps(one) for one in self.absences)


class Availability:
    """The calendars of one merchant's providers."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, zone: ZoneInfo
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._zone = zone

    async def of(self, provider_id: ProviderId, within: Span) -> Calendar:
        return (await self.of_many([provider_id], within))[provider_id]

    async def of_many(
        self, provider_ids: Collection[ProviderId], within: Span
    ) -> Mapping[ProviderId, Calendar]:
        """Load several calendars at once, however many there are."""
        # A job that begins within may go on after it.
        touched = quarters(within.start, within.end + timedelta(days=1))
        ids = list(provider_ids)
        kept = await kept_of(self._session, self._merchant_id, ids, within.start, touched)
        return {
            provider_id: Calendar(
                zone=self._zone,
                within=within,
                stretches=tuple(one.stretches),
                absences=tuple(one.absences),
                busy=frozenset(one.busy),
                buffer=timedelta(minutes=one.buffer_minutes),
                earliest=self._now + timedelta(minutes=one.lead_minutes),
            )
            for provider_id, one in kept.items()
        }

    async def next_free(
        self, provider_ids: Collection[ProviderId], minutes: int
    ) -> Mapping[ProviderId, datetime | None]:
        """Return for each when they first have time, None where it is not soon."""
        within = Span(self._now, self._now + AHEAD)
        calendars = await self.of_many(provider_ids, within)
        return {one: next(calendar.free(minutes), None) for one, calendar in calendars.items()}

    async def times(
        self,
        provider_id: ProviderId,
        minutes: int,
        within: Span,
        *,
        limit: int,
        exactly: bool = False,
    ) -> Sequence[datetime]:
        """Return the first free times of a provider in a span of time.

        `exactly`: its beginning is one of them where it is free, on the half hour or not.
        """
        calendar = await self.of(provider_id, within)
        if exactly and within.start >= self._now and calendar.is_free(within.start, minutes):
            return (within.start, *islice(calendar.free(minutes), limit))[:limit]
        return tuple(islice(calendar.free(minutes), limit))

    async def hours_of(self, provider_id: ProviderId) -> Sequence[Stretch]:
        """Return when the provider works in a week."""
        statement = select(ProviderHours.weekday, ProviderHours.opens, ProviderHours.closes).where(
            ProviderHours.provider_id == provider_id
        )
        return sorted(Stretch(*row) for row in await self._session.execute(statement))
