"""What the marketplace knows of contacts that an audience may ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select

from sokoni.capabilities.marketplace.models import BuyRequest, Listing, Seller
from sokoni.contacts.facts import Fact, FactKind, any_of, since
from sokoni.kit.ids import MerchantId

_SELLER: Final = "seller"
_BUYER: Final = "buyer"


def _of_role(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    sellers = select(Seller.contact_id).where(Seller.merchant_id == merchant_id)
    buyers = select(BuyRequest.contact_id).where(BuyRequest.merchant_id == merchant_id)
    theirs = {_SELLER: sellers, _BUYER: buyers}
    return any_of(*(theirs[one] for one in wanted))


def _at(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    places = [one.casefold() for one in wanted]
    sellers = select(Seller.contact_id).where(
        Seller.merchant_id == merchant_id, func.lower(Seller.place_name).in_(places)
    )
    buyers = select(BuyRequest.contact_id).where(
        BuyRequest.merchant_id == merchant_id, func.lower(BuyRequest.place_name).in_(places)
    )
    return any_of(sellers, buyers)


def _listed(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:
    return select(Listing.contact_id).where(
        Listing.merchant_id == merchant_id, Listing.created_at >= since(wanted, now)
    )


FACTS: Final[Mapping[str, Fact]] = {
    "marketplace.role": Fact(
        about="Sells, or ever looked for something.",
        kind=FactKind.WORDS,
        people=_of_role,
        choices=(_SELLER, _BUYER),
    ),
    "marketplace.place": Fact(
        about="Sells, or looks for something, in one of these places.",
        kind=FactKind.WORDS,
        people=_at,
    ),
    "marketplace.last_listing": Fact(
        about="Offered something within so many days.", kind=FactKind.DAYS, people=_listed
    ),
}
