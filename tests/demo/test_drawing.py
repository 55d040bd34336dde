"""Drawings of the demo shop's things: small, always the same, and told apart."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from sokoni.demo.drawing.choosing import Pictogram
from sokoni.demo.drawing.gadgets import plug
from sokoni.demo.drawing.groceries import bag, loaf, packet, tin
from sokoni.demo.drawing.pictures import SIDE, Subject, drawn, pictogram_of
from sokoni.demo.drawing.wearing import cap, shirt
from sokoni.demo.merchants import FOLDER, read_data

LARGEST = 15_000
MUG = Subject(name="Coffee Mug", brand="Homely", shelf="household/kitchen", colour="blue")


def subjects() -> Iterator[Subject]:
    """Yield everything in the demo shop, in its first colour."""
    for said in read_data(FOLDER / "corner-shop.data.yaml")["store"]["products"]:
        yield Subject(
            name=said["names"]["en"],
            brand=said.get("brand", ""),
            shelf=said["categories"][0],
            colour=next(iter(said.get("options", {}).get("colour", ())), ""),
        )


def test_everything_in_the_shop_is_a_small_picture_of_its_own() -> None:
    pictures = [drawn(one) for one in subjects()]

    assert max(len(one.content) for one in pictures) <= LARGEST
    assert len({one.content for one in pictures}) == len(pictures)
    with Image.open(BytesIO(pictures[0].content)) as first:
        assert (first.format, first.size) == ("JPEG", (SIDE, SIDE))


def test_the_same_is_drawn_alike_and_another_colour_is_seen() -> None:
    red = Subject(name="Coffee Mug", brand="Homely", shelf="household/kitchen", colour="red")

    assert drawn(MUG) == drawn(MUG)
    with Image.open(BytesIO(drawn(red).content)) as one:
        red_part, _, blue_part = one.convert("RGB").getpixel((SIDE // 2 - 20, 180))  # type: ignore[misc]
    assert red_part > blue_part


@pytest.mark.parametrize(
    ("name", "shelf", "pictogram"),
    [
        ("White Bread Loaf 700 g", "food/fresh", loaf),
        ("Tuna Chunks in Water 170 g", "food/tins", tin),
        ("Potato Crisps Tomato 125 g", "food/snacks", packet),
        ("Baseball Cap", "clothes/bottoms", cap),
        ("Cappuccino Mix", "drinks/coffee", bag),
        ("Wall Charger 5W USB", "electronics/phone/cables", plug),
        ("Something Unheard Of", "clothes/tops", shirt),
        ("Something Unheard Of", "", bag),
    ],
)
def test_a_word_says_what_is_drawn_else_the_shelf(
    name: str, shelf: str, pictogram: Pictogram
) -> None:
    assert pictogram_of(Subject(name=name, shelf=shelf)) is pictogram


@pytest.mark.parametrize(
    "name", ["X", "An Uncommonly Long Name of Twelve Words or So 250 g", "日本"]
)
def test_any_name_can_be_drawn(name: str) -> None:
    assert len(drawn(Subject(name=name)).content) <= LARGEST
