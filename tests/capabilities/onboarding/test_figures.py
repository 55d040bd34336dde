"""A small known history of registrations, as its statistics tell it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from sokoni.db.writing import writing
from sokoni.messaging.models import Conversation
from tests.capabilities.onboarding.bazaar import Desk
from tests.conftest import THREE

ANITA, BALA, CHITRA, DEV = (f"+91987654330{number}" for number in range(4))


async def figures(desk: Desk) -> Mapping[str, Any]:
    await desk.crew.tally.flush()
    told: Mapping[str, Any] = (await (await desk.api("read")).get("/api/v1/stats")).json()
    return told


async def history(desk: Desk) -> None:
    """Have one finish, one stop at the sector after a mistake, one at the PIN code, one cancel."""
    await desk.register(ANITA)
    await desk.tell("Hi", who=BALA)
    desk.clock.advance(timedelta(seconds=20))
    await desk.tell("Bala Iyer", "qqqq zzzz", who=BALA)
    await desk.tell("Hi", who=CHITRA)
    desk.clock.advance(timedelta(seconds=40))
    await desk.tell("Chitra Rao", "textiles", who=CHITRA)
    await desk.tell("Hi", "Dev Nair", "cancel", who=DEV)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_small_history_is_told_as_it_was(bazaar: Desk) -> None:
    await history(bazaar)

    told = await figures(bazaar)

    assert told["conversations"] == 4
    assert told["steps"] == {"onboarding.msme.sector": 1, "onboarding.msme.pincode": 1}
    task = told["tasks"]["onboarding.msme"]
    assert (task["started"], task["left"]) == (4, 1)
    name, sector = task["steps"]["name"], task["steps"]["sector"]
    assert (name["asked"], name["answered"], name["left"]) == (4, 4, 0)
    assert name["seconds"] == (20 + 40) / 4
    assert (sector["asked"], sector["missed"], sector["left"]) == (4, 1, 1)
    asked = sum(step["asked"] for step in task["steps"].values())
    missed = sum(step["missed"] for step in task["steps"].values())
    assert task["error_rate"] == round(missed / (asked + missed), 4)
    begun = sum(one["started"] for one in told["tasks"].values())
    assert told["by_day"]["tasks_started"] == {str(bazaar.clock().date()): begun}


async def test_steps_are_the_same_whether_they_are_known_or_states_are_opened(
    bazaar: Desk,
) -> None:
    await history(bazaar)
    known = await figures(bazaar)

    async with writing(bazaar.app.engine) as connection:
        await connection.execute(update(Conversation).values(step=None))
    opened = await figures(bazaar)

    assert opened == known
