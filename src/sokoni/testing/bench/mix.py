"""What the town writes: the mix of design §9, as a round of twenty messages per contact.

A round is 40 % slot answers and corrections, 25 % searches, 10 % new listings with their yes,
10 % menus, 10 % not understood and 5 % "my listings". Every message gets exactly one reply.
"""

from collections.abc import Iterator
from itertools import count, islice
from typing import Final

# fmt: off
THINGS: Final = (
    "maize", "chickens", "tomatoes", "beans", "cabbages", "onions", "potatoes", "groundnuts",
    "rice", "bananas", "sheep", "pigs", "eggs", "honey", "fish", "mangoes", "oranges", "avocados",
    "sugar", "salt", "flour", "soap", "bricks", "cement", "timber", "bicycles", "phones", "radios",
    "beds", "chairs", "tables", "doors", "windows", "shoes", "dresses", "blankets", "hoes",
    "ploughs",
)
# fmt: on
PLACES: Final = ("Gokwe", "Harare", "Bulawayo", "Gweru", "Mutare", "Kwekwe", "Masvingo", "Chegutu")
_NONSENSE: Final = ("zxqv brr", "lorem ipsum dolor", "qwerty uiop", "hmm hmm blah")
ROUND: Final = 20
SEEDERS: Final = len(THINGS) * len(PLACES)
"""Contacts who list everything everywhere beforehand: no search comes back empty."""


def rounds(contact: int, *, skip: int = 0) -> Iterator[str]:
    """Yield one contact's messages for ever, from the one after `skip` messages on."""
    lines = (line for number in count() for line in _round(contact + number * 7))
    return islice(lines, skip, None)


def seeding(seeder: int) -> Iterator[str]:
    """Yield the two messages by which a seeder lists one thing in one place."""
    thing, place = THINGS[seeder // len(PLACES)], PLACES[seeder % len(PLACES)]
    return iter((f"selling {seeder % 9 + 2} {thing} at ${seeder % 50 + 3} in {place}", "yes"))


def phase(contact: int) -> int:
    """Return how many messages a contact writes before anything is measured.

    So contacts are everywhere in their rounds, as they would be at any moment.
    """
    return contact % ROUND


def _round(seed: int) -> Iterator[str]:
    thing = THINGS[seed % len(THINGS)]
    wanted = [THINGS[(seed + step) % len(THINGS)] for step in (3, 7, 11, 17, 23)]
    place = PLACES[seed % len(PLACES)]
    yield f"selling {thing}"
    yield f"{seed % 40 + 2}"
    yield f"${seed % 90 + 5}"
    yield place
    yield f"make it {seed % 30 + 3} {thing}"
    yield f"the price, make it ${seed % 80 + 6}"
    yield f"the place, make it {PLACES[(seed + 1) % len(PLACES)]}"
    yield f"make it {seed % 20 + 4} {thing}"
    yield f"the price, make it ${seed % 70 + 7}"
    yield "yes"
    yield f"looking for {wanted[0]}"
    yield "menu"
    yield f"do you have {wanted[1]} in {place}"
    yield _NONSENSE[seed % len(_NONSENSE)]
    yield f"I want to buy {wanted[2]}"
    yield "my listings"
    yield f"looking for {wanted[3]} in {place}"
    yield "menu"
    yield f"looking for {wanted[4]}"
    yield _NONSENSE[(seed + 1) % len(_NONSENSE)]
