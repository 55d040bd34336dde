"""What an answer says of other open questions is left to them: by names, and by texts."""

from dataclasses import replace
from typing import Annotated, Literal

import pytest

from sokoni.dialogue.claims import left_for
from sokoni.dialogue.form import Form
from sokoni.dialogue.values import answer, loaded
from sokoni.language.phrases import Phrases
from sokoni.language.readers.email import EmailReader
from sokoni.language.readers.mobile import MobileReader
from sokoni.language.readers.name import IntroducedNameReader
from sokoni.language.readers.papers import PaperReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import Scene
from sokoni.language.words import words_of
from tests.language.said import scene

CALLED = {"pin": {"pin", "code", "pincode"}, "trade": {"sector", "trade"}, "phone": {"mobile"}}


class JoinForm(Form):
    """Join."""

    name: Annotated[str, IntroducedNameReader()]
    trade: Annotated[Literal["textile", "retail"], TermReader("trade")]
    made: Annotated[str, TextReader()]
    pin: Annotated[str, PaperReader("pincode")]
    phone: Annotated[str, MobileReader(("IN",))]
    email: Annotated[str, EmailReader()]


def trades() -> Scene:
    terms = Phrases([("textile", "textile"), ("textiles", "textile"), ("shop", "retail")])
    return replace(scene(), country="IN", terms={"trade": terms})


def left(slot: str, said: str, settled: tuple[str, ...] = ()) -> tuple[str | None, set[str]]:
    """Return what the answer is taken for, and which other slots took some of it."""
    here = trades()
    found = left_for(
        JoinForm, slot, words_of(said), here, settled, lambda one: CALLED.get(one, set())
    )
    raw = answer(JoinForm, slot, found.words, here)
    value = None if raw is None else loaded(JoinForm, {slot: raw}).get(slot)
    return value, set(found.slots)


@pytest.mark.parametrize(
    ("said", "name", "others"),
    [
        ("Priya Sharma", "Priya Sharma", set()),
        ("textile", None, {"trade"}),
        ("we make textiles", None, {"trade"}),
        ("my sector is textile", None, {"trade"}),
        ("sector: textile", None, {"trade"}),
        ("textile business", None, {"trade"}),
        ("pincode 400001", None, {"pin"}),
        ("my pin code is 400 001", None, {"pin"}),
        ("400001 is my pin code", None, {"pin"}),
        ("mobile 98765 43210", None, {"phone"}),
        ("priya@example.com", None, {"email"}),
        ("Priya Sharma, textile", "Priya Sharma", {"trade"}),
        ("textile, Priya Sharma", "Priya Sharma", {"trade"}),
        ("Priya Sharma textile 400001 9876543210", "Priya Sharma", {"trade", "pin", "phone"}),
        ("Priya Sharma\ntextile\n400001\n98765 43210", "Priya Sharma", {"trade", "pin", "phone"}),
        ("Priya Sharma, my pin code is 400001", "Priya Sharma", {"pin"}),
        ("I am Priya Sharma and my mobile is 9876543210", "Priya Sharma", {"phone"}),
        ("400001 9876543210 Priya Sharma", "Priya Sharma", {"pin", "phone"}),
        ("Sharma Textiles", "Sharma Textiles", set()),
        ("प्रिया शर्मा, ४००००१", "प्रिया शर्मा", {"pin"}),
    ],
)
def test_a_name_leaves_what_answers_something_else(
    said: str, name: str | None, others: set[str]
) -> None:
    assert left("name", said) == (name, others)


def test_what_is_settled_takes_nothing_of_a_name() -> None:
    assert left("name", "Textile", settled=("trade",)) == ("Textile", set())


@pytest.mark.parametrize(
    ("said", "text", "others"),
    [
        ("sarees from 400001", "sarees from 400001", set()),
        ("textile", "textile", set()),
        ("400001", None, {"pin"}),
        ("my pin code: 400001", None, {"pin"}),
        ("cotton sarees\nand stoles\npincode 400001", "cotton sarees\nand stoles", {"pin"}),
        ("cotton sarees\ntextile", "cotton sarees", {"trade"}),
    ],
)
def test_a_text_leaves_lines_that_answer_something_else(
    said: str, text: str | None, others: set[str]
) -> None:
    assert left("made", said) == (text, others)
