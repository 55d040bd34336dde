"""The contract between a contact's words and the readers that find values in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from sokoni.language.words import Words


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place that really exists: readers return no other (LL-13)."""

    id: str
    name: str
    town: str
    """Name of the town a suburb belongs to; a town's own name otherwise."""
    country: str
    latitude: float
    longitude: float
    kind: str = "town"
    """town, suburb, or locality: somewhere that a contact or staff registered."""
    pin: tuple[float, float] | None = field(default=None, compare=False)
    """Where in or near it, as the contact's own location says: latitude and longitude."""
    called: tuple[str, str] | None = field(default=None, compare=False)
    """What OpenStreetMap calls the part of it where the pin is, and the town of that: shown, with
    credit, but never searched by."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is brought to: words that may be any, and the contact's location if sent."""

    words: str
    pin: tuple[float, float] | None = None
    """Latitude and longitude."""


class KnownPlaces(Protocol):
    """The port through which readers know places; `bootstrap` gives it those of room `places`."""

    def named(self, text: str, country: str) -> KnownPlace | None:
        """Return the place of exactly this folded name or alias."""

    def like(self, text: str, country: str, *, limit: int = 3) -> Sequence[KnownPlace]:
        """Return the places whose names are nearly this one, likeliest first."""

    def nearest(self, latitude: float, longitude: float) -> KnownPlace | None:
        """Return the place a pin lies in or near, None where we know none within reach."""

    def around(self, latitude: float, longitude: float) -> KnownPlace | None:
        """Return the place that is nearest to a pin, however far: the pin is not in it."""

    def longest_name(self) -> int:
        """Return how many words the longest known name has."""


@runtime_checkable
class IndexedPlaces(Protocol):
    """Known places that can tell cheaply which words a name may begin with."""

    def may_begin(self, word: str) -> bool:
        """Tell whether a folded word is the first of any known name."""


class Terms(Protocol):
    """Words of the merchant's own: `Phrases`, or what finds them where they stand apart."""

    def at(self, words: Words, place: int) -> tuple[str, int] | None:
        """Return what the words from `place` on stand for, and where they end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a reader may know besides the words themselves."""

    languages: tuple[str, ...]
    """The contact's language first, then the merchant's others."""
    country: str
    currency: str
    now: datetime
    """The merchant's local time, aware."""
    places: KnownPlaces
    terms: Mapping[str, Terms] = field(default_factory=dict, compare=False)
    """What the merchant has words of its own for, by the kind that a capability gives it."""
    opens: int = 8
    """Business hours, for "at 3": the hour that falls inside is meant."""
    closes: int = 18


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the tokens it was read from: `words.tokens[start:end]`.

    `also` names more such spans: "3 bags of maize 50kg" is a quantity around a thing.
    """

    value: object
    start: int
    end: int
    also: tuple[tuple[int, int], ...] = ()

    def has_figures(self, words: Words) -> bool:
        """Tell whether it was read from figures, or an address with an @: never from a name."""
        tokens = words.tokens[self.start : self.end]
        return any(one.is_number or one.folded == "@" for one in tokens)

    def taken_from(self, words: Words) -> Words:
        """Return the words with everything taken that this value was read from."""
        for start, end in ((self.start, self.end), *self.also):
            words = words.without(start, end)
        return words


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words that say something of the reader's kind without settling which value.

    "$20-25" may be two prices; "in Atlantis" names a place that nobody knows.
    """

    said: str
    start: int
    end: int
    candidates: tuple[object, ...] = ()
    """Values that may be meant, likeliest first."""


LEFTOVER: Final = 100
"""Readers from this order on take whatever words nobody else wanted."""


class Reader(Protocol):
    """Finds one kind of value. Rides in a slot's `Annotated` metadata."""

    order: int
    """Readers with low numbers take their tokens first."""

    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return the value wherever it stands in the words, using free tokens only."""

    def read(self, words: Words, scene: Scene) -> object | None:
        """Return the value where the whole message answers the question for it, else None."""


@runtime_checkable
class DoubtingReader(Protocol):
    """A reader that can tell what it did not understand from what was never said."""

    def look(self, words: Words, scene: Scene) -> Found | Doubt | None:
        """Do what `find` does, but return a doubt where nothing but that was found."""

    def doubt(self, words: Words, scene: Scene) -> Doubt | None:
        """Return what an answer to the question for it says, where `read` reads no value."""


@runtime_checkable
class KnowingReader(Protocol):
    """A reader that knows many of its values, and tells them from words that may be anything."""

    def may_know(self, words: Words) -> bool:
        """Tell cheaply whether it may know something in the words."""

    def knows(self, value: str) -> bool:
        """Tell whether it is one of the things, perhaps misspelt."""

    def named(self, value: str) -> str:
        """Return what the thing is, the same in all languages; "" where nobody knows it."""


@runtime_checkable
class YieldingReader(Protocol):
    """A reader that takes nearly any words, and leaves those that say something else."""

    def leave(self, words: Words, found: Found, called: Collection[str]) -> Words:
        """Return the words without what says a value of another question that is still open.

        `called`: folded words that the other question is named by, so that "pincode" goes with
        "400001".
        """


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many, of which unit; `unit` is our own id ("kg", "bag", "litre"), "" for pieces.

    "3 bags of maize 50kg" is `Quantity(3, "bag", size=50, size_unit="kg")`.
    """

    amount: "float | int"
    unit: str = ""
    size: "float | int | None" = None
    size_unit: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """An amount as it was said. `basis`: each, total, or "" where the contact did not say."""

    amount: str
    """Decimal digits, such as "20.00"."""
    currency: str
    basis: str = ""
    unit: str = ""
    """The unit that the price is for: "per bag"."""


class Vagueness(StrEnum):
    """How a time was told that is no instant."""

    RANGE = "range"
    """Between two hours, after one, or before one."""
    PART = "part"
    """In a part of a day: "friday morning"."""
    DAY = "day"
    DAYS = "days"
    """On one of several days: "next week", "this weekend"."""
    SOON = "soon"
    """As soon as possible, or whenever."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some time from `start` on and before `end`; what is going on already begins now."""

    start: datetime
    end: datetime
    kind: Vagueness

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Moment:
    """A time the contact typed: the instant it means and the words they used (T-02).

    Where they told no instant, a free one in the window has to be chosen; `at` is the likeliest.
    """

    at: datetime
    words: str
    part_of_day: str = ""
    """morning, afternoon or evening, where no hour was given; `day` where only a day was."""
    assumed: tuple[str, ...] = field(default=(), compare=False)
    """What was not said but taken to be meant: `day` (the next that fits), `week` (of a weekday,
    the coming one), `half` (of the day)."""
    window: Window | None = None

    @property
    def is_vague(self) -> bool:
        """Tell whether no instant was told."""
        return self.window is not None or bool(self.part_of_day)

    def is_past(self, now: datetime) -> bool:
        """Tell whether nothing of it is still to come."""
        return (self.window.end if self.window else self.at) <= now

    def on(self, day: date, zone: tzinfo | None) -> "Moment":
        """Return the same hours of another day, as the clocks of a zone show them."""
        at, window = self.at.astimezone(zone), self.window
        away = day - at.date()
        if window is not None:
            start, end = window.start.astimezone(zone), window.end.astimezone(zone)
            window = replace(window, start=start + away, end=end + away)
        return replace(self, at=at + away, window=window)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything found in one message."""

    values: dict[str, object] = field(default_factory=dict)
    rest: Words | None = None
