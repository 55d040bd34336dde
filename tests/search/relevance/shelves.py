"""The corner shop's goods as documents, and what is known of them by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sokoni.demo.merchants import FOLDER, read_data
from sokoni.kit.ids import new_id
from sokoni.language.reading import Scene
from sokoni.search.base import Document
from sokoni.search.vocabulary import Vocabulary
from tests.language.said import NoPlaces

SHELF = "store.products"
SCENE = Scene(
    languages=("en", "sn", "nd"),
    country="ZW",
    currency="USD",
    now=datetime(2026, 3, 2, 9, tzinfo=UTC),
    places=NoPlaces(),
)


@dataclass(frozen=True, slots=True)
class Shelves:
    documents: tuple[Document, ...]
    skus: Mapping[UUID, str]
    vocabulary: Vocabulary


@cache
def corner_shop() -> Shelves:
    """Read the demo data as the store puts it into its index."""
    said: Mapping[str, Any] = read_data(FOLDER / "corner-shop.data.yaml")["store"]
    names = {one["id"]: tuple(one["names"].values()) for one in said["categories"]}
    sold = [one for one in said["products"] if one.get("status", "active") == "active"]
    documents = tuple(_document(one, names) for one in sold)
    facets: dict[str, dict[str, None]] = {}
    for document in documents:
        for name, values in document.facets.items():
            facets.setdefault(name, {}).update(dict.fromkeys(values))
    vocabulary = Vocabulary(
        categories=names, brands={one.brand for one in documents if one.brand}, facets=facets
    )
    skus = {one.id: row["sku"] for one, row in zip(documents, sold, strict=True)}
    return Shelves(documents, skus, vocabulary)


def _document(said: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> Document:
    variants = said.get("variants") or [said]
    options = {str(name): [str(v) for v in values] for name, values in _options(said).items()}
    attributes = {str(name): [str(value)] for name, value in said.get("attributes", {}).items()}
    categories = list(dict.fromkeys(id_ for one in said["categories"] for id_ in _above(one)))
    words = [said["sku"], *(one["sku"] for one in variants), *said.get("tags", ())]
    words += [value for values in (*options.values(), *attributes.values()) for value in values]
    return Document(
        id=new_id(),
        shelf=SHELF,
        names=said["names"],
        words=words,
        body=" ".join(said.get("descriptions", {}).values()),
        categories=categories,
        category_names=[name for id_ in categories for name in names[id_]],
        brand=said.get("brand", ""),
        price=min(Decimal(one.get("price", said.get("price"))) for one in variants),
        currency="USD",
        in_stock=any(one.get("stock") != 0 for one in variants),
        popularity=said.get("sold", 0),
        facets={**attributes, **options},
    )


def _options(said: Mapping[str, Any]) -> Mapping[str, Any]:
    options: Mapping[str, Any] = said.get("options") or {}
    return options


def _above(category: str) -> list[str]:
    parts = category.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
