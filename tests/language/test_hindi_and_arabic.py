"""Hindi and Arabic as people type them: in their scripts, with their digits, and in Latin."""

from dataclasses import replace

import pytest

from sokoni.language.control import menu_number
from sokoni.language.detect import detect
from sokoni.language.readers import (
    MoneyReader,
    NameReader,
    NumberReader,
    PhoneReader,
    QuantityReader,
    TimeReader,
)
from sokoni.language.reading import Moment, Price, Quantity, Scene
from sokoni.language.remarks import is_remark
from sokoni.language.wondering import asks_why
from sokoni.language.words import fold, words_of
from tests.language.said import scene


def in_india() -> Scene:
    return replace(scene(), languages=("hi", "en"), country="IN", currency="INR")


def in_dubai() -> Scene:
    return replace(scene(), languages=("ar", "en"), country="AE", currency="AED")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("\u092b\u093cोन", "फोन"),
        ("\u095eोन", "फोन"),
        ("सड़क", "सडक"),
        ("हाँ", "हां"),
        ("हिन्दी", "हिंदी"),
        ("सितम्बर", "सितंबर"),
        ("चाहिये", "चाहिए"),
        ("रुपये", "रुपए"),
        ("أحمد", "احمد"),
        ("مكتبة", "مكتبه"),
        ("على", "علي"),
        ("مـــرحبا", "مرحبا"),
        ("شُكرًا", "شكرا"),
        ("\u0662\u0660\u0662\u0666", "2026"),
        ("२०२६", "2026"),
    ],
)
def test_spellings_of_one_word_are_compared_as_one(typed: str, same: str) -> None:
    assert fold(typed) == fold(same)


def test_words_that_differ_stay_apart() -> None:
    assert fold("ये") != fold("ए")
    assert fold("Peña") == "pena"
    assert fold("আলো\u09bc") != fold("আলো")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("पच्चीस", 25),
        ("एक सौ पच्चीस", 125),
        ("दो हज़ार पाँच सौ", 2500),
        ("ढाई सौ", 250),
        ("डेढ़ लाख", 150_000),
        ("do", 2),
        ("paanch sau", 500),
        ("mujhe do kilo chahiye", 2),
        ("what do you have", None),
        ("bees and honey", None),
        ("خمسة وعشرون", 25),
        ("مئة وخمسة وعشرين", 125),
        ("ثلاثة آلاف", 3000),
        ("ألف ومئتان", 1200),
        ("\u0663\u066b\u0665", 3.5),
        ("two fifty", 2),
    ],
)
def test_numbers_are_read_in_words_and_digits(said: str, number: float | None) -> None:
    found = NumberReader().find(words_of(said), in_india())

    assert (None if found is None else found.value) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [("दो", 2), ("do", 2), ("दूसरा", 2), ("नंबर ३", 3), ("الثاني", 2), ("ثلاثة", 3)],
)
def test_an_option_is_picked_by_its_number_in_words(said: str, number: int) -> None:
    assert menu_number(words_of(said)) == number


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("९८७६५४३२१०", "+919876543210"),
        ("मेरा नंबर ९८७६५ ४३२१० है", "+919876543210"),
        ("098765-43210", "+919876543210"),
    ],
)
def test_indian_phones_are_read(said: str, phone: str) -> None:
    assert PhoneReader().read(words_of(said), in_india()) == phone


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("\u0660\u0665\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "+971501234567"),
        (
            "رقمي \u202a+971 50 123 4567\u202c",
            "+971501234567",
        ),
    ],
)
def test_arabic_phones_are_read_through_direction_marks(said: str, phone: str) -> None:
    assert PhoneReader().read(words_of(said), in_dubai()) == phone


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("मेरा नाम आशा देवी है", "आशा देवी"),
        ("मैं रमेश हूँ", "रमेश"),
        ("आशा देवी", "आशा देवी"),
        ("mera naam Asha Devi hai", "Asha Devi"),
        ("اسمي أحمد علي", "أحمد علي"),
        ("أنا فاطمة", "فاطمة"),
        ("ismi Ahmed", "Ahmed"),
        ("Ana", "Ana"),
        ("मुझे नहीं पता", None),
        ("لا أعرف", None),
    ],
)
def test_names_are_read_in_any_script(said: str, name: str | None) -> None:
    assert NameReader().read(words_of(said), in_india()) == name


@pytest.mark.parametrize(
    ("said", "of", "price"),
    [
        ("₹500", in_india(), Price("500.00", "INR")),
        ("पाँच सौ रुपए", in_india(), Price("500.00", "INR")),
        ("paanch sau rupaye", in_india(), Price("500.00", "INR")),
        ("Rs. 1,00,000", in_india(), Price("100000.00", "INR")),
        ("500 rupees", replace(in_india(), currency="PKR"), Price("500.00", "PKR")),
        ("خمسون درهما", in_dubai(), Price("50.00", "AED")),
        ("\u0661\u0660\u0660 ريال", in_dubai(), Price("100.00", "SAR")),
        ("100 ريال", replace(in_dubai(), currency="QAR"), Price("100.00", "QAR")),
        ("20 جنيه", in_dubai(), Price("20.00", "EGP")),
    ],
)
def test_money_is_read_and_a_shared_name_is_the_merchants_money(
    said: str, of: Scene, price: Price
) -> None:
    found = MoneyReader().find(words_of(said), of)

    assert found is not None
    assert found.value == price


@pytest.mark.parametrize(
    ("said", "quantity"),
    [
        ("दो किलो आलू", Quantity(2, "kg")),
        ("mujhe do kilo aloo chahiye", Quantity(2, "kg")),
        ("तीन दर्जन अंडे", Quantity(3, "dozen")),
        ("\u0663 علب حليب", Quantity(3, "box")),
        ("خمسة كيلو أرز", Quantity(5, "kg")),
    ],
)
def test_quantities_are_read(said: str, quantity: Quantity) -> None:
    found = QuantityReader().find(words_of(said), in_india())

    assert found is not None
    assert found.value == quantity


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("२५ दिसम्बर", (25, 12)),
        ("25 दिसंबर", (25, 12)),
        ("15 अगस्त", (15, 8)),
        ("\u0662\u0665 ديسمبر", (25, 12)),
        ("15 أغسطس", (15, 8)),
        ("10 نيسان", (10, 4)),
    ],
)
def test_months_are_read_by_their_names(said: str, date: tuple[int, int]) -> None:
    moment = TimeReader().read(words_of(said), in_india())

    assert isinstance(moment, Moment)
    assert (moment.at.day, moment.at.month) == date


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("mujhe dukaan register karni hai", "hi"),
        ("price kya hai", "hi"),
        ("मुझे दुकान रजिस्टर करनी है", "hi"),
        ("I want to register", "en"),
        ("Asha Devi", None),
        ("textiles", None),
        ("IT", None),
        ("9876543210", None),
    ],
)
def test_hindi_shows_in_both_scripts(said: str, language: str | None) -> None:
    assert detect(words_of(said), ("en", "hi")) == language


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("ana 3ayez maw3ed bukra", "ar"),
        ("3andak iPhone?", "ar"),
        ("momken maw3ed", "ar"),
        ("أريد موعدا", "ar"),
        ("I want an appointment", "en"),
        ("iPhone 15 Pro", None),
        ("Ahmed Ali", None),
        ("50kg 3pm", None),
    ],
)
def test_arabic_shows_in_both_scripts(said: str, language: str | None) -> None:
    assert detect(words_of(said), ("ar", "en")) == language


@pytest.mark.parametrize(
    "said",
    ["क्यों", "kyu chahiye", "आपको मेरा नंबर क्यों चाहिए", "لماذا", "لماذا تحتاجون رقمي", "ليش"],
)
def test_why_is_asked(said: str) -> None:
    assert asks_why(words_of(said))


@pytest.mark.parametrize(
    "said", ["अच्छा", "बढ़िया है", "soch ke batata hu", "جميل جدا", "إن شاء الله"]
)
def test_remarks_ask_for_nothing(said: str) -> None:
    assert is_remark(words_of(said))
