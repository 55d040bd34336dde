"""Turns what was heard into commands: words, taps, pins, and what says nothing at all."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from sokoni.channels.inbound import Message, OrderLine, Pin, SharedContact
from sokoni.dialogue import pushed
from sokoni.dialogue.acting import Acting
from sokoni.dialogue.cards import cards_of, fetch_card
from sokoni.dialogue.completing import amended
from sokoni.dialogue.files import Files
from sokoni.dialogue.filling import Filling
from sokoni.dialogue.guessing import Guessing
from sokoni.dialogue.line import Line
from sokoni.dialogue.menus import still_open, tapped
from sokoni.dialogue.own_number import own_number
from sokoni.dialogue.placing import Placing
from sokoni.dialogue.starting import likely_starts
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.understanding import Understanding
from sokoni.dialogue.values import dumped
from sokoni.dialogue.view import View
from sokoni.dialogue.wordless import ask_to_type
from sokoni.kit.phones import find_phone
from sokoni.language.detect import detect, is_wholly
from sokoni.language.words import Words, words_of
from sokoni.messaging.events import Answer
from sokoni.messaging.prompts import (
    Ask,
    Command,
    HandOver,
    OptIn,
    OptOut,
    Pick,
    Prompt,
    Resume,
    SetSlots,
    Speak,
    Start,
)

SILENT: Final = frozenset({"reaction", "edit", "revoke", "ignored"})
"""Kinds that nobody expects an answer to."""

_WISHES: Final = (HandOver, Resume, OptOut, OptIn, Speak)
"""Mean the same whatever they are written about."""

_WORDS_THAT_TELL: Final = 4
"""So many words in the middle of a task show that the contact changed the language."""
_SURE_WORDS_THAT_TELL: Final = 3
"""And so many where each of them is of that language alone."""


class Hearing:
    """One turn's ears."""

    def __init__(
        self, turn: Turn, understanding: Understanding, acting: Acting, files: Files
    ) -> None:
        self._turn = turn
        self._understanding = understanding
        self._acting = acting
        self._files = files
        self._placing = Placing(turn)
        self._guessing = Guessing(turn, understanding)

    async def take(self, message: Message) -> None:
        if message.kind in SILENT:
            return
        self._turn.touched = True
        self._look_around()
        await pushed.hear(self._turn, message)
        if message.choice_id:
            await self._tapped(message)
        elif message.pin is not None:
            await self._pinned(message.pin)
        elif message.contacts:
            await self._shared(message.contacts)
        elif message.medium is not None and message.kind == "contacts":
            self._turn.trace.append("card")
            fetch_card(self._turn.context, message.medium)
        elif message.medium is not None:
            await self._sent(message)
        elif message.text.strip() and not message.order:
            await self._said(words_of(message.text), message.product)
        else:
            # What was written beside an order is about it: it asks for nothing of its own.
            await self._ordered(message.order, message.text.strip())

    def _look_around(self) -> None:
        """Let flows know what stands on the screen, and which tasks are open."""
        turn = self._turn
        now = turn.context.now
        turn.context.menus = tuple(menu for menu in turn.menus if still_open(menu, now))
        turn.context.waiting = {one.task.name: one.awaiting for one in turn.fillings}

    async def read(self, answer: Answer) -> None:
        """Take a card that was fetched as one that was shared."""
        cards = cards_of(answer) if answer.outcome == "done" else ()
        await self._shared(cards)

    async def located(self, answer: Answer) -> None:
        """Take what a location is called that was sent before."""
        command = await self._placing.looked_up(answer)
        self._turn.trace.append("located")
        if command is not None:
            await self._acting.apply(command)

    async def _tapped(self, message: Message) -> None:
        self._turn.trace.append("tapped")
        if tapped(self._turn.menus, message.choice_id) is not None:
            self._turn.misses = 0
        await self._acting.apply(Pick(message.choice_id))

    async def _ordered(self, lines: Sequence[OrderLine], beside: str) -> None:
        """Give what was put together in the channel's catalogue to whoever has a use for it."""
        handle = next(iter(self._turn.tasks.orders), None)
        if handle is None:
            ask_to_type(self._turn)
            return
        self._turn.trace.append("ordered")
        self._turn.misses = 0
        await self._acting.carry_on(await handle(self._turn.context, lines, beside))

    async def _said(self, words: Words, product: str = "") -> None:
        turn = self._turn
        self._follow_language(words)
        if await self._own_number(words):
            return
        view = view_of(turn)
        understood = self._understanding.understand(view, words)
        turn.trace.append(f"{understood.by}:{type(understood.command).__name__.lower()}")
        command = await self._guessing.better(view, words, understood)
        if product and not isinstance(command, _WISHES):
            command = await self._referred(product, words, command) or command
        command = pushed.led_on(turn, command)
        if isinstance(command, Ask):
            turn.likely = likely_starts(command.likely, turn.tasks, words, view)
        else:
            turn.misses = 0
        if isinstance(command, SetSlots) and turn.top is not None:
            top = turn.top
            meant = amended(top.form, top.told, command.slots, turn.context.scene)
            command = msgspec.structs.replace(command, slots=meant)
        command = await self._placing.named(command)
        await self._acting.apply(command)
        self._placing.remember(command)

    async def _own_number(self, words: Words) -> bool:
        """Take "this number" where a phone number is asked for."""
        turn, top = self._turn, self._turn.top
        slot = "" if top is None else top.awaited_slot
        if top is None or not slot or not top.form.wants_phone(slot):
            return False
        number = await own_number(turn.context, words)
        raw = number and _first_phone(top, slot, [number], turn.context.scene.country)
        if not raw:
            return False
        turn.trace.append("own_number")
        turn.misses = 0
        await self._acting.apply(SetSlots({slot: raw}))
        return True

    async def _referred(self, product: str, words: Words, command: Command) -> Start | None:
        """Return what begins with the thing of the catalogue that the words are about."""
        said = command if isinstance(command, Start) else None
        for refer in self._turn.tasks.referred:
            meant = await refer(self._turn.context, product, words.text, said)
            if meant is not None:
                self._turn.trace.append("referred:start")
                return meant
        return None

    def _follow_language(self, words: Words) -> None:
        """Go over to the language that the contact writes in; an answer of a word is no sign."""
        turn, languages = self._turn, self._turn.context.merchant.languages
        found = detect(words, languages)
        if found is None:
            return
        spoken = sum(token.is_word for token in words.tokens)
        sure = spoken >= _SURE_WORDS_THAT_TELL and is_wholly(words, found, languages)
        if not turn.language or turn.top is None or spoken >= _WORDS_THAT_TELL or sure:
            turn.speak(found)

    async def _sent(self, message: Message) -> None:
        """Take a file, and what is written below it."""
        words = words_of(message.text)
        taken = await self._files.take(message)
        if not words.tokens:
            return
        if not taken:
            await self._said(words)
            return
        self._follow_language(words)
        more = self._understanding.early(view_of(self._turn), Line.of(words))
        if more is not None:
            await self._acting.apply(more)

    async def _pinned(self, pin: Pin) -> None:
        """Take a place that was shared by the slot that wants one."""
        turn, top = self._turn, self._turn.top
        turn.trace.append("pinned")
        slot = "" if top is None else _pin_slot(top)
        if top is None or not slot:
            turn.say(Prompt("dialogue.pin_unused"))
            turn.ask = True
            return
        raw = await self._placing.pinned(top, slot, pin)
        if raw is not None:
            await self._acting.apply(SetSlots({slot: raw}))

    async def _shared(self, cards: Sequence[SharedContact]) -> None:
        """Take a number that was shared by the slot that wants one; else it is read as typed."""
        turn, top = self._turn, self._turn.top
        numbers = [number for card in cards for number in card.phones]
        slot = "" if top is None else _phone_slot(top)
        raw = None
        if top is not None and slot:
            raw = _first_phone(top, slot, numbers, turn.context.scene.country)
        if raw is not None:
            turn.trace.append("shared")
            await self._acting.apply(SetSlots({slot: raw}))
        elif numbers:
            await self._said(words_of(numbers[0]))
        else:
            ask_to_type(self._turn)


def view_of(turn: Turn) -> View:
    """Return the conversation as it stands now in the turn."""
    top = turn.top
    return View(
        scene=turn.context.scene,
        now=turn.context.now,
        menus=tuple(turn.menus),
        task=top.task.name if top else "",
        form=top.form if top else None,
        awaiting=top.awaiting if top else "",
        known=top.draft.known if top else {},
        moot=top.moot() if top else (),
        question_last=turn.state.question_last or turn.asks_anew,
        person_at=turn.state.person_at,
    )


def _first_phone(
    filling: Filling, slot: str, numbers: Iterable[str], country: str
) -> msgspec.Raw | None:
    """Return the first of the numbers that is one and that the slot allows."""
    phones = (find_phone(number, country) for number in numbers)
    values = (dumped(filling.form, slot, phone) for phone in phones if phone is not None)
    return next((value for value in values if value is not None), None)


def _pin_slot(filling: Filling) -> str:
    slot = _slot_for(filling, lambda slot: filling.form.slot(slot).pin)
    if slot or filling.awaited_slot:
        return slot
    # At the summary a location says more of the address that was typed.
    return next((one for one in filling.editable() if filling.form.slot(one).spot), "")


def _phone_slot(filling: Filling) -> str:
    return _slot_for(filling, filling.form.wants_phone)


def _slot_for(filling: Filling, takes: Callable[[str], bool]) -> str:
    """Return the slot that something shared is for: the one asked for, else the first open."""
    taking = [slot for slot in filling.form.slots() if takes(slot)]
    if filling.awaited_slot in taking:
        return filling.awaited_slot
    return next((slot for slot in taking if slot not in filling.known), "")
