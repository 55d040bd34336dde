"""The request that has a location named which our own gazetteer cannot name, or not to the suburb.

What is asked meanwhile does not wait for it; what is known by then stays as it is.
"""

from typing import Final

import msgspec

from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import new_id
from sokoni.messaging.events import Answer
from sokoni.messaging.requests import Asked, Done, RequestDelayedError, RequestRefusedError
from sokoni.places.distance import Point
from sokoni.places.geocoding import SECONDS, Geocoder, GeocoderBusyError

LOCATE: Final = "places.locate"
_TOO_LATE: Final = 300.0
"""Seconds after which nobody looks for a name any more."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The request's payload: a location, and the slot that it was sent for."""

    task: str
    slot: str
    pin: tuple[float, float]
    country: str
    language: str


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: what is there, "" where that has no name."""

    task: str
    slot: str
    pin: tuple[float, float]
    name: str
    town: str


def locate(context: TurnContext, task: str, slot: str, pin: tuple[float, float]) -> None:
    """Have a location named, where the installation asks anybody."""
    if not context.locates:
        return
    wish = Wish(
        task=task,
        slot=slot,
        pin=pin,
        country=context.scene.country,
        language=context.scene.languages[0],
    )
    context.ask(LOCATE, wish, once=f"locate:{new_id().hex}")


def located(answer: Answer) -> Located | None:
    """Return what the answer says, None where nobody could tell."""
    if answer.outcome != "done":
        return None
    said = msgspec.json.decode(answer.data, type=Located)
    return said if said.name else None


class LocatePerformer:
    """Performs requests with a `Wish`. Asking again does no harm."""

    repeatable = True
    tries = 4
    seconds = SECONDS

    def __init__(self, geocoder: Geocoder) -> None:
        self._geocoder = geocoder

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=Wish)
        try:
            named = await self._geocoder.named(Point(*wish.pin), wish.country, wish.language)
        except GeocoderBusyError as error:
            if error.seconds > _TOO_LATE:
                raise RequestRefusedError(error.code) from error
            raise RequestDelayedError(str(error), retry_after=error.seconds) from error
        return Done(
            Located(
                task=wish.task,
                slot=wish.slot,
                pin=wish.pin,
                name=named.name if named else "",
                town=named.town if named else "",
            )
        )
