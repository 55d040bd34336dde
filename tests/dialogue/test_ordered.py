"""What was put together in the channel's own catalogue goes to whoever has a use for it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

import msgspec
import pytest

from sokoni.channels.inbound import OrderLine
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.messaging.prompts import Prompt
from tests.dialogue.talking import PROFILE, Talk, TwoPlaces, catalogues
from tests.dialogue.toy import GARDEN

_LINE: Final = OrderLine(retailer_id="ROSE", quantity=2, price=Decimal(1), currency="USD")


@pytest.mark.parametrize("beside", ["", "Please deliver before 5pm", "cancel"])
async def test_words_beside_an_order_are_not_heard_in_its_place(beside: str) -> None:
    taken: list[tuple[OrderLine, str]] = []

    async def ordered(context: TurnContext, lines: Sequence[OrderLine], words: str) -> Outcome:
        taken.extend((line, words) for line in lines)
        return Outcome(Prompt("garden.hours.told"))

    garden = replace(GARDEN, orders=ordered)
    talk = Talk(MerchantDialogue(PROFILE, [garden], catalogues(), places=TwoPlaces()))

    await talk.say(msgspec.structs.replace(talk.typed(beside), kind="order", order=(_LINE,)))

    assert taken == [(_LINE, beside)]
    assert talk.keys == ["garden.hours.told"]
