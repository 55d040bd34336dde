"""Loops that are run by hand do all there is to do, and look for nothing besides."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.agenda import Times
from sokoni.db.base import UtcDateTime
from sokoni.testing.clock import StoppedClock
from sokoni.workers.rounds import Loop, Rounds

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A loop with a pile of times; each run takes what is due, and may give work to another."""

    clock: StoppedClock
    pile: list[datetime] = field(default_factory=list)
    passes_to: "Desk | None" = None
    stuck: bool = False
    runs: int = 0

    @property
    def times(self) -> Times:
        top = bindparam(
            "top",
            callable_=lambda: min(self.pile, default=None),
            type_=UtcDateTime(),
            unique=True,
        )
        return (select(top.label("top")),)

    async def run(self) -> int:
        self.runs += 1
        due = [at for at in self.pile if at <= self.clock() and not self.stuck]
        self.pile = [at for at in self.pile if at not in due]
        if self.passes_to is not None:
            self.passes_to.pile += due
        return len(due)

    def loop(self, *, foreseen: bool = True) -> Loop:
        return Loop(run=self.run, times=self.times, foreseen=foreseen)


async def test_what_one_loop_leaves_to_another_is_done_too(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    last = Desk(clock)
    first = Desk(clock, pile=[clock()], passes_to=last)

    # The one that takes what the other leaves has had its turn before.
    await Rounds(engine, clock, [last.loop(), first.loop()]).run_until_idle()

    assert (first.pile, last.pile) == ([], [])
    assert (first.runs, last.runs) == (1, 1)


async def test_a_loop_whose_time_has_not_come_is_left_alone(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    desk = Desk(clock, pile=[clock() + HOUR])
    rounds = Rounds(engine, clock, [desk.loop()])

    await rounds.run_until_idle()

    assert desk.runs == 0
    assert await rounds.next_due() == clock() + HOUR
    clock.advance(HOUR)
    await rounds.run_until_idle()
    assert (desk.runs, desk.pile) == (1, [])


async def test_what_cannot_be_done_ends_the_round(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    desk = Desk(clock, pile=[clock()], stuck=True)

    await Rounds(engine, clock, [desk.loop()]).run_until_idle()

    assert (desk.runs, desk.pile) == (1, [clock()])


async def test_a_loop_says_itself_when_it_wants_to_be_run(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    desk = Desk(clock)
    loop = Loop(run=desk.run, own=clock)

    await Rounds(engine, clock, [loop]).run_until_idle()

    assert desk.runs == 1


async def test_the_clock_stops_for_what_is_foreseen_only(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    sooner, later = Desk(clock, pile=[clock() + HOUR]), Desk(clock, pile=[clock() + 2 * HOUR])
    rounds = Rounds(engine, clock, [sooner.loop(foreseen=False), later.loop()])

    assert await rounds.next_due() == clock() + 2 * HOUR
