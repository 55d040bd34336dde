"""Whatever is written, tapped or told, in whatever order: nothing raises, only yes commits."""

import asyncio
from datetime import timedelta
from typing import Final

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from typing_extensions import override

from sokoni.dialogue.heard import Heard
from sokoni.dialogue.menus import KEPT_UNASKED, PAGES_KEPT
from sokoni.dialogue.state import DialogueState
from sokoni.language.control import Control, control_word, menu_number
from sokoni.language.words import words_of
from sokoni.messaging.events import Timer
from tests.dialogue.talking import Talk, dialogue
from tests.dialogue.test_repairs import OFFER
from tests.dialogue.toy import BedsFlow, OrderFlow, RingFlow

ANSWERS: Final = ("roses", "10", "60", "0", "Gokwe", "Gweru", "clay", "2", "9", "for my mother")
STARTS: Final = (
    "i want to order",
    "order 10 roses to Gokwe",
    "who has",
    "when are you open",
    "show beds",
    "something odd",
)
REPAIRS: Final = (
    *("back", "edit", "skip", "cancel", "restart", "repeat", "menu", "help", "hi", "no", "agent"),
    *("bot", "stop", "start", "Shona", "make it 12", "place: Gweru", "the number", "more", "???"),
)
YES: Final = ("yes", "hongu", "yebo", "ok")
TAME: Final = (*ANSWERS, *STARTS, *REPAIRS)
"""Nothing in it agrees to anything."""


class Wandering(RuleBasedStateMachine):
    """A contact who does as they please."""

    def __init__(self) -> None:
        super().__init__()
        OrderFlow.orders.clear()
        RingFlow.rung.clear()
        BedsFlow.beds, BedsFlow.own, BedsFlow.sole = list(range(1, 24)), (), False
        self.talk = Talk(dialogue())
        self.loop = asyncio.new_event_loop()
        self.committed = 0
        self.agreed = False

    @override
    def teardown(self) -> None:
        self.loop.close()

    def hear(self, *lines: str | Heard, agreed: bool = False) -> None:
        self.agreed = agreed
        self.committed = _committed()
        self.loop.run_until_complete(self.talk.say(*lines))

    @rule(line=st.sampled_from(TAME))
    def write(self, line: str) -> None:
        self.hear(line)

    @rule(line=st.text(max_size=40).filter(lambda text: not _agrees(text)))
    def write_anything(self, line: str) -> None:
        self.hear(line)

    @rule(lines=st.lists(st.sampled_from(TAME), min_size=2, max_size=4))
    def write_a_burst(self, lines: list[str]) -> None:
        self.hear(*lines)

    @rule(line=st.sampled_from(YES))
    def agree(self, line: str) -> None:
        self.hear(line, agreed=self._asked_to_commit())

    @rule(lines=st.lists(st.sampled_from((*ANSWERS, *STARTS)), min_size=1, max_size=3))
    def change_and_agree_at_once(self, lines: list[str]) -> None:
        """Say yes in the same breath as a change: it agrees at most to what stood there before."""
        before = self.talk.state
        self.hear(*lines, "yes", agreed=self._asked_to_commit())
        if _committed() > self.committed:
            assert _summed_up(before)

    @rule(data=st.data())
    def tap(self, data: st.DataObject) -> None:
        neutral = self.talk.said.neutral
        if neutral is None or not neutral.options:
            return
        option = data.draw(st.sampled_from(neutral.options))
        agreed = option.id.startswith("yes") and self._asked_to_commit()
        self.hear(self.talk.message(kind="choice", choice_id=option.id), agreed=agreed)

    @rule(choice_id=st.text(max_size=12))
    def tap_anything(self, choice_id: str) -> None:
        agreed = choice_id.startswith("yes") and self._asked_to_commit()
        self.hear(self.talk.message(kind="choice", choice_id=choice_id), agreed=agreed)

    @rule(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
    def share_a_place(self, latitude: float, longitude: float) -> None:
        self.hear(self.talk.pinned(latitude, longitude))

    @rule(kind=st.sampled_from(("sticker", "audio", "reaction", "unsupported", "order", "form")))
    def send_a_thing(self, kind: str) -> None:
        self.hear(self.talk.message(kind=kind))

    @rule()
    def be_told(self) -> None:
        drafts = self.talk.state.drafts
        self.hear(OFFER)
        assert self.talk.state.drafts == drafts

    @rule(days=st.sampled_from((0, 1, 31)))
    def fall_silent(self, days: int) -> None:
        self.talk.wait(timedelta(days=days))
        self.hear(Timer(name="dialogue"))

    @rule()
    def digress(self) -> None:
        drafts = [(draft.task, draft.known) for draft in self.talk.state.drafts]
        if drafts and self.talk.now - (self.talk.state.touched_at or self.talk.now) < timedelta(
            30
        ):
            self.hear("what can you do?")
            assert [(one.task, one.known) for one in self.talk.state.drafts] == drafts

    @invariant()
    def only_yes_commits(self) -> None:
        if not self.agreed:
            assert _committed() == self.committed

    @invariant()
    def state_survives_the_database(self) -> None:
        state = self.talk.state
        assert msgspec.json.decode(msgspec.json.encode(state), type=DialogueState) == state
        assert len(state.drafts) <= 4
        assert len(state.menus) <= PAGES_KEPT + KEPT_UNASKED + 1

    def _asked_to_commit(self) -> bool:
        return _summed_up(self.talk.state)


def _committed() -> int:
    return len(OrderFlow.orders) + len(RingFlow.rung)


def _summed_up(state: DialogueState) -> bool:
    return bool(state.drafts) and state.drafts[-1].awaiting == "?confirm"


def _agrees(text: str) -> bool:
    """Tell whether random letters happen to say yes, or to pick the first choice."""
    words = words_of(text)
    word = control_word(words)
    return menu_number(words) is not None or (word is not None and word.control is Control.YES)


TestWandering = Wandering.TestCase
TestWandering.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
