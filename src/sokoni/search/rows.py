"""A document as the row that is kept of it."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from sokoni.kit.ids import MerchantId
from sokoni.search.base import Document
from sokoni.search.marks import marks_of, scope_mark
from sokoni.search.normalising import indexed_words, joined_words, parts_of

APART: Final = "|"
JOINED: Final = "||"
"""Stands between names and what is joined in them."""
FACET: Final = "\t"
_HIGHEST: Final = 7
_SHORTEST_TERM: Final = 3


def row_of(merchant_id: MerchantId, document: Document) -> dict[str, Any]:
    """Return the columns of a document but its number and its vector."""
    row = _columns(document)
    row["marks"] = " ".join([scope_mark(merchant_id, document.shelf), *marks_of(document)])
    digest = blake2b(msgspec.json.encode(row, order="sorted"), digest_size=16).hexdigest()
    return {
        **row,
        "merchant_id": merchant_id,
        "shelf": document.shelf,
        "document_id": document.id,
        "price": document.price,
        "digest": digest,
    }


def _columns(document: Document) -> dict[str, Any]:
    words = parts_of(" \n ".join([document.brand, *document.words]))
    body = parts_of(" \n ".join([*document.category_names, document.body]))
    return {
        "names": _names(document),
        "words": " ".join(indexed_words(words)),
        "body": " ".join(indexed_words(body)),
        "facets": "\n".join(_facets(document)),
        "price": document.price,
        "currency": document.currency,
        "in_stock": document.in_stock,
        "popularity": document.popularity,
        "tier": tier_of(document.popularity),
    }


def _names(document: Document) -> str:
    parts = [parts_of(name) for name in document.names.values()]
    plain = dict.fromkeys(" ".join(name) for name in parts)
    joined = (word for name in parts for word in joined_words(name))
    return f" {APART} ".join(plain) + f" {JOINED} " + " ".join(dict.fromkeys(joined))


def _facets(document: Document) -> Iterator[str]:
    named = {**document.facets, "brand": [document.brand], "category": document.categories}
    for name, values in named.items():
        for value in dict.fromkeys(values):
            if value:
                yield FACET.join((name, " ".join(value.split())))


def tier_of(popularity: int) -> int:
    """Return the tier of what was sold so often: the next begins at about four times that."""
    return min(_HIGHEST, (max(popularity, 0).bit_length() + 1) // 2)


def terms_of(row: Mapping[str, Any]) -> set[str]:
    """Return the words of a row that somebody may misspell."""
    words = {*row["names"].split(), *row["words"].split()}
    return {word for word in words if len(word) >= _SHORTEST_TERM and word.isalpha()}
