"""One turn's shop: its services, its settings, and the contact who shops."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, partial
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from sokoni.capabilities.store.models.catalogue import CategoryId, ProductId, VariantId
from sokoni.capabilities.store.service.cards import ProductCard
from sokoni.capabilities.store.service.cart_notes import CartNotes
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.catalogue import Catalogue
from sokoni.capabilities.store.service.checkout import Checkout
from sokoni.capabilities.store.service.customers import StoreCustomers
from sokoni.capabilities.store.service.orders import Orders
from sokoni.capabilities.store.service.showcase import Showcase
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.dialogue.desk import TurnDesk
from sokoni.dialogue.filling import CONFIRM
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.state import MenuShown
from sokoni.messaging.prompts import Start

T = TypeVar("T")
ADD: Final = "store.add"
PRODUCT: Final = "store.product"
SEARCH: Final = "store.search"
CHECKOUT: Final = "store.checkout"
STATUS: Final = "store.status"
PLACE: Final = "store.place"
start: Final = partial(Start.of, NAME)
"""Returns the command that starts one of our tasks with slots known already."""


class Desk(TurnDesk):
    """Made anew for each turn. Services are cheap: they hold a session and a merchant."""

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        session, merchant, now = context.session, context.merchant, context.now
        self.showcase = Showcase(
            session, merchant.id, context.scene.languages, now, context.file_url
        )
        self._catalogue = Catalogue(session, merchant.id, now)
        self.carts = Carts(session, merchant.id, now, merchant.currency)
        self.notes = CartNotes(session, context.vault, merchant.id, now)
        self.checkout = Checkout(session, merchant, now)
        self.customers = StoreCustomers(session, context.vault, merchant.id, now)
        self.orders = Orders(session, context.vault, merchant, now)

    @cached_property
    def settings(self) -> StoreSettings:
        return self.context.merchant.settings(NAME, StoreSettings)

    @property
    def is_ordering(self) -> bool:
        """Tell whether a checkout is open: what may be done next it says itself."""
        return PLACE in self.context.waiting

    @property
    def is_summed_up(self) -> bool:
        """Tell whether the order stands summed up, and is summed up anew after this."""
        return self.context.waiting.get(PLACE) == CONFIRM

    # --- what stands on the screen ------------------------------------------------------------

    def listed(self, nth: int) -> ProductId | None:
        """Return the product at a place of the list that was shown last."""
        for menu in reversed(self.context.menus):
            products = [one for one in map(product_of, commands(menu)) if one is not None]
            if menu.listed is not None and products:
                return nth_of(products, nth)
        return None

    def on_screen(self) -> list[list[ProductId]]:
        """Return the products that may be picked from, menu by menu, those shown last first."""
        shown = (map(product_of, commands(menu)) for menu in reversed(self.context.menus))
        menus = (list(dict.fromkeys(one for one in every if one)) for every in shown)
        return [every for every in menus if every]

    def looked_at(self) -> ProductId | None:
        """Return the product whose card was shown last, where nothing was shown since."""
        offered = self.offered()
        return next(iter(offered)) if len(offered) == 1 else None

    def offered(self) -> Mapping[ProductId, Start]:
        """Return what may be put in the cart by the choices shown last, and how."""
        menu = self.context.menus[-1] if self.context.menus else None
        added = (one for one in commands(menu) if one.task == ADD) if menu else ()
        by_product = ((product_of(one), one) for one in added)
        return {product: one for product, one in by_product if product is not None}

    def listed_last(self) -> Sequence[ProductId]:
        """Return the products of a list of which nothing was looked at since."""
        menu = self.context.menus[-1] if self.context.menus else None
        if menu is None or menu.listed is None:
            return ()
        shown = (product_of(command) for command in commands(menu))
        return [one for one in shown if one is not None]

    def unanswered(self) -> Sequence[str]:
        """Return what was asked for and is open, because "which one?" got no answer."""
        return _asked_about(self.context.menus[-1]) if self.context.menus else ()

    def left_open(self, had: AbstractSet[ProductId]) -> Sequence[str]:
        """Return what is open though other things were shown since: none of it was `had`."""
        left: dict[str, None] = {}
        for menu in self.context.menus:
            if had.isdisjoint(product for one in commands(menu) if (product := product_of(one))):
                left |= dict.fromkeys(_asked_about(menu))
        return list(left)

    def chosen(self) -> Mapping[str, str]:
        """Return the options that were picked already where the next one was just asked for."""
        menu = self.context.menus[-1] if self.context.menus else None
        offered = [one.slots.get("chosen") for one in commands(menu)] if menu else []
        every = [msgspec.json.decode(raw, type=dict[str, str]) for raw in offered if raw]
        if not every:
            return {}
        return dict(set[tuple[str, str]].intersection(*(set(one.items()) for one in every)))

    def last_search(self) -> Mapping[str, msgspec.Raw] | None:
        """Return what was looked for last, as slots of a search."""
        for menu in reversed(self.context.menus):
            if menu.listed is not None and menu.listed.task == SEARCH:
                return menu.listed.slots
        return None

    async def shelf_of(self, product_id: ProductId) -> CategoryId | None:
        """Return a category that a product stands in."""
        found = await self._catalogue.categories_of([product_id])
        return next(iter(found.get(product_id, ())), None)

    async def product_in_focus(self) -> ProductCard | None:
        """Return the product that was spoken of last."""
        looked_at, focus = self.looked_at(), await self.focus()
        if looked_at is None and focus is not None:
            variant = (await self.showcase.variants([focus])).get(focus)
            looked_at = variant.product_id if variant else None
        return await self.showcase.product(looked_at) if looked_at else None

    async def focus(self) -> VariantId | None:
        """Return the variant that "2 of them" is of (CV-16)."""
        return (await self.carts.show(self.me)).focus


def _asked_about(menu: MenuShown) -> Sequence[str]:
    """Return the words of which a menu asks what they mean, and of those that come after them."""
    asked = next((one for one in commands(menu) if "meant" in one.slots), None)
    if asked is None:
        return ()
    words = [msgspec.json.decode(asked.slots["meant"], type=str)]
    for later in asked.later:
        every = later.slots.get("asked")
        rest = msgspec.json.decode(every, type=list[dict[str, Any]]) if every else []
        words += [str(one["words"]) for one in rest]
    return [one for one in words if one]


def nth_of(listed: Sequence[T], nth: int) -> T | None:
    """Return the first, second or, from the end, last of a list; None: it is shorter."""
    place = nth - 1 if nth > 0 else nth
    return listed[place] if -len(listed) <= place < len(listed) else None


def commands(menu: MenuShown) -> Iterator[Start]:
    """Yield what the choices of a menu start."""
    return (one.command for one in menu.choices if isinstance(one.command, Start))


def product_of(command: Start) -> ProductId | None:
    """Return the product that a choice shows or puts in the cart."""
    raw = command.slots.get("product") if command.task in {ADD, PRODUCT} else None
    return None if raw is None else ProductId(UUID(bytes(raw).decode().strip('"')))
