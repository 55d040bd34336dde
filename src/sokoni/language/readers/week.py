"""When somebody works, in words: "8 to 5 monday to saturday", "closed on sundays", "lunch 1 to 2".

What is told is a change of a week, or all of one; `booking` works out what it makes of theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from typing_extensions import override

from sokoni.language.readers.bounds import Hours, hours_at
from sokoni.language.readers.clock import Clock
from sokoni.language.readers.week_words import WEEK, day_named, week_words
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

DAY: Final = 24 * 60
_HOUR: Final = 60
_HALF: Final = 12
_EARLIEST_BARE: Final = 5
"""Nobody opens at a mere "3" in the night: it is the afternoon's."""
_MOST_OF_A_WEEK: Final = 5
_LONGEST_SPAN: Final = 8
"""Words: "from half past 7 to quarter to 5"."""
_ENDS: Final = frozenset({";", ".", "\n"})


class Doing(StrEnum):
    """What is told of days."""

    WORKS = "works"
    """At these times and no others; at their usual ones where no time is told."""
    SHUT = "shut"
    OPENS = "opens"
    """The first work of a day begins then."""
    CLOSES = "closes"
    BREAK = "break"
    UNBROKEN = "unbroken"


@dataclass(frozen=True, slots=True)
class DaysSaid:
    """One thing told of some days, times in minutes after midnight."""

    doing: Doing
    days: tuple[int, ...] = ()
    """Weekdays, 0 being Monday. None: every day that is worked."""
    spans: tuple[tuple[int, int], ...] = ()
    """From when until when; a time beyond midnight is of the day after."""
    at: int = 0
    """When they open or close."""


@dataclass(frozen=True, slots=True)
class WeekSaid:
    """All that is told of a week, in the order in which it holds."""

    parts: tuple[DaysSaid, ...]
    also: bool = False
    """It comes to what is known: days that are not named stay."""

    @property
    def is_whole(self) -> bool:
        """Tell whether most of a week is told, so that the other days are free."""
        works = (part.days for part in self.parts if part.doing is Doing.WORKS)
        named = {day for days in works for day in days}
        return not self.also and len(named) >= _MOST_OF_A_WEEK


class WeekReader(Reader):
    """Reads `WeekSaid`, of taken words too: "closed on" begins the task, and says what is done."""

    order = 30

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        told = week_told(words.untaken(), scene)
        if told is None:
            return None
        first, *others = told.spans
        return Found(told.week, *first, tuple(others))

    @override
    def read(self, words: Words, scene: Scene) -> WeekSaid | None:
        told = week_told(words.untaken(), scene)
        return None if told is None else told.week


@dataclass(frozen=True, slots=True)
class WeekTold:
    """What is told of a week, the tokens that tell it, and the first word that means nothing."""

    week: WeekSaid
    spans: tuple[tuple[int, int], ...]
    unread: str = ""


def week_told(words: Words, scene: Scene) -> WeekTold | None:
    """Return all that is told of a week anywhere in the words."""
    items, unread = _items(words, scene)
    parts = tuple(_parts(items))
    if not parts:
        return None
    also = any(item.also for item in items)
    spans = tuple((item.start, item.end) for item in items)
    return WeekTold(WeekSaid(parts, also), spans, unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A piece of what is told: days, hours, or a word for what is done."""

    start: int
    end: int
    days: tuple[int, ...] = ()
    hours: Hours | None = None
    doing: str = ""
    also: bool = False
    parted: bool = False
    """A comma, "and" or nothing that we know stands before it."""
    ends: bool = False
    """What came before it is over."""


def _items(words: Words, scene: Scene) -> tuple[list[_Item], str]:
    items: list[_Item] = []
    place, parted, ends, unread = 0, False, False, ""
    while place < len(words.tokens):
        shut = bool(items) and items[-1].doing == "shut"
        item = _item(words, place, scene, shut=shut) if words.free[place] else None
        if item is not None:
            items.append(replace(item, parted=parted, ends=ends))
            place, parted, ends = item.end, False, False
            continue
        token = words.tokens[place]
        ends = ends or token.folded in _ENDS or _new_line(words, place)
        parted = parted or week_words().joints.at(words, place) is not None
        spoken = token.is_word or token.is_number
        if spoken and token.folded not in week_words().small:
            unread = unread or words.original(place, place + 1)
        place += 1
    return items, unread


def _item(words: Words, place: int, scene: Scene, *, shut: bool) -> _Item | None:
    lists = week_words()
    doing = lists.doing.at(words, place)
    if doing is not None and doing[0] in {"round", "unbroken", "break"}:
        return _Item(start=place, end=doing[1], doing=doing[0])
    days = _days(words, place, scene, shut=shut)
    if days is not None:
        return _Item(start=place, end=days[1], days=days[0])
    hours = _hours(words, place, scene)
    if hours is not None:
        return _Item(start=place, end=hours[1], hours=hours[0])
    if doing is not None:
        return _Item(start=place, end=doing[1], doing=doing[0])
    also = lists.also.at(words, place)
    return None if also is None else _Item(start=place, end=also[1], also=True)


def _hours(words: Words, place: int, scene: Scene) -> tuple[Hours, int] | None:
    """Read as much as is hours, whatever follows them: "8 to 5 except sundays"."""
    best = None
    for size in (len(words.tokens) - place, *range(_LONGEST_SPAN, 0, -1)):
        part = words.part(place, place + size)
        found = hours_at(part, 0, scene, day_known=True, whole=True) if part.tokens else None
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return None if best is None else (best[0], place + best[1])


def _new_line(words: Words, place: int) -> bool:
    between = words.text[words.tokens[place - 1].end : words.tokens[place].start] if place else ""
    return "\n" in between


# --- days ----------------------------------------------------------------------------------------


def _days(
    words: Words, place: int, scene: Scene, *, shut: bool
) -> tuple[tuple[int, ...], int] | None:
    """Read "monday", "mon-fri", "monday to friday and sunday", "weekdays".

    Of "closed on sundays, monday to saturday 8 to 5" only the first day is one of those `shut`.
    """
    found = _one_or_range(words, place)
    if found is None:
        return None
    days, end = found
    while end < len(words.tokens):
        joint = week_words().joints.at(words, end)
        more = _one_or_range(words, joint[1] if joint else end)
        if more is None or (shut and _hours(words, more[1], scene) is not None):
            break
        days, end = (*days, *(day for day in more[0] if day not in days)), more[1]
    return days, end


def _one_or_range(words: Words, place: int) -> tuple[tuple[int, ...], int] | None:
    first = _named(words, place)
    if first is None or first[1] >= len(words.tokens):
        return first
    through = week_words().through.at(words, first[1])
    last = _named(words, through[1]) if through else None
    if last is None:
        return first
    return _from_to(first[0], last[0]), last[1]


def _named(words: Words, place: int) -> tuple[tuple[int, ...], int] | None:
    if place >= len(words.tokens) or not words.free[place]:
        return None
    found = week_words().days.at(words, place)
    if found is not None:
        return found
    first, dash, last = words.tokens[place].folded.partition("-")
    ends = (day_named(first), day_named(last)) if dash else (None, None)
    if ends[0] is None or ends[1] is None:
        return None
    return _from_to(ends[0], ends[1]), place + 1


def _from_to(first: Sequence[int], last: Sequence[int]) -> tuple[int, ...]:
    """Return the days from one to another; a week has no end."""
    start = first[0]
    return tuple((start + ahead) % 7 for ahead in range((last[-1] - start) % 7 + 1))


# --- what is told of them ------------------------------------------------------------------------


@dataclass(slots=True)
class _Clause:
    """What is told of some days, until it is whole."""

    days: tuple[int, ...] = ()
    led: bool = False
    """The days came before what is told of them."""
    doing: str = ""
    hours: list[Hours] | None = None

    @property
    def says(self) -> bool:
        return bool(self.doing or self.hours)


def _parts(items: Sequence[_Item]) -> Iterator[DaysSaid]:
    for clause in _clauses([one for one in items if not one.also]):
        yield from _said(clause)


def _clauses(items: Sequence[_Item]) -> Iterator[_Clause]:
    clause = _Clause()
    for number, item in enumerate(items):
        if _begins(clause, item, items[number + 1 : number + 3]):
            yield clause
            clause = _next(clause, item)
        if item.days:
            clause.led = clause.led or not clause.says
            clause.days = (*clause.days, *item.days)
        elif item.hours is not None:
            clause.hours = [*(clause.hours or ()), item.hours]
        else:
            clause.doing = item.doing
    yield clause


def _next(clause: _Clause, item: _Item) -> _Clause:
    """Begin another clause. A break is of the days that were named just before it."""
    same = item.doing in {"break", "unbroken"} and clause.led and not item.ends
    return _Clause(days=clause.days, led=True) if same else _Clause()


def _begins(clause: _Clause, item: _Item, after: Sequence[_Item]) -> bool:
    """Tell whether the item begins something else than what the clause tells."""
    if not clause.says:
        return bool(clause.days) and item.ends
    if item.ends:
        return True
    if item.days:
        return bool(clause.days) or (item.parted and _leads(after))
    if item.hours is None:
        lunch = item.doing == "break" and not _leads(after)
        return not (lunch and clause.hours and len(clause.hours) == 1 and not clause.doing)
    if clause.days and not clause.led:
        return True
    return bool(clause.hours) and clause.doing in {"break", "opens", "shut"}


def _leads(after: Sequence[_Item]) -> bool:
    """Tell whether what follows is told of what stands before it, and not of what comes then."""
    if not after or after[0].ends or after[0].days:
        return False
    return len(after) == 1 or not after[1].days or after[1].ends


def _said(clause: _Clause) -> Iterator[DaysSaid]:
    days = tuple(day for day in WEEK if day in clause.days)
    hours = clause.hours or []
    match clause.doing:
        case "round":
            yield DaysSaid(Doing.WORKS, days or tuple(WEEK), ((0, DAY),))
        case "unbroken":
            yield DaysSaid(Doing.UNBROKEN, days)
        case "break":
            for one in hours[:1]:
                yield DaysSaid(Doing.BREAK, days, (_rest(one),))
        case "shut" if not hours:
            if days:
                yield DaysSaid(Doing.SHUT, days)
        case "shut":
            yield _shut(days, hours[0])
        case _:
            yield from _worked(clause, days, hours)


def _worked(clause: _Clause, days: tuple[int, ...], hours: Sequence[Hours]) -> Iterator[DaysSaid]:
    spans = tuple(_span(one) for one in hours if one.after and one.before)
    if spans or (days and not hours):
        yield DaysSaid(Doing.WORKS, days, spans)
        return
    for one in hours:
        if one.after or (one.at and clause.doing == "opens"):
            yield DaysSaid(Doing.OPENS, days, at=_opening(one.after or one.at))
        elif one.before:
            yield DaysSaid(Doing.CLOSES, days, at=_closing(one.before, None))


def _shut(days: tuple[int, ...], hours: Hours) -> DaysSaid:
    """Read "closed from 1 to 2", "close at 5", "closed before 9"."""
    if hours.after and hours.before:
        return DaysSaid(Doing.BREAK, days, (_span(hours),))
    if hours.before:
        return DaysSaid(Doing.OPENS, days, at=_opening(hours.before))
    return DaysSaid(Doing.CLOSES, days, at=_closing(hours.at or hours.after, None))


# --- times ---------------------------------------------------------------------------------------


def _rest(hours: Hours) -> tuple[int, int]:
    """Return when a break is: an hour, where only its beginning is told."""
    if hours.after and hours.before:
        return _span(hours)
    start = _opening(hours.at or hours.after or hours.before)
    return start, start + _HOUR


def _span(hours: Hours) -> tuple[int, int]:
    opens = _opening(hours.after)
    return opens, _closing(hours.before, opens)


def _opening(clock: Clock | None) -> int:
    """Return when work begins: "8" is in the morning, "2" in the afternoon."""
    if clock is None:
        return 0
    if not clock.half and clock.hour < _EARLIEST_BARE:
        clock = replace(clock, half="pm")
    return _minutes(clock)


def _closing(clock: Clock | None, opens: int | None) -> int:
    """Return when work ends: the next such time after it began, or a mere "5" in the afternoon."""
    if clock is None:
        return DAY
    closes = _minutes(clock)
    if clock.half or clock.hour > _HALF:
        return closes + DAY if opens is not None and closes <= opens else closes
    while closes <= (opens if opens is not None else DAY // 2 - 1):
        closes += DAY // 2
    return closes


def _minutes(clock: Clock) -> int:
    hour = clock.hour
    if clock.half in {"am", "pm"}:
        hour = hour % _HALF + (_HALF if clock.half == "pm" else 0)
    return hour * _HOUR + clock.minute
