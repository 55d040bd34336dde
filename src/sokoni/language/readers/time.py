"""A moment anywhere in a message. Takes its tokens at 30, after money and before quantities."""

from collections.abc import Iterator
from dataclasses import replace

from typing_extensions import override

from sokoni.language.readers.bounds import hours_at
from sokoni.language.readers.dates import Days, both, bounded, days_at, either
from sokoni.language.readers.delays import delay_at, span_at
from sokoni.language.readers.moments import NOTHING, Said, moment_of
from sokoni.language.readers.time_words import NUMBER, time_words
from sokoni.language.reading import Found, Moment, Reader, Scene, Vagueness
from sokoni.language.words import Words

_COMMAS = frozenset({",", "\u060c"})
_SIGNS = frozenset("$€£₹₦+%&/=#")


class TimeReader(Reader):
    """Reads `Moment`: "tomorrow at 3pm", "next friday morning", "mangwana na9", "saa tatu"."""

    order = 30

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return the first time that is to come: what is told of the past is no time to meet.

        "Soon", or an hour of today that is over, is meant where no other time is told: "I'm in
        Harare now, can you come tomorrow?"
        """
        otherwise = None
        for found in _told(words, scene):
            if _is_soon(found) or _is_over(found, scene):
                otherwise = otherwise or found
            elif not _happened(found, scene):
                return found
        return otherwise

    @override
    def read(self, words: Words, scene: Scene) -> Moment | None:
        """Take a bare hour too: at a shop that opens at 8, "3" is 15:00.

        What is past is read as well, so that it can be refused.
        """
        found = next(_told(words, scene, whole=True), None)
        if found is None or not _is_all(words, found):
            found = self.find(words, scene) or next(_told(words, scene), None)
        return found.value if found and isinstance(found.value, Moment) else None


def _is_all(words: Words, found: Found) -> bool:
    """Tell whether nothing else is said but small words: "maybe 3", but not "5 people"."""
    place, small = 0, time_words().answering
    while place < len(words.tokens):
        token = words.tokens[place]
        if found.start <= place < found.end:
            place = found.end
            continue
        listed = small.at(words, place)
        if listed is None and (token.is_word or token.is_number or token.folded in _SIGNS):
            return False
        place = listed[1] if listed else place + 1
    return True


def _told(words: Words, scene: Scene, *, whole: bool = False) -> Iterator[Found]:
    """Yield every time that is told, in the order of the words."""
    place = 0
    while place < len(words.tokens):
        end = place + 1
        if _may_begin(words, place, whole=whole):
            since = None if whole else time_words().since.at(words, place)
            if since is not None:
                # What began then is no time to meet, however it is told.
                place = max(since[1], _spoken(words, since[1], scene, whole=False)[1])
                continue
            greeted = _greeting(words, place, whole=whole)
            said, end = (
                (NOTHING, greeted) if greeted else _spoken(words, place, scene, whole=whole)
            )
            moment = (
                None
                if _is_doubtful(words, place, said, whole=whole)
                else moment_of(said, words.original(place, end), scene)
            )
            if moment is not None:
                yield Found(moment, place, end)
            elif whole and (said.contradicts or words.tokens[place].is_number):
                return  # "2 goats": a number that is no hour.
        place = max(end, place + 1)


def _may_begin(words: Words, place: int, *, whole: bool) -> bool:
    """Tell cheaply whether a time may begin with a token: most do not."""
    if not words.free[place]:
        return False
    token, lists = words.tokens[place], time_words()
    if not token.is_number:
        return token.folded in lists.starts
    if whole or not token.folded.isdigit():
        return True
    following = words.tokens[place + 1].folded if place + 1 < len(words.tokens) else ""
    return following in lists.after_numbers


def _greeting(words: Words, place: int, *, whole: bool) -> int | None:
    """Return where a greeting ends that names a part of the day: "Mangwanani, ndoda plumber"."""
    lists = time_words()
    found = lists.greetings.at(words, place)
    if found or whole:
        return found[1] if found else None
    part = lists.parts.at(words, place) if place == 0 else None
    if part is None or part[1] >= len(words.tokens):
        return None
    return part[1] + 1 if words.tokens[part[1]].folded in {*_COMMAS, "!", "."} else None


def _is_doubtful(words: Words, place: int, said: Said, *, whole: bool) -> bool:
    """Tell whether a part of the day may be but a greeting: "morning", "masikati"."""
    return not whole and said.only_a_part and time_words().parts_sure.at(words, place) is None


def _is_soon(found: Found) -> bool:
    window = found.value.window if isinstance(found.value, Moment) else None
    return window is not None and window.kind is Vagueness.SOON


def _is_over(found: Found, scene: Scene) -> bool:
    """Tell an hour of today that is over from a past day: it may have been asked for."""
    moment = found.value
    if not isinstance(moment, Moment) or not moment.is_past(scene.now):
        return False
    return moment.at.date() == scene.now.date()


def _happened(found: Found, scene: Scene) -> bool:
    return isinstance(found.value, Moment) and found.value.is_past(scene.now)


def _spoken(words: Words, start: int, scene: Scene, *, whole: bool) -> tuple[Said, int]:
    """Take day, hours and part of day in any order, as long as they follow one another."""
    said, place, end = NOTHING, start, start
    while place < len(words.tokens) and words.free[place]:
        step = _step(words, place, said, scene, whole=whole)
        if step is not None and step[1] > place and words.is_free(place, step[1]):
            said, end = step
            place = end
            continue
        joined = None if said is NOTHING else _joined(words, place)
        if joined is None:
            break
        place = joined
    return said, end


def _joined(words: Words, place: int) -> int | None:
    """Step over "on", "in the", "for 2 hours" and a comma between two parts of a moment."""
    if words.tokens[place].folded in _COMMAS:
        return place + 1
    found = time_words().joins.at(words, place)
    if found is None:
        return None
    lasting = span_at(words, found[1])
    return lasting[2] if lasting else found[1]


Step = tuple[Said, int]


def _step(words: Words, place: int, said: Said, scene: Scene, *, whole: bool) -> Step | None:
    token = words.tokens[place]
    begins = NUMBER if token.is_number else time_words().starts.get(token.folded)
    if begins is None or said.exact is not None:
        return None
    if begins.delay and said is NOTHING:
        delay = delay_at(words, place, scene.now)
        if delay is not None:
            told, end = delay
            return Said(days=told.days, exact=told.exact, within=told.within), end
    found = _soon(words, place, said) if begins.soon else None
    if found is None and begins.day:
        found = _day(words, place, said, scene, whole=whole)
    if found is None and (begins.hours or begins.part):
        found = _hours_or_part(words, place, said, scene, whole=whole)
    return found


def _soon(words: Words, place: int, said: Said) -> Step | None:
    lists = time_words()
    found = lists.soon.at(words, place) or lists.anytime.at(words, place)
    return (replace(said, soon=True), found[1]) if found else None


def _day(words: Words, place: int, said: Said, scene: Scene, *, whole: bool) -> Step | None:
    today = scene.now.date()
    found = days_at(words, place, today, whole=whole) or bounded(words, place, today)
    if found is None:
        return None
    days, end = _or_other(words, *found, scene, whole=whole)
    named = time_words().days.at(words, place)
    part = "evening" if named and named[0] == "tonight" and not said.part else said.part
    if said.days is None:
        return replace(said, days=days, part=part), end
    return _both(said, said.days, days, end)


def _or_other(
    words: Words, days: Days, end: int, scene: Scene, *, whole: bool
) -> tuple[Days, int]:
    """Read on in "friday or saturday" and "monday to friday"."""
    lists, size = time_words(), len(words.tokens)
    if end >= size:
        return days, end
    up_to = lists.up_to.at(words, end)
    joint = up_to or lists.either.at(words, end)
    if joint is None or joint[1] >= size:
        return days, end
    other = days_at(words, joint[1], scene.now.date(), whole=whole)
    if other is None:
        return days, end
    later = other[0].a_week_later() if up_to and other[0].first < days.first else other[0]
    return either(days, later), other[1]


def _both(said: Said, known: Days, more: Days, end: int) -> Step:
    """Take two names of one day: "friday 4 December"."""
    days = both(known, more)
    if days is None:
        return replace(said, contradicts=True), end
    return replace(said, days=days), end


def _hours_or_part(
    words: Words, place: int, said: Said, scene: Scene, *, whole: bool
) -> Step | None:
    lists = time_words()
    part = lists.parts.at(words, place)
    hours = None
    if said.hours is None:
        known = said.days is not None
        hours = hours_at(words, place, scene, day_known=known, whole=whole)
    # "After lunch" is an afternoon, though noon is an hour.
    if hours is not None and not (part and part[1] >= hours[1]):
        return replace(said, hours=hours[0]), hours[1]
    if part is None or (said.part and said.part != part[0]):
        return None
    today = said.today or lists.parts_today.at(words, place) is not None
    return replace(said, part=part[0], today=today), part[1]
