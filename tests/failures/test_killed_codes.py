"""The server is killed while many ask for codes and type them: tries stay counted, codes the same.

Half of the people type two wrong codes and then the right one; the others five wrong ones, after
which the right one must be good for nothing.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from sokoni.capabilities.onboarding.models import Entry
from sokoni.db.writing import reading
from sokoni.messaging.models import Request
from sokoni.testing.fake_twilio_codes import (
    ACCOUNT,
    NUMBER,
    TOKEN,
    FakeTwilioCodes,
    fake_twilio_codes,
)
from sokoni.verification.codes import MOST_TRIES
from sokoni.verification.models import Code, Use
from tests.failures.crowd import phone
from tests.failures.fleet import ready
from tests.failures.town import Town, town
from tests.failures.waiting import until

pytestmark = pytest.mark.kill

PEOPLE: Final = 40
KILLS: Final = 3
WRONG: Final = 2
"""Tries of who means well, before the right one."""
_PATIENCE: Final = 240.0
"""Longer than a dead process is waited for."""
_SETTINGS: Final = {
    "registrations": [
        {
            "name": "gate",
            "label": "Register",
            "triggers": ["register me"],
            "steps": [{"slot": "name", "kind": "name"}, {"slot": "phone", "kind": "phone"}],
            "verify": {"slot": "phone", "always": True},
        }
    ]
}


def _by_sms(url: str) -> str:
    return (
        "verification:\n"
        f"  - {{way: twilio_sms, account_sid: {ACCOUNT}, auth_token: {TOKEN},"
        f" number: '{NUMBER}', base_url: '{url}'}}\n"
    )


async def test_no_try_is_had_twice_and_no_code_made_twice_though_the_server_is_killed(
    own_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    async with (
        fake_twilio_codes() as twilio,
        town(
            own_url,
            tmp_path,
            1,
            capabilities=(f"onboarding: {json.dumps(_SETTINGS)}",),
            besides=_by_sms(twilio.url),
        ) as run,
    ):
        # Answers that take a while: a kill catches codes on the wire.
        twilio.seconds = 0.5
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(run.crowd.listen())
            killing = tasks.create_task(_kill(run, twilio))
            people = [tasks.create_task(_register(run, twilio, one)) for one in range(PEOPLE)]
            said = await asyncio.gather(*people)
            caught = await killing
            listening.cancel()

        assert {who: last for who, last in enumerate(said) if not _is_over(who, last)} == {}
        await _settled(run, twilio, caught)
        with capsys.disabled():
            repeated = len(twilio.sms) - PEOPLE
            seconds = time.monotonic() - began
            sys.stdout.write(
                f"\n{own_url[:6]}: {PEOPLE} people, {KILLS} kills with {sorted(caught.values())}"
                f" codes on the wire, {repeated} sent again, {seconds:.0f} s\n"
            )


def _gives_up(who: int) -> bool:
    return who % 2 == 1


def _is_over(who: int, last: str) -> bool:
    wanted = "tried too often" if _gives_up(who) else "registered"
    return wanted in last


async def _register(run: Town, twilio: FakeTwilioCodes, who: int) -> str:
    """Register, type wrong codes and then the right one; return the last answer."""
    crowd, number = run.crowd, phone(who)
    await asyncio.sleep(crowd.chance.uniform(0, 12))
    for line in ("register me", "Tendai Moyo", number, "yes"):
        await crowd.ask(who, line)
    assert await until(partial(_has_code, twilio, number), _PATIENCE), f"{number} has no code"
    code = codes_of(twilio)[number][-1]
    for nth in range(MOST_TRIES if _gives_up(who) else WRONG):
        await crowd.ask(who, f"{(int(code) + nth + 1) % 10**6:06}")
    return await crowd.ask(who, code)


async def _has_code(twilio: FakeTwilioCodes, number: str) -> bool:
    return number in codes_of(twilio)


def codes_of(twilio: FakeTwilioCodes) -> dict[str, list[str]]:
    """Return the codes that went out to each number, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for sms in twilio.sms:
        said = re.search(r"(\d{3}) (\d{3})", sms.body)
        assert said is not None
        found[sms.to].append(said[1] + said[2])
    return found


async def _kill(run: Town, twilio: FakeTwilioCodes) -> dict[int, int]:
    """Kill who turns and sends while codes are on the wire; return how many were, by kill."""
    chance = random.Random(1)
    caught: dict[int, int] = {}
    for kill in range(KILLS):
        wanted = (kill + 1) * PEOPLE // (KILLS + 2)
        assert await until(partial(_sent, twilio, wanted), _PATIENCE)
        name = chance.choice(run.processes.workers)
        caught[kill] = twilio.on_the_wire
        await run.processes.kill(name)
        await asyncio.sleep(chance.uniform(0, 0.5))
        await run.processes.start(name)
        await ready(run.port, 120)
    return caught


async def _sent(twilio: FakeTwilioCodes, wanted: int) -> bool:
    return len(twilio.sms) >= wanted and twilio.on_the_wire > 0


async def _settled(run: Town, twilio: FakeTwilioCodes, caught: dict[int, int]) -> None:
    """Hold the database and the provider against what people did, once nothing is under way.

    What was on the wire at a kill is looked at again when its lease is over.
    """
    assert await until(partial(_nothing_waits, run), _PATIENCE), "requests are left open"
    burnt = sum(_gives_up(who) for who in range(PEOPLE))
    codes = codes_of(twilio)
    again = sum(len(sent) - 1 for sent in codes.values())
    async with reading(run.engine) as connection:
        states = await connection.execute(
            select(Entry.state, Entry.verified, func.count()).group_by(Entry.state, Entry.verified)
        )
        tries = await connection.execute(
            select(Code.attempts, func.count()).group_by(Code.attempts)
        )
        failures = await connection.scalar(select(func.count()).where(Use.kind == "failure"))

    assert {number: sent for number, sent in codes.items() if len(set(sent)) > 1} == {}
    assert again <= sum(caught.values())
    assert {tuple(row) for row in states} == {
        ("completed", True, PEOPLE - burnt),
        ("confirmed", False, burnt),
    }
    assert {tuple(row) for row in tries} == {(MOST_TRIES, burnt)}
    assert failures == WRONG * (PEOPLE - burnt) + MOST_TRIES * burnt


async def _nothing_waits(run: Town) -> bool:
    waiting = select(func.count()).where(Request.state.in_(["waiting", "running"]))
    async with reading(run.engine) as connection:
        return not await connection.scalar(waiting)
