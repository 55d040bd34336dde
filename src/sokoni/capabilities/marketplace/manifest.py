"""The marketplace as a capability: its tasks, its timers, its settings, its demo data."""

from pathlib import Path
from typing import Final

from sokoni.capabilities.marketplace.demo import load_demo
from sokoni.capabilities.marketplace.erasing import erase_contact, leaves
from sokoni.capabilities.marketplace.exporting import export
from sokoni.capabilities.marketplace.facts import FACTS
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
from sokoni.capabilities.marketplace.keeping import needed
from sokoni.capabilities.marketplace.merging import merge_contacts
from sokoni.capabilities.marketplace.reminding import CALENDAR
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.capabilities.marketplace.tidying import tidy
from sokoni.dialogue.manifest import Capability, Task
from sokoni.dialogue.paying import PaymentHandler

MARKETPLACE: Final = Capability(
    name=NAME,
    tasks=(
        Task.of(SellFlow, in_menu=True),
        Task.of(BuyFlow, in_menu=True, query=True),
        Task.of(MyListingsFlow, in_menu=True, query=True),
        Task.of(JoinFlow, in_menu=True),
        Task.of(SoldFlow, query=True),
        Task.of(SoldOneFlow, offered=False),
        Task.of(SoldPartFlow, offered=False),
        Task.of(WithdrawFlow, query=True),
        Task.of(WithdrawOneFlow, offered=False),
        Task.of(ChangePriceFlow, query=True),
        Task.of(SetPriceFlow, offered=False),
        Task.of(RenewFlow, query=True),
        Task.of(RenewTheseFlow, offered=False),
        Task.of(StillForSaleFlow, query=True, offered=False),
        Task.of(PhotoFlow, query=True),
        Task.of(SetPhotoFlow, offered=False),
        Task.of(RemovePhotoFlow, query=True),
        Task.of(DropPhotoFlow, offered=False),
        Task.of(MyRequestsFlow, query=True),
        Task.of(CloseRequestFlow, offered=False),
        Task.of(KeepLookingFlow, offered=False),
        Task.of(ShowListingFlow, query=True),
        Task.of(MyBuyersFlow, query=True),
        Task.of(BuyerFlow, query=True, offered=False),
        Task.of(ContactFlow, offered=False),
        Task.of(AcceptFlow, offered=False),
        Task.of(DeclineFlow, offered=False),
        Task.of(DealFlow, offered=False),
        Task.of(SoldToFlow, offered=False),
        Task.of(SoldElsewhereFlow, query=True, offered=False),
        Task.of(AskPaymentFlow, query=True),
        Task.of(AskToPayFlow, offered=False),
        Task.of(AskAmountFlow, offered=False),
        Task.of(TakeBackFlow, offered=False),
        Task.of(PayDealFlow, offered=False),
        Task.of(DeclinePayFlow, offered=False),
        Task.of(RateFlow, offered=False),
        Task.of(MyDealsFlow, query=True),
        Task.of(ProfileFlow, query=True),
        Task.of(ChangeProfileFlow, query=True),
        Task.of(ReportFlow, query=True),
        Task.of(ReportOneFlow, offered=False),
        Task.of(MyReviewsFlow, query=True),
        Task.of(ReviewsFlow, query=True, offered=False),
        Task.of(AppealFlow, offered=False),
        Task.of(AlertFlow, offered=False),
        Task.of(KeepFlow, query=True, offered=False),
        Task.of(PassFlow, query=True, offered=False),
        Task.of(NumberFlow, offered=False),
        Task.of(NameFlow),
        Task.of(MoveFlow),
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
    patient=frozenset(
        {
            *(WAVE, ALERTED, OFFERED, COMPARE, UNANSWERED),
            *(ASK, ASK_AGAIN, RENEWAL, OVER),
        }
    ),
    payments={SUBJECT: PaymentHandler(heard, wanted)},
    answers={FETCHED: fetched},
    fetches=frozenset({FETCHED}),
    pictures=sent,
    router="sokoni.capabilities.marketplace.api:router",
    merge_contacts=merge_contacts,
    judge=ListingJudge(),
    export=export,
    erase_contact=erase_contact,
    leaves=leaves,
    needed=needed,
    tidy=tidy,
    by_day=by_day,
    calendar=CALENDAR,
    facts=FACTS,
    load_demo=load_demo,
)
