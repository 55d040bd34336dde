"""Providers out of a file that staff have: who, what, where, when. Nobody is told of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.booking.judging import applicant
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.reading import SERVICE, terms
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.hours import Stretch
from sokoni.capabilities.booking.service.providers import NewProvider, Providers
from sokoni.capabilities.booking.service.week import changed
from sokoni.capabilities.booking.settings import (
    LONGEST_BUFFER,
    LONGEST_LEAD,
    NAME,
    BookingSettings,
)
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.contacts.register import PHONE, contact_of_phone, find_contact
from sokoni.dialogue.importing import Importer, Importing, ImportThing, Made, Partly, Refused
from sokoni.kit.ids import PhoneNumber
from sokoni.kit.phones import find_phone
from sokoni.kit.text import one_line
from sokoni.language.readers.duration import DurationReader
from sokoni.language.readers.several import SeveralReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.week import week_told
from sokoni.language.reading import KnownPlace, Scene
from sokoni.language.words import fold, words_of
from sokoni.merchants.profile import MerchantProfile
from sokoni.reviews.reports import Reports

_LONGEST_NAME: Final = 60
_LONGEST_ADDRESS: Final = 200
_FIGURES: Final = re.compile(r"(\d+)(?:\.0+)?")
_PARTS: Final = re.compile(r"[;|\n/&+]|\band\b", re.IGNORECASE)
_ANY_PARTS: Final = re.compile(r"[;|\n/&+,]|\band\b", re.IGNORECASE)
_STATUSES: Final[Mapping[ProviderStatus, tuple[str, ...]]] = {
    ProviderStatus.ACTIVE: ("active", "approved", "verified", "available", "yes", "enabled"),
    ProviderStatus.PENDING: ("pending", "pending review", "pending_review", "new", "waiting"),
    ProviderStatus.PAUSED: ("paused", "inactive", "suspended", "unavailable", "disabled"),
    ProviderStatus.REJECTED: ("rejected", "declined", "blocked"),
}
_SERVICES: Final = SeveralReader(TermReader(SERVICE))
_DURATION: Final = DurationReader()


class _RowError(ValueError):
    """Says why a row cannot be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a row says; what it does not say stays as it is."""

    phone: PhoneNumber
    name: str
    services: tuple[str, ...]
    areas: tuple[Area, ...]
    base: KnownPlace | None
    address: str
    hours: tuple[Stretch, ...]
    lead_minutes: int | None
    buffer_minutes: int | None
    status: ProviderStatus | None


class ProviderImporter(Importer):
    """Makes providers of rows, and changes those that are there."""

    columns: ClassVar[Mapping[str, Sequence[str]]] = {
        "phone": (
            *("whatsapp_number", "whatsapp", "phone_number", "mobile_number", "mobile"),
            *("cell", "cellphone", "cell_number", "telephone", "tel", "number", "contact"),
            "contact_number",
        ),
        "name": ("provider", "provider_name", "business", "business_name", "company", "full_name"),
        "services": ("service", "service_type", "service_types", "trade", "trades", "type"),
        "areas": ("area", "areas_served", "service_area", "service_areas", "serves", "coverage"),
        "base": ("location", "place", "base_place", "suburb", "town", "city"),
        "address": ("street", "office", "street_address", "physical_address"),
        "hours": ("working_hours", "opening_hours", "business_hours", "works"),
        "lead_minutes": ("lead", "lead_time", "notice"),
        "buffer_minutes": ("buffer", "buffer_time", "travel", "travel_minutes"),
        "status": ("state", "standing"),
    }
    required: ClassVar[Sequence[str]] = ("phone",)
    gathers: ClassVar[bool] = False

    @override
    def key_of(self, cells: Mapping[str, str], merchant: MerchantProfile) -> str:
        return _phone(cells.get("phone", ""), merchant.country) or ""

    @override
    async def take(
        self, importing: Importing, things: Sequence[ImportThing]
    ) -> Sequence[Made | Partly | Refused]:
        desk = _Desk(importing)
        outcomes: list[Made | Partly | Refused] = []
        for thing in things:
            try:
                outcomes.append(await desk.take(thing.cells))
            except _RowError as error:
                outcomes.append(Refused(str(error)))
        return outcomes


class _Desk:
    """Where one chunk of rows is taken."""

    def __init__(self, importing: Importing) -> None:
        merchant = importing.merchant
        self._importing = importing
        self._settings = merchant.settings(NAME, BookingSettings)
        self._scene = Scene(
            languages=merchant.languages,
            country=merchant.country,
            currency=merchant.currency,
            now=importing.now.astimezone(merchant.zone),
            places=importing.places,
            terms=terms(merchant.capabilities.get(NAME, {})),
        )
        parts = (importing.session, importing.vault, merchant.id)
        self._providers = Providers(*parts, importing.now)
        self._availability = Availability(
            importing.session, merchant.id, importing.now, merchant.zone
        )
        self._reports = Reports(*parts, importing.now)

    async def take(self, cells: Mapping[str, str]) -> Made:
        said = self._said(cells)
        provider = await self._known(said.phone)
        if provider is None:
            await self._register(said)
            return Made.NEW
        return Made.CHANGED if await self._change(provider, said) else Made.SAME

    async def _known(self, phone: PhoneNumber) -> Provider | None:
        importing = self._importing
        hashed = importing.vault.hash(PHONE, phone)
        found = await find_contact(importing.session, importing.merchant.id, PHONE, hashed)
        return None if found is None else await self._providers.find(found)

    async def _register(self, said: _Said) -> None:
        base = said.base
        for there, what in ((said.name, "name"), (said.services, "service"), (base, "place")):
            if not there:
                raise _RowError(f"it tells no {what}")
        if base is None:
            return
        new = NewProvider(
            name=said.name,
            services=said.services,
            areas=said.areas or (Area.of(base),),
            base=base,
            hours=said.hours or self._settings.usual_hours,
            address=said.address,
            lead_minutes=said.lead_minutes or 0,
            buffer_minutes=said.buffer_minutes or 0,
            status=said.status or ProviderStatus.ACTIVE,
        )
        importing = self._importing
        contact_id = await contact_of_phone(
            importing.session, importing.vault, importing.merchant.id, said.phone, importing.now
        )
        provider = await self._providers.register(contact_id, new)
        if new.status is ProviderStatus.PENDING:
            await self._reports.file(applicant(provider, said.name))

    async def _change(self, provider: Provider, said: _Said) -> bool:
        details = await self._providers.change(
            provider,
            name=said.name,
            address=said.address,
            base=said.base,
            lead_minutes=said.lead_minutes,
            buffer_minutes=said.buffer_minutes,
        )
        lists = await self._change_lists(provider, said)
        return await self._stand(provider, said.status) or details or lists

    async def _change_lists(self, provider: Provider, said: _Said) -> bool:
        """Take over services, areas and hours, where they are others."""
        now = await self._providers.services_of(provider.id)
        areas = {one.place_id for one in await self._providers.areas_of(provider.id)}
        hours = set(await self._availability.hours_of(provider.id)) if said.hours else set()
        does = bool(said.services) and set(said.services) != set(now)
        serves = bool(said.areas) and {one.place_id for one in said.areas} != areas
        works = set(said.hours) != hours
        if does:
            await self._providers.does(provider, said.services)
        if serves:
            await self._providers.serves(provider, said.areas)
        if works:
            await self._providers.works(provider, said.hours)
        return does or serves or works

    async def _stand(self, provider: Provider, status: ProviderStatus | None) -> bool:
        """Have the provider stand as the file says; who pauses by their own wish goes on so."""
        now = ProviderStatus(provider.status)
        pauses = now is ProviderStatus.PAUSED and status is ProviderStatus.ACTIVE
        if status is None or status is now or pauses:
            return False
        return await self._providers.set_status(provider, status, sources=[now])

    # --- reading a row ------------------------------------------------------------------------

    def _said(self, cells: Mapping[str, str]) -> _Said:
        phone = cells.get("phone", "")
        if not phone:
            raise _RowError("it has no phone number")
        number = _phone(phone, self._scene.country)
        if number is None:
            raise _RowError(f"{phone} is no phone number")
        areas = tuple(self._areas(cells.get("areas", "")))
        base, street = self._base(cells.get("base", ""))
        return _Said(
            phone=number,
            name=_name(cells.get("name", "")),
            services=tuple(dict.fromkeys(self._services(cells.get("services", "")))),
            areas=tuple(Area.of(place) for place in areas),
            base=base or next(iter(areas), None),
            address=one_line(cells.get("address", "") or street)[:_LONGEST_ADDRESS],
            hours=self._hours(cells.get("hours", "")),
            lead_minutes=self._minutes(cells.get("lead_minutes", ""), LONGEST_LEAD),
            buffer_minutes=self._minutes(cells.get("buffer_minutes", ""), LONGEST_BUFFER),
            status=_status(cells.get("status", "")),
        )

    def _services(self, cell: str) -> Iterator[str]:
        for part in _parted(_ANY_PARTS, cell):
            found = _SERVICES.read(words_of(part), self._scene)
            if not found:
                there = ", ".join(sorted(self._settings.trades))
                raise _RowError(f"{part} is no service; there are {there}")
            yield from (str(one) for one in found)

    def _areas(self, cell: str) -> Iterator[KnownPlace]:
        """Yield the places of a list; "Avondale, Harare" is one, "Harare, Ruwa" are two."""
        for part in _parted(_PARTS, cell):
            names = [name.strip() for name in part.split(",") if name.strip()]
            while names:
                size = next((n for n in (2, 1) if self._named(", ".join(names[:n]))), 0)
                place = self._named(", ".join(names[:size]))
                if place is None:
                    raise _RowError(
                        f"{names[0]} is no place that is known; `sokoni places add` registers one"
                    )
                yield place
                names = names[size:]

    def _base(self, cell: str) -> tuple[KnownPlace | None, str]:
        """Return a place, and the street before it: "6 Weale Road, Milton Park, Harare"."""
        names = [name.strip() for name in cell.split(",") if name.strip()]
        for start in range(len(names)):
            place = self._named(", ".join(names[start:]))
            if place is not None:
                return place, ", ".join(names[:start])
        if names:
            raise _RowError(f"{cell} is no place that is known; `sokoni places add` registers one")
        return None, ""

    def _named(self, name: str) -> KnownPlace | None:
        return self._scene.places.named(fold(name), self._scene.country) if name else None

    def _hours(self, cell: str) -> tuple[Stretch, ...]:
        if not cell:
            return ()
        told = week_told(words_of(cell), self._scene)
        week = changed((), told.week, self._settings.usual_hours) if told else ()
        if not week or (told and told.unread):
            raise _RowError(f"{cell} are no hours such as mon-fri 08:00-17:00; sat 08:00-13:00")
        return week

    def _minutes(self, cell: str, most: int) -> int | None:
        if not cell:
            return None
        figures = _FIGURES.fullmatch(cell)
        minutes = int(figures[1]) if figures else _DURATION.read(words_of(cell), self._scene)
        if minutes is None or not 0 <= minutes <= most:
            raise _RowError(f"{cell} is no number of minutes up to {most}")
        return minutes


def _phone(cell: str, country: str) -> PhoneNumber | None:
    """Return a number as spreadsheets leave it: with an apostrophe before, or `.0` behind."""
    return find_phone(cell.lstrip("'\u2019 ").removesuffix(".0"), country)


def _name(cell: str) -> str:
    name = one_line(cell)
    if name and not any(letter.isalpha() for letter in name):
        raise _RowError(f"{name} is no name")
    if len(name) > _LONGEST_NAME:
        raise _RowError(f"the name is longer than {_LONGEST_NAME} letters")
    return name


def _status(cell: str) -> ProviderStatus | None:
    said = " ".join(cell.casefold().split())
    found = next((status for status, words in _STATUSES.items() if said in words), None)
    if said and found is None:
        raise _RowError(f"{cell} is no status; there are {', '.join(ProviderStatus)}")
    return found


def _parted(parts: re.Pattern[str], cell: str) -> Iterator[str]:
    return (part.strip() for part in parts.split(cell) if part.strip())
