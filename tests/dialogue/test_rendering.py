"""Prompts become one message, in one language, with contacts' own words made harmless."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sokoni.channels.base import Limits
from sokoni.dialogue.rendering import Rendering
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.wording import Wording, safe
from sokoni.messaging.prompts import (
    Amount,
    Choice,
    Instant,
    Lines,
    Number,
    Param,
    Params,
    Prompt,
    Worded,
)
from sokoni.testing.clock import NOON
from tests.dialogue.talking import catalogues

ZONE = ZoneInfo("Africa/Harare")
YES_NO = (Choice("yes"), Choice("no"))


@pytest.fixture
def rendering() -> Rendering:
    return Rendering(Wording(catalogues(), ZONE), "Corner Shop")


def worded(value: Param, language: str = "en") -> str:
    text = Wording(catalogues(), ZONE).text("garden.find.found", {"plant": value}, language)
    return text.removeprefix("These have ").removesuffix(".")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1200, "1,200"),
        (Number(Decimal("2.50")), "2.5"),
        (Amount(Decimal(20), "USD"), "$20.00"),
        (Instant("2026-03-03T13:00:00+00:00"), "Tue 3 Mar, 15:00"),
        (Instant("2026-03-03T13:00:00+00:00", "day"), "Tue 3 Mar"),
        (Instant("2026-03-03T13:00:00+00:00", "time"), "15:00"),
        (Worded("choice.yes"), "Yes"),
        (Worded("garden.find.found", {"plant": "rose"}), "These have rose."),
        (Lines((Worded("choice.yes"), "a")), "- Yes\n- a"),
    ],
)
def test_parameters_are_worded(value: Param, text: str) -> None:
    assert worded(value) == text


def test_a_sentence_begins_with_a_capital_in_our_words_and_as_typed_in_theirs() -> None:
    wording = Wording(catalogues(), ZONE)
    ours = Worded("marketplace.seller.unnamed", {"place": "gokwe"})

    def said(seller: Param) -> str:
        params: Params = {"seller": seller, "thing": "x"}
        return wording.text("marketplace.contact.silent", params, "en")

    assert said(ours).startswith("A seller in gokwe has")
    assert said("iPhone Doctor").startswith("iPhone Doctor has")
    assert wording.phrase(ours, "nd") == "Umthengisi e-gokwe"
    assert worded(ours) == "a seller in gokwe"
    assert wording.params({"seller": ours}, "en") == {"seller": "a seller in gokwe"}


def test_untrusted_text_of_right_to_left_languages_is_isolated() -> None:
    assert worded("rose", "ar") == "\u2068rose\u2069"


@pytest.mark.parametrize("value", ["*SALE*", "_A42_", "~no~", "`x`", "> quote", "a\n* b", "1. x"])
def test_markup_of_contacts_styles_nothing(value: str) -> None:
    made = safe(value)

    assert made != value
    assert made.replace("\u200b", "") == value
    assert not made.startswith(("*", "_", "~", "`", ">"))


@pytest.mark.parametrize("value", ["john_doe@x.com", "2*3", "Tendai", "5-6", "a_b", "10 goats"])
def test_plain_values_stay_as_they_are(value: str) -> None:
    assert safe(value) == value


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"count": 1}, "Ordered 1 plant."),
        ({"count": 2}, "Ordered 2 plants."),
        ({"count": Number(Decimal(1))}, "Ordered 1 plant."),
        ({"count": Number(Decimal("1.5"))}, "Ordered 1.5 plants."),
    ],
)
def test_count_chooses_the_plural(params: dict[str, Param], text: str) -> None:
    assert Wording(catalogues(), ZONE).text("garden.order.done", params, "en") == text


def test_texts_are_joined_and_the_last_choices_shown(rendering: Rendering) -> None:
    sayings = [
        Saying(Prompt("garden.hours.told", {}, YES_NO)),
        Saying(Prompt("garden.ring.summary", {}, YES_NO), "garden.ring", "?confirm"),
        Saying(Prompt("garden.ring.done")),
    ]

    rendered = rendering.render(sayings, "en", Limits(), NOON)

    assert rendered.neutral.text == (
        "We are open from 8 to 5.\n1. Yes\n2. No\n\nRing the bell?\n\nThe bell rang."
    )
    assert [option.title for option in rendered.neutral.options] == ["Yes", "No"]
    assert len(rendered.menus) == 2
    assert rendered.menus[-1].slot == "?confirm"
    assert rendered.neutral.options[0].id == f"yes~{rendered.menus[-1].id}"


def test_everything_around_the_options_is_worded(rendering: Rendering) -> None:
    prompt = Prompt("garden.ring.summary", {}, YES_NO, image_url="https://x/y.jpg", numbered=True)

    neutral = rendering.render([Saying(prompt)], "sn", Limits(), NOON).neutral

    assert [option.title for option in neutral.options] == ["Hongu", "Kwete"]
    assert neutral.options_label == "Sarudza"
    assert neutral.reply_with_number == "Pindura nenhamba."
    assert neutral.more_label == "Zvimwe"
    assert neutral.image_url == "https://x/y.jpg"
    assert neutral.numbered


def test_link_and_place_request_are_kept(rendering: Rendering) -> None:
    prompts = [
        Prompt("garden.ring.done", link_url="https://x", link_label=Worded("choice.yes")),
        Prompt("garden.order.place.ask", ask_location=True),
    ]

    neutral = rendering.render([Saying(one) for one in prompts], "en", Limits(), NOON).neutral

    assert (neutral.link_url, neutral.link_label) == ("https://x", "Yes")
    assert neutral.ask_location
    assert neutral.location_hint.startswith("Tap the clip")


def test_equal_labels_are_kept_as_the_channel_tells_them_apart(rendering: Rendering) -> None:
    twins = (Choice("a", "Goats"), Choice("b", "Goats"))

    rendered = rendering.render(
        [Saying(Prompt("garden.ring.done", {}, twins))], "en", Limits(), NOON
    )

    assert len(set(rendered.menus[-1].labels)) == 2


def test_long_fixed_choice_keeps_its_numbers(rendering: Rendering) -> None:
    many = tuple(Choice(f"s{n}", f"Sector {n}") for n in range(1, 14))
    prompt = Prompt("garden.ring.done", {}, many, numbered=True)

    rendered = rendering.render([Saying(prompt)], "en", Limits(), NOON)

    assert [choice.id for choice in rendered.menus[-1].choices] == [one.id for one in many]
