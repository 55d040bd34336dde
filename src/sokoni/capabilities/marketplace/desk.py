"""One turn's marketplace: its services, its settings, and the contact who asks."""

from functools import cached_property, partial
from typing import Final

from sokoni.capabilities.marketplace.service.alerts import Alerts
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests
from sokoni.capabilities.marketplace.service.endings import Endings
from sokoni.capabilities.marketplace.service.freshness import Freshness
from sokoni.capabilities.marketplace.service.introductions import Introductions
from sokoni.capabilities.marketplace.service.known_sellers import KnownSellers
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.pay_asks import PayAsks
from sokoni.capabilities.marketplace.service.photos import Photos
from sokoni.capabilities.marketplace.service.request_offers import RequestOffers
from sokoni.capabilities.marketplace.service.search import Search
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.contacts.directory import ContactDirectory
from sokoni.dialogue.desk import TurnDesk
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace
from sokoni.messaging.events import Tell, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt, Start
from sokoni.reviews.deals import Deals
from sokoni.reviews.ratings import Ratings
from sokoni.reviews.reports import Reports
from sokoni.reviews.rings import Rings

start: Final = partial(Start.of, NAME)
"""Returns the command that starts one of our tasks with slots known already."""


class Desk(TurnDesk):
    """Made anew for each turn. Services are cheap: they hold a session and a merchant."""

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        scope = (context.session, context.merchant.id, context.now)
        self.sellers = Sellers(*scope)
        self.known_sellers = KnownSellers(context.session, context.vault, context.merchant.id)
        self.listings = Listings(*scope, context.touch)
        self.search = Search(*scope, context.cache)
        self.freshness = Freshness(*scope, context.touch)
        self.requests = BuyRequests(*scope)
        self.endings = Endings(*scope)
        self.alerts = Alerts(*scope)
        self.request_offers = RequestOffers(*scope)
        self.photos = Photos(*scope)
        self.introductions = Introductions(*scope)
        self.deals = Deals(*scope)
        self.pay_asks = PayAsks(*scope)
        self.ratings = Ratings(context.session, context.vault, context.merchant.id, context.now)
        self.rings = Rings(context.session, context.vault, context.merchant.id, context.now)
        self.reports = Reports(context.session, context.vault, context.merchant.id, context.now)
        self.directory = ContactDirectory(context.session, context.vault, context.merchant.id)

    @cached_property
    def settings(self) -> MarketplaceSettings:
        return self.context.merchant.settings(NAME, MarketplaceSettings)

    @property
    def my_name(self) -> str:
        """The name I gave just now or before, else that of my profile, else ""."""
        return self.context.renamed_to or self.context.person.name

    @property
    def reference_prefix(self) -> str:
        return self.context.merchant.reference_prefix or "LST"

    async def my_home(self) -> KnownPlace | None:
        """Return where the contact sells, which is the only place we know of them."""
        seller = await self.sellers.find(self.me)
        return None if seller is None else seller.home(self.context.merchant.country)

    def tell(
        self,
        to: ContactId,
        prompt: Prompt,
        *,
        once: str,
        purpose: Purpose,
        hours: int = 0,
        instead: Timer | None = None,
    ) -> None:
        """Have something said to another contact, once."""
        said = Tell(
            prompt=prompt,
            purpose=purpose,
            capability=NAME,
            expires_after_hours=hours,
            instead=instead,
        )
        self.context.tell(to, said, once=once)
