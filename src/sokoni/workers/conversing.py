"""One conversation's turn: everything that waited is taken in order and answered once."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.channels.accounts import LiveAccount
from sokoni.channels.inbound import Message
from sokoni.channels.outbound import Template, Text
from sokoni.contacts.consent import CHAT, MESSAGES
from sokoni.dialogue.flow import Person, TurnContext
from sokoni.dialogue.heard import Heard, Said
from sokoni.dialogue.payment_requests import POLL
from sokoni.dialogue.reporting import for_staff
from sokoni.dialogue.state import DialogueState, step_of
from sokoni.language.reading import Scene
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.decoding import Happening, UndecodableError, decoded
from sokoni.messaging.events import Tell, TellStaff, Timer, Undelivered
from sokoni.messaging.models import STEP_LENGTH, EventState, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Whisper
from sokoni.messaging.turn_rows import Claimed, ContactChange, WaitingEvent
from sokoni.places.service import PlacesService
from sokoni.reviews.models import ReportState
from sokoni.reviews.reports import Reports
from sokoni.workers import circles
from sokoni.workers.logbook import LogBook
from sokoni.workers.parts import TurnParts
from sokoni.workers.quiet import can_wait, morning
from sokoni.workers.reception import PERSON, UNREACHABLE, Reception
from sokoni.workers.registrar import TurnRegistrar
from sokoni.workers.turned import Turned

STATE: Final = "conversations.state"
NAME: Final = "contacts.name"
_LATER_WHILE_HELD: Final = timedelta(minutes=10)
_MOST_QUIET_WAITS: Final = 5
_STATE_DECODER: Final = msgspec.json.Decoder(DialogueState)
_ENCODER: Final = msgspec.json.Encoder()

Happenings = Sequence[tuple[WaitingEvent, Happening]]


class ConversationTurn:
    """Handles what waits for one claimed conversation, in the session of its batch."""

    def __init__(
        self,
        parts: TurnParts,
        claimed: Claimed,
        profile: MerchantProfile,
        account: LiveAccount,
        session: AsyncSession,
    ) -> None:
        self._parts = parts
        self._one = claimed
        self._profile = profile
        self._limits = account.channel.limits
        self._channel = account.channel.name
        self._session = session
        self._now = parts.clock()
        self._dialogue = parts.dialogue_of(profile)
        self._state = DialogueState()
        self._turned = Turned(claimed)
        self._log = LogBook(parts.vault, claimed, self._now)
        self._reception = Reception(
            self._turned,
            self._log,
            limits=self._limits,
            now=self._now,
            rate=parts.contact_rate_per_minute,
            hold_for=timedelta(minutes=profile.handover_minutes),
            stop_words=profile.stop_words,
        )
        self._person_before = _contact_columns(claimed)

    async def run(self) -> Turned:
        """Take every waiting event and return what is to be written."""
        if self._one.merged_into is not None:
            self._turned.moved = [event.id for event in self._one.events]
            return self._turned
        self._state = _opened_state(self._parts, self._one)
        happenings = await self._by_day(self._decoded())
        if self._wait_for_quiet(happenings):
            return self._turned
        await self._take_all(happenings)
        await self._let_go()
        self._keep()
        if not self._profile.read_marks:
            self._turned.read = []
        return self._turned

    def park(self, reason: str) -> Turned:
        """Set the first event aside, which failed too often, and say sorry for it."""
        event = self._one.events[0]
        self._turned.done(event, EventState.PARKED, reason[:400])
        with suppress(UndecodableError):
            happening = decoded(self._parts.vault, event)
            if isinstance(happening, Message):
                self._reception.log(event, happening)
                self._turned.say_later(Prompt("dialogue.apology"), f"apology:{event.id.hex}")
        self._turned.writes.conversations.append(self._one)
        return self._turned

    async def _let_go(self) -> None:
        """Write what flows added; the batch's next conversation reads for itself."""
        session = self._session
        if session.new or session.dirty or session.deleted:
            await session.flush()
        session.expunge_all()

    # --- what waits -------------------------------------------------------------------------

    def _decoded(self) -> Happenings:
        happenings = []
        for event in self._one.events:
            try:
                happenings.append((event, decoded(self._parts.vault, event)))
            except UndecodableError as error:
                self._turned.done(event, EventState.PARKED, str(error)[:400])
        return happenings

    async def _by_day(self, happenings: Happenings) -> Happenings:
        """Have what can wait until the morning wait, where it is night for the contact."""
        heard = any(isinstance(said, Message) for _, said in happenings)
        waits = {one.id for one, said in happenings if can_wait(said, self._dialogue.patient)}
        if heard or not waits:
            return happenings
        until = await morning(
            self._session, self._parts.vault, self._profile, self._one, self._now
        )
        if until is None:
            return happenings
        self._turned.writes.postponed += [(event_id, until) for event_id in waits]
        return [(event, said) for event, said in happenings if event.id not in waits]

    def _wait_for_quiet(self, happenings: Happenings) -> bool:
        """Leave a burst of free text until its last line is `quiet_ms` old."""
        quiet = timedelta(milliseconds=self._profile.quiet_ms)
        lines = [(event, said) for event, said in happenings if isinstance(said, Message)]
        if not quiet or not lines or len(lines) < len(happenings) or self._one.holder == PERSON:
            return False
        first, (last, latest) = lines[0][0], lines[-1]
        ready = min(last.received_at + quiet, first.received_at + quiet * _MOST_QUIET_WAITS)
        if ready <= self._now or self._dialogue.settles_at_once(self._state, latest):
            return False
        self._turned.writes.postponed = [(event.id, ready) for event, _ in lines]
        if self._profile.read_marks:
            self._turned.read, self._turned.typing = [latest.provider_id], True
        return True

    def _see_phone(self, message: Message) -> None:
        """Remember what the phone in the contact's hand can show."""
        if message.text_only is not self._state.text_only:
            self._state = msgspec.structs.replace(self._state, text_only=message.text_only)

    def _see_person(self) -> None:
        """Remember when a person has the conversation."""
        if self._one.holder == PERSON:
            self._state = msgspec.structs.replace(self._state, person_at=self._now)

    async def _take_all(self, happenings: Happenings) -> None:
        burst: list[Heard] = []
        answered: WaitingEvent | None = None
        for event, happening in happenings:
            if isinstance(happening, Message):
                self._see_phone(happening)
            heard = self._reception.took(event, happening)
            self._see_person()
            if heard is not None and circles.listens(self._state.circling, heard, self._now):
                burst.append(heard)
                answered = event
        if answered is not None:
            await self._answer(answered, burst)
        for event, happening in happenings:
            if isinstance(happening, Tell):
                await self._tell(event, happening, event.received_at)
            elif isinstance(happening, Undelivered):
                await self._tell_again(event, happening)
        await self._hear_appeal()

    async def _hear_appeal(self) -> None:
        """Answer who is shut out once, keep what they say to it, then be silent."""
        at = self._one.blocked_at
        if not self._turned.shut_out or at is None:
            return
        reports = Reports(self._session, self._parts.vault, self._profile.id, self._now)
        said = "\n".join(text for text in self._turned.shut_out if text.strip())
        report = await reports.appeal(self._one.contact_id, at, said)
        if report is None:
            return
        if report.state == ReportState.INVITED:
            self._turned.say_later(Prompt("dialogue.shut_out"), f"shut_out:{at.isoformat()}")
        else:
            self._turned.say_later(Prompt("dialogue.appeal.kept"), f"appeal:{at.isoformat()}")
            self._turned.for_staff.append(for_staff(report))

    # --- the bot ----------------------------------------------------------------------------

    async def _answer(self, event: WaitingEvent, heard: Sequence[Heard]) -> None:
        if self._one.holder == PERSON:
            await self._note(event, heard)
            return
        said = await self._respond(event, heard)
        circling = circles.answered(
            self._state.circling, heard, said.neutral, self._now, self._parts.circle_turns
        )
        self._state = msgspec.structs.replace(self._state, circling=circling)
        if circling.silent_until is None:
            self._say(said, event, _purpose(heard))
        else:
            self._turned.say_later(Prompt("dialogue.circling"), f"circling:{event.id.hex}")

    async def _note(self, event: WaitingEvent, heard: Sequence[Heard]) -> None:
        """Take what counts though a person has the conversation; it is told when they leave."""
        before = self._state
        said = await self._respond(event, heard)
        self._state = before
        for number, prompt in enumerate(said.prompts):
            self._turned.say_later(prompt, f"noted:{event.id.hex}:{number}")

    async def _tell(self, event: WaitingEvent, tell: Tell, told_at: datetime) -> None:
        if self._one.holder == PERSON:
            self._turned.writes.postponed.append((event.id, self._now + _LATER_WHILE_HELD))
            return
        self._turned.done(event)
        if self._may_tell(tell, told_at):
            said = await self._respond(event, [tell])
            if self._say(said, event, Purpose(tell.purpose)):
                return
        await self._lose(event, tell)

    async def _lose(self, event: WaitingEvent, tell: Tell) -> None:
        """Have done what is to be done where nobody hears of it."""
        if tell.lost is not None:
            await self._respond(event, [tell.lost])

    async def _tell_again(self, event: WaitingEvent, undelivered: Undelivered) -> None:
        """Say in another form what the channel did not deliver, where there is one."""
        tell, told_at = undelivered.tell, undelivered.told_at or event.received_at
        if tell is None or self._one.unreachable_at is not None or not self._sayable(tell):
            self._turned.done(event)
            if tell is not None:
                await self._lose(event, tell)
        else:
            await self._tell(event, tell, told_at)

    def _sayable(self, tell: Tell) -> bool:
        return self._window_open or self._template([tell.prompt]) is not None

    def _may_tell(self, tell: Tell, told_at: datetime) -> bool:
        stopped = self._one.opted_out_at is not None and tell.purpose != Purpose.REPLY
        hours = tell.expires_after_hours
        stale = bool(hours) and told_at + timedelta(hours=hours) < self._now
        shut_out = self._one.blocked_at is not None and tell.purpose != Purpose.REPLY
        return not stopped and not stale and not shut_out

    async def _respond(self, event: WaitingEvent, heard: Sequence[Heard]) -> Said:
        context = self._context()
        limits = self._limits.text_only() if self._state.text_only else self._limits
        said = await self._dialogue.respond(self._state, heard, context, limits)
        self._state = msgspec.structs.replace(said.state, circling=self._state.circling)
        self._apply(said, context, event, _words(heard))
        return said

    def _context(self) -> TurnContext:
        return TurnContext(
            session=self._session,
            vault=self._parts.vault,
            merchant=self._profile,
            person=self._person(),
            conversation_id=self._one.id,
            now=self._now,
            scene=self._scene,
            cache=self._parts.cache,
            file_url=self._parts.file_url,
            registrar=self._registrar(),
            public_url=self._parts.public_url,
            locates=self._parts.locates,
            gateways=self._parts.gateways,
            window_open=self._window_open,
        )

    def _registrar(self) -> TurnRegistrar:
        profile, parts = self._profile, self._parts
        places = PlacesService(
            self._session,
            profile.id,
            profile.country,
            shipped=parts.places.shipped,
            clock=parts.clock,
        )
        return TurnRegistrar(places, profile, self._turned)

    def _person(self) -> Person:
        one = self._one
        return Person(
            id=one.contact_id,
            name=self._parts.vault.open_text(NAME, one.contact_id, one.name),
            name_given=one.name_given,
            language=one.language,
            opted_out=one.opted_out_at is not None,
            no_marketing=one.marketing_stopped_at is not None,
        )

    @cached_property
    def _scene(self) -> Scene:
        profile, mine = self._profile, self._one.language
        others = tuple(language for language in profile.languages if language != mine)
        return Scene(
            languages=(mine, *others) if mine else profile.languages,
            country=profile.country,
            currency=profile.currency,
            now=self._now.astimezone(profile.zone),
            places=self._parts.places.of(profile.id),
        )

    def _apply(self, said: Said, context: TurnContext, event: WaitingEvent, words: str) -> None:
        one = self._one
        one.language = said.language or one.language
        one.wake_at = said.wake_at
        self._turned.by = said.trace
        self._turned.marks += said.marks
        self._turned.day = self._now.astimezone(self._profile.zone).date()
        if context.renamed_to:
            one.name = self._parts.vault.seal_text(NAME, one.contact_id, context.renamed_to)
            one.name_given = True
        if said.opt_out or said.opt_in:
            one.opted_out_at = self._now if said.opt_out else None
            self._reception.agree(MESSAGES, given=said.opt_in, source=CHAT, wording=words)
        if context.marketing is not None:
            self._heed_marketing(wanted=context.marketing)
        if said.hand_over:
            self._reception.hold()
            wanted = Prompt("staff.wanted", {"name": context.renamed_to or context.person.name})
            once = f"handover:{event.id.hex}"
            self._turned.for_staff.append(TellStaff(prompt=wanted, once=once))
        self._turned.whispers += [Whisper.of(one, told) for told in context.tells]
        self._turned.for_staff += context.for_staff
        self._turned.timers += context.timers
        self._turned.asks += context.asks
        self._turned.touched |= context.touched

    def _heed_marketing(self, *, wanted: bool) -> None:
        """Take what was said of offers; who stopped them at the channel has to go there."""
        stopped_at = self._one.marketing_stopped_at
        if wanted:
            self._one.marketing_stopped_at = None
        elif stopped_at is None:
            self._one.marketing_stopped_at = self._now

    # --- what is sent -----------------------------------------------------------------------

    def _say(self, said: Said, event: WaitingEvent, purpose: Purpose) -> bool:
        """Put down what is sent; False where something should be said, and cannot be."""
        if said.neutral is None:
            return True
        messages, text = self._turned.writes.messages, Text(said.neutral.text)
        if self._one.unreachable_at is not None:
            messages.append(self._log.unsaid(event.id, text, purpose, UNREACHABLE))
            return False
        if self._window_open and not any(one.as_template for one in said.prompts):
            messages += self._log.said(event.id, said.contents, purpose, author="bot")
            return True
        template = self._template(said.prompts)
        if template is not None:
            messages += self._log.said(event.id, [template], purpose, author="bot")
            return True
        messages.append(self._log.unsaid(event.id, text, purpose, "window shut, no template"))
        return False

    def _template(self, prompts: Sequence[Prompt]) -> Template | None:
        return self._parts.templates.filled(
            self._profile,
            self._channel,
            prompts,
            self._one.language,
            marketing=self._one.marketing_stopped_at is None,
        )

    @property
    def _window_open(self) -> bool:
        if self._limits.window_hours is None:
            return True
        return self._one.window_until is not None and self._one.window_until > self._now

    def _keep(self) -> None:
        self._see_person()
        one, writes = self._one, self._turned.writes
        one.state = self._parts.vault.seal(STATE, one.id, _ENCODER.encode(self._state))
        one.step = step_of(self._state)[:STEP_LENGTH]
        writes.conversations.append(one)
        after = _contact_columns(one)
        if after != self._person_before:
            writes.contacts.append(after)


def _opened_state(parts: TurnParts, one: Claimed) -> DialogueState:
    """Return what the conversation remembers; a state of another version starts anew."""
    if one.state is None:
        return DialogueState()
    opened = parts.vault.open(STATE, one.id, one.state)
    try:
        return _STATE_DECODER.decode(opened)
    except msgspec.DecodeError:
        return DialogueState()


def _purpose(heard: Sequence[Heard]) -> Purpose:
    """Return why something is said: what only a passing time brought up is stopped by a stop."""
    by_itself = all(isinstance(one, Timer) and one.name != POLL for one in heard)
    return Purpose.NOTICE if by_itself else Purpose.REPLY


def _words(heard: Sequence[Heard]) -> str:
    """Return what the contact wrote last."""
    said = [one.text for one in heard if isinstance(one, Message)]
    return said[-1] if said else ""


def _contact_columns(one: Claimed) -> ContactChange:
    return ContactChange(
        id=one.contact_id,
        name=one.name,
        name_given=one.name_given,
        language=one.language,
        opted_out_at=one.opted_out_at,
        marketing_stopped_at=one.marketing_stopped_at,
    )
