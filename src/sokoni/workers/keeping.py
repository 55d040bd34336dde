"""All kinds of data that go when a merchant's settings say so, put together for the sweep."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.contacts.replaced import drop_replaced
from sokoni.dialogue.keeping import Keeping, Kept, batch
from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.silent import SilentContacts
from sokoni.kit.clock import Clock
from sokoni.merchants.directory import MerchantDirectory
from sokoni.messaging.inbox import Inbox
from sokoni.payments import keeping as payments
from sokoni.reviews import keeping as reviews


def keeping_of(
    engine: AsyncEngine,
    clock: Clock,
    inbox: Inbox,
    merchants: MerchantDirectory,
    capabilities: Mapping[str, Capability],
) -> Keeping:
    """Return what lets go of every kind, of all capabilities that are installed."""
    parts = capabilities.values()
    silent = SilentContacts(
        inbox=inbox,
        clock=clock,
        hooks=[one.erase_contact for one in parts if one.erase_contact],
        needed=[payments.needed, reviews.needed, *(one.needed for one in parts if one.needed)],
    )
    consents = Kept(
        setting="keep_consents_days",
        days=lambda merchant: merchant.keep_consents_days,
        let_go=batch(drop_replaced),
    )
    contacts = Kept(
        setting="keep_contacts_days",
        days=lambda merchant: merchant.keep_contacts_days,
        let_go=silent.let_go,
    )
    # Contacts last: who is not needed any more for what went before them goes, too.
    kinds = [*(kind for one in parts for kind in one.keeps), consents, contacts]
    return Keeping(engine, merchants, kinds)
