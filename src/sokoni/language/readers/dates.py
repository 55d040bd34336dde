"""Days as people name them: tomorrow, next friday, 25/12, the 5th, next week, last friday."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sokoni.language.phrases import Phrases
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import Words

_WEEK: Final = 7
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_SEPARATORS: Final = frozenset({"/", "-", "."})
_POINTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})")
_NO_DATES: Final = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (24, 7)})
"""Fractions, and the hours and days of those who are always there."""
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
_HOURS: Final = 12
_FEW_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Days:
    """One day or several, and the likeliest of them."""

    first: date
    last: date
    usual: date
    kind: str = "named"
    """named, weekday, date or span: a weekday and a date may both tell one day."""

    @classmethod
    def of(cls, day: date, kind: str = "named") -> "Days":
        return cls(day, day, day, kind)

    def a_week_later(self) -> "Days":
        week = timedelta(days=_WEEK)
        return Days(self.first + week, self.last + week, self.usual + week, self.kind)


def days_at(words: Words, place: int, today: date, *, whole: bool) -> tuple[Days, int] | None:
    """Return the day or days named at token `place` and where their name ends."""
    feast = time_words().feasts.at(words, place)
    if feast:
        day, _, month = feast[0].partition("/")
        return _dated(_made(int(day), int(month), None, today, feast[1]))
    if words.tokens[place].is_number:
        named = _named(words, place, today)
        return named or _dated(_numeric(words, place, today, whole=whole))
    return (
        _named(words, place, today)
        or _weekday(words, place, today, whole=whole)
        or _dated(_month_first(words, place, today))
    )


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


def _dated(found: tuple[date, int] | None) -> tuple[Days, int] | None:
    return None if found is None else (Days.of(found[0], "date"), found[1])


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
    if kind == "weekend":
        ahead = _SUNDAY - today.weekday()
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
        coming = lists.coming.at(words, end)
        end = coming[1] if coming else end
    ahead = (weekday - today.weekday()) % _WEEK or _WEEK
    return Days.of(today + timedelta(days=ahead), "weekday"), end


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


def _numeric(words: Words, place: int, today: date, *, whole: bool) -> tuple[date, int] | None:
    """Read 25/12/2026, 2026-12-25, 25.12.2026, 25 December, the 25th."""
    pointed = _POINTED.fullmatch(words.tokens[place].folded)
    if pointed:
        return _made(int(pointed[1]), int(pointed[2]), _year(pointed[3]), today, place + 1)
    first = _small(words, place)
    if first is None:
        return None
    months = time_words().months_asked if whole else time_words().months
    return _separated(words, place, today, whole=whole) or _day_of_month(
        words, place, first, today, months
    )


def _separated(words: Words, place: int, today: date, *, whole: bool) -> tuple[date, int] | None:
    tokens = words.tokens
    if place + 2 >= len(tokens) or tokens[place + 1].folded not in _SEPARATORS:
        return None
    first, second = _small(words, place), _small(words, place + 2)
    if first is None or second is None or not words.is_free(place, place + 3):
        return None
    third = _third(words, place + 3, tokens[place + 1].folded)
    if first > 31 and third is not None:
        return _made(third, second, first, today, place + 5)
    if third is not None:
        return _made(first, second, _year(tokens[place + 4].folded), today, place + 5)
    if tokens[place + 1].folded == "-" and first <= _HOURS and second <= _HOURS:
        return None  # "8-10" are hours.
    plain = tokens[place + 1].folded != "/" or (first, second) in _NO_DATES
    return (
        None
        if plain and not (whole and place + 3 == len(tokens))
        else _made(first, second, None, today, place + 3)
    )


def _third(words: Words, place: int, separator: str) -> int | None:
    if place + 1 >= len(words.tokens) or words.tokens[place].folded != separator:
        return None
    return _small(words, place + 1)


def _day_of_month(
    words: Words, place: int, day: int, today: date, months: Phrases[str]
) -> tuple[date, int] | None:
    """Read "25 December 2026", "25th of December" and "the 25th"."""
    lists, tokens, end = time_words(), words.tokens, place + 1
    ordinal = end < len(tokens) and tokens[end].folded in lists.ordinals and words.glued(end)
    end += ordinal
    month_place = end + (end < len(tokens) and tokens[end].folded in {"of", "wa", "ka"})
    month = months.at(words, month_place) if month_place < len(tokens) else None
    if month:
        year, end = _year_at(words, month[1])
        return _made(day, int(month[0]), year, today, end)
    if not ordinal:
        return None
    return _in_month(day, today, end)


def _in_month(day: int, today: date, end: int) -> tuple[date, int] | None:
    """Return the next day of that number, this month or a later one."""
    month = today.replace(day=1)
    for _ in range(3):
        if day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return month.replace(day=day), end
        month = (month + timedelta(days=32)).replace(day=1)
    return None


def _month_first(words: Words, place: int, today: date) -> tuple[date, int] | None:
    """Read "December 25"."""
    month = time_words().months.at(words, place)
    if month is None or month[1] >= len(words.tokens):
        return None
    day = _small(words, month[1])
    if day is None or not 1 <= day <= 31:
        return None
    end = month[1] + 1
    if end < len(words.tokens) and words.tokens[end].folded in time_words().ordinals:
        end += 1
    year, end = _year_at(words, end)
    return _made(day, int(month[0]), year, today, end)


def _year_at(words: Words, place: int) -> tuple[int | None, int]:
    if place < len(words.tokens):
        folded = words.tokens[place].folded
        if len(folded) == 4 and folded.isdigit() and "2000" <= folded <= "2099":
            return int(folded), place + 1
    return None, place


def _small(words: Words, place: int) -> int | None:
    folded = words.tokens[place].folded
    return int(folded) if len(folded) <= 4 and folded.isascii() and folded.isdigit() else None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) <= 2 else 0)


def _made(
    day: int, month: int, year: int | None, today: date, end: int
) -> tuple[date, int] | None:
    """Return the date if there is such a one; without a year, the next one."""
    try:
        made = date(year or today.year, month, day)
        if year is None and made < today:
            made = date(today.year + 1, month, day)
    except ValueError:
        return None
    return made, end
