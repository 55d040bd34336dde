"""Whether a new listing suits a buyer who waits."""

from decimal import Decimal

import pytest

from sokoni.capabilities.marketplace.models import Basis, BuyRequestId
from sokoni.capabilities.marketplace.service.buy_requests import Waiting
from sokoni.capabilities.marketplace.service.offers import NewListing
from sokoni.kit.ids import ContactId, new_id
from sokoni.language.reading import KnownPlace, Price, Quantity
from tests.capabilities.marketplace.factories import BEITBRIDGE, GOKWE, KADOMA


@pytest.mark.parametrize(
    ("max_price", "place", "fits"),
    [
        pytest.param(None, None, True, id="nothing said"),
        pytest.param("20", None, True, id="just affordable"),
        pytest.param("19.99", None, False, id="too dear"),
        pytest.param(None, KADOMA, True, id="near enough"),
        pytest.param(None, BEITBRIDGE, False, id="too far"),
    ],
)
def test_price_and_distance_decide_whether_an_offer_fits(
    max_price: str | None, place: KnownPlace | None, fits: bool
) -> None:
    new = NewListing(
        thing="goats",
        quantity=Quantity(2),
        price=Price("40.00", "USD"),
        basis=Basis.TOTAL,
        place=GOKWE,
    )
    request = Waiting(
        BuyRequestId(new_id()),
        ContactId(new_id()),
        "REQ-1",
        "goats",
        Decimal(max_price) if max_price else None,
        "USD",
        place.latitude if place else None,
        place.longitude if place else None,
    )

    assert request.fits(new, reach_km=300) is fits
