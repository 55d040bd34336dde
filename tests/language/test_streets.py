"""Street addresses are found in messages, and hours, streets and suburbs told apart."""

import pytest

from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.street import StreetReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import KnownPlace
from sokoni.language.words import words_of
from tests.language.said import scene

STREETS = StreetReader()


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("12 Weale Road, Belvedere, Harare", "12 Weale Road"),
        ("i need a plumber at 12 weale rd belvedere tomorrow", "12 weale rd"),
        ("No. 5 Samora Machel Avenue", "No. 5 Samora Machel Avenue"),
        ("12A King George Rd", "12A King George Rd"),
        ("my place is house 4532, Budiriro", "house 4532"),
        ("stand number 77 Kuwadzana", "stand number 77"),
        ("flat 3, 17 Josiah Chinamano Ave, Avenues", "flat 3, 17 Josiah Chinamano Ave"),
        ("Weale Road, Milton Park", "Weale Road"),
        ("12 Foo Street, Kumbudzi, Harare", "12 Foo Street, Kumbudzi"),
        ("12 Foo Street, Mbare, Harare", "12 Foo Street"),
        ("12 Market Street", "12 Market Street"),
        ("3 school road, Gweru", "3 school road"),
        ("it is 5 minutes to market street", None),
        ("it is 5 minutes drive", None),
        ("2 plumbers on the road", None),
        ("tomorrow at 3 on my road", None),
        ("the sink is blocked close to the wall", None),
        ("my house burst 2 pipes", None),
        ("Harare", None),
    ],
)
def test_a_street_is_found(said: str, street: str | None) -> None:
    found = STREETS.find(words_of(said), scene())

    assert (found.value if found else None) == street


def test_its_number_is_no_hour() -> None:
    words = words_of("12 Weale Road tomorrow")
    found = STREETS.find(words, scene())

    assert found is not None
    when = TimeReader().find(found.taken_from(words), scene())
    assert when is not None
    assert (when.start, when.end) == (3, 4)


def test_a_street_named_after_a_place_is_not_there() -> None:
    place = PlaceReader().read(words_of("5 Borrowdale Road, Avondale"), scene())

    assert isinstance(place, KnownPlace)
    assert place.name == "Avondale"


def test_any_answer_to_the_question_for_it_is_one() -> None:
    assert STREETS.read(words_of("the blue gate, behind the shops"), scene()) is not None
    assert STREETS.read(words_of("a" * 200), scene()) is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("its 13 Main Street Gweru", "13 Main Street Gweru"),
        ("it's the blue gate behind the shops", "the blue gate behind the shops"),
        ("sorry, my address is 4 Fife Avenue", "4 Fife Avenue"),
        ("we stay at house 4532, Budiriro", "house 4532, Budiriro"),
        ("kero yangu ndeye 4532 Budiriro", "4532 Budiriro"),
        ("Isle of Wight Road", "Isle of Wight Road"),
        ("my address", None),
    ],
)
def test_what_only_tells_that_it_is_an_address_is_none_of_it(
    said: str, address: str | None
) -> None:
    assert STREETS.read(words_of(said), scene()) == address
