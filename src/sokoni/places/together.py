"""The places we ship and a merchant's own, without a copy of either."""

from collections.abc import Sequence

from typing_extensions import override

from sokoni.language.reading import IndexedPlaces, KnownPlace, KnownPlaces
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.rows import Row


class Together(KnownPlaces, IndexedPlaces):
    """Two gazetteers as one. What the first has under a name comes before the second's."""

    def __init__(self, shipped: Gazetteer, own: Gazetteer) -> None:
        self._shipped = shipped
        self._own = own

    @property
    def rows(self) -> Sequence[Row]:
        return (*self._shipped.rows, *self._own.rows)

    @override
    def named(self, text: str, country: str) -> KnownPlace | None:
        return self._shipped.named(text, country) or self._own.named(text, country)

    @override
    def like(self, text: str, country: str, *, limit: int = 3) -> Sequence[KnownPlace]:
        both = (
            *self._shipped.scored(text, country, limit),
            *self._own.scored(text, country, limit),
        )
        likeliest = sorted(both, key=lambda pair: -pair[0])
        return tuple({place.id: place for _, place in likeliest}.values())[:limit]

    @override
    def nearest(self, latitude: float, longitude: float) -> KnownPlace | None:
        """Return the nearer of the two that reach so far."""
        near = (*self._shipped.near(latitude, longitude), *self._own.near(latitude, longitude))
        return min(near, default=(0.0, None), key=lambda pair: pair[0])[1]

    @override
    def around(self, latitude: float, longitude: float) -> KnownPlace | None:
        here = (latitude, longitude)
        both = (*self._shipped.distances(*here), *self._own.distances(*here))
        return min(both, default=(0.0, None), key=lambda pair: pair[0])[1]

    @override
    def longest_name(self) -> int:
        return max(self._shipped.longest_name(), self._own.longest_name())

    @override
    def may_begin(self, word: str) -> bool:
        return self._shipped.may_begin(word) or self._own.may_begin(word)
