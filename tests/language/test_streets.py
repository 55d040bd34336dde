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
