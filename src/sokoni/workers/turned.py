"""What a turn leaves behind to be written, carried and shown."""

from dataclasses import dataclass, field
from datetime import date

from sokoni.channels.inbound import AddressChange
from sokoni.dialogue.journeys import Mark
from sokoni.kit.ids import EventId
from sokoni.language.reading import KnownPlace
from sokoni.messaging.events import AskFor, Tell, TellStaff, TellTo, TimerIn
from sokoni.messaging.models import EventState, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Whisper
from sokoni.messaging.turn_rows import Claimed, Handled, WaitingEvent, Writes


@dataclass(slots=True)
class Turned:
    """One conversation's turn, done in memory, not yet in the database."""

    claimed: Claimed
    writes: Writes = field(default_factory=Writes)
    whispers: list[Whisper] = field(default_factory=list)
    timers: list[TimerIn] = field(default_factory=list)
    asks: list[AskFor] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Kinds of the merchant's rows of which caches may hold some, and which were changed."""
    read: list[str] = field(default_factory=list)
    """Provider ids of messages that were read, for the ticks on the contact's phone."""
    typing: bool = False
    """The answer comes later: the contact may see that it is being written."""
    merges: list[tuple[WaitingEvent, AddressChange]] = field(default_factory=list)
    moved: list[EventId] = field(default_factory=list)
    """Events of a conversation that was merged into another: theirs now."""
    for_staff: list[TellStaff] = field(default_factory=list)
    shut_out: list[str] = field(default_factory=list)
    """What a contact wrote whom staff have shut out."""
    by: str = ""
    """What understanding made of it, by names only, for the log."""
    places: list[KnownPlace] = field(default_factory=list)
    """Places that were registered: known to this process once they are committed."""
    marks: list[Mark] = field(default_factory=list)
    """What happened to tasks, to be counted once it is committed."""
    day: date = date.min
    """On which day of the merchant's that was."""

    def done(
        self, event: WaitingEvent, state: EventState = EventState.DONE, error: str = ""
    ) -> None:
        self.writes.handled.append(Handled(event.id, state, error))

    def say_later(self, prompt: Prompt, once: str) -> None:
        """Have the conversation say something of the server's own, in a turn of its own."""
        tell = Tell(prompt=prompt, purpose=Purpose.REPLY)
        told = TellTo(contact_id=self.claimed.contact_id, tell=tell, once=once)
        self.whispers.append(Whisper.of(self.claimed, told))
