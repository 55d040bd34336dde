"""What the booking desk knows of contacts that an audience may ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, or_, select

from sokoni.capabilities.booking.models import Booking, BookingCustomer, Provider, ProviderService
from sokoni.contacts.facts import Fact, FactKind, any_of, since
from sokoni.kit.ids import MerchantId

_PROVIDER: Final = "provider"
_CUSTOMER: Final = "customer"


def _of_role(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    providers = select(Provider.contact_id).where(Provider.merchant_id == merchant_id)
    customers = select(Booking.customer_id).where(Booking.merchant_id == merchant_id)
    theirs = {_PROVIDER: providers, _CUSTOMER: customers}
    return any_of(*(theirs[one] for one in wanted))


def _at(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    places = [one.casefold() for one in wanted]
    providers = select(Provider.contact_id).where(
        Provider.merchant_id == merchant_id, func.lower(Provider.place_name).in_(places)
    )
    lives = or_(
        func.lower(BookingCustomer.place_name).in_(places),
        func.lower(BookingCustomer.town).in_(places),
    )
    customers = select(BookingCustomer.contact_id).where(
        BookingCustomer.merchant_id == merchant_id, lives
    )
    return any_of(providers, customers)


def _doing(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return (
        select(Provider.contact_id)
        .join(ProviderService, ProviderService.provider_id == Provider.id)
        .where(Provider.merchant_id == merchant_id, ProviderService.service.in_(list(wanted)))
    )


def _booked(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:
    return select(Booking.customer_id).where(
        Booking.merchant_id == merchant_id, Booking.created_at >= since(wanted, now)
    )


FACTS: Final[Mapping[str, Fact]] = {
    "booking.role": Fact(
        about="Does jobs, or ever booked one.",
        kind=FactKind.WORDS,
        people=_of_role,
        choices=(_PROVIDER, _CUSTOMER),
    ),
    "booking.place": Fact(
        about="Lives in one of these places or towns, or has an office there.",
        kind=FactKind.WORDS,
        people=_at,
    ),
    "booking.service": Fact(
        about="Does one of these kinds of work, by the ids of the merchant's file.",
        kind=FactKind.WORDS,
        people=_doing,
    ),
    "booking.last_booking": Fact(
        about="Booked a job within so many days.", kind=FactKind.DAYS, people=_booked
    ),
}
