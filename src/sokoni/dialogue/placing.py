"""A place that nobody knows yet, put together from a name and a pin that come one by one."""

from dataclasses import replace
from typing import Final

import msgspec

from sokoni.channels.inbound import Pin
from sokoni.dialogue.filling import CONFIRM, Filling
from sokoni.dialogue.locating import Located, locate, located
from sokoni.dialogue.state import HalfPlace
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.values import answer, dumped
from sokoni.language.reading import KnownPlace, Spot
from sokoni.language.words import words_of
from sokoni.messaging.events import Answer
from sokoni.messaging.prompts import Command, Prompt, SetSlots, Start
from sokoni.places.distance import Point, km_between

_TOWN: Final = "town"
_SAME_KM: Final = 15.0
"""A pin so near a place of nearly the name that was written shows that this place was meant."""


class Placing:
    """Finds where a pin is; where it is nowhere that we know, asks for what is missing."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def pinned(self, filling: Filling, slot: str, pin: Pin) -> msgspec.Raw | None:
        """Return the place for the slot, or None where its name is missing and asked for."""
        scene = self._turn.context.scene
        if filling.form.slot(slot).spot:
            return self._spot(filling, slot, pin)
        place = await self._place(filling.half_of(slot), pin)
        if place is not None and filling.form.slot(slot).exact:
            place = replace(place, pin=(pin.latitude, pin.longitude))
            if place.kind == _TOWN:
                self._look_up(filling, slot, pin)
        if place is not None:
            raw = dumped(filling.form, slot, place)
            return raw or answer(filling.form, slot, words_of(place.name), scene)
        self._ask_for_name(filling, slot, pin)
        return None

    def _spot(self, filling: Filling, slot: str, pin: Pin) -> msgspec.Raw | None:
        """Keep the location itself, with what the contact or we know of it in words.

        A street that was typed before stays: the location shows where it is.
        """
        said = filling.known.get(slot)
        typed = said.words if isinstance(said, Spot) and said.pin is None else ""
        near = self._turn.context.scene.places.nearest(pin.latitude, pin.longitude)
        where = near and ", ".join(dict.fromkeys((near.name, near.town)))
        told = dict.fromkeys(part for part in (typed, pin.name, pin.address, where) if part)
        spot = Spot(", ".join(told), (pin.latitude, pin.longitude))
        return dumped(filling.form, slot, spot)

    async def _place(self, half: HalfPlace | None, pin: Pin) -> KnownPlace | None:
        """Return where the pin is: the place that was named before, one we know, a new one."""
        places = self._turn.context.scene.places
        if half is None or not half.said:
            near = places.nearest(pin.latitude, pin.longitude)
            named = pin.name and near is None
            return await self._registered(pin.name, pin) if named else near
        meant = self._spelt_near(half.said, pin) or await self._registered(half.said, pin)
        return meant or places.nearest(pin.latitude, pin.longitude)

    def _look_up(self, filling: Filling, slot: str, pin: Pin) -> None:
        where = (pin.latitude, pin.longitude)
        locate(self._turn.context, filling.task.name, slot, where)

    async def looked_up(self, answer: Answer) -> Command | None:
        """Take what a location is called: beside the town, or as the name that was asked for.

        What is summed up already stays as it was shown, and what was told meanwhile counts.
        """
        said = located(answer)
        if said is None:
            return None
        for filling in self._turn.fillings:
            if filling.task.name != said.task:
                continue
            place, half = filling.known.get(said.slot), filling.half_of(said.slot)
            if isinstance(place, KnownPlace) and place.pin == said.pin:
                if filling.awaiting != CONFIRM:
                    self._call(filling, said, place)
            elif half is not None and half.pin == said.pin and filling is self._turn.top:
                return await self._found(filling, said)
        return None

    def _call(self, filling: Filling, said: Located, place: KnownPlace) -> None:
        named = dumped(filling.form, said.slot, replace(place, called=(said.name, said.town)))
        filling.take({} if named is None else {said.slot: named})

    async def _found(self, filling: Filling, said: Located) -> Command | None:
        """Know the place from now on, unless one of that name is somewhere else."""
        registrar = self._turn.context.registrar
        if registrar is None or filling.awaited_slot != said.slot:
            return None
        place = await registrar.register(said.name, *said.pin)
        if place is None or _km(place, said.pin) > _SAME_KM:
            return None
        if filling.form.slot(said.slot).exact:
            place = replace(place, pin=said.pin)
        raw = dumped(filling.form, said.slot, place)
        if raw is None:
            return None
        self._turn.say(Prompt("dialogue.place_looked_up", {"place": place.name}))
        return SetSlots({said.slot: raw})

    async def named(self, command: Command) -> Command:
        """Complete a place whose pin came before its name."""
        filling = self._turn.top
        if filling is None or not isinstance(command, SetSlots):
            return command
        slot = filling.awaited_slot
        half = filling.half_of(slot)
        if half is None or half.pin is None or slot not in command.unclear:
            return command
        latitude, longitude = half.pin
        pin = Pin(latitude=latitude, longitude=longitude)
        place = await self._registered(command.unclear[slot].said, pin)
        if place is not None and filling.form.slot(slot).exact:
            place = replace(place, pin=half.pin)
        raw = None if place is None else dumped(filling.form, slot, place)
        if raw is None:
            return command
        unclear = {name: said for name, said in command.unclear.items() if name != slot}
        return msgspec.structs.replace(
            command, slots={**command.slots, slot: raw}, unclear=unclear
        )

    def remember(self, command: Command) -> None:
        """Keep the name of a place that nobody knows: a pin may follow."""
        filling = self._turn.top
        if filling is None or not isinstance(command, SetSlots | Start):
            return
        slot = filling.awaited_slot
        if slot in command.unclear and filling.form.slot(slot).pin:
            half = filling.half_of(slot) or HalfPlace(slot=slot)
            said = command.unclear[slot].said
            filling.keep_half(msgspec.structs.replace(half, said=said))

    def _spelt_near(self, said: str, pin: Pin) -> KnownPlace | None:
        """Return the known place that was meant: its name is like this one, and it is there."""
        scene, here = self._turn.context.scene, (pin.latitude, pin.longitude)
        return next(
            (
                place
                for place in scene.places.like(said, scene.country)
                if _km(place, here) <= _SAME_KM
            ),
            None,
        )

    async def _registered(self, name: str, pin: Pin) -> KnownPlace | None:
        registrar = self._turn.context.registrar
        if registrar is None:
            return None
        place = await registrar.register(name, pin.latitude, pin.longitude)
        if place is not None:
            self._turn.say(Prompt("dialogue.place_noted", {"place": place.name}))
        return place

    def _ask_for_name(self, filling: Filling, slot: str, pin: Pin) -> None:
        """Ask what the place is called, where there may be one; else for a place that we know."""
        registrar = self._turn.context.registrar
        there = registrar is not None and registrar.covers(pin.latitude, pin.longitude)
        if there:
            self._look_up(filling, slot, pin)
            filling.wait_for(slot)
            filling.keep_half(HalfPlace(slot=slot, pin=(pin.latitude, pin.longitude)))
        self._turn.say(self._nameless(pin) if there else Prompt("dialogue.pin_unknown"))
        self._turn.ask = not there

    def _nameless(self, pin: Pin) -> Prompt:
        """Ask for the name, and say what is nearest: it may well be meant."""
        near = self._turn.context.scene.places.around(pin.latitude, pin.longitude)
        if near is None:
            return Prompt("dialogue.pin_nameless")
        far = round(_km(near, (pin.latitude, pin.longitude)))
        return Prompt("dialogue.pin_nameless_near", {"place": near.name, "km": far})


def _km(place: KnownPlace, point: tuple[float, float]) -> float:
    return km_between(Point(*point), Point(place.latitude, place.longitude))
