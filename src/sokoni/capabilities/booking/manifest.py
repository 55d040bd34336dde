"""The booking desk as a capability: its tasks, its calendar, its settings, its demo data."""

from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from sokoni.capabilities.booking.calendar import CALENDAR, NOTICE, tell_notice
from sokoni.capabilities.booking.demo import load_demo
from sokoni.capabilities.booking.desk import LOST, NEWS
from sokoni.capabilities.booking.erasing import erase_contact
from sokoni.capabilities.booking.exporting import export
from sokoni.capabilities.booking.flows.again import AgainFlow
from sokoni.capabilities.booking.flows.answer import (
    AcceptFlow,
    CounterFlow,
    CounterOneFlow,
    DeclineFlow,
    MoveFlow,
    lost_news,
    tell_news,
)
from sokoni.capabilities.booking.flows.book import BookFlow
from sokoni.capabilities.booking.flows.deposits import SUBJECT, heard, wanted
from sokoni.capabilities.booking.flows.introduce import HomeFlow, IntroduceFlow, NameFlow
from sokoni.capabilities.booking.flows.kinds import DeskFlow
from sokoni.capabilities.booking.flows.mine import (
    CancelFlow,
    CancelOneFlow,
    MoveOneFlow,
    MyBookingsFlow,
    RescheduleFlow,
    ShowFlow,
)
from sokoni.capabilities.booking.flows.profile import ProfileFlow
from sokoni.capabilities.booking.flows.providing import (
    AddAreasFlow,
    AddServicesFlow,
    BufferFlow,
    DropServicesFlow,
    HoursFlow,
    LeadFlow,
    LeaveAreasFlow,
)
from sokoni.capabilities.booking.flows.rating import RateFlow
from sokoni.capabilities.booking.flows.register import RegisterFlow
from sokoni.capabilities.booking.flows.waiting import FREED, StopWaitingFlow, tell_freed
from sokoni.capabilities.booking.flows.working import (
    BackFlow,
    DayOffFlow,
    DaysOffFlow,
    PauseFlow,
    ResumeFlow,
)
from sokoni.capabilities.booking.importing import ProviderImporter
from sokoni.capabilities.booking.judging import ProviderJudge
from sokoni.capabilities.booking.merging import merge_contacts
from sokoni.capabilities.booking.reading import terms
from sokoni.capabilities.booking.service.waits import tidy_waits
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.dialogue.flow import FlowFactory
from sokoni.dialogue.manifest import Capability, Task
from sokoni.dialogue.paying import PaymentHandler
from sokoni.dialogue.rating import RatingFlow


def _task(
    flow: type[DeskFlow | RatingFlow], *, in_menu: bool = False, query: bool = False
) -> Task:
    made = cast("FlowFactory", flow)
    return Task(name=flow.name, form=flow.form, make=made, in_menu=in_menu, query=query)


def _step(flow: type[DeskFlow | RatingFlow]) -> Task:
    """Return a task that others lead to: it is never offered for its own sake."""
    return replace(_task(flow), offered=False)


BOOKING: Final = Capability(
    name=NAME,
    tasks=(
        _task(BookFlow, in_menu=True),
        _task(MyBookingsFlow, in_menu=True, query=True),
        _task(RegisterFlow, in_menu=True),
        _task(IntroduceFlow, in_menu=True),
        _task(AgainFlow, query=True),
        _task(NameFlow),
        _task(HomeFlow),
        _task(AcceptFlow, query=True),
        _task(DeclineFlow, query=True),
        _task(CounterFlow, query=True),
        _step(CounterOneFlow),
        _step(MoveFlow),
        replace(_task(ShowFlow, query=True), offered=False),
        _task(CancelFlow, query=True),
        _step(CancelOneFlow),
        _task(RescheduleFlow, query=True),
        _step(MoveOneFlow),
        _step(RateFlow),
        _task(StopWaitingFlow),
        _task(PauseFlow),
        _task(ResumeFlow),
        _task(DayOffFlow),
        _task(DaysOffFlow, query=True),
        _task(BackFlow),
        _task(HoursFlow),
        _task(AddAreasFlow),
        _task(LeaveAreasFlow),
        _task(AddServicesFlow),
        _task(DropServicesFlow),
        _task(LeadFlow),
        _task(BufferFlow),
        _task(ProfileFlow, query=True),
    ),
    settings=BookingSettings,
    about="booking.about",
    phrases=Path(__file__).with_name("phrases"),
    terms=terms,
    router="sokoni.capabilities.booking.api:router",
    timers={
        NEWS: tell_news,
        LOST: lost_news,
        NOTICE: tell_notice,
        FREED: tell_freed,
    },
    payments={SUBJECT: PaymentHandler(heard, wanted)},
    merge_contacts=merge_contacts,
    judge=ProviderJudge(),
    export=export,
    erase_contact=erase_contact,
    tidy=tidy_waits,
    calendar=CALENDAR,
    imports={"providers": ProviderImporter()},
    load_demo=load_demo,
)
