"""Days as people name them: tomorrow, next friday, next week, last friday, before christmas."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sokoni.language.readers.calendar_dates import date_at, next_date
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import Words

_WEEK: Final = 7
_SUNDAY: Final = 6
_AHEAD: Final = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "after_tomorrow": 2,
    "yesterday": -1,
    "before_yesterday": -2,
}
_WEEKS: Final = {"last_week": -1, "this_week": 0, "next_week": 1}
_MONTHS: Final = {"last_month": -1, "this_month": 0, "next_month": 1}
_MONTHS_END: Final = 3
_FEW_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Days:
    """One day or several, and the likeliest of them."""

    first: date
    last: date
    usual: date
    kind: str = "named"
    """named, weekday, date or span: a weekday and a date may both tell one day."""
    any_week: bool = False
    """It was not told of which week: the coming one is taken."""

    @classmethod
    def of(cls, day: date, kind: str = "named", *, any_week: bool = False) -> "Days":
        return cls(day, day, day, kind, any_week)

    def a_week_later(self) -> "Days":
        week = timedelta(days=_WEEK)
        return Days(self.first + week, self.last + week, self.usual + week, self.kind)


def days_at(words: Words, place: int, today: date, *, whole: bool) -> tuple[Days, int] | None:
    """Return the day or days named at token `place` and where their name ends."""
    named = _feast(words, place, today) or _named(words, place, today)
    if named is None and not words.tokens[place].is_number:
        named = _weekday(words, place, today, whole=whole)
    if named is not None:
        return named
    found = date_at(words, place, today, whole=whole)
    return None if found is None else (Days.of(found[0], "date"), found[1])


def both(known: Days, more: Days) -> Days | None:
    """Return the day that two names tell, None where they contradict each other."""
    if "span" in {known.kind, more.kind}:
        span, day = (known, more) if known.kind == "span" else (more, known)
        within = day.kind != "span" and span.first <= day.first <= span.last
        return day if within else None
    if known.kind == "weekday" and more.kind == "date":
        known, more = more, known
    same = known.first.weekday() == more.first.weekday() and known.kind == "date"
    return known if same or known.first == more.first else None


def either(one: Days, other: Days) -> Days:
    """Return the days from one to another: "friday or saturday", "monday to friday"."""
    first, last = min(one.first, other.first), max(one.last, other.last)
    return Days(first, last, first, "span")


def bounded(words: Words, place: int, today: date) -> tuple[Days, int] | None:
    """Read "before friday" and "after christmas": the days on that side of it."""
    led = time_words().day_bounds.at(words, place)
    if led is None or led[1] >= len(words.tokens):
        return None
    found = days_at(words, led[1], today, whole=False)
    if found is None:
        return None
    days, day = found[0], timedelta(days=1)
    if led[0] == "after_days":
        return Days(days.last + day, days.last + _WEEK * day, days.last + day, "span"), found[1]
    if days.first <= today:
        return None
    return Days(today, days.first - day, today, "span"), found[1]


def _feast(words: Words, place: int, today: date) -> tuple[Days, int] | None:
    found = time_words().feasts.at(words, place)
    if found is None:
        return None
    day, _, month = found[0].partition("/")
    on = next_date(int(day), int(month), today)
    return (Days.of(on, "date"), found[1]) if on else None


def _named(words: Words, place: int, today: date) -> tuple[Days, int] | None:
    found = time_words().days.at(words, place)
    if found is None:
        return None
    kind, end = found
    if kind in _WEEKS:
        return _in_week(words, end, _monday(today, _WEEKS[kind]), today)
    if kind in _AHEAD:
        return Days.of(today + timedelta(days=_AHEAD[kind])), end
    return _span(kind, today), end


def _span(kind: str, today: date) -> Days:
    if kind in {"weekend", "next_weekend"}:
        ahead = _SUNDAY - today.weekday() + (_WEEK if kind == "next_weekend" else 0)
        saturday = today + timedelta(days=max(0, ahead - 1))
        return Days(saturday, today + timedelta(days=ahead), saturday, "span")
    if kind == "few_days":
        day = timedelta(days=1)
        return Days(today, today + _FEW_DAYS * day, today + day, "span")
    month = _month(today, _MONTHS.get(kind, 0))
    last = month.replace(day=monthrange(month.year, month.month)[1])
    if kind == "month_end":
        return Days(last - timedelta(days=_MONTHS_END - 1), last, last, "span")
    return Days(month, last, max(month, today) if kind == "this_month" else month, "span")


def _month(today: date, ahead: int) -> date:
    """Return the first of a month that is so many away."""
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    return date(year, month + 1, 1)


def months_after(day: date, ahead: int) -> date:
    """Return the same day of a later month, or that month's last."""
    month = _month(day, ahead)
    return month.replace(day=min(day.day, monthrange(month.year, month.month)[1]))


def _monday(today: date, ahead: int) -> date:
    return today + timedelta(days=_WEEK * ahead - today.weekday())


def _in_week(words: Words, end: int, monday: date, today: date) -> tuple[Days, int]:
    """Read "next week" and "next week on tuesday"."""
    place = end
    if place < len(words.tokens) and (this := time_words().this.at(words, place)):
        place = this[1]
    found = time_words().weekdays.at(words, place) if place < len(words.tokens) else None
    if found:
        return Days.of(monday + timedelta(days=int(found[0])), "weekday"), found[1]
    usual = max(today, min(today + timedelta(days=_WEEK), monday + timedelta(days=_WEEK)))
    usual = today if monday <= today <= monday + timedelta(days=_SUNDAY) else usual
    return Days(monday, monday + timedelta(days=_SUNDAY), usual, "span"), end


def _weekday(words: Words, place: int, today: date, *, whole: bool) -> tuple[Days, int] | None:
    """Read "friday", "this friday", "next friday", "last friday", "friday next week"."""
    lists = time_words()
    lead = (lists.last, lists.since, lists.next, lists.this)
    led = next((found for phrases in lead if (found := phrases.at(words, place))), None)
    start = led[1] if led else place
    found = lists.weekdays.at(words, start) if start < len(words.tokens) else None
    if found is None:
        return None
    if start == place and not whole and not _sure(words, place, found[1]):
        return None
    weekday, end = int(found[0]), found[1]
    if lists.last.at(words, place) or lists.since.at(words, place):
        return _past(weekday, today), end
    if lists.next.at(words, place):
        monday = _monday(today, 1)
        return Days.of(monday + timedelta(days=weekday), "weekday"), end
    return _trailed(words, weekday, end, today)


def _trailed(words: Words, weekday: int, end: int, today: date) -> tuple[Days, int]:
    """Read what follows a weekday: "friday next week", "Chishanu chakapfuura"."""
    lists = time_words()
    if end < len(words.tokens):
        week = lists.days.at(words, end)
        if week and week[0] in _WEEKS:
            monday = _monday(today, _WEEKS[week[0]])
            return Days.of(monday + timedelta(days=weekday), "weekday"), week[1]
        last = lists.last.at(words, end)
        if last and not lists.weekdays.at(words, min(last[1], len(words.tokens) - 1)):
            return _past(weekday, today), last[1]
        week_on = lists.week_on.at(words, end)
        if week_on:
            return _coming(weekday, today).a_week_later(), week_on[1]
        coming = lists.coming.at(words, end)
        end = coming[1] if coming else end
    return _coming(weekday, today), end


def _coming(weekday: int, today: date) -> Days:
    ahead = (weekday - today.weekday()) % _WEEK or _WEEK
    return Days.of(today + timedelta(days=ahead), "weekday", any_week=True)


def _past(weekday: int, today: date) -> Days:
    behind = (today.weekday() - weekday) % _WEEK or _WEEK
    return Days.of(today - timedelta(days=behind), "weekday")


def _sure(words: Words, place: int, end: int) -> bool:
    """Tell a weekday from the other words that "sat", "sun" and "china" are."""
    lists = time_words()
    if words.phrase(place, end) not in lists.unsure:
        return True
    if end >= len(words.tokens):
        return False
    if words.tokens[end].is_number:
        after = words.tokens[end + 1].folded if end + 1 < len(words.tokens) else ""
        return ":" in words.tokens[end].folded or after in lists.after_numbers
    return any(
        phrases.at(words, end) is not None for phrases in (lists.at, lists.parts, lists.coming)
    )
