"""The store as a capability: its tasks, its settings, its demo data."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from sokoni.capabilities.store.calendar import CALENDAR
from sokoni.capabilities.store.demo import load_demo
from sokoni.capabilities.store.erasing import erase_contact, leaves
from sokoni.capabilities.store.exporting import export
from sokoni.capabilities.store.facts import FACTS
from sokoni.capabilities.store.figures import by_day
from sokoni.capabilities.store.files.catalogue import entries
from sokoni.capabilities.store.files.exporting import ProductExporter
from sokoni.capabilities.store.files.importing import ProductImporter
from sokoni.capabilities.store.flows.add import AddFlow, MoreFlow
from sokoni.capabilities.store.flows.browse import BrowseFlow
from sokoni.capabilities.store.flows.cart import (
    CartFlow,
    ChangeFlow,
    ClearFlow,
    RemoveFlow,
    UndoFlow,
)
from sokoni.capabilities.store.flows.checkout import CheckoutFlow, PlaceFlow
from sokoni.capabilities.store.flows.coupon import CouponFlow, DropCouponFlow
from sokoni.capabilities.store.flows.guessing import guessed
from sokoni.capabilities.store.flows.kinds import DeskFlow
from sokoni.capabilities.store.flows.note import DropNoteFlow, NoteFlow
from sokoni.capabilities.store.flows.ordered import ordered
from sokoni.capabilities.store.flows.orders import (
    CancelFlow,
    CancelOneFlow,
    OrdersFlow,
    ReorderFlow,
    StatusFlow,
)
from sokoni.capabilities.store.flows.paid import PAYMENTS
from sokoni.capabilities.store.flows.paying import PayFlow, TermsFlow
from sokoni.capabilities.store.flows.product import ProductFlow
from sokoni.capabilities.store.flows.receipt import ReceiptFlow, hand_out
from sokoni.capabilities.store.flows.referred import referred
from sokoni.capabilities.store.flows.saving import SavedFlow, SaveFlow
from sokoni.capabilities.store.flows.search import CheaperFlow, SearchFlow
from sokoni.capabilities.store.keeping import KEEPS, needed
from sokoni.capabilities.store.merging import merge_contacts
from sokoni.capabilities.store.reading import terms
from sokoni.capabilities.store.receipts import RECEIPT, make_receipt
from sokoni.capabilities.store.reminding import REMIND, remind
from sokoni.capabilities.store.service.indexing import reindex
from sokoni.capabilities.store.service.odd import oddities
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.capabilities.store.telling import NEWS, tell_news
from sokoni.dialogue.manifest import Capability, Task


def _query(flow: type[DeskFlow], *, in_menu: bool = False) -> Task:
    return replace(Task.of(flow, in_menu=in_menu), query=True, parts=True)


def _done(flow: type[DeskFlow]) -> Task:
    """Return a task that changes something at once, in the middle of whatever is open."""
    return replace(Task.of(flow), at_once=True, parts=True)


def _step(task: Task) -> Task:
    """Return a task that others lead to: it is never offered for its own sake."""
    return replace(task, offered=False)


STORE: Final = Capability(
    name=NAME,
    tasks=(
        _query(BrowseFlow, in_menu=True),
        _query(SearchFlow, in_menu=True),
        _query(CartFlow, in_menu=True),
        _query(OrdersFlow, in_menu=True),
        _query(ProductFlow),
        _step(_query(CheaperFlow)),
        _done(AddFlow),
        _done(MoreFlow),
        _done(RemoveFlow),
        _done(ChangeFlow),
        _done(ClearFlow),
        _step(_done(UndoFlow)),
        _done(SaveFlow),
        _query(SavedFlow),
        _done(CouponFlow),
        _done(DropCouponFlow),
        _done(NoteFlow),
        _done(DropNoteFlow),
        _done(CheckoutFlow),
        replace(_step(Task.of(PlaceFlow)), sole=True),
        _query(StatusFlow),
        _done(PayFlow),
        _query(TermsFlow),
        _query(CancelFlow),
        _step(Task.of(CancelOneFlow)),
        _done(ReorderFlow),
        _query(ReceiptFlow),
    ),
    settings=StoreSettings,
    about="store.about",
    phrases=Path(__file__).with_name("phrases"),
    router="sokoni.capabilities.store.api:router",
    timers={NEWS: tell_news, REMIND: remind},
    patient=frozenset({REMIND}),
    makes={RECEIPT: make_receipt},
    answers={RECEIPT: hand_out},
    merge_contacts=merge_contacts,
    export=export,
    erase_contact=erase_contact,
    leaves=leaves,
    keeps=KEEPS,
    needed=needed,
    by_day=by_day,
    calendar=CALENDAR,
    terms=terms,
    orders=ordered,
    referred=referred,
    guesses=guessed,
    payments=PAYMENTS,
    imports={"products": ProductImporter()},
    exporters={"products": ProductExporter()},
    catalogue=entries,
    reindex=reindex,
    oddities=oddities,
    facts=FACTS,
    load_demo=load_demo,
    hang_demo="sokoni.capabilities.store.demo_pictures:hang_demo",
)
