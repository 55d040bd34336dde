"""A seller asks for money through the market: yes, no, too late, twice, and not switched on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sokoni.payments.states import PaymentState
from sokoni.testing.databases import Spares
from tests.capabilities.marketplace.paying import (
    BUYER,
    SELLER,
    asked,
    give_back,
    heard,
    market,
    money_comes,
    payments,
    press,
    reviewed,
    say,
)


async def test_seller_asks_buyer_says_yes_and_both_are_told_when_it_is_paid(
    spares: Spares,
) -> None:
    async with market(spares) as at:
        assert "Ask for payment" in await heard(at, SELLER)

        summary = await say(at, SELLER, "[Ask for payment]")
        assert "to pay $200.00 for goats?" in summary
        assert "The money goes to Gokwe Market" in summary
        assert "I asked" in await say(at, SELLER, "yes")
        question = await heard(at, BUYER)
        assert "Simbarashe Moyo asks you to pay $200.00 for goats" in question
        assert "The money goes to Gokwe Market" in question
        assert await payments(at) == []
        link = await say(at, BUYER, "yes")
        (payment,) = await payments(at)

        assert "For goats from Simbarashe Moyo, to Gokwe Market. To pay: $200.00" in link
        assert f"/payments/sandbox/pay/{payment.token}" in link
        assert (payment.subject, payment.money.amount) == ("marketplace.deal", Decimal(200))

        await press(at, payment, "pay")

        assert "Gokwe Market has the money" in await heard(at, BUYER)
        assert "paid $200.00 for goats" in await heard(at, SELLER)
        assert "already" in await say(at, SELLER, "ask for payment")


async def test_amount_can_be_said_at_once_and_changed_before_it_is_asked_for(
    spares: Spares,
) -> None:
    async with market(spares) as at:
        assert "$60.00" in await say(at, SELLER, "ask for payment of $60")

        assert "$45.50" in await say(at, SELLER, "$45.50")
        await say(at, SELLER, "yes")

        assert "pay $45.50 for goats" in await heard(at, BUYER)


async def test_what_the_listing_costs_is_changed_by_a_tap(spares: Spares) -> None:
    async with market(spares) as at:
        assert "$200.00" in await say(at, SELLER, "[Ask for payment]")

        assert "How much" in await say(at, SELLER, "[Another amount]")
        assert "$80.00" in await say(at, SELLER, "80")
        await say(at, SELLER, "yes")

        assert "pay $80.00 for goats" in await heard(at, BUYER)


async def test_who_declines_pays_nothing_and_the_seller_is_told_and_may_ask_again(
    spares: Spares,
) -> None:
    async with market(spares) as at:
        await asked(at, agreed=False)

        assert "you pay nothing" in await say(at, BUYER, "no")
        assert "does not want to pay $200.00" in await heard(at, SELLER)
        assert await payments(at) == []
        assert "not asked for any more" in await say(at, BUYER, "[Yes, I pay]")

        await say(at, SELLER, "ask for payment of $150", "yes")

        assert "pay $150.00 for goats" in await heard(at, BUYER)


async def test_seller_asks_once_at_a_time_and_may_take_it_back(spares: Spares) -> None:
    async with market(spares) as at:
        await asked(at)
        (payment,) = await payments(at)

        before = len(await at.sent_to(BUYER))
        assert "asked" in await say(at, SELLER, "ask for payment of $999")
        assert len(await at.sent_to(BUYER)) == before
        await say(at, SELLER, "[Ask no more]")

        assert "Please do not pay" in await heard(at, BUYER)
        (payment,) = await payments(at)
        assert payment.state == PaymentState.CANCELLED
        await money_comes(at, payment)
        (payment,) = await payments(at)
        assert (payment.state, payment.review) == (PaymentState.CANCELLED, "cancelled")
        assert await reviewed(at) == ["cancelled"]
        assert "paid $200.00" not in await heard(at, SELLER)


@pytest.mark.parametrize(("button", "told"), [("fail", "go through"), ("expire", "over")])
async def test_payment_that_came_to_nothing_is_told_to_both_and_made_again(
    button: str, told: str, spares: Spares
) -> None:
    async with market(spares) as at:
        await asked(at)
        (payment,) = await payments(at)

        await press(at, payment, button)

        assert told in await heard(at, BUYER)
        assert "may try again" in await heard(at, SELLER)
        assert "To pay: $200.00" in await say(at, BUYER, "[Pay again]")
        (_, again) = await payments(at)
        await press(at, again, "pay")
        assert "paid $200.00 for goats" in await heard(at, SELLER)


async def test_money_that_comes_twice_is_for_staff(spares: Spares) -> None:
    async with market(spares) as at:
        await asked(at)
        (first,) = await payments(at)
        await press(at, first, "expire")
        await say(at, BUYER, "[Pay again]")
        (first, second) = await payments(at)
        await press(at, second, "pay")

        await money_comes(at, first)

        (first, second) = await payments(at)
        assert (first.review, second.state) == ("twice", PaymentState.PAID)
        assert await reviewed(at) == ["twice"]


async def test_what_was_taken_down_wants_no_money(spares: Spares) -> None:
    async with market(spares) as at:
        await asked(at)

        await say(at, SELLER, "withdraw my goats", "yes")

        (payment,) = await payments(at)
        assert payment.state == PaymentState.CANCELLED
        assert "Please do not pay" in await heard(at, BUYER)
        assert "not asked for any more" in await say(at, BUYER, "[Yes, I pay]")
        await money_comes(at, payment)
        assert await reviewed(at) == ["cancelled"]


async def test_who_says_that_there_is_no_deal_is_asked_for_no_money(spares: Spares) -> None:
    async with market(spares) as at:
        await asked(at, agreed=False)
        await at.wait(timedelta(hours=23))
        assert "Did you buy" in await heard(at, BUYER)

        await say(at, BUYER, "no")

        assert "does not want to pay" in " ".join(one.text for one in await at.sent_to(SELLER))
        assert "not asked for any more" in await say(at, BUYER, "[Yes, I pay]")
        assert await payments(at) == []


async def test_nobody_is_asked_where_the_merchant_did_not_switch_it_on(spares: Spares) -> None:
    async with market(spares, pay_through=False) as at:
        before = len(await at.sent_to(BUYER))
        assert "Ask for payment" not in await heard(at, SELLER)

        assert "not made here" in await say(at, SELLER, "ask for payment")

        assert len(await at.sent_to(BUYER)) == before
        assert await payments(at) == []


async def test_cash_from_hand_to_hand_is_no_way_to_pay_through_the_market(
    spares: Spares,
) -> None:
    async with market(spares, gateways=("cod",)) as at:
        await say(at, SELLER, "ask for payment")
        assert "cannot be paid here" in await say(at, SELLER, "yes")

        assert "asks you to pay" not in await heard(at, BUYER)


@pytest.mark.parametrize(
    ("language", "yes", "wording"),
    [("sn", "hongu", "anokukumbirai kubhadhara"), ("nd", "yebo", "ukucela ukubhadala")],
)
async def test_buyer_is_asked_in_their_own_language(
    language: str, yes: str, wording: str, spares: Spares
) -> None:
    async with market(spares) as at:
        await say(at, BUYER, {"sn": "shona", "nd": "isindebele"}[language])
        await asked(at, agreed=False)

        assert wording in await heard(at, BUYER)
        assert "$200" in await say(at, BUYER, yes)
        assert len(await payments(at)) == 1


async def test_the_seller_hears_how_much_of_it_goes_back_to_the_buyer(spares: Spares) -> None:
    async with market(spares) as at:
        await asked(at)
        (payment,) = await payments(at)
        await press(at, payment, "pay")

        await give_back(at, payment, "50.00")
        assert "$50.00 of $200.00" in await heard(at, BUYER)
        assert "The $50.00 that" in await heard(at, SELLER)

        await give_back(at, payment, "150.00")
        assert "The $200.00 that" in await heard(at, SELLER)
