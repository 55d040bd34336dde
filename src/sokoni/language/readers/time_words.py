"""The words that tell times, of all languages, read once from the word lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from sokoni.language.lexicon import (
    LANGUAGES,
    entries,
    entries_of,
    keyed,
    keyed_phrases,
    phrases_in,
    words_in,
)
from sokoni.language.phrases import Phrases
from sokoni.language.words import fold, words_of


@dataclass(frozen=True, slots=True)
class Begins:
    """What of a time a word may begin: to ask only for that is most of what reading costs."""

    delay: bool = False
    soon: bool = False
    day: bool = False
    hours: bool = False
    part: bool = False


NUMBER: Final = Begins(delay=True, day=True, hours=True)


@dataclass(frozen=True, slots=True)
class TimeWords:
    """Word lists by what they tell. `days` names days by the section they stand in."""

    days: Phrases[str]
    weekdays: Phrases[str]
    unsure: frozenset[str]
    months: Phrases[str]
    months_asked: Phrases[str]
    """With the words that name a month only where a date was asked for."""
    feasts: Phrases[str]
    next: Phrases[str]
    this: Phrases[str]
    coming: Phrases[str]
    last: Phrases[str]
    since: Phrases[str]
    week_on: Phrases[str]
    of_month: Phrases[str]
    """What leads to a day of the month: "tarehe 25"."""
    soon: Phrases[str]
    anytime: Phrases[str]
    parts: Phrases[str]
    parts_sure: Phrases[str]
    parts_today: Phrases[str]
    greetings: Phrases[str]
    clocks: Phrases[str]
    hour_names: Phrases[str]
    counts: Phrases[str]
    plus: Phrases[str]
    minutes: Phrases[str]
    """Between minutes and their hour: "ten past three"."""
    oclock: Phrases[str]
    halves: Phrases[str]
    hours: frozenset[str]
    at: Phrases[str]
    at_hour: Phrases[str]
    at_weak: Phrases[str]
    saa: Phrases[str]
    bounds: Phrases[str]
    bounds_after: Phrases[str]
    up_to: Phrases[str]
    either: Phrases[str]
    day_bounds: Phrases[str]
    onwards: Phrases[str]
    between_it: Phrases[str]
    joins: Phrases[str]
    delays: Phrases[str]
    from_now: Phrases[str]
    ago: Phrases[str]
    ago_led: Phrases[str]
    units: Phrases[str]
    spans: Phrases[tuple[str, Decimal]]
    units_led: Phrases[str]
    """Units that are one word with what leads to them: "mumaawa maviri"."""
    within: Phrases[str]
    ordinals: frozenset[str]
    answering: Phrases[str]
    """What may stand beside a time in an answer, and says nothing of its own."""
    around: tuple[Phrases[str], ...]
    """What may follow a bare hour without owning it: places, politeness, small words."""
    owners: tuple[Phrases[str], ...]
    """What the number before it counts: units and currencies."""
    towards: tuple[str, ...]
    """What is one word with the place that follows it: "kuHarare"."""
    starts: Mapping[str, Begins]
    """First words of everything that may begin a time, and what of it."""
    after_numbers: frozenset[str]
    """First words of everything that makes a time or a date of the number before it."""

    def named_weekdays(self) -> Iterator[tuple[str, str]]:
        """Yield every name of a weekday, worn ones too, with its number."""
        return iter((*_keyed("weekdays"), *_worn_weekdays(), *_shown("weekdays", 0)))


_DAYS = (
    *("today", "tonight", "tomorrow", "after_tomorrow", "yesterday", "before_yesterday"),
    *("weekend", "next_weekend", "month_end", "this_week", "next_week", "last_week"),
    *("this_month", "next_month", "last_month", "few_days"),
)
_CLOCKS = ("noon", "midnight", "half_past", "quarter_past", "quarter_to")
_PLUS = ("plus_half", "plus_quarter", "less_quarter")
_BOUNDS = ("between", "after", "before")
_BOUNDS_AFTER = ("after_it", "before_it")
_DAY_BOUNDS = ("after_days", "before_days")
_BEGINNING: Final[Mapping[str, tuple[str, ...]]] = {
    "delay": ("articles", "in", "within", "units_led", "ago_led", "units", "spans", "counts"),
    "soon": ("soon", "anytime"),
    "day": (
        *_DAYS,
        "feasts",
        "weekdays",
        "months",
        "next",
        "this",
        "last",
        "since",
        "of_month",
        *_DAY_BOUNDS,
    ),
    "hours": (*_CLOCKS, *_BOUNDS, "at", "at_hour", "at_weak", "saa", "hour_names", "counts"),
    "part": ("parts",),
    "": ("greetings",),
}
_ANSWERING: Final = (
    *(("fillers",), ("politeness",), ("yes",), ("corrections", "markers")),
    *(("time", "joins"), ("time", "at"), ("time", "this"), ("time", "answering")),
)
_NUMBERS: Final = ("numbers", "scales", "fractions")
_AFTER_NUMBERS = (
    "am",
    "pm",
    "oclock",
    "hours",
    "ordinals",
    "up_to",
    "minutes_past",
    *_PLUS,
    *_BOUNDS_AFTER,
)


@cache
def time_words() -> TimeWords:
    return TimeWords(
        days=_sections(_DAYS),
        weekdays=Phrases((*_keyed("weekdays"), *_worn_weekdays(), *_shown("weekdays", 0))),
        unsure=words_in("time", "unsure"),
        months=Phrases(_months()),
        months_asked=Phrases((*_months(), *_keyed("months_asked"))),
        feasts=keyed_phrases("time", "feasts"),
        next=phrases_in("time", "next"),
        this=phrases_in("time", "this"),
        coming=phrases_in("time", "coming"),
        last=phrases_in("time", "last"),
        since=phrases_in("time", "since"),
        week_on=phrases_in("time", "week_on"),
        of_month=phrases_in("time", "of_month"),
        soon=phrases_in("time", "soon"),
        anytime=phrases_in("time", "anytime"),
        parts=keyed_phrases("time", "parts"),
        parts_sure=phrases_in("time", "parts_sure"),
        parts_today=phrases_in("time", "parts_today"),
        greetings=phrases_in("time", "greetings"),
        clocks=_sections(_CLOCKS),
        hour_names=keyed_phrases("time", "hour_names"),
        counts=keyed_phrases("time", "counts"),
        plus=_sections(_PLUS),
        minutes=_sections(("minutes_past", "minutes_to")),
        oclock=phrases_in("time", "oclock"),
        halves=_sections(("am", "pm")),
        hours=words_in("time", "hours"),
        at=phrases_in("time", "at"),
        at_hour=phrases_in("time", "at_hour"),
        at_weak=phrases_in("time", "at_weak"),
        saa=phrases_in("time", "saa"),
        bounds=_sections(_BOUNDS),
        bounds_after=_sections(_BOUNDS_AFTER),
        up_to=phrases_in("time", "up_to"),
        either=phrases_in("price", "either"),
        day_bounds=_sections(_DAY_BOUNDS),
        onwards=phrases_in("time", "onwards"),
        between_it=phrases_in("time", "between_it"),
        joins=phrases_in("time", "joins"),
        delays=phrases_in("time", "in"),
        from_now=phrases_in("time", "from_now"),
        ago=phrases_in("time", "ago"),
        ago_led=phrases_in("time", "ago_led"),
        units=keyed_phrases("time", "units"),
        spans=Phrases((phrase, _span(key)) for phrase, key in _keyed("spans")),
        units_led=keyed_phrases("time", "units_led"),
        within=phrases_in("time", "within"),
        ordinals=words_in("time", "ordinals"),
        answering=Phrases(entry for section in _ANSWERING for entry in entries(*section)),
        around=(
            *(phrases_in("places", "in"), phrases_in("politeness"), phrases_in("things", "stop")),
            *(phrases_in("time", "up_to"), phrases_in("time", "onwards")),
            *(phrases_in("price", "either"), phrases_in("time", "between_it")),
            phrases_in("time", "answering"),
            _sections(_BOUNDS_AFTER),
        ),
        owners=(keyed_phrases("time", "units"), keyed_phrases("currencies"), phrases_in("cents")),
        towards=("ku", "mu", "kwa"),
        starts=_starts(),
        after_numbers=frozenset(_after_numbers()) | {"/", "-", ".", "of", "and"},
    )


def _keyed(name: str) -> Iterator[tuple[str, str]]:
    return ((phrase, key) for phrase, key, _ in keyed("time", name))


def _span(key: str) -> tuple[str, Decimal]:
    amount, _, unit = key.partition(" ")
    return unit, Decimal(amount)


def _months() -> Iterator[tuple[str, str]]:
    asked = {phrase for phrase, _ in _keyed("months_asked")}
    shown = ((phrase, key) for phrase, key in _shown("months", 1) if fold(phrase) not in asked)
    return iter((*_keyed("months"), *shown))


def _shown(name: str, first: int) -> Iterator[tuple[str, str]]:
    """Yield the names by which we show days and months, and their numbers: people copy them."""
    for language in LANGUAGES:
        for number, phrase in enumerate(entries_of(language, "dates", name), first):
            yield phrase, str(number)


def _worn_weekdays() -> Iterator[tuple[str, str]]:
    """Yield weekdays as one word with what leads to them: "neFriday", "ngoMonday", "eMuvhuro"."""
    for language in ("sn", "nd"):
        for prefix in entries_of(language, "time", "day_prefixes"):
            for phrase, key, of in keyed("time", "weekdays"):
                if of in {"en", language} and len(phrase) > 3 and " " not in phrase:
                    yield prefix + phrase, key


def _sections(names: tuple[str, ...]) -> Phrases[str]:
    """Return the phrases of plain sections, each standing for its section's name."""
    return Phrases((phrase, key) for phrase, key, _ in keyed("time") if key in names)


def _starts() -> Mapping[str, Begins]:
    found: dict[str, set[str]] = {}
    for what, sections in _BEGINNING.items():
        for phrase in (phrase for name in sections for phrase in _phrases(name)):
            found.setdefault(_token(phrase, 0), set()).add(what)
    for phrase, _ in (*_worn_weekdays(), *_shown("weekdays", 0), *_months()):
        found.setdefault(_token(phrase, 0), set()).add("day")
    for phrase in (phrase for name in _NUMBERS for phrase, _, _ in keyed(name)):
        found.setdefault(_token(phrase, 0), set()).update(("delay", "day", "hours"))
    return {word: Begins(**dict.fromkeys(whats - {""}, True)) for word, whats in found.items()}


def _phrases(name: str) -> Iterator[str]:
    """Yield the phrases of a section, whether or not it has keys."""
    yield from (phrase for phrase, _ in entries(name))
    yield from (phrase for phrase, _ in entries("time", name))
    yield from (phrase for phrase, _ in _keyed(name))


def _after_numbers() -> Iterator[str]:
    listed = (phrase for phrase, _ in (*_months(), *_keyed("units")))
    plain = (phrase for phrase, key, _ in keyed("time") if key in _AFTER_NUMBERS)
    yield from (_token(phrase, 0) for phrase in (*plain, *listed))
    # "2moro" is two tokens, the first of which is a number.
    days = (phrase for phrase, key, _ in keyed("time") if key in _DAYS)
    yield from (_token(phrase, 1) for phrase in days if phrase[0].isdigit())


def _token(phrase: str, place: int) -> str:
    return words_of(phrase).tokens[place].folded
