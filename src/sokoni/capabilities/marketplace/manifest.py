"""The marketplace as a capability: its tasks, its timers, its settings, its demo data."""

from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from sokoni.capabilities.marketplace.demo import load_demo
from sokoni.capabilities.marketplace.erasing import erase_contact
from sokoni.capabilities.marketplace.exporting import export
from sokoni.capabilities.marketplace.figures import by_day
from sokoni.capabilities.marketplace.flows.alert import (
    ALERTED,
    WAVE,
    AlertFlow,
    KeepFlow,
    PassFlow,
    next_wave,
    still_wanted,
)
from sokoni.capabilities.marketplace.flows.asking_pay import (
    AskAmountFlow,
    AskPaymentFlow,
    AskToPayFlow,
    TakeBackFlow,
)
from sokoni.capabilities.marketplace.flows.buy import BuyFlow
from sokoni.capabilities.marketplace.flows.buyers import BuyerFlow, MyBuyersFlow
from sokoni.capabilities.marketplace.flows.deal import (
    ASK,
    ASK_AGAIN,
    DealFlow,
    SoldElsewhereFlow,
    SoldToFlow,
    ask,
    ask_again,
)
from sokoni.capabilities.marketplace.flows.ending import OVER, KeepLookingFlow, ran_out
from sokoni.capabilities.marketplace.flows.introduction import (
    UNANSWERED,
    AcceptFlow,
    ContactFlow,
    DeclineFlow,
    unanswered,
)
from sokoni.capabilities.marketplace.flows.join import JoinFlow, MoveFlow, NameFlow
from sokoni.capabilities.marketplace.flows.kinds import DeskFlow
from sokoni.capabilities.marketplace.flows.listing import MyListingsFlow, ShowListingFlow
from sokoni.capabilities.marketplace.flows.matched import OFFERED
from sokoni.capabilities.marketplace.flows.number import NumberFlow
from sokoni.capabilities.marketplace.flows.offered import COMPARE, compare, offered
from sokoni.capabilities.marketplace.flows.paid import (
    DeclinePayFlow,
    PayDealFlow,
    heard,
    wanted,
)
from sokoni.capabilities.marketplace.flows.pay_asked import SUBJECT
from sokoni.capabilities.marketplace.flows.photo import (
    FETCHED,
    DropPhotoFlow,
    PhotoFlow,
    RemovePhotoFlow,
    SetPhotoFlow,
    fetched,
    sent,
)
from sokoni.capabilities.marketplace.flows.pricing import ChangePriceFlow, SetPriceFlow
from sokoni.capabilities.marketplace.flows.profile import ChangeProfileFlow, ProfileFlow
from sokoni.capabilities.marketplace.flows.rating import MyDealsFlow, RateFlow
from sokoni.capabilities.marketplace.flows.renewal import (
    RENEWAL,
    RenewFlow,
    RenewTheseFlow,
    StillForSaleFlow,
    remind,
)
from sokoni.capabilities.marketplace.flows.report import (
    AppealFlow,
    MyReviewsFlow,
    ReportFlow,
    ReportOneFlow,
    ReviewsFlow,
)
from sokoni.capabilities.marketplace.flows.request import CloseRequestFlow, MyRequestsFlow
from sokoni.capabilities.marketplace.flows.sell import SellFlow
from sokoni.capabilities.marketplace.flows.sold import SoldFlow, SoldOneFlow, SoldPartFlow
from sokoni.capabilities.marketplace.flows.withdraw import WithdrawFlow, WithdrawOneFlow
from sokoni.capabilities.marketplace.judging import ListingJudge
from sokoni.capabilities.marketplace.merging import merge_contacts
from sokoni.capabilities.marketplace.reminding import CALENDAR
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.capabilities.marketplace.tidying import tidy
from sokoni.dialogue.flow import FlowFactory
from sokoni.dialogue.manifest import Capability, Task
from sokoni.dialogue.paying import PaymentHandler
from sokoni.dialogue.rating import RatingFlow


def _task(
    flow: type[DeskFlow | RatingFlow], *, in_menu: bool = False, query: bool = False
) -> Task:
    made = cast("FlowFactory", flow)
    return Task(name=flow.name, form=flow.form, make=made, in_menu=in_menu, query=query)


def _step(flow: type[DeskFlow | RatingFlow], *, query: bool = False) -> Task:
    """Return a task that others lead to: it is never offered for its own sake."""
    return replace(_task(flow, query=query), offered=False)


MARKETPLACE: Final = Capability(
    name=NAME,
    tasks=(
        _task(SellFlow, in_menu=True),
        _task(BuyFlow, in_menu=True, query=True),
        _task(MyListingsFlow, in_menu=True, query=True),
        _task(JoinFlow, in_menu=True),
        _task(SoldFlow, query=True),
        _step(SoldOneFlow),
        _step(SoldPartFlow),
        _task(WithdrawFlow, query=True),
        _step(WithdrawOneFlow),
        _task(ChangePriceFlow, query=True),
        _step(SetPriceFlow),
        _task(RenewFlow, query=True),
        _step(RenewTheseFlow),
        _step(StillForSaleFlow, query=True),
        _task(PhotoFlow, query=True),
        _step(SetPhotoFlow),
        _task(RemovePhotoFlow, query=True),
        _step(DropPhotoFlow),
        _task(MyRequestsFlow, query=True),
        _step(CloseRequestFlow),
        _step(KeepLookingFlow),
        _task(ShowListingFlow, query=True),
        _task(MyBuyersFlow, query=True),
        _step(BuyerFlow, query=True),
        _step(ContactFlow),
        _step(AcceptFlow),
        _step(DeclineFlow),
        _step(DealFlow),
        _step(SoldToFlow),
        _step(SoldElsewhereFlow, query=True),
        _task(AskPaymentFlow, query=True),
        _step(AskToPayFlow),
        _step(AskAmountFlow),
        _step(TakeBackFlow),
        _step(PayDealFlow),
        _step(DeclinePayFlow),
        _step(RateFlow),
        _task(MyDealsFlow, query=True),
        _task(ProfileFlow, query=True),
        _task(ChangeProfileFlow, query=True),
        _task(ReportFlow, query=True),
        _step(ReportOneFlow),
        _task(MyReviewsFlow, query=True),
        _step(ReviewsFlow, query=True),
        _step(AppealFlow),
        _step(AlertFlow),
        _step(KeepFlow, query=True),
        _step(PassFlow, query=True),
        _step(NumberFlow),
        _task(NameFlow),
        _task(MoveFlow),
    ),
    settings=MarketplaceSettings,
    phrases=Path(__file__).with_name("phrases"),
    timers={
        WAVE: next_wave,
        ALERTED: still_wanted,
        OFFERED: offered,
        COMPARE: compare,
        UNANSWERED: unanswered,
        ASK: ask,
        ASK_AGAIN: ask_again,
        RENEWAL: remind,
        OVER: ran_out,
    },
    payments={SUBJECT: PaymentHandler(heard, wanted)},
    answers={FETCHED: fetched},
    fetches=frozenset({FETCHED}),
    pictures=sent,
    router="sokoni.capabilities.marketplace.api:router",
    merge_contacts=merge_contacts,
    judge=ListingJudge(),
    export=export,
    erase_contact=erase_contact,
    tidy=tidy,
    by_day=by_day,
    calendar=CALENDAR,
    load_demo=load_demo,
)
