"""A buyer pays a seller through the market, and what becomes of the money."""

from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.pay_asked import (
    NOT_ASKED,
    SUBJECT,
    stands,
    tell,
    told_of,
)
from sokoni.capabilities.marketplace.models import IntroductionId, PayState
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.capabilities.marketplace.service.pay_asks import OPEN, asked_of
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.dialogue.paying import (
    NewsKind,
    PaymentNews,
    Wish,
    no_longer,
    pay,
    ways,
)
from sokoni.kit.money import Money
from sokoni.messaging.prompts import Choice, Prompt, Worded
from sokoni.payments.models import Payment
from sokoni.payments.states import TAKES_BACK, PaymentState

_LOST: Final = {
    PaymentState.FAILED: "marketplace.pay.failed",
    PaymentState.EXPIRED: "marketplace.pay.expired",
}


class AnswerPayForm(Form):
    """Answer a seller who asks for money."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]
    asked: Annotated[int, Slot(early=False, editable=False)]
    """Which of the seller's questions it answers."""


class PayDealFlow(AtOnceFlow):
    """Gives the buyer, who said yes, the link; again after one that came to nothing."""

    name: ClassVar[str] = "marketplace.pay_deal"
    form: ClassVar[type[AnswerPayForm]] = AnswerPayForm

    async def complete(self, form: AnswerPayForm) -> Outcome:
        desk, meeting = self._desk, await _asked(self._desk, form)
        if meeting is None or not await stands(desk, meeting):
            return Outcome(NOT_ASKED)
        introduction = meeting.introduction
        money = asked_of(introduction)
        told = await told_of(desk, meeting, money)
        if introduction.pay_state == PayState.PAID:
            return Outcome(Prompt("marketplace.pay.paid", told))
        gateway = await _gateway(desk, money)
        if not gateway:
            return Outcome(Prompt("marketplace.pay.no_way", told))
        if not await desk.pay_asks.move(introduction, PayState.AGREED, of=OPEN):
            return Outcome(NOT_ASKED)
        wish = Wish(
            subject=SUBJECT,
            subject_id=introduction.id,
            reference=meeting.reference,
            money=money,
            gateway=gateway,
        )
        paying = await pay(desk.context, wish)
        return Outcome(paying.onto(Prompt("marketplace.pay.link", {**told, "payment": ""})))


class DeclinePayFlow(AtOnceFlow):
    """The buyer does not pay; a link that they have is closed, and the seller is told."""

    name: ClassVar[str] = "marketplace.decline_pay"
    form: ClassVar[type[AnswerPayForm]] = AnswerPayForm

    async def complete(self, form: AnswerPayForm) -> Outcome:
        desk, meeting = self._desk, await _asked(self._desk, form)
        if meeting is None:
            return Outcome(NOT_ASKED)
        introduction = meeting.introduction
        if not await desk.pay_asks.move(introduction, PayState.DECLINED, of=OPEN):
            return Outcome(NOT_ASKED)
        await no_longer(desk.context, SUBJECT, introduction.id)
        told = await told_of(desk, meeting, asked_of(introduction))
        prompt = Prompt("marketplace.pay.declined.told", told)
        tell(desk, introduction, introduction.seller_id, prompt)
        return Outcome(Prompt("marketplace.pay.declined", told))


async def _asked(desk: Desk, form: AnswerPayForm) -> Meeting | None:
    """Return what I, who buy, am asked to pay for, None where that is no longer so."""
    meeting = await desk.introductions.find(IntroductionId(form.introduction))
    if meeting is None or meeting.introduction.buyer_id != desk.me:
        return None
    return meeting if meeting.introduction.pay_round == form.asked else None


async def _gateway(desk: Desk, money: Money) -> str:
    """Return the first gateway that takes the money, and not from hand to hand, else ""."""
    found = [one.name for one in await ways(desk.context, money) if not one.can.by_hand]
    return found[0] if found else ""


# --- what becomes of the money ------------------------------------------------------------------


async def wanted(context: TurnContext, payment: Payment) -> bool:
    """Tell whether the two still deal, and the buyer said yes to what was asked last."""
    desk = Desk(context)
    meeting = await desk.introductions.find(IntroductionId(payment.subject_id))
    if meeting is None:
        return False
    introduction = meeting.introduction
    if introduction.pay_state == PayState.PAID:
        return True
    agreed = introduction.pay_state in {PayState.AGREED, PayState.LAPSED}
    return agreed and payment.money == asked_of(introduction) and await stands(desk, meeting)


async def heard(context: TurnContext, news: PaymentNews) -> Prompt | None:
    """Tell both sides what became of it."""
    desk = Desk(context)
    meeting = await desk.introductions.find(IntroductionId(news.payment.subject_id))
    if meeting is None:
        return news.prompt
    if news.is_paid:
        return await _paid(desk, meeting, news)
    if news.kind is NewsKind.NO_LINK:
        await _lapsed(desk, meeting, news, "marketplace.pay.failed")
        return news.prompt
    if news.kind is not NewsKind.MOVED:
        return news.prompt
    if news.state in _LOST:
        return await _lapsed(desk, meeting, news, _LOST[news.state])
    if news.state in TAKES_BACK:
        await _returned(desk, meeting, news)
    return news.prompt


async def _paid(desk: Desk, meeting: Meeting, news: PaymentNews) -> Prompt:
    """Staff may have accepted what came late: it is paid, however far it was."""
    introduction, money = meeting.introduction, news.payment.came
    await desk.pay_asks.move(introduction, PayState.PAID, of=frozenset(PayState))
    told = await told_of(desk, meeting, money)
    prompt = Prompt("marketplace.pay.paid.told", told)
    tell(desk, introduction, introduction.seller_id, prompt, news.payment.id.hex)
    return Prompt("marketplace.pay.paid", told)


async def _lapsed(desk: Desk, meeting: Meeting, news: PaymentNews, key: str) -> Prompt | None:
    introduction = meeting.introduction
    if not await desk.pay_asks.move(introduction, PayState.LAPSED, of={PayState.AGREED}):
        return news.prompt
    told = await told_of(desk, meeting, news.payment.money)
    prompt = Prompt(f"{key}.told", told)
    tell(desk, introduction, introduction.seller_id, prompt, news.payment.id.hex)
    known = {"introduction": str(introduction.id), "asked": introduction.pay_round}
    again = Choice(
        "pay_again",
        Worded("marketplace.choice.pay_again"),
        command=start("pay_deal", known),
        means="yes",
    )
    return msgspec.structs.replace(Prompt(key, told), choices=(again,))


async def _returned(desk: Desk, meeting: Meeting, news: PaymentNews) -> None:
    """Tell the seller how much of what they wait for goes back, which may be a part of it."""
    introduction, payment = meeting.introduction, news.payment
    if introduction.pay_state != PayState.PAID:
        return
    if news.state is PaymentState.REFUNDED:
        await desk.pay_asks.move(introduction, PayState.REFUNDED, of={PayState.PAID})
    told = await told_of(desk, meeting, Money(payment.refunded, payment.currency))
    prompt = Prompt("marketplace.pay.refunded.told", told)
    about = f"{payment.id.hex}:{payment.refunded}"
    tell(desk, introduction, introduction.seller_id, prompt, about)
