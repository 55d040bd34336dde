"""When a provider works: weekly hours made into stretches of real time, clock changes included."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Part of a working week: minutes after midnight of a weekday, 0 being Monday.

    `closes` may lie beyond midnight: 26 x 60 is two in the morning after.
    """

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment to another, both aware and UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def working(stretches: Sequence[Stretch], zone: ZoneInfo, within: Span) -> Iterator[Span]:
    """Yield the spans of work that touch a span of time, in order; those that meet are one."""
    by_day: dict[int, list[Stretch]] = {}
    for one in sorted(stretches):
        by_day.setdefault(one.weekday, []).append(one)
    spans = (
        span
        for day in _days(within, zone)
        for one in by_day.get(day.weekday(), ())
        if (span := _span(day, one, zone)).start < span.end
    )
    return (span for span in _joined(spans) if span.overlaps(within))


def _days(within: Span, zone: ZoneInfo) -> Iterator[date]:
    """Yield local days, from the one before: its work may go on over midnight."""
    day = within.start.astimezone(zone).date() - _DAY
    last = within.end.astimezone(zone).date()
    while day <= last:
        yield day
        day += _DAY


def _span(day: date, one: Stretch, zone: ZoneInfo) -> Span:
    return Span(instant(day, one.opens, zone), instant(day, one.closes, zone))


def instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return what a clock on the wall shows as a moment.

    A time that the clocks leap over is the moment after the leap; one that comes twice is the
    first.
    """
    later, minute = divmod(minutes, _MINUTES_A_DAY)
    wall = datetime.combine(day + later * _DAY, time(minute // 60, minute % 60), tzinfo=zone)
    return wall.astimezone(UTC)


def day_of(day: date, zone: ZoneInfo) -> Span:
    """Return a local day from midnight to midnight."""
    return Span(instant(day, 0, zone), instant(day, _MINUTES_A_DAY, zone))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    before: Span | None = None
    for span in spans:
        if before is not None and span.start <= before.end:
            before = Span(before.start, max(before.end, span.end))
            continue
        if before is not None:
            yield before
        before = span
    if before is not None:
        yield before
