"""Numbers, money, dates and lists in each language's own way."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from sokoni.language.formats import (
    date_text,
    day_text,
    duration_text,
    joined,
    moment_text,
    money_text,
    number_text,
    time_text,
    unit_text,
    window_text,
)
from sokoni.language.lexicon import LANGUAGES
from sokoni.language.readers import TimeReader
from sokoni.language.reading import Moment
from sokoni.language.words import words_of
from tests.language.said import WEDNESDAY, scene

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
    assert date_text(date(1990, 3, 15)) == "15 Mar 1990"
    assert date_text(date(1990, 3, 15), "ar") == "15 مارس 1990"
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


@pytest.mark.parametrize(
    ("said", "language", "text"),
    [
        ("between 2 and 4 tomorrow", "en", "Thu 19 Nov, 14:00\u201316:00"),
        ("tomorrow after 3pm", "en", "Thu 19 Nov, from 15:00"),
        ("tomorrow after 3pm", "sn", "China 19 Mbudzi, kubva na15:00"),
        ("tomorrow before noon", "hi", "गुरु 19 नवंबर, 12:00 तक"),
        ("friday morning", "en", "Fri 20 Nov, morning"),
        ("friday morning", "ar", "الجمعة 20 نوفمبر، صباحا"),
        ("friday", "nd", "Sihlanu 20 Lwezi"),
        ("next week", "en", "Mon 23 Nov \u2013 Sun 29 Nov"),
        ("asap", "sw", "haraka iwezekanavyo"),
        ("asap", "xx", "as soon as possible"),
    ],
)
def test_windows_are_said_in_the_language(said: str, language: str, text: str) -> None:
    moment = _read(said)

    assert moment is not None
    assert moment.window is not None
    assert window_text(moment.window, language, moment.part_of_day) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_read_back_as_they_are_shown(language: str) -> None:
    days = [WEDNESDAY.replace(hour=15, minute=30) + timedelta(days=n) for n in range(1, 340, 7)]

    shown = {moment_text(day, language): day for day in days}

    assert {text: moment.at for text in shown if (moment := _read(text))} == shown


def _read(said: str) -> Moment | None:
    return TimeReader().read(words_of(said), scene())


@pytest.mark.parametrize(
    ("minutes", "language", "text"),
    [
        (90, "en", "1 hour 30 min"),
        (120, "en", "2 hours"),
        (2880, "en", "2 days"),
        (0, "en", "0 min"),
        (120, "sn", "maawa 2"),
        (60, "nd", "ihora 1"),
        (120, "ar", "ساعتان"),
        (180, "ar", "3 ساعات"),
        (15, "ar", "15 دقيقة"),
        (120, "hi", "2 घंटे"),
        (120, "sw", "masaa 2"),
    ],
)
def test_durations_are_said_in_the_language(minutes: int, language: str, text: str) -> None:
    assert duration_text(timedelta(minutes=minutes), language) == text


@pytest.mark.parametrize(
    ("amount", "currency", "country", "text"),
    [
        ("5", "USD", "ZW", "$5.00"),
        ("5", "USD", "US", "$5.00"),
        ("5", "USD", "NA", "US$5.00"),
        ("-5", "USD", "AU", "-US$5.00"),
        ("5", "AUD", "AU", "AUD 5.00"),
        ("5", "GBP", "EG", "GBP 5.00"),
        ("300", "ZWG", "ZW", "ZiG 300.00"),
        ("1234567.5", "AED", "AE", "AED 1,234,567.50"),
        ("12", "SAR", "SA", "SAR 12.00"),
        ("1234567.5", "INR", "IN", "\u20b91,234,567.50"),
        ("500", "KES", "KE", "KSh 500.00"),
        ("5.1245", "KWD", "KW", "KWD 5.125"),
        ("5000.4", "UGX", "KE", "UGX 5,000"),
        ("1200", "JPY", "US", "JPY 1,200"),
    ],
)
def test_money_is_taken_for_no_other_in_the_merchants_country(
    amount: str, currency: str, country: str, text: str
) -> None:
    for language in ("en", "sn", "nd", "ar", "sw"):
        assert money_text(Decimal(amount), currency, language, country) == text
    indian = money_text(Decimal(amount), currency, "hi", country)
    assert indian.replace(",", "") == text.replace(",", "")


def test_hindi_groups_lakhs_whatever_the_decimals() -> None:
    written = [
        money_text(Decimal("1234567.891"), currency, "hi") for currency in ("INR", "KWD", "JPY")
    ]

    assert written == ["\u20b912,34,567.89", "KWD 12,34,567.891", "JPY 12,34,568"]
