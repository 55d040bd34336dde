"""The places we ship: found by name, by near spelling and by point, and no others."""

import pytest

from sokoni.language.reading import KnownPlace
from sokoni.places.borders import inside
from sokoni.places.distance import Point, km_between
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.rows import Row
from sokoni.places.together import Together

GAZETTEER = Gazetteer()


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("gokwe", "zw-gokwe"),
        ("HARARE", "zw-harare"),
        ("Byo", "zw-bulawayo"),
        ("hre", "zw-harare"),
        ("Vic Falls", "zw-victoria-falls"),
        ("St Mary's", "zw-chitungwiza-st-marys"),
        ("milton park", "zw-harare-milton-park"),
        ("Milton Park, Harare", "zw-harare-milton-park"),
        ("hillside", "zw-harare-hillside"),
        ("bulawayo hillside", "zw-bulawayo-hillside"),
        ("Skyline", "zw-harare-skyline"),
        ("Atlantis", None),
        ("", None),
        ("12", None),
    ],
)
def test_a_place_is_known_by_name_and_alias(name: str, place_id: str | None) -> None:
    place = GAZETTEER.named(name, "ZW")

    assert (place.id if place else None) == place_id


def test_places_of_other_countries_are_not_meant() -> None:
    assert GAZETTEER.named("Harare", "ZA") is None
    assert GAZETTEER.like("Harare", "ZA") == ()


def test_towns_come_before_suburbs_of_the_same_name() -> None:
    town = GAZETTEER.named("Sherwood", "ZW")

    assert town is not None
    assert town.kind == "town"


@pytest.mark.parametrize(
    ("spelt", "name"),
    [("Hararre", "Harare"), ("Bulawyo", "Bulawayo"), ("gokwee", "Gokwe"), ("Avondle", "Avondale")],
)
def test_near_spellings_are_offered_likeliest_first(spelt: str, name: str) -> None:
    assert GAZETTEER.like(spelt, "ZW")[0].name == name


def test_homonyms_are_offered_together() -> None:
    assert {place.town for place in GAZETTEER.like("Hillside", "ZW")} >= {"Harare", "Bulawayo"}
    assert len(GAZETTEER.like("park", "ZW", limit=2)) <= 2
    assert GAZETTEER.like("", "ZW") == ()


@pytest.mark.parametrize(
    ("point", "town"),
    [
        ((-17.8292, 31.0522), "Harare"),
        ((-17.82, 31.03), "Harare"),
        ((-20.16, 28.59), "Bulawayo"),
        ((-18.30, 28.99), "Gokwe"),
        ((-17.93, 25.83), "Victoria Falls"),
        ((-17.85, 25.86), None),
        ((-18.45, 28.99), "Gokwe"),
        ((-18.55, 28.99), None),
        ((-18.9, 26.3), None),
        ((-22.35, 30.04), None),
        ((-26.20, 28.04), None),
        ((0.0, 0.0), None),
    ],
)
def test_a_pin_lies_in_a_place_or_in_none(point: tuple[float, float], town: str | None) -> None:
    place = GAZETTEER.nearest(*point)

    assert (place.town if place else None) == town


def test_a_pin_in_a_suburb_names_the_suburb() -> None:
    place = GAZETTEER.nearest(-17.752, 31.101)

    assert place is not None
    assert (place.name, place.town) == ("Borrowdale", "Harare")


def test_the_nearest_place_is_told_however_far() -> None:
    nearest = GAZETTEER.around(-18.9, 26.3)

    assert nearest is not None
    assert 30 < km_between(_point(nearest), Point(-18.9, 26.3)) < 100
    assert Gazetteer([]).around(-18.9, 26.3) is None


def test_every_row_is_whole() -> None:
    ids = [row.place.id for row in GAZETTEER.rows]
    towns = {row.place.name for row in GAZETTEER.rows if row.place.kind == "town"}

    assert len(ids) == len(set(ids))
    assert all(row.source for row in GAZETTEER.rows)
    assert all(row.place.town in towns for row in GAZETTEER.rows)
    assert all(inside(_point(row.place), "ZW") for row in GAZETTEER.rows)


def test_every_suburb_is_near_its_town() -> None:
    towns = {row.place.name: row.place for row in GAZETTEER.rows if row.place.kind == "town"}
    suburbs = [row.place for row in GAZETTEER.rows if row.place.kind == "suburb"]

    far = [one.id for one in suburbs if km_between(_point(one), _point(towns[one.town])) > 35]

    assert far == []


FARM = KnownPlace("own-1", "Chikwingwizha Farm", "Gweru", "ZW", -19.6, 29.7, "locality")
TOGETHER = Together(GAZETTEER, Gazetteer([Row(FARM, ("Chikwi",), 9, "a contact")]))


@pytest.mark.parametrize("name", ["chikwi", "Chikwingwizha Farm", "chikwi gweru", "Gweru, Chikwi"])
def test_registered_places_are_known_beside_the_shipped_ones(name: str) -> None:
    assert TOGETHER.named(name, "ZW") == FARM
    assert TOGETHER.named("Gokwe", "ZW") == GAZETTEER.named("Gokwe", "ZW")
    assert GAZETTEER.named(name, "ZW") is None
    assert TOGETHER.longest_name() >= GAZETTEER.longest_name()
    assert (TOGETHER.may_begin("chikwi"), GAZETTEER.may_begin("chikwi")) == (True, False)


def test_near_spellings_of_both_are_offered_together() -> None:
    assert TOGETHER.like("Chikwingwiza Farm", "ZW")[0] == FARM
    assert TOGETHER.like("Gokwee", "ZW") == GAZETTEER.like("Gokwee", "ZW")
    assert len(TOGETHER.like("Farm", "ZW", limit=1)) <= 1


def test_a_registered_place_draws_pins_from_nearby_alone() -> None:
    assert TOGETHER.nearest(-19.61, 29.71) == FARM
    assert TOGETHER.nearest(-19.5, 29.8) == GAZETTEER.nearest(-19.5, 29.8)
    assert TOGETHER.nearest(0.0, 0.0) is None


def test_a_gazetteer_of_a_merchants_own_is_small() -> None:
    assert len(TOGETHER.rows) == len(GAZETTEER) + 1
    assert len(TOGETHER._own) == 1


def test_distances_are_right_to_a_percent() -> None:
    harare, bulawayo = GAZETTEER.named("Harare", "ZW"), GAZETTEER.named("Bulawayo", "ZW")

    assert harare is not None
    assert bulawayo is not None
    assert km_between(_point(harare), _point(bulawayo)) == pytest.approx(366, rel=0.01)
    assert km_between(_point(harare), _point(harare)) == 0


def test_a_country_without_an_outline_has_no_bounds() -> None:
    assert inside(Point(0.0, 0.0), "XX")
    assert not inside(Point(0.0, 0.0), "ZW")


def _point(place: KnownPlace) -> Point:
    return Point(place.latitude, place.longitude)
