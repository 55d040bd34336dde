"""One search, step by step: as it was said, as it may have been meant, what comes nearest."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.search.base import Found, Hit, Order, Query
from sokoni.search.facets import facets_of
from sokoni.search.guessing import Guessing, Meaning, text_meant
from sokoni.search.marks import marks_asked, name_mark
from sokoni.search.normalising import parts_of
from sokoni.search.phrasing import groups_of
from sokoni.search.ranking import Asked, Ranked, ranked
from sokoni.search.wanted import CHUNK, Candidate, Engine, Group, Scope, Wanted

_FEW: Final = 3
"""Where no more than this fit, words may be misspelt."""
_EACH: Final = 100
"""Looked at of what has one of the words, where nothing has all."""


class Finding:
    """Finds what one query asks for in one scope."""

    def __init__(self, session: AsyncSession, engine: Engine, scope: Scope, query: Query) -> None:
        self._session = session
        self._engine = engine
        self._query = query
        self._groups = groups_of(query.text, query.synonyms, query.naming)
        self._name = " ".join(parts_of(query.text))
        self._meant: Meaning | None = None
        self._wanted = Wanted(
            scope=scope,
            groups=self._groups,
            marks=tuple(marks_asked(query)),
            price_min=query.price_min,
            price_max=query.price_max,
            without_stock=query.in_stock is False,
            order=query.order,
        )

    async def found(self) -> Found:
        """Return the page that is asked for."""
        if self._query.text and not self._groups:
            return Found()
        literal = await self._literally()
        if len(literal) > _FEW or not self._groups or self._query.offset >= CHUNK:
            return self._page(literal)
        corrected, text = await self._as_meant()
        if corrected:
            known = {one.candidate.id for one in literal}
            also = [one for one in corrected if one.candidate.id not in known]
            return self._page([*literal, *also], corrected="" if literal else text)
        return self._page(literal) if literal else await self._nearest()

    async def _literally(self) -> list[Ranked]:
        """Return what has everything that is said, a chunk ranked after the other."""
        last = self._query.offset + self._query.limit
        results: list[Ranked] = []
        for skip in range(0, last + 1, CHUNK):
            wanted = replace(self._wanted, skip=skip)
            some = await self._engine.candidates(self._session, wanted)
            if not skip and self._is_best and len(some) >= CHUNK:
                some = await self._with_namesakes(some)
            results += self._ranked(some, self._groups)
            if len(some) < CHUNK:
                break
        return _once(results)

    async def _with_namesakes(self, some: list[Candidate]) -> list[Candidate]:
        """Add what is called exactly as was said: it may be little in demand."""
        mark = (name_mark(self._name.split()),)
        wanted = replace(self._wanted, groups=(), marks=(*self._wanted.marks, mark))
        exact = await self._engine.candidates(self._session, replace(wanted, limit=_EACH))
        return list({one.id: one for one in (*exact, *some)}.values())

    async def _as_meant(self) -> tuple[list[Ranked], str]:
        """Return what has the words that were probably meant, and the text with them."""
        meaning = await self._meaning()
        if meaning.groups == self._groups or meaning.unknown:
            return [], ""
        wanted = replace(self._wanted, groups=meaning.groups)
        some = await self._engine.candidates(self._session, wanted)
        results = self._ranked(some, meaning.groups)
        return results, text_meant(meaning.groups, results[0].candidate) if results else ""

    async def _meaning(self) -> Meaning:
        if self._meant is None:
            guessing = Guessing(
                self._session, self._engine, self._wanted.scope, self._query.synonyms
            )
            self._meant = await guessing.meaning(self._groups)
        return self._meant

    async def _nearest(self) -> Found:
        """Return what comes near: some of the words, else all at another price or kind."""
        meaning = await self._meaning()
        groups = tuple(one for one in meaning.groups if one not in meaning.unknown)
        if not groups:
            return Found()
        asked = replace(self._wanted, groups=groups)
        anyhow = replace(asked, marks=(), price_min=None, price_max=None, without_stock=False)
        results = await self._with_all(asked) if meaning.unknown else []
        results = results or await self._with_some(asked) or await self._with_all(anyhow)
        results = results or await self._with_some(anyhow)
        return self._page(results, instead=bool(results))

    async def _with_all(self, wanted: Wanted) -> list[Ranked]:
        some = await self._engine.candidates(self._session, wanted)
        return self._ranked(some, wanted.groups)

    async def _with_some(self, wanted: Wanted) -> list[Ranked]:
        """Return what has at least one of several words; a rare one counts more."""
        if len(wanted.groups) == 1:
            return []
        lists = []
        for group in wanted.groups:
            alone = replace(wanted, groups=(group,), limit=_EACH, order=Order.BEST)
            lists.append(await self._engine.candidates(self._session, alone))
        every = {one.id: one for some in lists for one in some}.values()
        weights = [log(1 + _EACH / max(len(some), 1)) for some in lists]
        return self._ranked(every, wanted.groups, weights, whole=False)

    @property
    def _is_best(self) -> bool:
        return self._query.order is Order.BEST

    def _ranked(
        self,
        some: Iterable[Candidate],
        groups: Sequence[Group],
        weights: Sequence[float] = (),
        *,
        whole: bool = True,
    ) -> list[Ranked]:
        asked = Asked(
            groups=groups,
            name=self._name,
            weights=weights,
            stock_matters=self._query.in_stock is None,
            whole=whole,
        )
        return ranked(some, asked, keep_order=not self._is_best)

    def _page(
        self, results: Sequence[Ranked], *, instead: bool = False, corrected: str = ""
    ) -> Found:
        first, last = self._query.offset, self._query.offset + self._query.limit
        return Found(
            hits=[Hit(one.candidate.id, one.score, one.weak) for one in results[first:last]],
            more=len(results) > last,
            facets=facets_of(one.candidate for one in results[:CHUNK]),
            named=sum(not one.weak for one in results[:CHUNK]),
            instead=instead,
            corrected=corrected,
        )


def _once(results: Iterable[Ranked]) -> list[Ranked]:
    return list({one.candidate.id: one for one in results}.values())
