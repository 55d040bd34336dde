"""What was said of a time, made an instant or a window in the merchant's zone and hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sokoni.language.readers.bounds import Hours
from sokoni.language.readers.clock import Clock
from sokoni.language.readers.dates import Days
from sokoni.language.readers.delays import FARTHEST
from sokoni.language.readers.parts import PARTS
from sokoni.language.reading import Moment, Scene, Vagueness, Window

_A_DAY: Final = timedelta(days=1)
_SOON: Final = timedelta(days=7)
_EARLIEST_MEANT: Final = 5
"""An hour before opening that is no sooner is meant as said: 7:30, but 3 is 15:00."""
_DAY: Final = "day"


@dataclass(frozen=True, slots=True)
class Said:
    """What has been told of a time so far."""

    days: Days | None = None
    hours: Hours | None = None
    part: str = ""
    today: bool = False
    """Whether the part is one of today: "this morning"."""
    exact: datetime | None = None
    within: bool = False
    """Whether any time is meant until then, not then."""
    soon: bool = False
    contradicts: bool = False

    @property
    def only_a_part(self) -> bool:
        return bool(self.part) and self == Said(part=self.part)


NOTHING: Final = Said()


def moment_of(said: Said, text: str, scene: Scene) -> Moment | None:
    """Return the time that is meant; None where there is no such one."""
    if said.contradicts or said is NOTHING:
        return None
    if said.exact is not None:
        return _until(said.exact, text, scene) if said.within else Moment(said.exact, text)
    if said.soon and said.days is None and said.hours is None and not said.part:
        return _soon(text, scene)
    try:
        moment = _resolved(said, text, scene)
    except OverflowError:
        return None
    return moment if abs(moment.at - scene.now) <= FARTHEST else None


def _soon(text: str, scene: Scene) -> Moment:
    now = scene.now.replace(second=0, microsecond=0)
    return Moment(now, text, window=Window(now, now + _SOON, Vagueness.SOON))


def _until(end: datetime, text: str, scene: Scene) -> Moment:
    window = _window(scene.now, end, Vagueness.RANGE, scene)
    return Moment(window.start, text, _part_of(window.start.hour), window=window)


def _resolved(said: Said, text: str, scene: Scene) -> Moment:
    hours = said.hours
    if said.days is not None and (said.within or said.days.kind == "span"):
        return _some_day(said, said.days, text, scene)
    if hours is None:
        return _vague(said, text, scene)
    if hours.at is not None:
        hour, minute = _hour_of(hours.at, said, scene)
        at = _next(_day_of(said, scene), hour * 60 + minute, said, scene)
        return Moment(at, text, assumed=_assumed(said, hours.at))
    return _between(said, hours, text, scene)


def _some_day(said: Said, days: Days, text: str, scene: Scene) -> Moment:
    """Return one of several days; an hour that was told with them is the likeliest."""
    if said.hours and said.hours.at:
        hour, minute = _hour_of(said.hours.at, said, scene)
    else:
        hour, minute = (PARTS[said.part].usual if said.part else scene.opens), 0
    first = scene.now.date() if said.within else days.first
    window = _window(
        _at(first, 0, scene), _at(days.last, 0, scene) + _A_DAY, Vagueness.DAYS, scene
    )
    part = PARTS[said.part].of if said.part else _DAY
    likeliest = max(_at(days.usual, hour * 60 + minute, scene), window.start)
    return Moment(likeliest, text, part, window=window)


def _vague(said: Said, text: str, scene: Scene) -> Moment:
    """Return a day, or a part of one."""
    day = _day_of(said, scene)
    if not said.part:
        window = _window(_at(day, 0, scene), _at(day, 0, scene) + _A_DAY, Vagueness.DAY, scene)
        at = max(_at(day, scene.opens * 60, scene), window.start)
        return Moment(at, text, _DAY, _assumed(said), window)
    part = PARTS[said.part]
    at = _next(day, part.usual * 60, said, scene)
    start, end = _at(at.date(), part.first * 60, scene), _at(at.date(), part.last * 60, scene)
    window = _window(start, end, Vagueness.PART, scene)
    return Moment(max(at, window.start), text, part.of, _assumed(said), window)


def _between(said: Said, hours: Hours, text: str, scene: Scene) -> Moment:
    last = _minutes(hours.before, said, scene) if hours.before else 24 * 60
    first = _minutes(hours.after, said, scene) if hours.after else _begins(said.part, last)
    if last <= first:
        last += 12 * 60 if last + 12 * 60 > first else 24 * 60
    day = _day_of(said, scene)
    whole = hours.after is not None and hours.before is not None
    if said.days is None and _at(day, first if whole else last, scene) <= scene.now:
        day += _A_DAY
    start, end = _at(day, first, scene), _at(day, last, scene)
    window = _window(start, end, Vagueness.RANGE, scene)
    opening = _at(day, scene.opens * 60, scene)
    at = opening if hours.after is None and opening < window.end else window.start
    told = hours.after or hours.before
    assumed = _assumed(said, told)
    return Moment(max(at, window.start), text, _part_of(at.hour), assumed, window)


def _assumed(said: Said, clock: Clock | None = None) -> tuple[str, ...]:
    """Return what of the moment was not said."""
    if said.days is None:
        day = () if said.today else ("day",)
    else:
        day = ("week",) if said.days.any_week else ()
    if clock is None or clock.half or _half_of(said, clock.hour):
        return day
    return (*day, "half")


def _begins(part: str, last: int) -> int:
    """Return when the part of a day begins in which something is to be before its last minute."""
    first = PARTS[part].first * 60 if part else 0
    return first if first < last else 0


def _minutes(clock: Clock, said: Said, scene: Scene) -> int:
    hour, minute = _hour_of(clock, said, scene)
    return hour * 60 + minute


def _part_of(hour: int) -> str:
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"


def _day_of(said: Said, scene: Scene) -> date:
    return said.days.first if said.days else scene.now.date()


def _next(day: date, minutes: int, said: Said, scene: Scene) -> datetime:
    """Return the instant, of the next day where none was told and today's is over."""
    at = _at(day, minutes, scene)
    over = said.days is None and not said.today and at <= scene.now
    return _at(day + _A_DAY, minutes, scene) if over else at


def _at(day: date, minutes: int, scene: Scene) -> datetime:
    days, minutes = divmod(minutes, 24 * 60)
    clock = time(minutes // 60, minutes % 60)
    return datetime.combine(day + timedelta(days=days), clock, tzinfo=scene.now.tzinfo)


def _window(start: datetime, end: datetime, kind: Vagueness, scene: Scene) -> Window:
    """Return the window, of which what is over already is no part."""
    now = scene.now.replace(second=0, microsecond=0)
    return Window(max(start, now) if end > now else start, end, kind)


def _hour_of(clock: Clock, said: Said, scene: Scene) -> tuple[int, int]:
    """Return the hour of 24 that is meant."""
    if said.part == "evening" and clock.hour % 12 == 0 and clock.half in {"", "24"}:
        return 24, clock.minute  # Midnight of an evening is the end of that day.
    if clock.half == "24":
        return clock.hour, clock.minute
    half = clock.half or _half_of(said, clock.hour)
    if half:
        return clock.hour % 12 + (12 if half == "pm" else 0), clock.minute
    return _in_business(clock, scene), clock.minute


def _half_of(said: Said, hour: int) -> str:
    if not said.part:
        return ""
    if said.part == "morning":
        if hour < _EARLIEST_MEANT and not said.today:
            return ""  # "Mangwanani, mangwana na3": a greeting, and the afternoon.
        return "am"
    return "pm"


def _in_business(clock: Clock, scene: Scene) -> int:
    """Return the hour that falls inside opening hours, else the likelier one."""
    early, late = clock.hour % 12, clock.hour % 12 + 12
    for hour in (early, late):
        if scene.opens <= hour and hour * 60 + clock.minute <= scene.closes * 60:
            return hour
    return early if early >= _EARLIEST_MEANT else late
