"""What shoppers looked for and did not find, for the merchant to see what is wanted.

Words alone are kept, a day's together: not who looked, and no number that may be somebody's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import MerchantId
from sokoni.search.models import SearchMiss
from sokoni.search.normalising import asked_words

_MISSES: Final = cast("Table", SearchMiss.__table__)
_MOST_WORDS: Final = 6
_LONGEST: Final = 80
_SOMEBODYS: Final = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){4,}")
"""A number this long is hardly a size, and may be a telephone's."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Words that were looked for in vain, with how often and when last."""

    words: str
    count: int
    last_at: datetime
    language: str = ""
    """The one that was spoken; "": nobody knows."""


class Misses:
    """One merchant's."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId) -> None:
        self._session = session
        self._merchant_id = merchant_id

    async def note(self, shelf: str, text: str, now: datetime, *, language: str = "") -> None:
        """Count a search that found nothing; `now` is the merchant's time, and tells the day."""
        words = worth_noting(text)
        if not words:
            return
        key = {
            "merchant_id": self._merchant_id,
            "shelf": shelf,
            "words": words,
            "day": now.date(),
            "language": language,
        }
        counting = (
            update(_MISSES)
            .where(*(_MISSES.c[name] == value for name, value in key.items()))
            .values(count=_MISSES.c["count"] + 1, last_at=now)
        )
        if not await rows_changed(self._session, counting):
            await insert_once(self._session, _MISSES, [{**key, "count": 0, "last_at": now}])
            await rows_changed(self._session, counting)

    async def listed(
        self, shelf: str = "", *, since: date, limit: int, offset: int = 0, language: str = ""
    ) -> Sequence[Missed]:
        """Return what was looked for from a day on, by language, what was wanted most first.

        Without a shelf: on all of them; without a language: in any.
        """
        count, last = func.sum(_MISSES.c["count"]), func.max(_MISSES.c.last_at)
        statement = (
            select(_MISSES.c.words, count, last, _MISSES.c.language)
            .where(*self._mine(shelf, language), _MISSES.c.day >= since)
            .group_by(_MISSES.c.words, _MISSES.c.language)
            .order_by(count.desc(), last.desc(), _MISSES.c.words, _MISSES.c.language)
            .limit(limit)
            .offset(offset)
        )
        rows = await self._session.execute(statement)
        return [Missed(words, int(count), last, spoken) for words, count, last, spoken in rows]

    def _mine(self, shelf: str, language: str) -> Sequence[ColumnElement[bool]]:
        own = _MISSES.c.merchant_id == self._merchant_id
        said = {"shelf": shelf, "language": language}
        return (own, *(_MISSES.c[name] == value for name, value in said.items() if value))


async def prune_misses(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete what was last looked for long ago; return how many rows that were."""
    return await rows_changed(connection, delete(_MISSES).where(_MISSES.c.last_at < now - kept))


def worth_noting(text: str) -> str:
    """Return the words of a search as they are kept."""
    words = asked_words(_SOMEBODYS.sub(" ", text))[:_MOST_WORDS]
    kept = " ".join(words)
    return kept if len(kept) <= _LONGEST else kept[:_LONGEST].rpartition(" ")[0]
