"""What a merchant has names for: categories, brands, and what products are narrowed by."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sokoni.language.lexicon import keyed
from sokoni.language.phrases import Phrases
from sokoni.language.words import fold

BRAND: Final = "brand"


class Vocabulary:
    """Built once for a merchant and kept: finding a name in words is a look into a table."""

    def __init__(
        self,
        *,
        categories: Mapping[str, Iterable[str]] | None = None,
        brands: Iterable[str] = (),
        facets: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Take categories by id with their names, and facets by name with their values."""
        named = (categories or {}).items()
        self.categories = Phrases((name, id_) for id_, names in named for name in names)
        self.brands = Phrases((brand, brand) for brand in brands)
        values = {name: tuple(values) for name, values in (facets or {}).items()}
        self.facets = Phrases(_names_of(values))
        self.values = {name: Phrases(_values_of(known)) for name, known in values.items()}


def _names_of(facets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what people call the facets: as the merchant does, and with the shipped words."""
    listed = list(facets)
    yield from ((name, name) for name in listed)
    by_key: dict[str, list[str]] = {}
    for phrase, key, _ in keyed("shopping", "facets"):
        by_key.setdefault(key, []).append(phrase)
    for phrases in by_key.values():
        folded = {fold(phrase) for phrase in phrases}
        for name in (name for name in listed if fold(name) in folded):
            yield from ((phrase, name) for phrase in phrases)


def _values_of(values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the values, and those that have other words for them: "large" for L."""
    listed = {fold(value): value for value in values}
    yield from ((value, value) for value in listed.values())
    for phrase, key, _ in keyed("shopping", "values"):
        value = listed.get(fold(key)) or listed.get(fold(phrase))
        if value is not None:
            yield phrase, value
