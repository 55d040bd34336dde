"""The ways of searching that are compared: ours on an index, and plain BM25."""

import re
import sqlite3
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId, new_id
from sokoni.search.asking import asked
from sokoni.search.base import SearchIndex
from tests.search.relevance.scoring import DEPTH, Result, judged, ndcg
from tests.search.relevance.shelves import SCENE, SHELF, corner_shop

_WORD: Final = re.compile(r"\w+")


async def ours(session: AsyncSession, index: SearchIndex) -> Result:
    """Search with everything that a chat has: the reader of words, then the index."""
    shop, merchant_id = corner_shop(), MerchantId(new_id())
    await index.put(session, merchant_id, shop.documents)
    scores = {}
    for one in judged():
        query = asked(one.text, SCENE, shop.vocabulary)
        found = await index.find(session, merchant_id, SHELF, query)
        scores[one] = ndcg([shop.skus[hit.id] for hit in found.hits], one.grades)
    return Result(scores)


def plain_bm25() -> Result:
    """Search with SQLite's FTS5 as it comes: all words, or else any, by `bm25()`."""
    shop = corner_shop()
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE shelf USING fts5(sku UNINDEXED, text)")
    for one in shop.documents:
        text = " ".join(
            [*one.names.values(), one.brand, *one.words, *one.category_names, one.body]
        )
        database.execute("INSERT INTO shelf VALUES (?, ?)", (shop.skus[one.id], text))
    scores = {one: ndcg(_bm25(database, one.text), one.grades) for one in judged()}
    database.close()
    return Result(scores)


def _bm25(database: sqlite3.Connection, text: str) -> list[str]:
    words = [f'"{word}"' for word in _WORD.findall(text)]
    for joint in (" AND ", " OR "):
        statement = "SELECT sku FROM shelf WHERE shelf MATCH ? ORDER BY bm25(shelf) LIMIT ?"
        rows = database.execute(statement, (joint.join(words), DEPTH)).fetchall()
        if rows:
            return [row[0] for row in rows]
    return []
