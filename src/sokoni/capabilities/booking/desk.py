"""One turn's booking desk: its services, its settings, and the contact who asks."""

from dataclasses import replace
from functools import cached_property, partial
from typing import Final
from uuid import UUID

from sokoni.capabilities.booking.machine import Party
from sokoni.capabilities.booking.models import Booking, BookingId, Provider
from sokoni.capabilities.booking.service.absences import Absences
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.bookings import Bookings, side_of
from sokoni.capabilities.booking.service.customers import Customers
from sokoni.capabilities.booking.service.moves import BookingUnknownError
from sokoni.capabilities.booking.service.providers import Providers
from sokoni.capabilities.booking.service.search import Search
from sokoni.capabilities.booking.service.waits import Waits
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.contacts.directory import ContactDirectory
from sokoni.dialogue.desk import TurnDesk
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace
from sokoni.language.words import fold
from sokoni.messaging.events import Tell, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt, Start
from sokoni.reviews.deals import Deals
from sokoni.reviews.reports import Reports

NEWS: Final = "booking.news"
LOST: Final = "booking.lost"
start: Final = partial(Start.of, NAME)
"""Returns the command that starts one of our tasks with slots known already."""


class Desk(TurnDesk):
    """Made anew for each turn. Services are cheap: they hold a session and a merchant."""

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        session, vault, merchant = context.session, context.vault, context.merchant
        now, zone = context.now, merchant.zone
        self.providers = Providers(session, vault, merchant.id, now)
        self.search = Search(session, vault, merchant.id, now, zone)
        self.absences = Absences(session, merchant.id, now)
        self.availability = Availability(session, merchant.id, now, zone)
        self.bookings = Bookings(session, vault, merchant.id, now, zone, self.settings.pace)
        self.customers = Customers(session, vault, merchant.id, now)
        self.waits = Waits(session, vault, merchant.id, now)
        self.deals = Deals(session, merchant.id, now)
        self.reports = Reports(session, vault, merchant.id, now)
        self.directory = ContactDirectory(session, vault, merchant.id)

    @cached_property
    def settings(self) -> BookingSettings:
        return self.context.merchant.settings(NAME, BookingSettings)

    @property
    def name_given(self) -> str:
        """The name that the contact told us just now or before; "" where they did not."""
        person = self.context.person
        return self.context.renamed_to or (person.name if person.name_given else "")

    def service_named(self, service: str) -> str:
        """Return what a kind of work is called in the contact's language."""
        trade = self.settings.trades.get(service)
        return trade.label(self.language) if trade else service

    def minutes_of(self, service: str) -> int:
        trade = self.settings.trades.get(service)
        return trade.minutes if trade else 60

    async def home(self) -> tuple[KnownPlace, str] | None:
        """Return place and address of the contact's last job, if that is still a known place."""
        told = await self.customers.home_of(self.me)
        if told is None:
            return None
        place = self.place_named(told.town, told.place_name)
        return None if place is None else (replace(place, pin=told.pin), told.address)

    def place_named(self, town: str, name: str) -> KnownPlace | None:
        """Return a place that was kept by its name, if it is still a known one."""
        places, country = self.context.scene.places, self.context.merchant.country
        found = (places.named(fold(one), country) for one in (f"{town} {name}", name))
        return next((one for one in found if one is not None), None)

    def place_was(self, booking: Booking) -> tuple[KnownPlace, str] | None:
        """Return place and address of a job, if that is still a known place."""
        place = self.place_named(booking.town, booking.place_name)
        pin, address = self.bookings.pin_of(booking), self.bookings.address_of(booking)
        return None if place is None else (replace(place, pin=pin), address)

    def side(self, booking: Booking) -> Party | None:
        return side_of(booking, self.me)

    async def of_timer(self, timer: Timer) -> tuple[Booking, Party] | None:
        """Return the booking that a timer is about, and my side; None where I have none in it."""
        try:
            booking = await self.bookings.get(BookingId(UUID(timer.data["booking"])))
        except BookingUnknownError:
            return None
        side = self.side(booking)
        return None if side is None else (booking, side)

    async def provider_of(self, booking: Booking) -> Provider:
        return await self.providers.get(booking.provider_id)

    def pass_on(self, booking: Booking) -> None:
        """Have the other side told how a booking stands, in their own turn and language.

        Said only while it stands so: of what crosses, each side hears the last.
        """
        other = booking.doer_id if self.me == booking.customer_id else booking.customer_id
        self._tell(other, booking)

    def pass_back(self, booking: Booking) -> None:
        """Have the contact themselves told, where it was not they who moved it."""
        self._tell(self.me, booking)

    def _tell(self, to: ContactId, booking: Booking) -> None:
        said = Tell(
            prompt=Prompt("booking.none_waits"),
            purpose=Purpose.NOTICE,
            capability=NAME,
            instead=news_of(booking),
            lost=Timer(name=LOST, data={"booking": str(booking.id)}),
        )
        once = f"{NEWS}:{booking.id.hex}:{booking.version}"
        self.context.tell(to, said, once=once)


def news_of(booking: Booking) -> Timer:
    """Return what has a side told how a booking stands at this version."""
    return Timer(name=NEWS, data={"booking": str(booking.id), "version": str(booking.version)})
