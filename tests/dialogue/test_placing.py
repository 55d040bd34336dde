"""A place that nobody knows is put together from a name and a pin, and never made up."""

from dataclasses import dataclass, field

import pytest
from typing_extensions import override

from sokoni.channels.inbound import Pin
from sokoni.dialogue.flow import Registrar, TurnContext
from sokoni.language.reading import KnownPlace
from tests.dialogue.talking import GOKWE, Talk, dialogue

NOWHERE = (-21.0, 31.0)
ABROAD = (-26.2, 28.0)


@dataclass
class Notebook(Registrar):
    """Registers whatever it is asked to, south of nothing."""

    registered: list[tuple[str, float, float]] = field(default_factory=list)
    full: bool = False

    @override
    def covers(self, latitude: float, longitude: float) -> bool:
        return (latitude, longitude) != ABROAD

    @override
    async def register(self, name: str, latitude: float, longitude: float) -> KnownPlace | None:
        if self.full or not self.covers(latitude, longitude):
            return None
        self.registered.append((name, latitude, longitude))
        return KnownPlace("own", name, "Gokwe", "ZW", latitude, longitude, "locality")


class Surveyed(Talk):
    """A conversation whose places are written into a notebook."""

    notebook: Notebook

    @override
    def _context(self) -> TurnContext:
        context = super()._context()
        context.registrar = self.notebook
        return context


@pytest.fixture
def talk() -> Surveyed:
    Surveyed.notebook = Notebook()
    return Surveyed(dialogue())


async def order(talk: Talk) -> None:
    for line in ("order", "roses", "10"):
        await talk.say(line)


async def test_a_name_that_nobody_knows_and_then_its_pin_make_a_place(talk: Surveyed) -> None:
    await order(talk)
    await talk.say("Nyamazizi")

    said = await talk.say(talk.pinned(*NOWHERE))

    assert said.startswith("Thank you. I have noted where Nyamazizi is.")
    assert talk.notebook.registered == [("Nyamazizi", *NOWHERE)]
    assert "pot" in said


async def test_a_pin_in_no_known_place_and_then_its_name_make_one(talk: Surveyed) -> None:
    await order(talk)
    asked = await talk.say(talk.pinned(*NOWHERE))

    said = await talk.say("Nyamazizi")

    assert asked == "I know no place near there. What is it called?"
    assert said.startswith("Thank you. I have noted where Nyamazizi is.")
    assert talk.notebook.registered == [("Nyamazizi", *NOWHERE)]


async def test_a_pin_that_brings_its_name_needs_no_question(talk: Surveyed) -> None:
    await order(talk)
    latitude, longitude = NOWHERE
    pin = Pin(latitude=latitude, longitude=longitude, name="Nyamazizi")

    await talk.say(talk.message(kind="location", pin=pin))

    assert talk.notebook.registered == [("Nyamazizi", *NOWHERE)]


@pytest.mark.parametrize("name", ["", "Joe's Bar"])
async def test_a_pin_in_a_known_place_is_that_place(talk: Surveyed, name: str) -> None:
    await order(talk)
    pin = Pin(latitude=GOKWE.latitude, longitude=GOKWE.longitude, name=name)

    await talk.say(talk.message(kind="location", pin=pin))

    assert talk.state.drafts[-1].known["place"]
    assert talk.notebook.registered == []


async def test_a_known_name_after_a_pin_is_what_counts(talk: Surveyed) -> None:
    await order(talk)
    await talk.say(talk.pinned(*NOWHERE))

    await talk.say("Gokwe")

    assert talk.notebook.registered == []
    assert talk.state.drafts[-1].half is None


async def test_a_name_alone_makes_no_place(talk: Surveyed) -> None:
    await order(talk)

    said = [await talk.say("Nyamazizi") for _ in range(2)]

    assert talk.notebook.registered == []
    assert "place" not in talk.state.drafts[-1].known
    assert all("noted" not in one for one in said)


async def test_nothing_is_registered_abroad(talk: Surveyed) -> None:
    await order(talk)
    await talk.say("Nyamazizi")

    said = await talk.say(talk.pinned(*ABROAD))

    assert said.startswith("I do not know a place near there.")
    assert talk.notebook.registered == []


async def test_a_place_that_cannot_be_registered_leaves_the_question_open(
    talk: Surveyed,
) -> None:
    talk.notebook.full = True
    await order(talk)
    await talk.say(talk.pinned(*NOWHERE))

    await talk.say("Nyamazizi")

    assert talk.state.drafts[-1].awaiting == "place"
    assert "noted" not in talk.text


async def test_a_name_said_for_one_thing_names_no_later_pin(talk: Surveyed) -> None:
    await order(talk)
    await talk.say("Nyamazizi")
    await talk.say("Gokwe")
    for line in ("clay", "skip", "edit", "place"):
        await talk.say(line)

    await talk.say(talk.pinned(*NOWHERE))

    assert talk.notebook.registered == []
