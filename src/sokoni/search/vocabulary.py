"""What a merchant has names for: categories, brands, and what products are narrowed by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        synonyms: Iterable[Sequence[str]] = (),
    ) -> None:
        """Take categories by id with their names, and facets by name with their values.

        `synonyms` are the merchant's lines of words that mean the same: each names what another
        of its line names.
        """
        same = {fold(phrase): line for line in synonyms for phrase in line}
        named = ((name, id_) for id_, names in (categories or {}).items() for name in names)
        self.categories = Phrases(_in_other_words(named, same))
        self.brands = Phrases(_in_other_words(((brand, brand) for brand in brands), same))
        values = {name: tuple(values) for name, values in (facets or {}).items()}
        self.facets = Phrases(_in_other_words(_names_of(values), same))
        self.values = {
            name: Phrases(_in_other_words(_values_of(known), same))
            for name, known in values.items()
        }


def _in_other_words(
    named: Iterable[tuple[str, str]], same: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield names, then the merchant's other words for them: a name itself goes before."""
    known = list(named)
    yield from known
    for name, meant in known:
        yield from ((other, meant) for other in same.get(fold(name), ()))


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
