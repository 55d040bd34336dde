"""The busy paths ask the database a few times, however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from tests.capabilities.marketplace.factories import (
    HARARE,
    create_contact,
    create_listing,
    create_request,
)
from tests.capabilities.marketplace.market import Market


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """Collect the statements that are run, transactions' own aside."""
    run: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            run.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def test_search_takes_three_statements_however_many_offers_there_are(
    market: Market, session: AsyncSession, engine: AsyncEngine, vault: Vault
) -> None:
    for _ in range(12):
        seller = await create_contact(session, vault, "Farai")
        await create_listing(session, seller, place=HARARE)
    buyer = await market.phone()
    await buyer.plays("Selling 3 sheep at $50 each in Gokwe", "yes", "skip")

    with counted(engine) as run:
        assert "Farai" in await buyer.says("Looking for goats")

    assert len(run) <= 3


async def test_yes_to_a_listing_takes_five_statements_however_many_wait(
    market: Market, session: AsyncSession, engine: AsyncEngine, vault: Vault
) -> None:
    for _ in range(12):
        await create_request(session, await create_contact(session, vault))
    seller = await market.phone()
    await seller.plays("I want to join", "Tendai Moyo", "Gokwe")
    await seller.says("Selling 10 goats at $20 each")

    with counted(engine) as run:
        assert "Listed" in await seller.says("yes")

    assert len(run) <= 5
    assert len(market.tells) == 12
