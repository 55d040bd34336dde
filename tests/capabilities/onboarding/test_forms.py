"""Registrations made of a file: what is read, what is refused, what is asked."""

from datetime import date

import pytest

from sokoni.bootstrap import kinds
from sokoni.capabilities.onboarding.forms import registrations
from sokoni.kit.phones import find_mobile
from sokoni.language.readers.day import DayReader
from sokoni.language.readers.email import EmailReader
from sokoni.language.readers.papers import PaperReader
from sokoni.language.words import words_of
from sokoni.merchants.file import MerchantFileError, read_merchant_file
from tests.language.said import scene

FILE = """merchant: m
name: M
country: IN
currency: INR
timezone: Asia/Kolkata
languages: [en]
capabilities:
  onboarding:
    registrations:
      - name: one
        label: One
        steps:
          - slot: sort
            kind: choice
            label: Sort
            options: [{id: a, label: A}, {id: b, label: B}]
          - {slot: count, kind: number, label: Count, when: {sort: a}}
          - {slot: note, kind: text, label: Note, optional: true, min_length: 2}
"""


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        ("pincode", "400 001", "400001"),
        ("pincode", "it is ४००००१", "400001"),
        ("pincode", "011001", None),
        ("pincode", "40001", None),
        ("pincode", "98765 43210", None),
        ("gstin", "27aapfu0939f1zv", "27AAPFU0939F1ZV"),
        ("gstin", "27AAPFU0939F1ZX", None),
        ("pan", "AAPFU0939F", "AAPFU0939F"),
        ("udyam", "udyam-mh-18-0001234", "UDYAM-MH-18-0001234"),
        ("udyam", "UDYAM-MH-18-123", None),
    ],
)
def test_papers_are_read_by_their_shape_and_check_digit(
    kind: str, said: str, read: str | None
) -> None:
    assert PaperReader(kind).read(words_of(said), scene()) == read


@pytest.mark.parametrize("said", ["9876543210", "+91 98765 43210", "098765-43210", "6000000001"])
def test_an_indian_mobile_number_has_ten_digits_from_six_on(said: str) -> None:
    number = find_mobile(said, "IN")

    assert number is not None
    assert number.startswith("+91")
    assert len(number) == len("+919876543210")


@pytest.mark.parametrize("said", ["5876543210", "987654321", "+263771000001", "98765432101"])
def test_other_numbers_are_no_indian_mobile_numbers(said: str) -> None:
    assert find_mobile(said, "IN") is None


def test_a_birthday_is_in_the_past() -> None:
    assert DayReader(past=True).read(words_of("12/05/1990"), scene()) == date(1990, 5, 12)
    assert DayReader(past=True).read(words_of("12 May 1985"), scene()) == date(1985, 5, 12)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("12/5/45", date(1945, 5, 12)),
        ("15 march, 1990", date(1990, 3, 15)),
        ("15 03 1990", date(1990, 3, 15)),
        ("yesterday", date(2026, 11, 17)),
        ("tomorrow", None),
        ("غدا", None),
        ("12 May", None),
        ("5 June 2030", None),
    ],
)
def test_a_day_of_the_past_is_never_made_of_one_to_come(said: str, day: date | None) -> None:
    assert DayReader(past=True).read(words_of(said), scene()) == day


def test_an_address_of_mail_stands_anywhere() -> None:
    found = EmailReader().read(words_of("write to Priya.S@Example.IN please"), scene())

    assert found == "Priya.S@example.in"


def _declared(text: str) -> dict[str, object]:
    file = read_merchant_file(text, kinds(production=False), {})
    return dict(file.capabilities["onboarding"])


def test_the_same_file_makes_the_same_forms() -> None:
    once, again = registrations(_declared(FILE)), registrations(_declared(FILE))

    assert once["one"].form is again["one"].form


def test_a_step_with_a_condition_is_asked_only_where_it_holds() -> None:
    one = registrations(_declared(FILE))["one"]

    assert one.moot({"sort": "a"}) == set()
    assert one.moot({"sort": "b"}) == {"count"}
    assert one.form.slots_to_ask() == ("sort", "count", "note")
    assert one.form.optional("note")
    assert not one.form.optional("count")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "what"),
    [
        ("kind: number", "kind: figure", 17, "kind"),
        ("when: {sort: a}", "when: {sort: c}", 10, "no answer to sort"),
        ("when: {sort: a}", "when: {note: a}", 10, "note is no choice"),
        ("slot: count", "slot: model_dump", 17, "cannot be called"),
        ("options: [{id: a, label: A}, {id: b, label: B}]", "mobile: true", 13, "has options"),
        ("min_length: 2", "least: 2", 18, "least is no key"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    right: str, wrong: str, line: int, what: str
) -> None:
    with pytest.raises(MerchantFileError) as refused:
        _declared(FILE.replace(right, wrong))

    assert [line] == [one.line for one in refused.value.problems]
    assert what in refused.value.problems[0].what
