"""The garden shop, and somebody who talks with it."""

import pytest

from tests.dialogue.talking import Talk, dialogue
from tests.dialogue.toy import BedsFlow, OrderFlow, RingFlow


@pytest.fixture
def talk() -> Talk:
    OrderFlow.orders.clear()
    RingFlow.rung.clear()
    BedsFlow.beds, BedsFlow.own, BedsFlow.sole = [], (), False
    return Talk(dialogue())
