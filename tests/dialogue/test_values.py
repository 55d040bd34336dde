"""Slot values on their way through JSON, and corrections that leave things unsaid."""

from typing import Annotated

import pytest
from annotated_types import Ge
from msgspec import Raw

from sokoni.dialogue.completing import amended
from sokoni.dialogue.form import Form, Slot
from sokoni.dialogue.values import dumped, loaded
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.quantity import QuantityReader
from sokoni.language.reading import Price, Quantity
from tests.language.said import NoPlaces, scene


class Offer(Form):
    """Offer something."""

    quantity: Annotated[Quantity, QuantityReader()]
    price: Annotated[Price, MoneyReader()]
    days: Annotated[int, Ge(1), Slot(asked=True)] = 7
    thing: str = ""


SCENE = scene(NoPlaces())
BAGS = Quantity(3, "bag", 50, "kg")


def raw(slot: str, value: object) -> Raw:
    made = dumped(Offer, slot, value)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("slot", "value"), [("quantity", BAGS), ("price", Price("20.00", "USD", "each")), ("days", 3)]
)
def test_value_survives_the_draft(slot: str, value: object) -> None:
    assert loaded(Offer, {slot: raw(slot, value)}) == {slot: value}


def test_what_the_form_forbids_is_no_value() -> None:
    assert dumped(Offer, "days", 0) is None
    assert loaded(Offer, {"days": Raw(b"0"), "gone": Raw(b"1"), "price": Raw(b"[]")}) == {}


@pytest.mark.parametrize(
    ("slot", "old", "said", "meant"),
    [
        ("quantity", BAGS, Quantity(6), Quantity(6, "bag", 50, "kg")),
        ("quantity", BAGS, Quantity(6, "bag"), Quantity(6, "bag", 50, "kg")),
        ("quantity", BAGS, Quantity(6, "kg"), Quantity(6, "kg")),
        ("quantity", BAGS, Quantity(6, "bag", 20, "kg"), Quantity(6, "bag", 20, "kg")),
        (
            "price",
            Price("12.00", "USD", "each", "bag"),
            Price("13.00", "USD"),
            Price("13.00", "USD", "each", "bag"),
        ),
        (
            "price",
            Price("12.00", "USD", "each", "bag"),
            Price("40.00", "USD", "total"),
            Price("40.00", "USD", "total"),
        ),
        ("days", 3, 4, 4),
    ],
)
def test_correction_keeps_what_goes_without_saying(
    slot: str, old: object, said: object, meant: object
) -> None:
    made = amended(Offer, {slot: old}, {slot: raw(slot, said)}, SCENE)

    assert loaded(Offer, made) == {slot: meant}


def test_another_thing_keeps_nothing() -> None:
    known = {"quantity": BAGS, "thing": "maize"}
    said = {"quantity": raw("quantity", Quantity(6)), "thing": raw("thing", "goats")}

    assert amended(Offer, known, said, SCENE) == said


def test_form_knows_its_slots() -> None:
    assert Offer.slots() == ("quantity", "price", "days", "thing")
    assert Offer.slots_to_ask() == ("quantity", "price", "days")
    assert Offer.optional("days")
    assert not Offer.optional("price")
    assert Offer.has("days")
    assert not Offer.has("?confirm")
