"""Numbers, money, dates and lists as each language writes them.

Babel's data for Shona and Ndebele lacks half of this (reference/providers.md §6.4), so the
words are ours: the section `dates` of the word lists.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from sokoni.kit.money import Money
from sokoni.language.lexicon import LANGUAGES, entries_of, keyed
from sokoni.language.reading import Vagueness, Window

_SIGNS: Final[Mapping[str, str]] = {
    "USD": "$",
    "ZAR": "R",
    "ZWG": "ZiG ",
    "BWP": "P",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "NGN": "₦",
    "KES": "KSh ",
    "AED": "AED ",
}
_DOLLARS: Final = """
    AG AI AR AU BB BM BN BS BZ CA CL CO CU DM DO FJ GD GY HK JM KN KY LC LR MS MX NA NZ SB SG SR
    TT TW UY VC
"""
_OWN_DOLLARS: Final = frozenset(_DOLLARS.split())
_OWN_POUNDS: Final = frozenset({"EG", "FK", "GI", "LB", "SD", "SH", "SS", "SY"})
_ABROAD: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "USD": (_OWN_DOLLARS, "US$"),
    "GBP": (_OWN_POUNDS, "GBP "),
}
"""Where a sign means other money, and what stands in its place there."""
_JOINED_TO_NEXT: Final = frozenset({"ar"})
"""Languages that write "and" in one word with what follows."""
_LISTED_PLAINLY: Final = frozenset({"sn", "nd"})
_COUNTED_BEHIND: Final = frozenset({"sn", "nd", "sw"})
"""Languages that say "hours 2"."""
_FEW: Final = range(3, 11)
_MIDNIGHT: Final = "00:00"


@lru_cache(maxsize=4096)
def number_text(value: Decimal | float, language: str = "en") -> str:
    """Return a number with grouped thousands and no trailing zeros."""
    number = Decimal(str(value))
    whole = number == number.to_integral_value()
    text = f"{number.quantize(Decimal(1)):,f}" if whole else f"{number.normalize():,f}"
    return _indian(text) if language == "hi" else text


@lru_cache(maxsize=4096)
def money_text(amount: Decimal, currency: str, language: str = "en", country: str = "") -> str:
    """Return money with its sign and all decimals: `$1,200.00`, `R150.00`, `ZiG 300.00`.

    In a country whose own money wears the same sign it is told apart: `US$5.00`.
    """
    text = f"{abs(Money(amount, currency).amount):,f}"
    sign = _sign(currency, country)
    return f"{'-' if amount < 0 else ''}{sign}{_indian(text) if language == 'hi' else text}"


def _sign(currency: str, country: str) -> str:
    where, instead = _ABROAD.get(currency, (frozenset(), ""))
    return instead if country in where else _SIGNS.get(currency, f"{currency} ")


def day_text(at: datetime, language: str = "en") -> str:
    """Return the day of a local time: `Tue 3 Mar`."""
    weekdays, months = _names(language)
    return f"{weekdays[at.weekday()]} {at.day} {months[at.month - 1]}"


def date_text(day: date, language: str = "en") -> str:
    """Return a day with its year: `3 Mar 1990`."""
    _, months = _names(language)
    return f"{day.day} {months[day.month - 1]} {day.year}"


def time_text(at: datetime) -> str:
    """Return the clock of a local time, 24 hours: `15:00`."""
    return f"{at:%H:%M}"


def moment_text(at: datetime, language: str = "en") -> str:
    """Return day and clock of a local time: `Tue 3 Mar, 15:00`."""
    return f"{day_text(at, language)}{_comma(language)} {time_text(at)}"


def window_text(window: Window, language: str = "en", part: str = "") -> str:
    """Return some time between two: `Tue 3 Mar, 14:00\u201316:00`, `Fri 6 Mar, morning`."""
    match window.kind:
        case Vagueness.SOON:
            return _word("soon", language)
        case Vagueness.DAYS:
            last = window.end - timedelta(minutes=1)
            return f"{day_text(window.start, language)} \u2013 {day_text(last, language)}"
        case Vagueness.DAY:
            return day_text(window.start, language)
        case Vagueness.PART:
            hours = _word("parts", language, part) if part else _hours(window, language)
        case Vagueness.RANGE:
            hours = _hours(window, language)
    return f"{day_text(window.start, language)}{_comma(language)} {hours}"


def duration_text(duration: timedelta, language: str = "en") -> str:
    """Return how long something takes: `1 hour 30 min`, `2 days`."""
    minutes = int(duration.total_seconds() // 60)
    told = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    parts = [_counted(count, unit, language) for unit, count in told.items() if count]
    return " ".join(parts or [_counted(0, "minute", language)])


def _hours(window: Window, language: str) -> str:
    """Return the hours of a window; midnight at either end is no bound that anybody told."""
    start, end = time_text(window.start), time_text(window.end)
    if end == _MIDNIGHT and start != _MIDNIGHT:
        return _word("from", language).replace("*", start)
    if start == _MIDNIGHT:
        return _word("until", language).replace("*", end)
    return f"{start}\u2013{end}"


def _counted(count: int, unit: str, language: str) -> str:
    forms = _listed(_known(language), "spans", unit)
    if language == "ar":
        form = _arabic(count, forms)
        return form if count == 2 else f"{count} {form}"
    form = forms[0] if count == 1 else forms[-1]
    return f"{form} {count}" if language in _COUNTED_BEHIND else f"{count} {form}"


def _arabic(count: int, forms: Sequence[str]) -> str:
    one, few, many, two = forms
    if count == 2:
        return two
    return one if count == 1 else few if count in _FEW else many


def _comma(language: str) -> str:
    return "\u060c" if language == "ar" else ","


def _word(section: str, language: str, name: str = "") -> str:
    return _listed(_known(language), section, name)[0]


@cache
def _listed(language: str, section: str, name: str) -> tuple[str, ...]:
    return entries_of(language, "dates", section, *([name] if name else []))


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


def unit_text(unit: str, amount: Decimal | float, language: str = "en") -> str:
    """Return a unit's word for so many: `bags`. Pieces have none."""
    forms = _unit_forms(language).get(unit) or _unit_forms("en").get(unit)
    if not forms:
        return unit
    return forms[0] if amount == 1 else forms[-1]


def joined(items: Sequence[str], language: str = "en") -> str:
    """Return a list in words: `goats, maize and beans`."""
    if len(items) < 2:
        return "".join(items)
    if language in _LISTED_PLAINLY:
        return ", ".join(items)
    link = entries_of(language, "dates", "and") or ("and",)
    space = "" if language in _JOINED_TO_NEXT else " "
    return f"{', '.join(items[:-1])} {link[0]}{space}{items[-1]}"


@cache
def _names(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of weekdays, Monday first, and of months."""
    known = _known(language)
    return entries_of(known, "dates", "weekdays"), entries_of(known, "dates", "months")


@cache
def _unit_forms(language: str) -> Mapping[str, tuple[str, ...]]:
    listed: dict[str, tuple[str, ...]] = {}
    for phrase, unit, of in keyed("unit_words"):
        if of == language:
            listed[unit] = (*listed.get(unit, ()), phrase)
    return listed


def _indian(text: str) -> str:
    """Regroup thousands the Indian way: 12,34,567."""
    digits, point, decimals = text.replace(",", "").partition(".")
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail]) + point + decimals
