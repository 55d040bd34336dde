"""Documents and searches for the tests of search."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId, new_id
from sokoni.search.base import Document, Found, Query, SearchIndex

SHELF = "store.products"


def a_document(name: str, **changes: Any) -> Document:  # noqa: ANN401 -- any field
    said = {"id": new_id(), "shelf": SHELF, "names": {"en": name}}
    return Document(**{**said, **changes})


class Shop:
    """One merchant's documents, found by their English names."""

    def __init__(self, session: AsyncSession, index: SearchIndex) -> None:
        self.merchant_id = MerchantId(new_id())
        self.session = session
        self.index = index
        self._names: dict[object, str] = {}

    async def named(self, *words: str) -> frozenset[str]:
        return await self.index.named(self.session, self.merchant_id, SHELF, words)

    async def put(self, *documents: Document) -> int:
        self._names |= {one.id: one.names["en"] for one in documents}
        return await self.index.put(self.session, self.merchant_id, documents)

    async def drop(self, *documents: Document) -> None:
        ids = [one.id for one in documents]
        await self.index.drop(self.session, self.merchant_id, SHELF, ids)

    async def find(self, text: str = "", **changes: Any) -> Found:  # noqa: ANN401 -- any field
        query = Query(**{"text": text, **changes})
        return await self.index.find(self.session, self.merchant_id, SHELF, query)

    async def names(self, text: str = "", **changes: Any) -> list[str]:  # noqa: ANN401 -- any field
        return self.names_of(await self.find(text, **changes))

    def names_of(self, found: Found) -> list[str]:
        return [self._names[hit.id] for hit in found.hits]
