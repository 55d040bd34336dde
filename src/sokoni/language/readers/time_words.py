"""The words that tell times, of all languages, read once from the word lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sokoni.language.lexicon import keyed, keyed_phrases, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import fold


@dataclass(frozen=True, slots=True)
class TimeWords:
    """Word lists by what they tell. `days` names single days by the section they stand in."""

    days: Phrases[str]
    weekdays: Phrases[str]
    unsure: frozenset[str]
    months: Phrases[str]
    next: Phrases[str]
    this: Phrases[str]
    coming: Phrases[str]
    parts: Phrases[str]
    clocks: Phrases[str]
    oclock: Phrases[str]
    halves: Phrases[str]
    hours: frozenset[str]
    at: Phrases[str]
    at_weak: Phrases[str]
    joins: Phrases[str]
    delays: Phrases[str]
    from_now: Phrases[str]
    units: Phrases[str]
    within: Phrases[str]
    ordinals: frozenset[str]
    around: tuple[Phrases[str], ...]
    """What may follow a bare hour without owning it: places and politeness."""
    fillers: Phrases[str]
    starts: Mapping[str, None]
    """First words of everything that may begin a time."""
    after_numbers: frozenset[str]
    """First words of everything that makes a time or a date of the number before it."""


_DAYS = ("today", "tonight", "tomorrow", "after_tomorrow", "now", "weekend", "month_end")
_DAYS_AND_WEEKS = (*_DAYS, "next_week")
_CLOCKS = ("noon", "midnight", "half_past", "quarter_past", "quarter_to")
_BEGINNING = (
    *_DAYS_AND_WEEKS,
    *_CLOCKS,
    *("next", "this", "at", "at_weak", "in"),
)
_AFTER_NUMBERS = ("am", "pm", "oclock", "hours", "ordinals")
_BEGINNING_KEYED = ("weekdays", "months", "parts", "units", "within")


@cache
def time_words() -> TimeWords:
    return TimeWords(
        days=_sections(_DAYS_AND_WEEKS),
        weekdays=keyed_phrases("time", "weekdays"),
        unsure=words_in("time", "unsure"),
        months=keyed_phrases("time", "months"),
        next=phrases_in("time", "next"),
        this=phrases_in("time", "this"),
        coming=phrases_in("time", "coming"),
        parts=keyed_phrases("time", "parts"),
        clocks=_sections(_CLOCKS),
        oclock=phrases_in("time", "oclock"),
        halves=_sections(("am", "pm")),
        hours=words_in("time", "hours"),
        at=phrases_in("time", "at"),
        at_weak=phrases_in("time", "at_weak"),
        joins=phrases_in("time", "joins"),
        delays=phrases_in("time", "in"),
        from_now=phrases_in("time", "from_now"),
        units=keyed_phrases("time", "units"),
        within=keyed_phrases("time", "within"),
        ordinals=words_in("time", "ordinals"),
        around=(phrases_in("places", "in"), phrases_in("politeness")),
        fillers=phrases_in("fillers"),
        starts=_starts(),
        after_numbers=_after_numbers(),
    )


def _after_numbers() -> frozenset[str]:
    plain = (phrase for phrase, key, _ in keyed("time") if key in _AFTER_NUMBERS)
    listed = (phrase for name in ("months", "units") for phrase, _, _ in keyed("time", name))
    first = (fold(phrase).split()[0] for phrase in (*plain, *listed))
    return frozenset(first) | {"/", "-", ".", "of", "and"}


def _sections(names: tuple[str, ...]) -> Phrases[str]:
    """Return the phrases of plain sections, each standing for its section's name."""
    found = ((phrase, key) for phrase, key, _ in keyed("time") if key in names)
    return Phrases(found)


def _starts() -> Mapping[str, None]:
    plain = (phrase for phrase, key, _ in keyed("time") if key in _BEGINNING)
    listed = (phrase for name in _BEGINNING_KEYED for phrase, _, _ in keyed("time", name))
    numbers = (
        phrase for name in ("numbers", "scales", "fractions") for phrase, _, _ in keyed(name)
    )
    return dict.fromkeys(fold(phrase).split()[0] for phrase in (*plain, *listed, *numbers))
