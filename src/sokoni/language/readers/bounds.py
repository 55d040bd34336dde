"""Hours that a time lies at, between, after or before: "between 2 and 4", "after 3pm"."""

from dataclasses import dataclass, replace

from sokoni.language.readers.clock import Clock, Told, a_quarter_after, hour_at
from sokoni.language.readers.dates import days_at
from sokoni.language.readers.parts import PARTS
from sokoni.language.readers.time_words import time_words
from sokoni.language.reading import Scene
from sokoni.language.words import Words


@dataclass(frozen=True, slots=True)
class Hours:
    """One hour, or the first, the last, or both of those in between."""

    at: Clock | None = None
    after: Clock | None = None
    before: Clock | None = None


def hours_at(
    words: Words, place: int, scene: Scene, *, day_known: bool, whole: bool
) -> tuple[Hours, int] | None:
    """Return the hours told at token `place`, and where they end.

    Bare numbers are hours only beside a day, or as a whole answer.
    """
    led = time_words().bounds.at(words, place)
    if led is None:
        return _plain(words, place, day_known=day_known, whole=whole)
    if led[1] >= len(words.tokens):
        return None
    kind, start = led
    first = _bound(words, kind, start, bare=True)
    if first is None:
        return None
    last = _up_to(words, first[1]) if kind != "before" else None
    hours, end, told = _spanned(kind, first, last)
    if hours is None:
        return None
    after = time_words().onwards.at(words, end) if end < len(words.tokens) else None
    end = after[1] if after else end
    sure = told or whole or day_known or _day_follows(words, end, scene)
    return (hours, end) if sure else None


def _spanned(kind: str, first: Told, last: Told | None) -> tuple[Hours | None, int, bool]:
    told = first[2] or (last is not None and last[2])
    if last is not None:
        return Hours(after=_alike(first[0], last[0]), before=last[0]), last[1], told
    if kind == "between":
        return None, first[1], told
    hours = Hours(after=first[0]) if kind == "after" else Hours(before=first[0])
    return hours, first[1], told


def _bound(words: Words, kind: str, start: int, *, bare: bool) -> Told | None:
    """Read an hour, or the part of a day that ends or begins there: "before lunch"."""
    hour = hour_at(words, start, bare=bare)
    if hour is not None:
        return hour
    part = time_words().parts.at(words, start)
    if part is None or kind == "between":
        return None
    told = PARTS[part[0]]
    return Clock(told.last if kind == "after" else told.first, 0, "24"), part[1], True


def _plain(words: Words, place: int, *, day_known: bool, whole: bool) -> tuple[Hours, int] | None:
    """Read an hour and what may stand behind it: "2-4pm", "2 to 4", "3 बजे के बाद"."""
    bare = day_known or whole
    last = _ending(words, place) if words.tokens[place].is_number else None
    found = hour_at(words, place, bare=bare, whole=whole)
    if last is not None and (last[1][2] or bare):
        return Hours(after=_alike(last[0], last[1][0]), before=last[1][0]), last[1][1]
    if found is None:
        return None
    return _trailed(words, *found[:2])


def _trailed(words: Words, first: Clock, end: int) -> tuple[Hours, int]:
    """Read what stands behind an hour: "or 4", "to 4", "के बाद"."""
    if end >= len(words.tokens):
        return Hours(at=first), end
    behind = time_words().bounds_after.at(words, end)
    last = _or(words, end)
    if last is None and not (behind and behind[0] == "before_it"):
        last = _up_to(words, end)
    if last is not None:
        return Hours(after=_alike(first, last[0]), before=last[0]), last[1]
    if behind is None:
        return Hours(at=first), end
    hours = Hours(after=first) if behind[0] == "after_it" else Hours(before=first)
    return hours, behind[1]


def _or(words: Words, place: int) -> Told | None:
    """Read "or 4" after an hour."""
    found = time_words().either.at(words, place)
    if found is None or found[1] >= len(words.tokens):
        return None
    other = hour_at(words, found[1], bare=True)
    return (a_quarter_after(other[0]), *other[1:]) if other else None


def _ending(words: Words, place: int) -> tuple[Clock, Told] | None:
    """Read "2-4pm" and "2 to 4 pm", whose first number has no word of its own."""
    folded = words.tokens[place].folded
    if not folded.isdigit() or not 0 < int(folded[:3]) <= 12 or place + 1 >= len(words.tokens):
        return None
    last = _up_to(words, place + 1) or _or(words, place + 1)
    return (Clock(int(folded)), last) if last else None


def _up_to(words: Words, place: int) -> Told | None:
    """Read "to 4", "na4", "- 4pm" after an hour."""
    if place >= len(words.tokens):
        return None
    lists = time_words()
    found = lists.up_to.at(words, place)
    if found is None or found[1] >= len(words.tokens):
        return None
    last = hour_at(words, found[1], bare=True)
    if last is None:
        return None
    after = lists.between_it.at(words, last[1]) if last[1] < len(words.tokens) else None
    return (last[0], after[1], True) if after else last


def _alike(first: Clock, last: Clock) -> Clock:
    """Give the first hour the last one's half of the day, unless it would come after it."""
    if first.half or last.half not in {"am", "pm"}:
        return first
    before = (first.hour % 12, first.minute) < (last.hour % 12, last.minute)
    other = "am" if last.half == "pm" else "pm"
    return replace(first, half=last.half if before else other)


def _day_follows(words: Words, place: int, scene: Scene) -> bool:
    if place >= len(words.tokens):
        return False
    joined = time_words().joins.at(words, place)
    place = joined[1] if joined and joined[1] < len(words.tokens) else place
    return days_at(words, place, scene.now.date(), whole=False) is not None
