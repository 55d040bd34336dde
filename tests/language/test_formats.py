"""Numbers, money, dates and lists in each language's own way."""

from datetime import datetime
from decimal import Decimal

import pytest

from sokoni.language.formats import (
    day_text,
    joined,
    moment_text,
    money_text,
    number_text,
    time_text,
    unit_text,
)
from tests.language.said import WEDNESDAY

_TUESDAY = datetime(2026, 3, 3, 15, tzinfo=WEDNESDAY.tzinfo)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("20", "USD", "$20.00"),
        ("1200.5", "USD", "$1,200.50"),
        ("150", "ZAR", "R150.00"),
        ("300", "ZWG", "ZiG 300.00"),
        ("-5", "USD", "-$5.00"),
        ("500", "JPY", "JPY 500"),
        ("1.5", "XYZ", "XYZ 1.50"),
    ],
)
def test_money_wears_its_sign(amount: str, currency: str, text: str) -> None:
    assert money_text(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (Decimal("10.00"), "en", "10"),
        (Decimal("2.50"), "sn", "2.5"),
        (Decimal("1E+3"), "en", "1,000"),
        (1234567, "en", "1,234,567"),
        (Decimal(1234567), "hi", "12,34,567"),
        (0.5, "nd", "0.5"),
    ],
)
def test_numbers_are_grouped_and_short(value: Decimal | float, language: str, text: str) -> None:
    assert number_text(value, language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Tue 3 Mar, 15:00"),
        ("sn", "Chipiri 3 Kurume, 15:00"),
        ("nd", "Sibili 3 Mbimbitho, 15:00"),
        ("ar", "الثلاثاء 3 مارس، 15:00"),
        ("xx", "Tue 3 Mar, 15:00"),
    ],
)
def test_moments_are_said_in_the_language(language: str, text: str) -> None:
    assert moment_text(_TUESDAY, language) == text


def test_day_and_time_stand_alone() -> None:
    assert day_text(_TUESDAY) == "Tue 3 Mar"
    assert time_text(_TUESDAY) == "15:00"


@pytest.mark.parametrize(
    ("unit", "amount", "language", "text"),
    [
        ("bag", 1, "en", "bag"),
        ("bag", 3, "en", "bags"),
        ("bag", 3, "sn", "masaga"),
        ("bag", 1, "nd", "isaka"),
        ("kg", 50, "sn", "kg"),
        ("bag", 3, "ar", "bags"),
        ("", 3, "en", ""),
    ],
)
def test_units_are_worded(unit: str, amount: int, language: str, text: str) -> None:
    assert unit_text(unit, amount, language) == text


def test_lists_are_joined() -> None:
    assert joined([]) == ""
    assert joined(["goats"]) == "goats"
    assert joined(["goats", "maize", "beans"]) == "goats, maize and beans"
    assert joined(["mbudzi", "chibage"], "sn") == "mbudzi, chibage"
    assert joined(["a", "b"], "ar") == "a وb"
