"""The words of money, of all languages, read once from the word lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from sokoni.language.lexicon import entries_of, keyed, keyed_phrases, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import words_of

EACH: Final = "each"
TOTAL: Final = "total"


@dataclass(frozen=True, slots=True)
class MoneyWords:
    """Word lists by what they say of a price."""

    currencies: Phrases[str]
    leading: Phrases[str]
    """Currencies that stand before their number: "madhora makumi mana"."""
    alone: Phrases[str]
    """One of a currency, said without a number: "dhora per litre"."""
    cents: frozenset[str]
    bases: Phrases[str]
    last: Phrases[str]
    """Say that an amount is for all where little follows: "$40 all"."""
    bargains: Phrases[str]
    """Said of prices only: "450 negotiable"."""
    per: Phrases[str]
    per_unit: Phrases[str]
    before: Phrases[str]
    marks: Phrases[str]
    led_by: frozenset[str]
    """Lead to a bare price once something was counted: "10 goats at 20"."""
    set_to: Phrases[str]
    """Lead to what something is changed to."""
    changed_from: Phrases[str]
    up_to: frozenset[str]
    between: frozenset[str]
    either: frozenset[str]
    places: Phrases[str]
    idle: frozenset[str]
    """Words that may stand beside a bare price."""
    currency_starts: frozenset[str]


def _leading() -> Iterator[tuple[str, str]]:
    """Yield the currencies of the languages in which a number follows what it counts."""
    for phrase, code, language in keyed("currencies"):
        if entries_of(language, "price", "numbers_follow"):
            yield phrase, code


@cache
def money_words() -> MoneyWords:
    bases = [(phrase, basis) for phrase, basis, _ in keyed("price") if basis in {EACH, TOTAL}]
    idle = (("fillers",), ("politeness",), ("price", "before"), ("price", "with"))
    return MoneyWords(
        currencies=keyed_phrases("currencies"),
        leading=Phrases(_leading()),
        alone=keyed_phrases("price", "alone"),
        cents=words_in("cents"),
        bases=Phrases(bases),
        last=phrases_in("price", "last"),
        bargains=phrases_in("price", "bargains"),
        per=phrases_in("price", "per"),
        per_unit=keyed_phrases("price", "per_unit"),
        before=phrases_in("price", "before"),
        currency_starts=frozenset(
            words_of(phrase).tokens[0].folded for phrase, _, _ in keyed("currencies")
        ),
        marks=phrases_in("price", "marks"),
        led_by=words_in("price", "led_by"),
        set_to=phrases_in("corrections", "to"),
        changed_from=phrases_in("price", "changed_from"),
        up_to=words_in("price", "up_to"),
        between=words_in("price", "between"),
        either=words_in("price", "either"),
        places=phrases_in("places", "in"),
        idle=frozenset(
            word for path in idle for listed in words_in(*path) for word in listed.split()
        ),
    )
