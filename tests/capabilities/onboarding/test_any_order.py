"""Any order of answers ends in the same registration: of businesses, members and patients."""

import asyncio
import json
import re
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from sokoni.capabilities.onboarding.models import Entry, State
from sokoni.capabilities.onboarding.service.book import CONFIRMATION
from sokoni.testing.databases import create_tables
from tests.capabilities.onboarding.bazaar import Desk, desks

T = TypeVar("T")
DETOURS: Final = ("HELP", "hi", "what can you do?", "send me my data", "why do you need that?")
_EXAMPLES: Final = 25
_CODE: Final = re.compile(r"\b\d{3} \d{3}\b")
"""In an SMS of whatever language."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody says for one step, and what is kept of it."""

    kept: Any
    said: tuple[str, ...] = ()
    """Ways to say it whatever is asked; none: it is only said when it is asked for."""
    asked: str
    """What is said when it is asked for."""
    wrong: str = ""
    """Another value, by which it is told whatever is asked."""
    corrected: tuple[str, ...] = ()
    """Ways to put it right."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who registers with a merchant, and how they say what."""

    slug: str
    begin: str
    answers: Mapping[str, Answer]
    yes: str
    number: str
    """Theirs, with a place for which of them it is."""
    ends: State
    """How it stands at the end."""


def own(text: Any, nth: int) -> Any:  # noqa: ANN401 -- whatever an answer is
    """Return what the nth of them says: the number is their own."""
    return text.replace("#####", f"{nth:05}") if isinstance(text, str) else text


BUSINESS: Final = Person(
    slug="msme-bazaar",
    begin="Hi",
    yes="yes",
    number="+9193#####001",
    ends=State.COMPLETED,
    answers={
        "name": Answer(
            kept="Priya Sharma",
            said=("my name is Priya Sharma", "I am Priya Sharma"),
            asked="Priya Sharma",
            wrong="my name is Prya Sharm",
            corrected=("no, my name is Priya Sharma", "change name to Priya Sharma"),
        ),
        "sector": Answer(
            kept="textile",
            said=("textile", "sector: textiles", "we make garments", "कपड़ा"),
            asked="10",
            wrong="retail",
            corrected=("change sector to textile", "no, sector textile"),
        ),
        "pincode": Answer(
            kept="400001",
            said=("400001", "pincode 400001", "my pin code is 400 001", "४००००१"),
            asked="400001",
            wrong="pincode 411001",
            corrected=("change pincode to 400001", "no, pincode 400001"),
        ),
        "phone": Answer(
            kept="+9198765#####",
            said=("98765#####", "mobile 98765#####", "my mobile number is +91 98765 #####"),
            asked="98765-#####",
            wrong="mobile 9123456789",
            corrected=("change mobile number to 98765#####", "no, mobile number 98765#####"),
        ),
    },
)
MEMBER: Final = Person(
    slug="mushandirapamwe",
    begin="mhoro",
    yes="hongu",
    ends=State.PENDING,
    number="+26377#####01",
    answers={
        "name": Answer(
            kept="Tendai Moyo",
            said=("zita rangu Tendai Moyo", "ndinonzi Tendai Moyo"),
            asked="Tendai Moyo",
            wrong="ndinonzi Tendayi Moyo",
            corrected=("no, my name is Tendai Moyo",),
        ),
        "murimo": Answer(
            kept="livestock",
            said=("zvipfuyo", "mombe", "ndinopfuya huku"),
            asked="3",
            wrong="chibage",
            corrected=("change what you farm to livestock",),
        ),
        "zvipfuyo": Answer(kept="25", asked="25"),
        "nzvimbo": Answer(
            kept="Gokwe",
            said=("ndinogara kuGokwe", "Gokwe"),
            asked="Gokwe",
            wrong="kuGweru",
            corrected=("change place to Gokwe",),
        ),
        "mvumo": Answer(kept=True, asked="hongu"),
    },
)
PATIENT: Final = Person(
    slug="shifa-clinic",
    begin="hello",
    yes="yes",
    ends=State.COMPLETED,
    number="+97155#####01",
    answers={
        "name": Answer(
            kept="Layla Haddad",
            said=("my name is Layla Haddad", "اسمي Layla Haddad"),
            asked="Layla Haddad",
            wrong="my name is Lyla Hadad",
            corrected=("change name to Layla Haddad",),
        ),
        "birthday": Answer(
            kept="1990-03-12",
            said=("12/03/1990", "born on 12 March 1990", "date of birth 12.03.1990"),
            asked="12 March 1990",
            wrong="12/03/1991",
            corrected=("change date of birth to 12 March 1990",),
        ),
        "department": Answer(
            kept="dental",
            said=("dentist", "department: dental", "أسنان"),
            asked="2",
            wrong="eyes",
            corrected=("change department to dental", "no, department dental"),
        ),
        "phone": Answer(
            kept="+97150#####01",
            said=("050#####01", "mobile number 050#####01"),
            asked="050 #####01",
            wrong="mobile 0551234567",
            corrected=("change mobile number to 050#####01",),
        ),
        "allergies": Answer(kept="nuts and dust", asked="nuts and dust"),
        "privacy": Answer(kept=True, asked="yes"),
    },
)


class World:
    """One server for all of them, and how many wrote to it already.

    No dataclass: hypothesis would print all that is in it.
    """

    def __init__(self, runner: asyncio.Runner, desks: Mapping[str, Desk]) -> None:
        self.runner = runner
        self.desks = desks
        self.people = 0

    @override
    def __repr__(self) -> str:
        return "the world"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def next(self) -> int:
        self.people += 1
        return self.people


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        slugs = [one.slug for one in (BUSINESS, MEMBER, PATIENT)]

        async def opened() -> list[Desk]:
            url = f"sqlite+aiosqlite:///{folder}/any.db"
            await create_tables(url)
            return await stack.enter_async_context(desks(url, *slugs))

        yield World(runner, dict(zip(slugs, runner.run(opened()), strict=True)))
        runner.run(stack.aclose())


@dataclass(frozen=True)
class Plan:
    """What somebody says before anything is asked for again."""

    slots: frozenset[str]
    lines: tuple[str, ...]
    """An empty one: they are away for two days."""


@st.composite
def plans(draw: st.DrawFn, person: Person) -> Plan:
    """Draw answers in any order and grouping; what is said wrongly is put right later."""
    free = [slot for slot, one in person.answers.items() if one.said]
    slots = draw(st.lists(st.sampled_from(free), unique=True, min_size=1))
    between = draw(st.sampled_from([", ", "\n", "; "]))
    groups: list[list[str]] = []
    later: list[list[str]] = []
    for slot in slots:
        answer = person.answers[slot]
        if draw(st.booleans()):
            said = draw(st.sampled_from(answer.said))
        else:
            said = answer.wrong
            later.append([draw(st.sampled_from(answer.corrected))])
        together = draw(st.booleans())
        if groups and together:
            groups[-1].append(said)
        else:
            groups.append([said])
    lines: list[str] = []
    for group in (*groups, *later):
        lines.append(between.join(group))
        lines += draw(st.lists(st.sampled_from([*DETOURS, ""]), max_size=1))
    return Plan(frozenset(slots), tuple(lines))


async def register(desk: Desk, person: Person, nth: int, said: Sequence[str]) -> dict[str, Any]:
    """Begin, and say all this; return what is kept then."""
    who = own(person.number, nth)
    await desk.say(person.begin, who)
    for line in said:
        if line:
            await desk.say(own(line, nth), who)
        else:
            await desk.wait(timedelta(days=2), who)
    return answers_in(desk, await latest(desk))


async def latest(desk: Desk) -> Entry:
    return (await desk.entries())[-1]


def answers_in(desk: Desk, entry: Entry) -> dict[str, Any]:
    """Return what is kept, of a place only its name."""
    kept = json.loads(desk.answers(entry))
    return {slot: one["name"] if isinstance(one, dict) else one for slot, one in kept.items()}


async def finish(desk: Desk, person: Person, nth: int) -> dict[str, Any]:
    """Answer what is asked, then say yes."""
    who = own(person.number, nth)
    for _ in person.answers:
        step = (await latest(desk)).step
        if step != CONFIRMATION:
            await desk.say(own(person.answers[step].asked, nth), who)
    done = await desk.say(person.yes, who)
    if person.ends == State.COMPLETED:
        await desk.say(_CODE.findall(done)[-1], who)
    entry = await latest(desk)
    return {**answers_in(desk, entry), "state": entry.state}


def check(world: World, person: Person, plan: Plan) -> None:
    nth = world.next()
    desk = world.desks[person.slug]

    told = world.run(register(desk, person, nth, plan.lines))
    end = world.run(finish(desk, person, nth))

    wanted = {slot: own(one.kept, nth) for slot, one in person.answers.items()}
    assert {slot: told.get(slot) for slot in plan.slots} == {
        slot: wanted[slot] for slot in plan.slots
    }
    assert end == {**wanted, "state": person.ends}


_any = settings(max_examples=_EXAMPLES, deadline=None)


@_any
@given(plan=plans(BUSINESS))
def test_any_order_of_answers_ends_in_the_same_registration_of_a_business(
    world: World, plan: Plan
) -> None:
    check(world, BUSINESS, plan)


@_any
@given(plan=plans(MEMBER))
def test_any_order_of_answers_ends_in_the_same_registration_of_a_member(
    world: World, plan: Plan
) -> None:
    check(world, MEMBER, plan)


@_any
@given(plan=plans(PATIENT))
def test_any_order_of_answers_ends_in_the_same_registration_of_a_patient(
    world: World, plan: Plan
) -> None:
    check(world, PATIENT, plan)
