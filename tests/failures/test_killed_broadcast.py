"""The server is killed in the middle of a broadcast: everybody gets it exactly once.

`SOKONI_TEST_RECIPIENTS=100000` writes to more people than the usual number.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.bootstrap import App, running
from sokoni.capabilities.broadcast.desk import BroadcastDesk
from sokoni.capabilities.broadcast.lines import lines_of
from sokoni.capabilities.broadcast.models import Broadcast, Recipient
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.register import address_row
from sokoni.db.bulk import insert_many_once
from sokoni.db.writing import reading, writing
from sokoni.dialogue.manifest import facts_of
from sokoni.kit.clock import utc_now
from sokoni.kit.ids import ContactId, new_id
from sokoni.testing.fake_graph import slow
from tests.failures.fleet import ready
from tests.failures.place import SLUG, settings_of
from tests.failures.town import Town, town
from tests.failures.waiting import until

pytestmark = pytest.mark.kill

RECIPIENTS: Final = int(os.environ.get("SOKONI_TEST_RECIPIENTS", "600"))
KILLS: Final = 3
_AT_ONCE: Final = 1000


async def test_everybody_gets_a_broadcast_once_though_the_server_is_killed(
    own_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    # As long as it is by itself: reports of so many messages may come late while all is busy.
    async with town(
        own_url, tmp_path, 1, capabilities=("broadcast",), unknown_after_seconds=60
    ) as run:
        run.graph.always(slow(0.2))
        phones = await _begin(run)
        await _kill(run)
        await _over(run)
        await run.graph.reported()

        took = Counter(one.to for one in run.graph.taken)
        assert sorted(set(phones) - took.keys()) == []
        assert {who: count for who, count in took.items() if count > 1} == {}
        assert took.keys() == set(phones)
        assert await _steps(run.engine) == {"said": len(phones)}
        with capsys.disabled():
            seconds = time.monotonic() - began
            sys.stdout.write(f"\n{own_url[:6]}: {len(phones)} recipients in {seconds:.0f} s\n")


async def _begin(run: Town) -> list[str]:
    """Settle people, and send a broadcast to all of them."""
    async with running(settings_of(run.variables)) as app:
        phones = await _people(app)
        profile = await app.merchants.find(SLUG)
        assert profile is not None
        desk = BroadcastDesk(
            engine=app.engine,
            vault=app.vault,
            clock=app.clock,
            inbox=app.inbox,
            merchant=profile,
            facts=facts_of(app.capabilities, profile),
            lines={
                one: line
                for one, line in lines_of(app.accounts.known(), profile.id).items()
                if line.channel != "simulator"
            },
            tasks=frozenset(),
            by="test",
        )
        said: dict[str, Any] = {
            "name": "All",
            "kind": "utility",
            "urgent": True,
            "texts": {"en": "We are open."},
            "template": "broadcast.message",
        }
        row = await desk.draft(BroadcastSaid.model_validate(said))
        proof = await desk.prove(row.reference)
        assert proof.counts == {"template": len(phones)}
        await desk.send(row.reference, proof.hash)
    return phones


async def _people(app: App) -> list[str]:
    profile = await app.merchants.find(SLUG)
    assert profile is not None
    now, phones = utc_now(), [f"+26377{number:07d}" for number in range(RECIPIENTS)]
    for start in range(0, RECIPIENTS, _AT_ONCE):
        some = {phone: ContactId(new_id()) for phone in phones[start : start + _AT_ONCE]}
        person = {"merchant_id": profile.id, "name_given": False, "language": "en"}
        async with writing(app.engine) as connection:
            await insert_many_once(
                connection,
                cast("Table", Contact.__table__),
                [{"id": one, "created_at": now, **person} for one in some.values()],
            )
            await insert_many_once(
                connection,
                cast("Table", ContactAddress.__table__),
                [
                    address_row(app.vault, profile.id, one, "phone", phone, now)
                    for phone, one in some.items()
                ],
            )
    return phones


async def _kill(run: Town) -> None:
    """Kill who turns and sends, at moments drawn by lot, and start them again."""
    chance = random.Random(1)
    for kill in range(1, KILLS + 1):
        wanted = kill * RECIPIENTS // (KILLS + 2)
        assert await until(partial(_more, run, wanted), 120 + wanted / 50)
        name = chance.choice(run.processes.workers)
        await run.processes.kill(name)
        await asyncio.sleep(chance.uniform(0, 0.5))
        await run.processes.start(name)
        await ready(run.port, 120)


async def _more(run: Town, wanted: int) -> bool:
    return len(run.graph.taken) >= wanted


async def _over(run: Town) -> None:
    """Wait until it is done, and nothing more is on its way."""

    async def done() -> bool:
        async with reading(run.engine) as connection:
            state = await connection.scalar(select(Broadcast.state))
        return state == "done" and len({one.to for one in run.graph.taken}) == RECIPIENTS

    if not await until(done, 240 + RECIPIENTS / 50):
        raise AssertionError(f"{len(run.graph.taken)} taken, {await _steps(run.engine)}")


async def _steps(engine: AsyncEngine) -> dict[str, int]:
    async with reading(engine) as connection:
        rows = await connection.execute(
            select(Recipient.step, func.count()).group_by(Recipient.step)
        )
        return {row[0]: row[1] for row in rows}
