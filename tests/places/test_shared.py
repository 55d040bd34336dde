"""What one process registered is understood by the others."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import kinds, running
from sokoni.channels.inbound import Address, Message
from sokoni.config import Settings
from sokoni.demo.merchants import load_demo
from sokoni.dialogue.state import DialogueState, Draft
from sokoni.places.distance import Point
from sokoni.places.service import PlacesService
from sokoni.testing.clock import NOON
from sokoni.testing.databases import create_tables

ASKED = DialogueState(drafts=(Draft(task="marketplace.join", awaiting="place"),))
ANSWER = Message(provider_id="p", sender=Address(user_id="u"), sent_at=NOON, text="Nyamazizi")


async def test_another_process_understands_the_place_after_its_refresh(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    await create_tables(settings.database_url)

    async with running(settings) as one, running(settings) as other:
        await load_demo(one, kinds(production=False), ["gokwe-market"])
        await other.refresh()
        profile = await other.merchants.find("gokwe-market")
        assert profile is not None
        before = other.dialogues.of(profile).settles_at_once(ASKED, ANSWER)
        async with AsyncSession(one.engine) as session, session.begin():
            places = PlacesService(
                session, profile.id, "ZW", shipped=one.places.shipped, clock=one.clock
            )
            await places.register("Nyamazizi", Point(-18.45, 29.05))
        await other.refresh()

        after = other.dialogues.of(profile).settles_at_once(ASKED, ANSWER)

    assert (before, after) == (False, True)
