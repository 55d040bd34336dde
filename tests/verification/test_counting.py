"""Tries are counted, whatever happens: at once, over restarts, where a turn fails."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.connectors.codes import Verdict
from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id
from sokoni.testing.clock import StoppedClock
from sokoni.verification.codes import FAILURES, MOST_TRIES, Codes, Judged, Sort
from sokoni.verification.models import Code
from sokoni.verification.proofs import Proofs
from sokoni.verification.sending import Desk, Later, Outgoing, Settled
from sokoni.verification.uses import DAY, Full, Most, Uses
from tests.conftest import THREE
from tests.verification.gate import ANA, NUMBER, another, code_in, gate

every_database = pytest.mark.parametrize("database_url", THREE, indirect=True)
MERCHANT: Final = MerchantId(new_id())
HERS: Final = PhoneNumber("+263777530322")


class Person:
    """A contact who asks and types, each time in a transaction of its own."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock) -> None:
        self.engine = engine
        self.vault = vault
        self.clock = clock
        self.id = ContactId(new_id())

    async def sent(self, number: PhoneNumber = HERS, purpose: str = "gate") -> str:
        """Ask for a code, and have it sent; return it."""
        async with writing(self.engine) as connection:
            asked = await self._codes(connection).ask(number, purpose)
        assert asked.sort is Sort.ASKED, asked
        async with writing(self.engine) as connection:
            desk = Desk(connection, self.vault, MERCHANT, self.clock())
            out = await desk.begin(asked.code_id or new_id(), asked.serial, most_a_day=0)
            assert isinstance(out, Outgoing)
            await desk.sent(out, "sms", theirs=False)
        return out.code

    async def types(self, code: str, number: PhoneNumber = HERS, purpose: str = "gate") -> Sort:
        async with writing(self.engine) as connection:
            return (await self._codes(connection).check(number, purpose, code)).sort

    async def attempts(self) -> int:
        async with AsyncSession(self.engine) as session:
            row = await session.scalar(select(Code).where(Code.contact_id == self.id))
            return row.attempts if row else -1

    def _codes(self, connection: Any) -> Codes:  # noqa: ANN401
        return Codes(connection, self.vault, MERCHANT, self.id, self.clock())


@pytest.fixture
def ana(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Person:
    return Person(engine, vault, clock)


@every_database
async def test_of_twenty_tries_at_once_five_are_judged(ana: Person) -> None:
    code = await ana.sent()
    wrong = another(code)

    found = await asyncio.gather(*(ana.types(wrong) for _ in range(20)))

    assert sorted(found).count(Sort.WRONG) == MOST_TRIES - 1
    assert found.count(Sort.BURNT) == 20 - (MOST_TRIES - 1)
    assert await ana.attempts() == MOST_TRIES
    assert await ana.types(code) is Sort.BURNT


async def test_a_right_code_is_right_once_though_it_is_typed_everywhere_at_once(
    ana: Person,
) -> None:
    code = await ana.sent()

    found = await asyncio.gather(*(ana.types(code) for _ in range(4)))

    assert found.count(Sort.RIGHT) == 1


async def test_tries_count_on_after_a_restart(
    ana: Person, database_url: str, vault: Vault, clock: StoppedClock
) -> None:
    code = await ana.sent()
    for _ in range(3):
        await ana.types(another(code))

    again = open_engine(database_url, pool_size=1)
    ana.engine = again
    found = [await ana.types(another(code)) for _ in range(2)]
    await again.dispose()

    assert found == [Sort.WRONG, Sort.BURNT]


@every_database
async def test_ten_failures_a_day_are_all_whoever_asks_and_for_whatever(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    people = [Person(engine, vault, clock) for _ in range(3)]
    codes = []
    for number, one in enumerate(people):
        codes.append(await one.sent(purpose=f"gate{number}"))

    found = await asyncio.gather(
        *(
            one.types(another(code), purpose=f"gate{number}")
            for number, (one, code) in enumerate(zip(people, codes, strict=True))
            for _ in range(MOST_TRIES)
        )
    )

    judged = [one for one in found if one in {Sort.WRONG, Sort.BURNT}]
    assert len(judged) == FAILURES.count
    assert found.count(Sort.TOO_MANY) == 15 - FAILURES.count


async def test_a_number_nobody_asked_for_is_answered_like_a_wrong_code(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    known, stranger = Person(engine, vault, clock), Person(engine, vault, clock)
    code = await known.sent()

    theirs = [await known.types(another(code)) for _ in range(6)]
    nobodys = [
        await stranger.types(another(code), number=PhoneNumber("+263777530399")) for _ in range(6)
    ]

    assert theirs == nobodys


async def test_a_code_is_good_for_its_number_its_purpose_and_who_asked(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    ana, ben = Person(engine, vault, clock), Person(engine, vault, clock)
    code = await ana.sent()

    assert await ben.types(code) is not Sort.RIGHT
    assert await ana.types(code, purpose="login") is not Sort.RIGHT
    assert await ana.types(code, number=PhoneNumber("+263777530323")) is not Sort.RIGHT
    assert await ana.types(code) is Sort.RIGHT
    assert await ana.types(code) is not Sort.RIGHT


async def test_what_is_kept_of_a_code_does_not_show_it(ana: Person) -> None:
    code = await ana.sent()

    async with AsyncSession(ana.engine) as session:
        row = await session.scalar(select(Code))

    assert row is not None
    assert row.code is None
    kept = repr([getattr(row, column.name) for column in Code.__table__.columns])
    assert code not in kept
    assert HERS not in kept


@every_database
async def test_two_who_prove_a_number_at_once_are_not_both_its_owner(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async def prove() -> bool:
        async with writing(engine) as connection:
            proofs = Proofs(connection, vault, MERCHANT, clock())
            return (await proofs.keep(ContactId(new_id()), HERS, "gate")).contested

    assert sorted(await asyncio.gather(prove(), prove(), prove())) == [False, True, True]


async def test_no_more_than_so_many_are_taken_in_any_while(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    most = (Most(5, timedelta(hours=1)), Most(8, DAY))

    async def take() -> bool:
        async with writing(engine) as connection:
            taken = await Uses(connection, MERCHANT, clock()).take("send", "x", *most)
        return not isinstance(taken, Full)

    first = await asyncio.gather(*(take() for _ in range(9)))
    clock.set(clock() + timedelta(minutes=61))
    later = [await take() for _ in range(5)]
    clock.set(clock() + timedelta(hours=23))
    next_day = [await take() for _ in range(6)]

    assert (first.count(True), later.count(True), next_day.count(True)) == (5, 3, 5)


async def test_a_merchant_sends_no_more_than_it_lets_itself(ana: Person) -> None:
    async with writing(ana.engine) as connection:
        codes = Codes(connection, ana.vault, MERCHANT, ana.id, ana.clock())
        asked = [
            await codes.ask(PhoneNumber(f"+26377753032{digit}"), "gate") for digit in range(3)
        ]
        desk = Desk(connection, ana.vault, MERCHANT, ana.clock())
        begun = [
            await desk.begin(one.code_id or new_id(), one.serial, most_a_day=2) for one in asked
        ]

    assert [type(one) for one in begun] == [Outgoing, Outgoing, Later]


# --- crashes ----------------------------------------------------------------------------------


async def test_a_process_that_dies_while_it_sends_sends_the_same_code_after(ana: Person) -> None:
    async with writing(ana.engine) as connection:
        asked = await ana._codes(connection).ask(HERS, "gate")

    async def begin() -> Outgoing | Settled | Later:
        async with writing(ana.engine) as connection:
            desk = Desk(connection, ana.vault, MERCHANT, ana.clock())
            return await desk.begin(asked.code_id or new_id(), asked.serial, most_a_day=0)

    died, after = await begin(), await begin()

    assert isinstance(died, Outgoing)
    assert isinstance(after, Outgoing)
    assert (died.code, died.key) == (after.code, after.key)
    assert (died.again, after.again) == (False, True)
    assert await ana.types(died.code) is Sort.RIGHT


async def test_a_code_is_not_sent_that_a_newer_one_replaced_meanwhile(
    ana: Person, clock: StoppedClock
) -> None:
    async with writing(ana.engine) as connection:
        old = await ana._codes(connection).ask(HERS, "gate")
    clock.set(clock() + timedelta(seconds=31))
    code = await ana.sent()

    async with writing(ana.engine) as connection:
        desk = Desk(connection, ana.vault, MERCHANT, clock())
        late = await desk.begin(old.code_id or new_id(), old.serial, most_a_day=0)

    assert late == Settled("")
    assert await ana.types(code) is Sort.RIGHT


async def test_a_turn_that_fails_shows_nothing_and_is_done_again(ana: Person) -> None:
    code = await ana.sent()

    class DiedError(Exception):
        pass

    async def die() -> None:
        async with writing(ana.engine) as connection:
            await ana._codes(connection).check(HERS, "gate", another(code))
            raise DiedError

    with pytest.raises(DiedError):
        await die()

    assert await ana.attempts() == 0
    assert await ana.types(code) is Sort.RIGHT


async def test_a_savepoint_that_is_rolled_back_later_takes_no_try_back(ana: Person) -> None:
    code = await ana.sent()

    async with writing(ana.engine) as connection:
        await ana._codes(connection).check(HERS, "gate", another(code))
        savepoint = await connection.begin_nested()
        await savepoint.rollback()

    assert await ana.attempts() == 1


async def test_a_judgement_that_comes_late_is_about_nothing_any_more(
    ana: Person, clock: StoppedClock
) -> None:
    await ana.sent()
    clock.set(clock() + timedelta(seconds=31))
    async with AsyncSession(ana.engine) as session:
        row = await session.scalar(select(Code))
    assert row is not None
    await ana.sent()

    async with writing(ana.engine) as connection:
        place = await Uses(connection, MERCHANT, clock()).take("failure", "x", FAILURES)
        assert not isinstance(place, Full)
        judged = Judged(code_id=row.id, serial=row.serial, place=place, verdict=Verdict.RIGHT)
        current = await ana._codes(connection).judged(judged)

    assert not current


# --- logs -------------------------------------------------------------------------------------


async def test_no_log_has_a_code_or_a_number(
    database_url: str, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    async with gate(database_url) as door:
        await door.say("let me in")
        code = code_in(await door.say(NUMBER))
        await door.say(another(code))
        await door.say(code)

    logged = "".join(capsys.readouterr())
    assert "code_sent" in logged
    for secret in (code, code.replace(" ", ""), NUMBER, NUMBER[4:], ANA):
        assert secret not in logged
