import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from sokoni.gateway.batcher import Batcher, NotStoredError
from sokoni.messaging.inbox import Arrival, Stored
from tests.messaging.arriving import Owner, arrival, message


class Store:
    """Takes batches when it is let; refuses what it was told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.let = asyncio.Event()
        self.let.set()
        self.failing = False
        self.refused: frozenset[int] = frozenset()

    async def __call__(self, arrivals: Sequence[Arrival]) -> Stored:
        self.batches.append([one.item.text for one in arrivals])  # type: ignore[union-attr]
        await self.let.wait()
        if self.failing:
            raise OSError
        return Stored(len(arrivals), self.refused)


@pytest.fixture
def store() -> Store:
    return Store()


def batcher(store: Store, **limits: float) -> Batcher:
    return Batcher(store, lambda *_: None, **limits)  # type: ignore[arg-type]


def texts(*said: str) -> list[Arrival]:
    return [arrival(Owner(), message("w", text=one)) for one in said]


async def test_what_arrives_during_a_flush_is_the_next_batch(store: Store) -> None:
    batch = batcher(store)
    store.let.clear()

    callers = [asyncio.create_task(batch.add(texts(one))) for one in "abcd"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    callers += [asyncio.create_task(batch.add(texts(one))) for one in "ef"]
    await asyncio.sleep(0)
    store.let.set()
    await asyncio.gather(*callers)

    assert [one for batch in store.batches for one in batch] == list("abcdef")
    assert len(store.batches) == 2


async def test_a_batch_ends_at_the_limit_but_never_splits_a_caller(store: Store) -> None:
    batch = batcher(store, most=3)

    await asyncio.gather(*(batch.add(texts(*said)) for said in ("ab", "cd", "e", "fghi", "j")))

    assert ["".join(one) for one in store.batches] == ["ab", "cde", "fghi", "j"]


async def test_a_failed_flush_fails_only_its_callers(store: Store) -> None:
    batch = batcher(store, most=1)
    store.failing = True
    with pytest.raises(NotStoredError):
        await batch.add(texts("a"))

    store.failing = False
    await batch.add(texts("b"))

    assert store.batches == [["a"], ["b"]]


async def test_trouble_is_logged_when_it_begins_and_when_it_ends(store: Store) -> None:
    batch = batcher(store)
    with capture_logs() as logged:
        store.failing = True
        for said in "abc":
            with pytest.raises(NotStoredError):
                await batch.add(texts(said))
        store.failing = False
        await batch.add(texts("d"))
        await batch.add(texts("e"))

    assert [one["event"] for one in logged] == ["flush failed", "flush works again"]


async def test_a_refused_arrival_fails_its_own_caller(store: Store) -> None:
    batch = batcher(store)
    store.refused = frozenset({2})

    outcomes = await asyncio.gather(
        *(batch.add(texts(*said)) for said in ("ab", "cd", "e")), return_exceptions=True
    )

    assert [type(one) for one in outcomes] == [type(None), NotStoredError, type(None)]


async def test_a_flush_that_hangs_is_given_up(store: Store) -> None:
    batch = batcher(store, patience=0.01)
    store.let.clear()
    with pytest.raises(NotStoredError):
        await batch.add(texts("a"))
    store.let.set()

    await batch.add(texts("b"))

    assert store.batches == [["a"], ["b"]]


async def test_a_caller_who_leaves_harms_nobody(store: Store) -> None:
    batch = batcher(store)
    store.let.clear()
    leaving = asyncio.create_task(batch.add(texts("a")))
    staying = asyncio.create_task(batch.add(texts("b")))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    store.let.set()

    await staying

    assert leaving.cancelled()
