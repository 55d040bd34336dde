"""Simulated phones send pictures that anything can open."""

from io import BytesIO

import pytest
from PIL import Image

from sokoni.channels.errors import MediumGoneError
from sokoni.channels.inbound import Medium
from sokoni.channels.simulator.channel import SimulatorChannel
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.channels.simulator.pictures import picture
from sokoni.testing.clock import StoppedClock

CHANNEL = SimulatorChannel(SimulatorConfig(merchant="garden"), StoppedClock())


async def test_picture_has_the_size_of_a_picture() -> None:
    located = await CHANNEL.locate(Medium(kind="image", id="photo.jpg"))

    assert located.content is not None
    with Image.open(BytesIO(located.content)) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (480, 360))


def test_name_tells_the_picture() -> None:
    assert picture("goat.jpg") == picture("goat.jpg") != picture("cow.jpg")


async def test_simulated_phone_has_no_other_files() -> None:
    with pytest.raises(MediumGoneError):
        await CHANNEL.locate(Medium(kind="document", id="list.pdf"))
