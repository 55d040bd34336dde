"""Nothing that anyone can send makes a reader raise, or take what is not there."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokoni.language.classify import train
from sokoni.language.control import control_word, menu_number
from sokoni.language.correct import correction
from sokoni.language.detect import detect
from sokoni.language.joining import stretches, things_apart, unglued
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
from sokoni.language.reading import Reader
from sokoni.language.words import words_of
from tests.language.said import phrases, scene

READERS: dict[str, Reader] = {
    "yes": YesNoReader(),
    "phone": PhoneReader(),
    "price": MoneyReader(),
    "when": TimeReader(),
    "quantity": QuantityReader(),
    "number": NumberReader(),
    "place": PlaceReader(),
    "name": NameReader(),
    "thing": ThingReader(),
    "text": TextReader(),
}
_PIECES = sorted(
    {word for name in ("quantities", "things") for said in phrases(name) for word in said.split()}
    | {word for said in phrases("times")["found"] for word in said.split()}
    | {word for said in phrases("prices")["found"] for word in said.split()}
    | {"Harare", "kuGokwe", "Milton", "Park", ",", ".", "-", "/", "x", "R", "$", "at", "per", "in"}
)
_MIXED = st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join)
_GLUED = st.lists(st.sampled_from(_PIECES), max_size=6).map("".join)
_GLUED_WORDS = ("nehuku", "lenkukhu", "ngilombila", "\u00bd nehuku", "huku", ",", "\n", "5nehuku")
_ANY = st.one_of(st.text(max_size=80), _MIXED, _GLUED)


@settings(max_examples=400, deadline=None)
@given(_ANY)
def test_every_reader_copes_with_any_text(text: str) -> None:
    words = words_of(text)

    for reader in READERS.values():
        found = reader.find(words, scene())
        reader.read(words, scene())
        if found is not None:
            for start, end in ((found.start, found.end), *found.also):
                assert 0 <= start < end <= len(words.tokens)


@settings(max_examples=200, deadline=None)
@given(_ANY)
def test_read_all_takes_each_token_once(text: str) -> None:
    words, taken = words_of(text), 0

    for reader in sorted(READERS.values(), key=lambda one: one.order):
        found = reader.find(words, scene())
        if found is None:
            continue
        for start, end in ((found.start, found.end), *found.also):
            assert words.is_free(start, end)
            taken += end - start
        words = found.taken_from(words)

    assert words.free.count(False) == taken


@settings(max_examples=200, deadline=None)
@given(_ANY)
def test_everything_else_copes_with_any_text(text: str) -> None:
    words = words_of(text)

    control_word(words)
    menu_number(words)
    correction(words)
    detect(words, ("en", "sn", "nd", "ar", "hi", "sw"))


@settings(max_examples=300, deadline=None)
@given(st.one_of(_ANY, st.lists(st.sampled_from(_GLUED_WORDS), max_size=8).map(" ".join)))
def test_words_fall_into_stretches_in_order(text: str) -> None:
    words = things_apart(words_of(text), {"huku", "inkukhu", "umbila"}.__contains__)

    spans = stretches(words)

    assert len(words.free) == len(words.tokens)
    assert all(0 <= start < end <= len(words.tokens) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("10 goats and 5 sheep", ["10 goats", "5 sheep"]),
        ("goats, sheep\ncattle", ["goats", "sheep", "cattle"]),
        ("mbudzi 5 nehuku 10", ["mbudzi 5", "huku 10"]),
        ("imbuzi lenkukhu kanye lombila", ["imbuzi", "inkukhu", "umbila"]),
        ("ngilenkukhu ezimbili", ["inkukhu ezimbili"]),
        ("need lemons", ["need lemons"]),
    ],
)
def test_joints_of_a_message(said: str, parts: list[str]) -> None:
    words = unglued(words_of(said), {"huku", "inkukhu", "umbila"}.__contains__)
    spans = stretches(words) or [(0, len(words.tokens))]

    assert [words.original(start, end) for start, end in spans] == parts


@pytest.mark.parametrize(
    ("said", "apart"),
    [
        ("mapaketi matatu eshuga nemukaka", "mapaketi matatu shuga , mukaka"),
        ("amaqanda lesinkwa loshukela", "amaqanda , isinkwa , ushukela"),
        ("notebook, lemon, eshuga", "notebook, lemon, shuga"),
        ("eshuga nenotebook", "eshuga , notebook"),
    ],
)
def test_things_stand_apart_from_what_is_glued_to_them(said: str, apart: str) -> None:
    known = {"shuga", "mukaka", "isinkwa", "ushukela", "notebook", "lemon"}

    assert things_apart(words_of(said), known.__contains__).text == apart


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_tokens_are_never_empty_and_lie_in_the_text(text: str) -> None:
    words = words_of(text)

    assert all(token.folded for token in words.tokens)
    assert all(0 <= token.start < token.end <= len(words.text) for token in words.tokens)


@pytest.mark.parametrize("text", ["x" * 65_536, "1 " * 32_768, "\0", "0777 " * 10_000, "ـ", "²"])
def test_huge_and_odd_messages_are_read_quickly(text: str) -> None:
    read_all(READERS, words_of(text), scene())


def test_a_classifier_copes_with_nothing() -> None:
    classifier = train({"sell": ["selling goats"], "": ["tell me a joke"]})

    assert classifier.classify(words_of("")).label == ""
    assert train({}).classify(words_of("hello")).label == ""
