"""What sellers and buyers write is understood as they mean it. The messages are in a data file."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from sokoni.capabilities.marketplace.flows.sell import SellFlow, SellForm
from sokoni.capabilities.marketplace.manifest import MARKETPLACE
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.understanding import Understanding
from sokoni.dialogue.values import loaded
from sokoni.dialogue.view import View
from sokoni.language.reading import KnownPlace, Price, Quantity, Scene
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Ask, Command, SetSlots, Start
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.market import PLACES
from tests.capabilities.told import understanding_of

_LISTED: Mapping[str, Mapping[str, Sequence[str]]] = yaml.safe_load(
    Path(__file__).with_name("messages.yaml").read_text("utf-8")
)
MESSAGES = [(said, meant) for listed in _LISTED.values() for said, meant in listed.items()]
TASKS = Tasks([MARKETPLACE], "Market")
SCENE = Scene(
    languages=("en", "sn", "nd"),
    country="ZW",
    currency="USD",
    now=NOON.astimezone(ZoneInfo("Africa/Harare")),
    places=PLACES,
)


@cache
def understanding() -> Understanding:
    return understanding_of(MARKETPLACE)


@pytest.mark.parametrize(("said", "meant"), MESSAGES, ids=[said for said, _ in MESSAGES])
def test_message_is_understood_as_it_is_meant(said: str, meant: Sequence[str]) -> None:
    understood = understanding().understand(View(scene=SCENE, now=NOON), words_of(said))

    assert list(told(understood.command)) == meant


_PIECES = sorted({piece for said, _ in MESSAGES for piece in said.split()})
_JUNK = st.lists(st.sampled_from([*_PIECES, ",", ".", "and", "\n"]), max_size=14).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(_JUNK, st.text(max_size=60)))
@example("$1,500.00 1.8kg batteries Gokwe. R1")
def test_anything_else_is_understood_somehow(said: str) -> None:
    known = {"thing": Raw(b'"goats"')}
    asked = View(
        scene=SCENE,
        now=NOON,
        task=SellFlow.name,
        form=SellForm,
        awaiting="price",
        known=known,
    )

    for view in (View(scene=SCENE, now=NOON), asked):
        command = understanding().understand(view, words_of(said)).command
        later = command.later if isinstance(command, Start | SetSlots) else ()
        assert all(not start.later and "thing" in start.slots for start in later)
        assert len(later) <= 20


def told(command: Command) -> Iterator[str]:
    """Yield a line for each task that the command starts, or offers."""
    if isinstance(command, Start):
        for start in (command, *command.later):
            yield ", ".join((bare(start.task), *values(start), *doubts(start)))
    elif isinstance(command, Ask):
        yield f"ask: {', '.join(map(bare, command.likely))}"
    else:
        yield type(command).__name__.casefold()


def bare(task: str) -> str:
    return task.removeprefix("marketplace.")


def values(start: Start) -> Iterator[str]:
    task = TASKS.find(start.task)
    assert task is not None
    known = loaded(task.form, start.slots)
    for slot in task.form.slots():
        if slot in known:
            yield f"{slot}: {shown(known[slot])}"


def doubts(start: Start) -> Iterator[str]:
    task = TASKS.find(start.task)
    assert task is not None
    for slot, unclear in start.unclear.items():
        meant = [loaded(task.form, {slot: raw})[slot] for raw in unclear.candidates]
        yield " | ".join((f"{slot}? {unclear.said}", *map(shown, meant)))


def shown(value: object) -> str:
    match value:
        case KnownPlace():
            return value.id
        case Quantity(amount, unit, size, size_unit):
            counted = f"{amount:g} {unit}".strip()
            return counted if size is None else f"{counted} of {size:g} {size_unit}"
        case Price(amount, currency, basis, unit):
            return f"{amount} {currency} {f'per {unit}' if unit else basis}".strip()
        case _:
            return str(value)
