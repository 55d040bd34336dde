"""People who met over a listing, and people who made a deal."""

from sokoni.messaging.events import Timer
from tests.capabilities.marketplace.market import Market, Phone


async def met(market: Market) -> tuple[Phone, Phone]:
    """Return the phones of Tendai, who sells goats, and Bongani, whom he agreed to meet."""
    tendai = await market.phone(number="+263771000001")
    await tendai.plays("I want to join", "Tendai Moyo", "Gokwe")
    await tendai.plays("Selling 12 goats at $20 each in Gokwe", "yes")
    bongani = await market.phone("Bongani", "+263772000002")
    await bongani.says("Looking for goats")
    await bongani.taps("Tendai")
    await bongani.taps("Ask the seller")
    await tendai.taps("Accept")
    return tendai, bongani


def set_last(market: Market, name: str) -> Timer:
    """Return the last timer of that name."""
    return [one.timer for one in market.timers if one.timer.name == f"marketplace.{name}"][-1]


async def dealt(market: Market) -> tuple[Phone, Phone]:
    """Return the phones of two who both said that they made a deal, asked for a rating."""
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))
    await tendai.says("yes")
    await bongani.says("yes")
    return tendai, bongani


async def deal_again(market: Market, seller: Phone, buyer: Phone, thing: str) -> None:
    """Have the two make another deal, over another thing."""
    await seller.plays(f"Selling 2 {thing} at $20 each in Gokwe", "yes")
    await buyer.plays("cancel", f"Looking for {thing}")
    await buyer.taps(seller.name)
    await buyer.taps("Ask the seller")
    await seller.taps("Accept")
    await market.fall_due(seller, set_last(market, "deal"))
    await seller.says("yes")
    await buyer.says("yes")
