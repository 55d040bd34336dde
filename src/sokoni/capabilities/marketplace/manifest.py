"""The marketplace as a capability: its tasks, its timers, its settings, its demo data."""

from pathlib import Path
from typing import Final, cast

from sokoni.capabilities.marketplace.demo import load_demo
from sokoni.capabilities.marketplace.flows.alert import (
    WAVE,
    AlertFlow,
    KeepFlow,
    PassFlow,
    next_wave,
)
from sokoni.capabilities.marketplace.flows.buy import BuyFlow
from sokoni.capabilities.marketplace.flows.buyers import BuyerFlow, MyBuyersFlow
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
from sokoni.capabilities.marketplace.flows.number import NumberFlow
from sokoni.capabilities.marketplace.flows.pricing import ChangePriceFlow, SetPriceFlow
from sokoni.capabilities.marketplace.flows.request import CloseRequestFlow, MyRequestsFlow
from sokoni.capabilities.marketplace.flows.sell import SellFlow
from sokoni.capabilities.marketplace.flows.withdraw import WithdrawFlow, WithdrawOneFlow
from sokoni.capabilities.marketplace.merging import merge_contacts
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.capabilities.marketplace.tidying import tidy
from sokoni.dialogue.flow import FlowFactory
from sokoni.dialogue.manifest import Capability, Task


def _task(flow: type[DeskFlow], *, in_menu: bool = False, query: bool = False) -> Task:
    made = cast("FlowFactory", flow)
    return Task(name=flow.name, form=flow.form, make=made, in_menu=in_menu, query=query)


MARKETPLACE: Final = Capability(
    name=NAME,
    tasks=(
        _task(SellFlow, in_menu=True),
        _task(BuyFlow, in_menu=True, query=True),
        _task(MyListingsFlow, in_menu=True, query=True),
        _task(JoinFlow, in_menu=True),
        _task(WithdrawFlow, query=True),
        _task(WithdrawOneFlow),
        _task(ChangePriceFlow, query=True),
        _task(SetPriceFlow),
        _task(MyRequestsFlow, query=True),
        _task(CloseRequestFlow),
        _task(ShowListingFlow, query=True),
        _task(MyBuyersFlow, query=True),
        _task(BuyerFlow, query=True),
        _task(ContactFlow),
        _task(AcceptFlow),
        _task(DeclineFlow),
        _task(AlertFlow),
        _task(KeepFlow, query=True),
        _task(PassFlow, query=True),
        _task(NumberFlow),
        _task(NameFlow),
        _task(MoveFlow),
    ),
    settings=MarketplaceSettings,
    phrases=Path(__file__).with_name("phrases"),
    timers={WAVE: next_wave, UNANSWERED: unanswered},
    router="sokoni.capabilities.marketplace.api:router",
    merge_contacts=merge_contacts,
    tidy=tidy,
    load_demo=load_demo,
)
