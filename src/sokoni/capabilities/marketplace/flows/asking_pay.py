"""A seller asks a buyer whom they met to pay through the market."""

from decimal import Decimal
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.marketplace.flows.pay_asked import (
    NOT_ASKED,
    drop,
    mine,
    stands,
    tell,
    told_of,
)
from sokoni.capabilities.marketplace.models import (
    IntroductionId,
    PayState,
)
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.capabilities.marketplace.service.pay_asks import PayAskedError, asked_of
from sokoni.capabilities.marketplace.wording import buyer_named
from sokoni.dialogue.flow import AnswerRefused, Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.kit.money import Money
from sokoni.language.readers.money import MoneyReader
from sokoni.language.reading import Price
from sokoni.messaging.prompts import Amount, Choice, Deny, Prompt, Worded

_NO: Final = Choice("no", command=Deny())
_OFF: Final = Prompt("marketplace.ask_payment.off")


class AskPaymentForm(Form):
    """Ask a buyer to pay."""

    price: Annotated[Price | None, MoneyReader()] = None


class AskPaymentFlow(AtOnceFlow):
    """Finds out which buyer is meant; the next task asks them."""

    name: ClassVar[str] = "marketplace.ask_payment"
    form: ClassVar[type[AskPaymentForm]] = AskPaymentForm

    @override
    async def results(self, form: AskPaymentForm, window: Window) -> Results | None:
        desk = self._desk
        if not desk.settings.pay_through:
            return None
        met = await desk.introductions.sold_by(desk.me, limit=window.limit, offset=window.offset)
        names = await desk.directory.names_of(one.introduction.buyer_id for one in met)
        known = form.model_dump(include={"price"}, exclude_none=True, mode="json")
        shown = tuple(
            Choice(
                one.introduction.id.hex,
                buyer_named(names.get(one.introduction.buyer_id, "")),
                one.thing,
                start("ask_to_pay", {**known, "introduction": str(one.introduction.id)}),
            )
            for one in met
        )
        return Results(Prompt("marketplace.ask_payment.which"), shown, sole=True)

    async def complete(self, form: AskPaymentForm) -> Outcome:  # noqa: ARG002
        on = self._desk.settings.pay_through
        return Outcome(Prompt("marketplace.ask_payment.nobody") if on else _OFF)


class AskToPayForm(Form):
    """Ask this buyer to pay."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]
    price: Annotated[Price | None, MoneyReader(sole=True)] = None
    """None: what all that is listed costs."""


class AskToPayFlow(DeskFlow):
    """Asks the buyer on yes, the amount and who holds the money in view."""

    name: ClassVar[str] = "marketplace.ask_to_pay"
    form: ClassVar[type[AskToPayForm]] = AskToPayForm

    @override
    async def over(self, known: Known) -> Prompt | None:
        return await self._no_way(known["introduction"])

    @override
    async def check(self, slot: str, known: Known) -> None:
        price = known.get("price")
        if slot == "price" and price is not None and not _takes(self._desk, _money(price)):
            raise AnswerRefused("price", Prompt("marketplace.ask_to_pay.price.refused"))

    async def summary(self, form: AskToPayForm) -> Prompt | None:
        meeting = await mine(self._desk, form.introduction)
        if meeting is None or await self._no_way(form.introduction) is not None:
            return None
        money = await self._wanted(form)
        told = await told_of(self._desk, meeting, money)
        # What was said is changed by Edit; what we took from the listing, by a choice of its own.
        choices = () if form.price is not None else _otherwise(form.introduction)
        return Prompt("marketplace.ask_to_pay.summary", told, choices)

    async def complete(self, form: AskToPayForm) -> Outcome:
        desk, meeting = self._desk, await mine(self._desk, form.introduction)
        refused = await self._no_way(form.introduction)
        if meeting is None or refused is not None:
            return Outcome(refused or NOT_ASKED)
        money = await self._wanted(form)
        if not _takes(desk, money):
            return Outcome(Prompt("marketplace.ask_to_pay.no_way", {"amount": Amount.of(money)}))
        try:
            await desk.pay_asks.ask(meeting.introduction, desk.me, money)
        except PayAskedError:
            return Outcome(await self._no_way(form.introduction) or NOT_ASKED)
        await _ask_buyer(desk, meeting)
        told = await told_of(desk, meeting, money)
        return Outcome(Prompt("marketplace.ask_to_pay.done", told, (_take_back(meeting),)))

    async def _wanted(self, form: AskToPayForm) -> Money:
        if form.price is not None:
            return _money(form.price)
        found = await self._desk.pay_asks.full_price(IntroductionId(form.introduction))
        return found or Money(Decimal(0), self._desk.context.merchant.currency)

    async def _no_way(self, introduction_id: UUID) -> Prompt | None:
        """Say why the buyer cannot be asked now, None where they can."""
        desk = self._desk
        meeting = await mine(desk, introduction_id)
        if meeting is None or not await stands(desk, meeting):
            return NOT_ASKED if desk.settings.pay_through else _OFF
        state = meeting.introduction.pay_state
        if state in {PayState.ASKED, PayState.AGREED}:
            told = await told_of(desk, meeting, asked_of(meeting.introduction))
            return Prompt("marketplace.ask_to_pay.open", told, (_take_back(meeting),))
        if state == PayState.PAID:
            told = await told_of(desk, meeting, asked_of(meeting.introduction))
            return Prompt("marketplace.ask_to_pay.paid", told)
        return None


class AskAmountForm(Form):
    """Say how much this buyer shall pay."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]
    price: Annotated[Price, MoneyReader(sole=True)]


class AskAmountFlow(AtOnceFlow):
    """Asks how much; the task before sums it up."""

    name: ClassVar[str] = "marketplace.ask_amount"
    form: ClassVar[type[AskAmountForm]] = AskAmountForm

    async def complete(self, form: AskAmountForm) -> Outcome:
        return Outcome(then=start("ask_to_pay", form.model_dump(mode="json")))


class TakeBackForm(Form):
    """Ask this buyer for money no more."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]


class TakeBackFlow(AtOnceFlow):
    """The seller wants no money any more; a link that the buyer has is closed."""

    name: ClassVar[str] = "marketplace.unask_pay"
    form: ClassVar[type[TakeBackForm]] = TakeBackForm

    async def complete(self, form: TakeBackForm) -> Outcome:
        meeting = await mine(self._desk, form.introduction)
        if meeting is None or not await drop(self._desk, meeting):
            return Outcome(NOT_ASKED)
        told = await told_of(self._desk, meeting, asked_of(meeting.introduction))
        return Outcome(Prompt("marketplace.unask_pay.done", told))


def with_asking(desk: Desk, introduction_id: UUID, prompt: Prompt) -> Prompt:
    """Return what a seller sees of an introduction, with the choice to ask for money."""
    if not desk.settings.pay_through:
        return prompt
    choice = Choice(
        "ask_payment",
        Worded("marketplace.choice.ask_payment"),
        command=start("ask_to_pay", {"introduction": str(introduction_id)}),
    )
    return msgspec.structs.replace(prompt, choices=(*prompt.choices, choice))


async def _ask_buyer(desk: Desk, meeting: Meeting) -> None:
    introduction = meeting.introduction
    known = {"introduction": str(introduction.id), "asked": introduction.pay_round}
    pay, decline = start("pay_deal", known), start("decline_pay", known)
    choices = (
        Choice("pay", Worded("marketplace.choice.pay"), command=pay, means="yes"),
        Choice("no_pay", Worded("marketplace.choice.no_pay"), command=decline, means="no"),
    )
    told = await told_of(desk, meeting, asked_of(introduction))
    prompt = Prompt("marketplace.pay.asked", told, choices)
    tell(desk, introduction, introduction.buyer_id, prompt)


def _otherwise(introduction_id: UUID) -> tuple[Choice, ...]:
    known = {"introduction": str(introduction_id)}
    other = Worded("marketplace.choice.other_amount")
    return (Choice("other", other, command=start("ask_amount", known)), _NO)


def _take_back(meeting: Meeting) -> Choice:
    command = start("unask_pay", {"introduction": str(meeting.introduction.id)})
    return Choice("unask", Worded("marketplace.choice.unask"), command=command)


def _money(price: Price) -> Money:
    return Money(Decimal(price.amount), price.currency)


def _takes(desk: Desk, money: Money) -> bool:
    """Tell whether the market can take so much; money from hand to hand needs no market."""
    live = desk.context.gateways.of(desk.context.merchant.id)
    return any(one.can.takes(money) and not one.can.by_hand for one in live)
