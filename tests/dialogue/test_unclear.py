"""What was said without settling a value is asked about, never dropped and never guessed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from typing_extensions import override

from sokoni.dialogue.flow import TurnContext
from sokoni.language.reading import KnownPlace
from tests.dialogue.orchard import OfferFlow, orchard
from tests.dialogue.talking import GOKWE, GWERU, Talk, TwoPlaces

WHICH = "Which price is {}?"
UNKNOWN = "I do not know that place. For example: Gokwe."


class LikelyPlaces(TwoPlaces):
    """Takes whatever begins with a G for one of the two."""

    @override
    def like(self, text: str, country: str, *, limit: int = 3) -> Sequence[KnownPlace]:
        return (GOKWE, GWERU) if text.casefold().startswith("g") else ()


class Talker(Talk):
    @override
    def _context(self) -> TurnContext:
        context = super()._context()
        context.scene = replace(context.scene, places=LikelyPlaces())
        return context


@pytest.fixture
def talk() -> Talk:
    return Talker(orchard())


async def test_of_two_prices_neither_is_taken(talk: Talk) -> None:
    assert await talk.say("selling 10 apples at $2-3 each in Gokwe") == WHICH.format("$2-3 each")
    assert talk.labels == ["$2.00", "$3.00"]

    assert await talk.tap("$3.00") == "10 apples at $3.00 in Gokwe. Right?"
    await talk.say("yes")
    assert [one.price.basis for one in OfferFlow.offers] == ["each"]


@pytest.mark.parametrize("answer", ["$3.00", "$3", "3", "it's 3 dollars"])
async def test_price_may_be_typed_instead(talk: Talk, answer: str) -> None:
    await talk.say("selling 10 apples at $5 or $3 in Gokwe")
    await talk.say("menu")

    said = await talk.say(answer)

    assert said == "10 apples at $3.00 in Gokwe. Right?"


async def test_answer_with_two_prices_is_asked_about(talk: Talk) -> None:
    await talk.say("selling 10 apples in Gokwe")

    assert await talk.say("2-3") == WHICH.format("2-3")
    assert talk.labels == ["$2.00", "$3.00"]
    assert await talk.say("two fifty") == WHICH.format("two fifty")
    assert talk.labels == ["$2.50", "$250.00", "Talk to a person"]


async def test_correction_with_two_prices_is_asked_about(talk: Talk) -> None:
    await talk.say("selling 10 apples at $2 in Gokwe")

    assert await talk.say("make it $3-4") == WHICH.format("$3-4")
    assert await talk.tap("$4.00") == "10 apples at $4.00 in Gokwe. Right?"


async def test_unknown_place_is_said_to_be_unknown(talk: Talk) -> None:
    assert await talk.say("selling 10 apples at $2 in Atlantis") == UNKNOWN
    assert talk.said.neutral is not None
    assert talk.said.neutral.ask_location

    assert await talk.say(talk.pinned(-18.2, 28.9)) == "10 apples at $2.00 in Gokwe. Right?"


async def test_unknown_place_comes_before_other_questions(talk: Talk) -> None:
    assert await talk.say("selling apples in Atlantis") == UNKNOWN

    assert await talk.say("Gokwe") == "How many?"


async def test_likeliest_places_are_offered(talk: Talk) -> None:
    assert await talk.say("selling 10 apples at $2 in Gonda") == UNKNOWN
    assert talk.labels == ["Gokwe", "Gweru"]

    assert await talk.tap("Gweru") == "10 apples at $2.00 in Gweru. Right?"


async def test_unknown_place_as_an_answer_brings_the_likeliest(talk: Talk) -> None:
    await talk.say("selling 10 apples at $2")

    assert await talk.say("Gonda") == UNKNOWN
    assert talk.labels == ["Gokwe", "Gweru"]


async def test_unknown_place_is_asked_though_another_was_known(talk: Talk) -> None:
    await talk.say("selling 10 apples at $2 in Gokwe")
    await talk.say("yes")

    assert await talk.say("selling 5 pears at $2 in Atlantis") == UNKNOWN


async def test_what_is_not_needed_is_left_out_and_said_so(talk: Talk) -> None:
    assert await talk.say("looking for apples in Atlantis") == (
        "I could not make out Atlantis, so I left it out.\n\nThese have apples."
    )


async def test_of_two_things_left_open_one_is_asked_and_one_named(talk: Talk) -> None:
    assert await talk.say("selling 10 apples at $2-3 in Atlantis") == (
        "I could not make out Atlantis, so I left it out.\n\nWhich price is $2-3?"
    )
    assert await talk.say("$2") == "Where?"


async def test_place_that_all_share_is_asked_once(talk: Talk) -> None:
    said = await talk.say("selling 10 apples at $2 and 5 pears at $3 in Atlantis")

    assert said.endswith(UNKNOWN)
    assert (await talk.say("Gokwe")).startswith("10 apples")
    assert "5 pears at $3.00 in Gokwe" in await talk.say("yes")


async def test_choice_of_a_question_that_is_over_changes_nothing(talk: Talk) -> None:
    await talk.say("selling 10 apples at $2-3 in Gokwe")
    late = talk.tapped("$2.00")
    await talk.say("$4")
    await talk.say("yes")

    await talk.say(late)

    assert [one.price.amount for one in OfferFlow.offers] == ["4.00"]
