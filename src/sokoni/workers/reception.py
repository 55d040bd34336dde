"""Takes what happened before the bot has a say: who holds the conversation, who is answered."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sokoni.channels.base import Limits
from sokoni.channels.errors import RecipientUnreachableError, ReplyWindowClosedError
from sokoni.channels.inbound import AddressChange, Echo, Message, Notice, Preference
from sokoni.channels.ladder import lower
from sokoni.channels.outbound import Neutral, Text
from sokoni.contacts.consent import CHANNEL, CHAT, MARKETING, MESSAGES
from sokoni.dialogue.heard import Heard
from sokoni.dialogue.payment_requests import KINDS, POLL
from sokoni.dialogue.timing import TIMER
from sokoni.language.control import Control, control_word
from sokoni.language.words import words_of
from sokoni.messaging.decoding import Happening
from sokoni.messaging.events import Answer, StaffAct, Tell, Timer, Undelivered
from sokoni.messaging.models import EventState, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.turn_rows import WaitingEvent
from sokoni.payments.base import Report
from sokoni.workers.logbook import LogBook
from sokoni.workers.turned import Turned

UNREACHABLE: Final = "recipient unreachable"
"""Why a message was not sent: until the contact writes, nothing is."""

PERSON: Final = "person"
BOT: Final = "bot"
_MINUTE: Final = timedelta(minutes=1)
_LATER_WHILE_HELD: Final = timedelta(minutes=10)


class Reception:
    """Notes every event of one conversation and lets through what the dialogue should answer."""

    def __init__(  # noqa: PLR0913 -- what it knows and heeds, each by name
        self,
        turned: Turned,
        log: LogBook,
        *,
        limits: Limits,
        now: datetime,
        rate: int,
        hold_for: timedelta,
        stop_words: Collection[str] = (),
    ) -> None:
        self._turned = turned
        self._one = turned.claimed
        self._log = log
        self._limits = limits
        self._now = now
        self._rate = rate
        self._hold_for = hold_for
        self._stops = {words_of(one).folded for one in stop_words}

    def took(self, event: WaitingEvent, happening: Happening) -> Heard | None:
        """Note what happened, and return it where the dialogue should answer it."""
        match happening:
            case Message():
                return self._message(event, happening)
            case Report() | Timer() | Answer():
                return self._due(event, happening)
            case Tell():
                return None  # said after everything else, each by itself
            case Undelivered():
                self._undelivered(happening)
                return None  # what it said is said again likewise
            case _:
                self._note(event, happening)
                return None

    def _due(self, event: WaitingEvent, happening: Report | Timer | Answer) -> Heard | None:
        """Let through what a flow waits for; while a person has the conversation, it waits.

        Money counts whoever has it, and whatever the contact wants to hear.
        """
        if _is_of_money(happening):
            self._turned.done(event)
            return happening
        one, dialogue = self._one, isinstance(happening, Timer) and happening.name == TIMER
        if one.holder == PERSON and not dialogue:
            self._turned.writes.postponed.append((event.id, self._now + _LATER_WHILE_HELD))
            return None
        self._turned.done(event)
        stopped = one.opted_out_at is not None or one.blocked_at is not None
        if one.holder == PERSON or (stopped and isinstance(happening, Timer)):
            return None
        return happening

    def _note(
        self,
        event: WaitingEvent,
        happening: Echo | StaffAct | Preference | AddressChange | Notice,
    ) -> None:
        match happening:
            case Echo():
                self._echo(event, happening)
            case StaffAct():
                self._staff(event, happening)
            case Preference():
                self._preference(event, happening)
            case AddressChange():
                self._turned.merges.append((event, happening))
            case Notice():
                self._turned.done(event, EventState.IGNORED)

    def hold(self) -> None:
        """Give the conversation to a person for the merchant's set time."""
        self._one.holder = PERSON
        self._one.held_until = self._now + self._hold_for

    def log(self, event: WaitingEvent, message: Message) -> None:
        """Put down what the contact said; it opens the service window."""
        self._turned.writes.messages.append(self._log.heard(event, message))
        one = self._one
        if one.unreachable_at is not None:
            self._reached(None)
        said_at = min(message.sent_at, self._now)
        one.last_inbound_at = max(said_at, one.last_inbound_at or said_at)
        if self._limits.window_hours is not None:
            one.window_until = one.last_inbound_at + timedelta(hours=self._limits.window_hours)

    # --- the contact ------------------------------------------------------------------------

    def _message(self, event: WaitingEvent, message: Message) -> Message | None:
        self._turned.done(event)
        self.log(event, message)
        if self._one.blocked_at is not None:
            self._turned.shut_out.append(message.text)
            return None
        self._turned.read.append(message.provider_id)
        held = self._one.holder == PERSON and not self._taken_back(message)
        if held or not self._within_rate(event):
            self._heed(message)
            return None
        return message

    def _heed(self, message: Message) -> None:
        """Take a STOP, and a START, from a contact whom the bot does not answer now."""
        words, one = words_of(message.text), self._one
        word, stop = control_word(words), words.folded in self._stops
        if not stop and (word is None or word.control not in {Control.STOP, Control.START}):
            return
        stop = stop or (word is not None and word.control is Control.STOP)
        if stop is (one.opted_out_at is None):
            one.opted_out_at = self._now if stop else None
            self.agree(MESSAGES, given=not stop, source=CHAT, wording=message.text)

    def agree(self, purpose: str, *, given: bool, source: str, wording: str = "") -> None:
        """Note an opt-in or opt-out; what waits to be sent heeds a stop at once."""
        writes = self._turned.writes
        writes.consents.append(
            self._log.consent(purpose, given=given, source=source, wording=wording)
        )
        if purpose == MESSAGES and not given:
            writes.stopped.append(self._one.contact_id)

    def _taken_back(self, message: Message) -> bool:
        """Tell whether the bot has it again: the time is up, or the contact called it."""
        one = self._one
        over = one.held_until is not None and one.held_until <= self._now
        word = control_word(words_of(message.text))
        if over or (word is not None and word.control is Control.BOT):
            one.holder, one.held_until = BOT, None
            return True
        return False

    def _within_rate(self, event: WaitingEvent) -> bool:
        """Count the message: the first over the limit is answered once, the rest with silence."""
        one = self._one
        if not self._rate:
            return True
        if one.rate_reset_at is None or one.rate_reset_at <= self._now:
            one.rate_count, one.rate_reset_at = 0, self._now + _MINUTE
        one.rate_count += 1
        if one.rate_count == self._rate + 1:
            self._turned.say_later(Prompt("dialogue.slow_down"), f"slow_down:{event.id.hex}")
        return one.rate_count <= self._rate

    def _preference(self, event: WaitingEvent, preference: Preference) -> None:
        self._turned.done(event)
        self._one.marketing_stopped_at = None if preference.marketing else self._now
        self.agree(MARKETING, given=preference.marketing, source=CHANNEL)

    # --- what could not be delivered ----------------------------------------------------------

    def _undelivered(self, undelivered: Undelivered) -> None:
        """Take the channel's word, unless the contact wrote since."""
        wrote_at = self._one.last_inbound_at
        if wrote_at is not None and wrote_at > undelivered.made_at:
            return
        if undelivered.reason == ReplyWindowClosedError.code:
            self._one.window_until = None
        elif undelivered.reason == RecipientUnreachableError.code:
            self._reached(self._now)

    def _reached(self, unreachable_at: datetime | None) -> None:
        self._one.unreachable_at = unreachable_at
        self._turned.writes.reached.append((self._one.id, unreachable_at))

    # --- people who take over ---------------------------------------------------------------

    def _echo(self, event: WaitingEvent, echo: Echo) -> None:
        """Give the conversation to the owner, who wrote from their own phone."""
        self._turned.done(event)
        self.hold()
        self._turned.writes.messages.append(self._log.echoed(event, echo))

    def _staff(self, event: WaitingEvent, act: StaffAct) -> None:
        self._turned.done(event)
        if act.act == "back":
            self._one.holder, self._one.held_until = BOT, None
            return
        self.hold()
        if act.act == "say":
            author = act.staff or "staff"
            if self._one.unreachable_at is not None:
                row = self._log.unsaid(
                    event.id, Text(act.text), Purpose.STAFF, UNREACHABLE, author=author
                )
                self._turned.writes.messages.append(row)
                return
            parts = lower(Neutral(text=act.text), self._limits).contents
            rows = self._log.said(event.id, parts, Purpose.STAFF, author=author)
            self._turned.writes.messages += rows


def _is_of_money(happening: Report | Timer | Answer) -> bool:
    if isinstance(happening, Timer):
        return happening.name == POLL
    return isinstance(happening, Report) or happening.kind in KINDS
