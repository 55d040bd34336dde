"""Rows for booking tests. Defaults are valid; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict, Unpack
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Booking, Provider
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.bookings import Bookings, NewBooking
from sokoni.capabilities.booking.service.hours import Stretch
from sokoni.capabilities.booking.service.notices import Pace
from sokoni.capabilities.booking.service.providers import NewProvider, Providers
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.vault import Vault
from sokoni.dialogue.flow import Person, TurnContext
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id
from sokoni.language.reading import KnownPlace, Scene
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.gazetteer import Gazetteer

HUSTLR: Final = MerchantId(uuid4())
RIVAL: Final = MerchantId(uuid4())
ZONE: Final = ZoneInfo("Africa/Harare")
VAULT: Final = Vault([b"k" * 32])
PROFILE: Final = MerchantProfile(
    id=HUSTLR,
    slug="hustlr",
    name="Hustlr",
    country="ZW",
    currency="USD",
    zone=ZONE,
    languages=("en",),
    capabilities={"booking": {}},
)
PLACES: Final = Gazetteer()
MONDAY: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""Nine in the morning in Harare."""

HARARE: Final = KnownPlace("ZW-harare", "Harare", "Harare", "ZW", -17.83, 31.05)
AVONDALE: Final = KnownPlace(
    "ZW-harare-avondale", "Avondale", "Harare", "ZW", -17.80, 31.04, "suburb"
)
MBARE: Final = KnownPlace("ZW-harare-mbare", "Mbare", "Harare", "ZW", -17.86, 31.03, "suburb")
BULAWAYO: Final = KnownPlace("ZW-bulawayo", "Bulawayo", "Bulawayo", "ZW", -20.15, 28.58)
WEEK: Final = tuple(Stretch(day, 8 * 60, 18 * 60) for day in range(5))
"""Monday to Friday, eight to six."""


class ProviderFields(TypedDict, total=False):
    name: str
    services: tuple[str, ...]
    areas: tuple[KnownPlace, ...]
    base: KnownPlace
    hours: tuple[Stretch, ...]
    lead_minutes: int
    buffer_minutes: int
    status: ProviderStatus
    contact_id: ContactId
    merchant_id: MerchantId


async def create_provider(session: AsyncSession, **fields: Unpack[ProviderFields]) -> Provider:
    """Register a provider who takes jobs at once."""
    base = fields.get("base", HARARE)
    new = NewProvider(
        name=fields.get("name", "Seagate Plumbers"),
        services=fields.get("services", ("plumber",)),
        areas=tuple(Area.of(place) for place in fields.get("areas", (HARARE,))),
        base=base,
        hours=fields.get("hours", WEEK),
        lead_minutes=fields.get("lead_minutes", 0),
        buffer_minutes=fields.get("buffer_minutes", 0),
        status=fields.get("status", ProviderStatus.ACTIVE),
    )
    merchant_id = fields.get("merchant_id", HUSTLR)
    contact_id = fields.get("contact_id") or ContactId(new_id())
    return await Providers(session, VAULT, merchant_id, MONDAY).register(contact_id, new)


def bookings(
    session: AsyncSession, now: datetime = MONDAY, merchant_id: MerchantId = HUSTLR
) -> Bookings:
    return Bookings(session, VAULT, merchant_id, now, ZONE, Pace())


def at(hour: float, *, days: int = 1) -> datetime:
    """Return a time of day in Harare, so many days after that Monday."""
    midnight = datetime(2026, 3, 2, tzinfo=ZONE) + timedelta(days=days)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


def job(
    starts_at: datetime, customer_id: ContactId | None = None, minutes: int = 60
) -> NewBooking:
    return NewBooking(
        customer_id=customer_id or ContactId(new_id()),
        service="plumber",
        minutes=minutes,
        starts_at=starts_at,
        place=AVONDALE,
        issue="My sink is blocked",
        time_words="tomorrow at 3pm",
    )


async def create_booking(
    session: AsyncSession, provider: Provider, starts_at: datetime | None = None
) -> Booking:
    return await bookings(session).ask(provider, job(starts_at or at(15)))


def context_of(session: AsyncSession, who: ContactId, now: datetime = MONDAY) -> TurnContext:
    """Return what a turn of a contact's has."""
    scene = Scene(
        languages=("en",), country="ZW", currency="USD", now=now.astimezone(ZONE), places=PLACES
    )
    return TurnContext(
        session=session,
        vault=VAULT,
        merchant=PROFILE,
        person=Person(id=who, name="", name_given=False, language="en"),
        conversation_id=ConversationId(new_id()),
        now=now,
        scene=scene,
    )
