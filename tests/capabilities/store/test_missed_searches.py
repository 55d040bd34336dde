"""What is looked for in vain in the chat is noted in the language that is spoken."""

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.capabilities.store.front import shop_front


async def test_what_nobody_sells_is_noted_with_its_language(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.say("do you have durian")
        await shop.say("taura chishona")
        await shop.say("ndinoda durian")

        missed = (await shop.desk.get("/api/v1/searches/missed")).json()

    assert {(one["words"], one["language"], one["count"]) for one in missed} == {
        ("durian", "en", 1),
        ("durian", "sn", 1),
    }
