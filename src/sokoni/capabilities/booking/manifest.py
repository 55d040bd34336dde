"""The booking desk as a capability: its tasks, its calendar, its settings, its demo data."""

from pathlib import Path
from typing import Final

from sokoni.capabilities.booking.calendar import ASKED_HOW, CALENDAR, NOTICE, tell_notice
from sokoni.capabilities.booking.demo import load_demo
from sokoni.capabilities.booking.desk import LOST, NEWS
from sokoni.capabilities.booking.erasing import erase_contact, leaves
from sokoni.capabilities.booking.exporting import export
from sokoni.capabilities.booking.facts import FACTS
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
from sokoni.capabilities.booking.keeping import KEEPS, needed
from sokoni.capabilities.booking.merging import merge_contacts
from sokoni.capabilities.booking.reading import terms
from sokoni.capabilities.booking.service.waits import tidy_waits
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.dialogue.manifest import Capability, Task
from sokoni.dialogue.paying import PaymentHandler

BOOKING: Final = Capability(
    name=NAME,
    tasks=(
        Task.of(BookFlow, in_menu=True),
        Task.of(MyBookingsFlow, in_menu=True, query=True),
        Task.of(RegisterFlow, in_menu=True),
        Task.of(IntroduceFlow, in_menu=True),
        Task.of(AgainFlow, query=True),
        Task.of(NameFlow),
        Task.of(HomeFlow),
        Task.of(AcceptFlow, query=True),
        Task.of(DeclineFlow, query=True),
        Task.of(CounterFlow, query=True),
        Task.of(CounterOneFlow, offered=False),
        Task.of(MoveFlow, offered=False),
        Task.of(ShowFlow, query=True, offered=False),
        Task.of(CancelFlow, query=True),
        Task.of(CancelOneFlow, offered=False),
        Task.of(RescheduleFlow, query=True),
        Task.of(MoveOneFlow, offered=False),
        Task.of(RateFlow, offered=False),
        Task.of(StopWaitingFlow),
        Task.of(PauseFlow),
        Task.of(ResumeFlow),
        Task.of(DayOffFlow),
        Task.of(DaysOffFlow, query=True),
        Task.of(BackFlow),
        Task.of(HoursFlow),
        Task.of(AddAreasFlow),
        Task.of(LeaveAreasFlow),
        Task.of(AddServicesFlow),
        Task.of(DropServicesFlow),
        Task.of(LeadFlow),
        Task.of(BufferFlow),
        Task.of(ProfileFlow, query=True),
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
        ASKED_HOW: tell_notice,
        FREED: tell_freed,
    },
    patient=frozenset({ASKED_HOW, FREED}),
    payments={SUBJECT: PaymentHandler(heard, wanted)},
    merge_contacts=merge_contacts,
    judge=ProviderJudge(),
    export=export,
    erase_contact=erase_contact,
    leaves=leaves,
    keeps=KEEPS,
    needed=needed,
    tidy=tidy_waits,
    calendar=CALENDAR,
    imports={"providers": ProviderImporter()},
    facts=FACTS,
    load_demo=load_demo,
)
