"""Registers the places that one conversation's turn comes to know."""

from typing_extensions import override

from sokoni.dialogue.flow import Registrar
from sokoni.language.reading import KnownPlace
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.borders import inside
from sokoni.places.distance import Point
from sokoni.places.service import PlaceError, PlaceKnownError, PlacesService
from sokoni.workers.turned import Turned


class TurnRegistrar(Registrar):
    """Writes them in the turn's transaction; the process knows them once that is committed."""

    def __init__(self, places: PlacesService, profile: MerchantProfile, turned: Turned) -> None:
        self._places = places
        self._profile = profile
        self._turned = turned

    @override
    def covers(self, latitude: float, longitude: float) -> bool:
        return inside(Point(latitude, longitude), self._profile.country)

    @override
    async def register(self, name: str, latitude: float, longitude: float) -> KnownPlace | None:
        contact_id = self._turned.claimed.contact_id
        try:
            place = await self._places.register(name, Point(latitude, longitude), contact_id)
        except PlaceKnownError as known:
            return known.place
        except PlaceError:
            return None
        self._turned.places.append(place)
        return place
