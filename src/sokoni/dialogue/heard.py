"""What a turn gives the dialogue, and what the dialogue gives back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sokoni.channels.base import Limits
from sokoni.channels.inbound import Message
from sokoni.channels.outbound import Content, Neutral
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.journeys import Mark
from sokoni.dialogue.state import DialogueState
from sokoni.messaging.events import Answer, Tell, Timer
from sokoni.messaging.prompts import Prompt
from sokoni.payments.base import Report

Heard = Message | Tell | Timer | Answer | Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the dialogue answers in one turn. Nothing in `neutral`: it has nothing to say."""

    state: DialogueState
    neutral: Neutral | None
    """All prompts of the turn, worded and put together as one message."""
    contents: Sequence[Content] = ()
    """The same as this channel shows it, in order: what is sent while the window is open."""
    prompts: Sequence[Prompt] = ()
    language: str = ""
    """The contact's language from now on; "" where it is still open."""
    hand_over: bool = False
    """The contact asked for a person."""
    resume: bool = False
    opt_out: bool = False
    opt_in: bool = False
    wake_at: datetime | None = None
    """When a `dialogue` timer is wanted: a nudge or the draft's end."""
    trace: str = ""
    """What understanding made of it, by names only, for the log and the metrics."""
    marks: Sequence[Mark] = ()
    """What happened to tasks, to be counted."""


class Dialogue(Protocol):
    """One merchant's dialogue: its capabilities' tasks, in its languages."""

    @property
    def patient(self) -> Collection[str]:
        """Names of timers of which nobody needs to hear in the night."""

    async def respond(
        self,
        state: DialogueState,
        heard: Sequence[Heard],
        context: TurnContext,
        limits: Limits,
    ) -> Said:
        """Take everything that waited, in order, and answer it once."""

    def settles_at_once(self, state: DialogueState, message: Message) -> bool:
        """Tell whether the message needs no quiet time (design §3, point 2).

        So it is with a tap, a menu number, a control word, or an answer that completes the
        slot just asked for.
        """
