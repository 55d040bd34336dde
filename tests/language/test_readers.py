"""What people write, and what it is read as. The phrases stand in `phrases/`."""

from dataclasses import replace

import pytest

from sokoni.language.readers import (
    MoneyReader,
    NameReader,
    NumberReader,
    PhoneReader,
    PlaceReader,
    QuantityReader,
    TextReader,
    ThingReader,
    TimeReader,
    YesNoReader,
    read_all,
)
from sokoni.language.reading import Doubt, KnownPlace, Moment, Price, Quantity, Reader, Reading
from sokoni.language.words import words_of
from tests.language.said import expected, scene


def _found(reader: Reader, said: str) -> object:
    found = reader.find(words_of(said), scene())
    return None if found is None else found.value


def _answered(reader: Reader, said: str) -> object:
    return reader.read(words_of(said), scene())


def _number(text: str) -> float:
    return float(text)


def _quantity(value: list[str] | None) -> Quantity | None:
    if value is None:
        return None
    amount, unit, size, size_unit = (*value, "", "", "")[:4]
    return Quantity(_number(amount), unit, _number(size) if size else None, size_unit)


def _price(value: list[str] | None) -> Price | None:
    return None if value is None else Price(*value)


def _moment(value: object) -> str | None:
    return (
        None
        if not isinstance(value, Moment)
        else f"{value.at:%Y-%m-%d %H:%M} {value.part_of_day}".strip()
    )


def _id(place: object) -> str | None:
    return place.id if isinstance(place, KnownPlace) else None


@pytest.mark.parametrize(("said", "means"), expected("quantities"))
def test_a_quantity_is_found_with_its_unit(said: str, means: list[str] | None) -> None:
    found = _found(QuantityReader(), said)

    assert found == _quantity(means)


@pytest.mark.parametrize(("said", "means"), expected("prices", "found"))
def test_a_price_is_found_with_currency_and_basis(said: str, means: list[str] | None) -> None:
    assert _found(MoneyReader(), said) == _price(means)


@pytest.mark.parametrize(("said", "means"), expected("prices", "answered"))
def test_a_price_answers_the_question_how_much(said: str, means: list[str] | None) -> None:
    assert _answered(MoneyReader(), said) == _price(means)


def _seen(reader: MoneyReader | PlaceReader, said: str) -> Doubt | None:
    found = reader.look(words_of(said), scene())
    return found if isinstance(found, Doubt) else None


def _prices(doubt: Doubt | None) -> list[str] | None:
    if doubt is None:
        return None
    prices = [one for one in doubt.candidates if isinstance(one, Price)]
    return [doubt.said, *(f"{p.amount} {p.currency} {p.basis}".strip() for p in prices)]


def _places(doubt: Doubt | None) -> list[str | None] | None:
    return None if doubt is None else [doubt.said, *map(_id, doubt.candidates)]


@pytest.mark.parametrize(("said", "means"), expected("prices", "doubted"))
def test_prices_to_choose_from_are_no_price(said: str, means: list[str] | None) -> None:
    assert _prices(_seen(MoneyReader(), said)) == means
    assert means is None or _found(MoneyReader(), said) is None


@pytest.mark.parametrize(("said", "means"), expected("prices", "doubted_answers"))
def test_answer_with_two_prices_is_none(said: str, means: list[str] | None) -> None:
    assert _prices(MoneyReader().doubt(words_of(said), scene())) == means
    assert means is None or _answered(MoneyReader(), said) is None


@pytest.mark.parametrize(("said", "means"), expected("times", "found"))
def test_a_moment_is_found(said: str, means: str | None) -> None:
    assert _moment(_found(TimeReader(), said)) == means


@pytest.mark.parametrize(("said", "means"), expected("times", "answered"))
def test_a_moment_answers_the_question_when(said: str, means: str | None) -> None:
    assert _moment(_answered(TimeReader(), said)) == means


@pytest.mark.parametrize(("said", "means"), expected("places", "found"))
def test_a_place_is_found(said: str, means: str | None) -> None:
    assert _id(_found(PlaceReader(), said)) == means


@pytest.mark.parametrize(("said", "means"), expected("places", "answered"))
def test_a_place_answers_the_question_where(said: str, means: str | None) -> None:
    assert _id(_answered(PlaceReader(), said)) == means


@pytest.mark.parametrize(("said", "means"), expected("places", "doubted"))
def test_unknown_place_is_named_with_the_likeliest_ones(
    said: str, means: list[str] | None
) -> None:
    assert _places(_seen(PlaceReader(), said)) == means
    assert means is None or _found(PlaceReader(), said) is None


@pytest.mark.parametrize(("said", "means"), expected("places", "doubted_answers"))
def test_answer_that_is_no_known_place_is_named(said: str, means: list[str] | None) -> None:
    assert _places(PlaceReader().doubt(words_of(said), scene())) == means


@pytest.mark.parametrize(("said", "means"), expected("names", "found"))
def test_a_name_is_found_where_it_is_announced(said: str, means: str | None) -> None:
    assert _found(NameReader(), said) == means


@pytest.mark.parametrize(("said", "means"), expected("names", "answered"))
def test_a_name_answers_the_question_who(said: str, means: str | None) -> None:
    assert _answered(NameReader(), said) == means


@pytest.mark.parametrize(("said", "means"), expected("things"))
def test_what_is_left_over_is_the_thing(said: str, means: str | None) -> None:
    assert _found(ThingReader(), said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("call me on 0777 530 322", "+263777530322"),
        ("0777530322", "+263777530322"),
        ("+263 77 753 0322", "+263777530322"),
        ("263777530322", "+263777530322"),
        ("10 goats 0777530322", "+263777530322"),
        ("٠٧٧٧٥٣٠٣٢٢", "+263777530322"),
        ("+14155238886", "+14155238886"),
        ("10 goats", None),
        ("2026", None),
        ("123456789012345678901234567890", None),
        ("yes", None),
    ],
)
def test_a_phone_is_found(said: str, means: str | None) -> None:
    assert _found(PhoneReader(), said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("yes", True),
        ("Yebo!", True),
        ("hongu ndapota", True),
        ("no thanks", False),
        ("aiwa", False),
        ("yes but make it 12", None),
        ("menu", None),
    ],
)
def test_yes_and_no_are_whole_messages(said: str, means: bool | None) -> None:
    assert _answered(YesNoReader(), said) is means
    assert _found(YesNoReader(), said) is means


def test_a_number_is_found_in_digits_and_words() -> None:
    found = [
        _found(NumberReader(), said) for said in ("room for 12", "ten", "gumi nembiri", "2.5")
    ]

    assert found == [12, 10, 12, 2.5]


def test_text_is_kept_as_written_within_its_length() -> None:
    reader = TextReader(shortest=3, longest=12)

    assert _answered(reader, "  12 Market St ") == "12 Market St"
    assert _answered(reader, "ab") is None
    assert _answered(reader, "far too long a text") is None
    assert _found(reader, "12 Market St") is None


def test_one_message_fills_four_slots() -> None:
    readers = {
        "thing": ThingReader(),
        "price": MoneyReader(),
        "quantity": QuantityReader(),
        "place": PlaceReader(),
    }

    reading = read_all(readers, words_of("Selling 10 goats at $20 in Gokwe"), scene())

    assert reading.values["thing"] == "goats"
    assert reading.values["price"] == Price("20.00", "USD")
    assert reading.values["quantity"] == Quantity(10)
    assert _id(reading.values["place"]) == "zw-gokwe"
    assert _left(reading) == ["selling"]


def _left(reading: Reading) -> list[str]:
    assert reading.rest is not None
    return [
        token.folded
        for token, free in zip(reading.rest.tokens, reading.rest.free, strict=True)
        if free
    ]


def test_no_token_counts_twice() -> None:
    readers = {"when": TimeReader(), "quantity": QuantityReader(), "phone": PhoneReader()}

    reading = read_all(readers, words_of("5 bags tomorrow at 3, call 0777530322"), scene())

    assert reading.values["quantity"] == Quantity(5, "bag")
    assert _moment(reading.values["when"]) == "2026-11-19 15:00"
    assert reading.values["phone"] == "+263777530322"


def test_a_size_behind_the_thing_is_taken_too() -> None:
    words = words_of("3 bags of maize 50kg")

    found = QuantityReader().find(words, scene())

    assert found is not None
    assert (found.start, found.end, found.also) == (0, 2, ((4, 6),))
    assert found.taken_from(words).free == (False, False, True, True, False, False)


def test_the_merchants_currency_is_a_dollar_of_its_own_only_where_it_is_one() -> None:
    in_rupees = replace(scene(), currency="INR")

    dollars = MoneyReader().find(words_of("$20"), in_rupees)
    bare = MoneyReader().read(words_of("25"), in_rupees)

    assert dollars is not None
    assert dollars.value == Price("20.00", "USD")
    assert bare == Price("25.00", "INR")


def test_readers_leave_taken_tokens_alone() -> None:
    words = words_of("10 goats at $20 in Gokwe tomorrow at 3pm")
    taken = words.without(0, len(words.tokens))

    readers = (MoneyReader(), QuantityReader(), NumberReader(), PlaceReader(), TimeReader())

    assert all(reader.find(taken, scene()) is None for reader in (*readers, ThingReader()))


@pytest.mark.parametrize("said", ["G42", "my number is AB0042", "room b12"])
def test_figures_of_a_mark_are_no_number(said: str) -> None:
    assert NumberReader().find(words_of(said), scene()) is None
