"""What delivery costs, where it is known where to and where it is not."""

from decimal import Decimal

from sokoni.capabilities.store.service.shipping import Destination, Offer, offers
from sokoni.capabilities.store.settings import DeliveryOption, WeightStep, Zone
from sokoni.kit.money import Money

FAR = Zone(
    words=("Bulawayo",),
    steps=(
        WeightStep(up_to_grams=5000, price=Decimal(5)),
        WeightStep(up_to_grams=20000, price=Decimal(9)),
    ),
)
NEAR = Zone(price=Decimal(0))
BROUGHT = DeliveryOption(id="delivery", zones=(FAR, NEAR))
FETCHED = DeliveryOption(id="collect", collects=True)


def offered(to: Destination | None, *, grams: int = 1000) -> list[Offer]:
    items = Money(Decimal(20), "USD")
    return list(offers([BROUGHT, FETCHED], to, weight_grams=grams, items=items))


def test_where_to_is_not_known_it_costs_something_between() -> None:
    brought, fetched = offered(None)

    assert brought.between == (Money(Decimal(0), "USD"), Money(Decimal(5), "USD"))
    assert fetched.between is None


def test_the_weight_decides_what_lies_between() -> None:
    brought, _ = offered(None, grams=12000)

    assert brought.between == (Money(Decimal(0), "USD"), Money(Decimal(9), "USD"))


def test_a_zone_that_takes_nothing_so_heavy_is_no_price() -> None:
    brought, _ = offered(None, grams=50000)

    assert brought.between is None


def test_once_it_is_known_where_to_there_is_one_price() -> None:
    brought, _ = offered(Destination(text="5 Hill Road", town="Bulawayo"))

    assert brought.between is None
    assert brought.price == Money(Decimal(5), "USD")
