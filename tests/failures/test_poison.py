"""A message that makes the code raise, and one that kills the process: each stands alone."""

import asyncio
import os
import re
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from sokoni.db.writing import reading
from sokoni.messaging.models import EventKind, EventState, InboxEvent, Message
from tests.failures.accounts import idle
from tests.failures.crowd import phone
from tests.failures.poison.manifest import ANTIDOTE
from tests.failures.town import Town, town
from tests.failures.waiting import until

pytestmark = pytest.mark.kill

_ROOT = Path(__file__).parents[2]
_VICTIM = 0
_NEIGHBOURS = range(1, 13)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the capability for this process and those that it starts."""
    package = tmp_path / "packages" / "poison-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: poison\nVersion: 1.0\n")
    entry = "[sokoni.capabilities]\npoison = tests.failures.poison.manifest:POISON\n"
    (package / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(package.parent))
    paths = (str(package.parent), str(_ROOT), os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("words", ["swallow arsenic", "swallow cyanide"])
async def test_a_poisonous_message_is_parked_and_its_neighbours_are_answered(
    own_url: str, tmp_path: Path, words: str
) -> None:
    async with town(own_url, tmp_path, 1, capabilities=("marketplace", "poison")) as run:
        nurse = asyncio.create_task(run.processes.nurse())
        try:
            await asyncio.gather(_write(run, _VICTIM, words), *_greetings(run))
            await _write(run, _VICTIM, "menu")
            assert await until(partial(_any_parked, run), 90)
            await idle(run.engine)
            parked = await run.processes.told("events", "list")
            before = _taken(run)

            (tmp_path / ANTIDOTE).touch()
            replayed = await run.processes.told("events", "replay", _id(parked))
            await asyncio.sleep(1)
            await idle(run.engine)
        finally:
            nurse.cancel()
            await asyncio.wait({nurse})

        assert "parked after" in parked
        assert "Back in line: 1" in replayed
        assert all(len(before[phone(one)]) == 1 for one in _NEIGHBOURS)
        assert len(before[phone(_VICTIM)]) == 2, "an apology, and the answer to the next message"
        assert any("Sorry" in text for text in before[phone(_VICTIM)])
        assert len(_taken(run)[phone(_VICTIM)]) == 3, "what was replayed is answered"
        assert await _logged(run, words) == 1


async def _write(run: Town, contact: int, text: str) -> None:
    await run.crowd.say(phone(contact), 0, text)


def _greetings(run: Town) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(_write(run, one, "menu")) for one in _NEIGHBOURS]


async def _any_parked(run: Town) -> bool:
    async with reading(run.engine) as connection:
        states = await connection.scalars(
            select(InboxEvent.state).where(
                InboxEvent.kind == EventKind.MESSAGE, InboxEvent.state == int(EventState.PARKED)
            )
        )
        return bool(states.all())


def _id(listed: str) -> str:
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", listed)
    assert found is not None, listed
    return found[0]


def _taken(run: Town) -> dict[str, list[str]]:
    """Return what was said to each contact."""
    said: dict[str, list[str]] = {phone(one): [] for one in (_VICTIM, *_NEIGHBOURS)}
    for taken in run.graph.taken:
        said[taken.to].append(str(taken.payload))
    return said


async def _logged(run: Town, words: str) -> int:
    """Return how often the victim's first message stands in the log."""
    key = f"wamid.in.{phone(_VICTIM)[1:]}.0"
    async with reading(run.engine) as connection:
        rows = await connection.scalars(select(Message.id).where(Message.provider_id == key))
        return len(rows.all())
