"""Puts what a merchant sells into a channel's own catalogue: what is new, changed or gone."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.channels.catalogues import Catalogue, CatalogueError, Entry, Settled
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.messaging.catalogues import CatalogueItems

NO_PICTURE: Final = "it has no picture, and the catalogue takes nothing without one"
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
_PATIENCE: Final = timedelta(minutes=15)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic", decimal_format="string")

Opened = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass(slots=True)
class Pushed:
    """What came of a push."""

    put: int = 0
    same: int = 0
    gone: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    """By number, why."""


@dataclass(slots=True)
class _Batch:
    digests: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


class CataloguePush:
    """One push into one catalogue. No transaction is open while the provider is asked."""

    def __init__(
        self,
        catalogue: Catalogue,
        merchant_id: MerchantId,
        opened: Opened,
        clock: Clock,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._catalogue = catalogue
        self._merchant_id = merchant_id
        self._opened = opened
        self._clock = clock
        self._pause = pause

    async def push(self, entries: AsyncIterator[Entry], link: str, *, whole: bool) -> Pushed:
        """Hand in what is not there as it is here; `whole`: all of it, whatever is there."""
        pushed = Pushed()
        every = [one async for one in entries]
        async with self._opened() as session:
            there = await self._items(session).digests()
        for batch in self._batches(every, there, pushed, whole=whole):
            await self._hand_in(batch, link, pushed)
        return pushed

    async def read(self) -> int:
        """Take down what the catalogue has, whoever put it there; return how many that are."""
        numbers = await self._catalogue.numbers()
        async with self._opened() as session:
            items = self._items(session)
            known = await items.digests()
            await items.drop([one for one in known if one not in set(numbers)])
            await items.note({one: known.get(one, "") for one in numbers}, self._clock())
        return len(numbers)

    def _items(self, session: AsyncSession) -> CatalogueItems:
        return CatalogueItems(session, self._merchant_id, self._catalogue.id)

    def _batches(
        self,
        every: Sequence[Entry],
        there: Mapping[str, str],
        pushed: Pushed,
        *,
        whole: bool,
    ) -> Iterator[_Batch]:
        batch = _Batch()
        for entry in every:
            if not entry.image_url:
                pushed.refused[entry.number] = NO_PICTURE
                continue
            digest = _digest(entry)
            if there.get(entry.number) == digest and not whole:
                pushed.same += 1
                continue
            batch.digests[entry.number] = digest
            batch.entries.append(entry)
            if len(batch.entries) == self._catalogue.most:
                yield batch
                batch = _Batch()
        here = {one.number for one in every}
        # What somebody else put there is theirs to take away.
        batch.gone = [one for one, digest in there.items() if digest and one not in here]
        if batch.entries or batch.gone:
            yield batch

    async def _hand_in(self, batch: _Batch, link: str, pushed: Pushed) -> None:
        handle = await self._catalogue.submit(batch.entries, batch.gone, link)
        refused = (await self._settled(handle)).refused
        taken = {one: digest for one, digest in batch.digests.items() if one not in refused}
        now = self._clock()
        async with self._opened() as session:
            items = self._items(session)
            await items.note(taken, now)
            for number, why in refused.items():
                await items.note({number: ""}, now, why)
            await items.drop([one for one in batch.gone if one not in refused])
        pushed.put += len(taken)
        pushed.gone += len(batch.gone)
        pushed.refused |= refused

    async def _settled(self, handle: str) -> Settled:
        until, pause = self._clock() + _PATIENCE, _FIRST_PAUSE
        while self._clock() < until:
            settled = await self._catalogue.settled(handle)
            if settled is not None:
                return settled
            await self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise CatalogueError(f"The batch {handle} is still being worked off: push again later.")


def _digest(entry: Entry) -> str:
    """Mark what an entry says; a link to a file of ours is another one every hour."""
    said = replace(entry, image_url=entry.image_url.partition("?")[0])
    return hashlib.sha256(_ENCODER.encode(said)).hexdigest()
