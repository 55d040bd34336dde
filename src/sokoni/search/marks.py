"""What stands in an index beside words: one short word for each thing that may be filtered by.

They carry an underscore, so that no word of a text is one of them.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from sokoni.kit.ids import MerchantId
from sokoni.search.base import Document, Query
from sokoni.search.normalising import parts_of

IN_STOCK = "s_1"


def scope_mark(merchant_id: MerchantId, shelf: str) -> str:
    """Return what every document of one merchant's shelf carries."""
    return _mark("m", merchant_id.hex, shelf)


def category_mark(category: str) -> str:
    return _mark("c", category)


def brand_mark(brand: str) -> str:
    return _mark("b", *parts_of(brand))


def facet_mark(name: str, value: str) -> str:
    return _mark("f", *parts_of(name), "", *parts_of(value))


def name_mark(parts: Sequence[str]) -> str:
    """Return what a document carries that is called exactly this."""
    return _mark("n", *parts)


def marks_of(document: Document) -> Iterator[str]:
    """Yield the marks of a document but that of its scope."""
    for category in document.categories:
        yield category_mark(category)
    if document.brand:
        yield brand_mark(document.brand)
    if document.in_stock:
        yield IN_STOCK
    for name, values in document.facets.items():
        for value in values:
            yield facet_mark(name, value)
    for said in document.names.values():
        yield name_mark(parts_of(said))


def marks_asked(query: Query) -> Iterator[tuple[str, ...]]:
    """Yield the marks that are wanted, one of each tuple."""
    if query.categories:
        yield tuple(category_mark(one) for one in query.categories)
    if query.brand:
        yield (brand_mark(query.brand),)
    if query.in_stock:
        yield (IN_STOCK,)
    for name, value in query.facets.items():
        yield (facet_mark(name, value),)


def _mark(kind: str, *parts: str) -> str:
    return f"{kind}_{blake2b(' '.join(parts).encode(), digest_size=8).hexdigest()}"
