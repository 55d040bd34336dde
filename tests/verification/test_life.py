"""A code's life, by a machine that asks, types, waits, dies and sends in any order."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id
from sokoni.testing.clock import StoppedClock
from sokoni.testing.databases import create_tables
from sokoni.verification.codes import MOST_TRIES, Codes, Sort
from sokoni.verification.models import CodeId
from sokoni.verification.sending import Desk, Outgoing

T = TypeVar("T")
NUMBER: Final = PhoneNumber("+263777530322")
HOUR, DAY, LASTS = timedelta(hours=1), timedelta(days=1), timedelta(minutes=5)
PAUSES: Final = [timedelta(seconds=one) for one in (30, 60, 120, 300)]


class World:
    """One database for all machines."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        url = f"sqlite+aiosqlite:///{self.folder.name}/life.db"
        self.runner.run(create_tables(url))
        self.engine = open_engine(url, pool_size=1)

    def close(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()
        self.folder.cleanup()


class CodeLife(RuleBasedStateMachine):
    """Holds the service against what a person with a notebook would say."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.clock = StoppedClock()
        self.vault = Vault([b"k" * 32])
        self.merchant, self.contact = MerchantId(new_id()), ContactId(new_id())
        self.asked: tuple[CodeId, int] | None = None
        self.good: str | None = None
        self.until = self.clock()
        self.tries = 0
        self.sent_at: list[Any] = []
        self.failed_at: list[Any] = []
        self.asked_at = self.clock()
        self.in_a_row = 0
        self._made_until = self.clock()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.world.runner.run(work)

    @rule(seconds=st.sampled_from([1, 29, 31, 61, 121, 290, 301, 1800, 3600, 40_000, 90_000]))
    def wait(self, seconds: int) -> None:
        self.clock.set(self.clock() + timedelta(seconds=seconds))

    @rule()
    def ask(self) -> None:
        now = self.clock()
        result = self.run(self._ask())
        if self.in_a_row and now - self.asked_at >= DAY:
            pause = PAUSES[min(self.in_a_row, 4) - 1]
        else:
            pause = PAUSES[min(self.in_a_row, 4) - 1] if self.in_a_row else timedelta(0)
        if self.in_a_row and self.asked_at + pause > now:
            assert result.sort is Sort.SOON
            return
        hour = sum(at > now - HOUR for at in self.sent_at)
        day = sum(at > now - DAY for at in self.sent_at)
        if hour >= 5 or day >= 20:
            # The number's are the contact's own here, but for those that were sent again.
            assert result.sort in {Sort.TOO_MANY, Sort.ENOUGH}
            return
        assert result.sort is Sort.ASKED
        assert result.code_id is not None
        self.in_a_row = 1 if now - self.asked_at >= DAY and self.in_a_row else self.in_a_row + 1
        self.asked, self.asked_at = (result.code_id, result.serial), now
        self.sent_at.append(now)
        self.good, self.tries = None, 0

    @precondition(lambda self: self.asked is not None and self.good is None)
    @rule(dies=st.booleans())
    def send(self, dies: bool) -> None:
        assert self.asked is not None
        out = self.run(self._begin())
        if not isinstance(out, Outgoing):
            return
        if out.again:
            # Sending again is a send, too.
            self.sent_at.append(self.clock())
        if not dies:
            self.run(self._sent(out))
            self.good, self.until = out.code, self._expires()

    @precondition(lambda self: self.good is not None)
    @rule(right=st.booleans())
    def type(self, right: bool) -> None:
        assert self.good is not None
        now = self.clock()
        typed = self.good if right else f"{(int(self.good) + 1) % 10**6:06}"
        found = self.run(self._check(typed))
        if self.tries >= MOST_TRIES:
            assert found is Sort.BURNT
        elif self.until <= now:
            assert found is Sort.EXPIRED
        elif sum(at > now - DAY for at in self.failed_at) >= 10:
            self.tries += 1
            assert found is Sort.TOO_MANY
        elif right:
            assert found is Sort.RIGHT
            self.asked, self.good, self.in_a_row = None, None, 0
        else:
            self.tries += 1
            self.failed_at.append(now)
            assert found is (Sort.BURNT if self.tries == MOST_TRIES else Sort.WRONG)

    @invariant()
    def never_more_than_the_figures(self) -> None:
        if not hasattr(self, "failed_at"):
            return
        now = self.clock()
        assert sum(at > now - DAY for at in self.failed_at) <= 10
        assert sum(at > now - HOUR for at in self.sent_at) <= 5
        assert sum(at > now - DAY for at in self.sent_at) <= 20

    # --- the real thing -----------------------------------------------------------------------

    def _codes(self, connection: Any) -> Codes:  # noqa: ANN401
        return Codes(connection, self.vault, self.merchant, self.contact, self.clock())

    async def _ask(self) -> Any:  # noqa: ANN401
        async with writing(self.world.engine) as connection:
            return await self._codes(connection).ask(NUMBER, "gate")

    async def _check(self, typed: str) -> Sort:
        async with writing(self.world.engine) as connection:
            return (await self._codes(connection).check(NUMBER, "gate", typed)).sort

    async def _begin(self) -> Any:  # noqa: ANN401
        assert self.asked is not None
        async with writing(self.world.engine) as connection:
            desk = Desk(connection, self.vault, self.merchant, self.clock())
            out = await desk.begin(*self.asked, most_a_day=0)
        if isinstance(out, Outgoing):
            fresh = not out.again or self._made_until <= self.clock()
            self._made_until = self.clock() + LASTS if fresh else self._made_until
        return out

    async def _sent(self, out: Outgoing) -> None:
        async with writing(self.world.engine) as connection:
            desk = Desk(connection, self.vault, self.merchant, self.clock())
            await desk.sent(out, "sms", theirs=False)

    def _expires(self) -> Any:  # noqa: ANN401
        return self._made_until


def test_a_code_lives_as_the_figures_say() -> None:
    CodeLife.world = World()
    try:
        case = CodeLife.TestCase
        case.settings = settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        case("runTest").runTest()
    finally:
        CodeLife.world.close()
