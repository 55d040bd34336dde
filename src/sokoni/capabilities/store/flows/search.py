"""Looking for something: found by its words, narrowed where there is much, or the next best."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import msgspec
from typing_extensions import override

from sokoni.capabilities.store.asking import bare_name
from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.flows.pointing import pointed_at
from sokoni.capabilities.store.matching import (
    cheapest_shown,
    content_of,
    find,
    is_sold,
    is_there,
    looked_for,
    says,
)
from sokoni.capabilities.store.models.catalogue import CategoryId, ProductId
from sokoni.capabilities.store.reading import AskedReader, CheapestReader, LeftReader
from sokoni.capabilities.store.service.cards import ProductCard
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.capabilities.store.wording import BROWSE, option_named, product_choice
from sokoni.dialogue.flow import Outcome, Results, TurnContext, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Choice, Param, Prompt, Start, Worded
from sokoni.search.base import Found, Order, Query
from sokoni.search.misses import Misses

_MANY: Final = 18
"""From here on the contact is asked which: nobody reads so many."""
_MOST_WAYS: Final = 8
_FEWEST_WAYS: Final = 2
_ALTERNATIVES: Final = 5
_MOST_AT_ONCE: Final = 3
_OF_EACH: Final = 3
_CATEGORY: Final = "category"
_ASKED: Final = AskedReader()
_CHEAPEST: Final = msgspec.Raw(msgspec.json.encode(Order.CHEAPEST))


class SearchForm(Form):
    """Look for products by name, brand, price, size or anything else."""

    words: Annotated[str, LeftReader(), Slot(editable=False)] = ""
    category: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    facets: Annotated[Mapping[str, str], Slot(early=False, editable=False)] = {}
    order: Annotated[str, Slot(early=False, editable=False)] = ""
    below: Annotated[Decimal | None, Slot(early=False, editable=False)] = None
    """Only what costs less."""
    whole: Annotated[bool, Slot(early=False, editable=False)] = False
    """All of it is wanted, however much that is."""


class SearchFlow(AtOnceFlow):
    """Lists what fits, best first."""

    name: ClassVar[str] = "store.search"
    form: ClassVar[type[SearchForm]] = SearchForm

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        self._found: Found | None = None
        self._instead: Start | None = None

    @override
    async def results(self, form: SearchForm, window: Window) -> Results | None:
        self._instead = await pointed_at(self._desk, form.words)
        self._instead = self._instead or await self._shopping_list(form)
        if self._instead is not None or not _says_anything(form):
            return None
        query = await self._query(form)
        if not _asks_anything(query):
            return None
        query = replace(query, limit=window.limit, offset=window.offset)
        found = self._found = await find(self._desk, query)
        if found.instead:
            return None
        ways = None if window.offset or form.whole else await self._ways(form, query, found)
        if ways is not None:
            return ways
        cards = await self._desk.showcase.products([ProductId(hit.id) for hit in found.hits])
        prompt = await self._told(form, query, found)
        items = [product_choice(self._desk, one, form.words) for one in cards]
        # What was misspelt is shown before it is taken for something else.
        return Results(prompt, items, sole=not found.corrected)

    async def complete(self, form: SearchForm) -> Outcome:
        """Say that there is none, note it for the merchant, and offer what comes near."""
        if self._instead is not None:
            return Outcome(then=self._instead)
        if not _says_anything(form):
            return Outcome(then=self._unsaid())
        query = await self._query(form)
        if not _asks_anything(query):
            return Outcome(then=start("browse"))
        several = await self._each(form)
        if several is not None:
            return Outcome(several)
        what = bare_name(form.words) or await self._shelf(form) or query.text
        if query.text:
            await self._missed(query.text)
        hits = self._found.hits[:_ALTERNATIVES] if self._found else ()
        near = await self._desk.showcase.products([ProductId(hit.id) for hit in hits])
        choices = [product_choice(self._desk, one) for one in near]
        key = "store.search.near" if near else "store.search.none"
        return Outcome(Prompt(key, {"what": what}, (*choices, BROWSE), written=bool(near)))

    async def _each(self, form: SearchForm) -> Prompt | None:
        """Return what there is of each of several things, where all are sold: "bread n milk"."""
        asked = _ASKED.read(words_of(form.words), self._desk.context.scene) or ()
        named = [one.words for one in asked if one.words and one.quantity is None]
        if not 1 < len(named) == len(asked) <= _MOST_AT_ONCE:
            return None
        cards: dict[ProductId, ProductCard] = {}
        for said in named:
            query = await looked_for(self._desk, said)
            found = await find(self._desk, replace(query, limit=_OF_EACH))
            if not is_there(found):
                return None
            some = await self._desk.showcase.products([ProductId(hit.id) for hit in found.hits])
            cards |= {one.id: one for one in some}
        # "Salt n vinegar crisps" are one thing.
        whole = [one for one in cards.values() if all(says(said, one) for said in named)]
        choices = tuple(product_choice(self._desk, one) for one in whole or cards.values())
        return Prompt("store.search.found", {"what": ", ".join(named)}, choices, written=True)

    async def _missed(self, text: str) -> None:
        context = self._desk.context
        local = context.now.astimezone(context.merchant.zone)
        misses = Misses(context.session, context.merchant.id)
        await misses.note(SHELF, text, local, language=context.language)

    def _unsaid(self) -> Start:
        """Return what is meant where nothing is named: "how much?" is of the last card."""
        product = self._desk.looked_at()
        return start("product", {"product": str(product)}) if product else start("browse")

    async def _shopping_list(self, form: SearchForm) -> Start | None:
        """Return what puts in the cart all that is listed and counted: "2 bread, 1 oil, soap"."""
        words = words_of(form.words)
        asked = _ASKED.read(words, self._desk.context.scene) or ()
        listed = len(asked) > 1 and all(one.words for one in asked)
        counted = any(one.quantity for one in asked)
        if not (listed and counted):
            return None
        query = await looked_for(self._desk, form.words)
        if query.price_min is not None or query.price_max is not None:
            # "Between 10 and 20 dollars" counts no goods.
            return None
        return start("add", {"asked": [asdict(one) for one in asked]})

    async def _query(self, form: SearchForm) -> Query:
        """Return what is asked of the shelves: the words, and what was chosen besides."""
        query = await looked_for(self._desk, form.words)
        if form.category is not None:
            query = replace(query, categories=[form.category.hex])
        if form.below is not None:
            query = replace(query, price_max=form.below)
        order = Order(form.order) if form.order else query.order
        facets = {**query.facets, **form.facets}
        shelf = facets.pop(_CATEGORY, None)
        brand = facets.pop("brand", query.brand)
        shelves = query.categories if shelf is None else [shelf]
        return replace(query, order=order, facets=facets, categories=shelves, brand=brand)

    async def _told(self, form: SearchForm, query: Query, found: Found) -> Prompt:
        what = found.corrected or bare_name(form.words) or await self._shelf(form)
        key = "store.search.cheapest" if query.order is Order.CHEAPEST else "store.search.found"
        told: dict[str, Param] = {"what": what} if what else {}
        if found.corrected:
            told["said"], key = bare_name(form.words), "store.search.corrected"
        return Prompt(key if what else "store.search.all", told, written=True)

    async def _shelf(self, form: SearchForm) -> str:
        shelf = form.category and await self._desk.showcase.category(CategoryId(form.category))
        return shelf.name if shelf else ""

    # --- narrowing ----------------------------------------------------------------------------

    async def _ways(self, form: SearchForm, query: Query, found: Found) -> Results | None:
        """Return what much can be narrowed by: "which size?"."""
        if not found.more or query.order is not Order.BEST or query.facets:
            return None
        many = await find(self._desk, replace(query, limit=_MANY))
        if not many.more or 0 < many.named <= _MANY:
            return None
        for facet, values in found.facets.items():
            on_shelf = facet == _CATEGORY and form.category is not None
            if facet not in form.facets and len(values) > 1 and not on_shelf:
                return await self._which(form, facet, values)
        return None

    async def _which(
        self, form: SearchForm, facet: str, values: Mapping[str, int]
    ) -> Results | None:
        known = _known(form)
        every = Choice("all", Worded("store.choice.all"), command=_again(known, whole=True))
        told: dict[str, Param] = {"facet": option_named(facet)}
        choices: list[Choice] = []
        for value, count in sorted(values.items(), key=lambda one: -one[1]):
            label = await self._labelled(facet, value)
            counted = Worded("store.browse.count", {"count": count})
            command = _again(known, facets={**form.facets, facet: value})
            if label and len(choices) < _MOST_WAYS:
                choices.append(Choice(f"{facet}:{value}"[:60], label, counted, command))
        if len(choices) < _FEWEST_WAYS:
            return None
        return Results(Prompt("store.search.which", told, (every,)), choices)

    async def _labelled(self, facet: str, value: str) -> str:
        """Return what a value is called; a shelf of shelves would narrow too little."""
        if facet != _CATEGORY:
            return value
        shelf = await self._desk.showcase.category(CategoryId(UUID(value)))
        return shelf.name if shelf and not shelf.has_children else ""


class CheaperForm(Form):
    """See something cheaper."""

    words: Annotated[str, LeftReader(), Slot(editable=False)] = ""
    """What the cheapest of is wanted: "the cheapest rice"."""
    one: Annotated[bool, CheapestReader(), Slot(editable=False)] = False
    """The cheapest one of what is on the screen."""


class CheaperFlow(AtOnceFlow):
    """Looks for the like of what is on the screen, for less."""

    name: ClassVar[str] = "store.cheaper"
    form: ClassVar[type[CheaperForm]] = CheaperForm

    async def complete(self, form: CheaperForm) -> Outcome:
        desk = self._desk
        named = " ".join(content_of(form.words))
        if named and await is_sold(desk, named):
            asked = {"words": named, "order": Order.CHEAPEST, "whole": True}
            return Outcome(then=start("search", asked))
        cheapest = await cheapest_shown(desk) if form.one and not named else None
        if cheapest is not None:
            answer = desk.offered().get(cheapest.id) if desk.unanswered() else None
            return Outcome(then=answer or start("product", {"product": str(cheapest.id)}))
        last = desk.last_search()
        if desk.looked_at() is None and last is not None:
            if last.get("order") == _CHEAPEST:
                return Outcome(Prompt("store.cheaper.already", {}, (BROWSE,)))
            again = start("search", {"order": Order.CHEAPEST, "whole": True}).slots
            return Outcome(then=Start("store.search", {**last, **again}))
        card = await desk.product_in_focus()
        if card is None:
            return Outcome(Prompt("store.cheaper.than_what", {}, (BROWSE,)))
        known: dict[str, object] = {"order": Order.CHEAPEST, "below": _less(card.low.amount)}
        slots = {**(last or await self._like(card.id)), **start("search", known).slots}
        return Outcome(then=Start("store.search", slots))

    async def _like(self, product_id: ProductId) -> Mapping[str, Any]:
        """Return a search for what stands beside a product."""
        shelf = await self._desk.shelf_of(product_id)
        return start("search", {"category": str(shelf)}).slots if shelf else {}


def _less(amount: Decimal) -> str:
    return str(amount - Decimal("0.001"))


def _says_anything(form: SearchForm) -> bool:
    return bool(form.words or form.category or form.facets)


def _asks_anything(query: Query) -> bool:
    """Tell a search from words that only ask: "do you have something"."""
    bounded = query.price_min is not None or query.price_max is not None
    narrowed = query.categories or query.brand or query.facets or query.in_stock is not None
    return bool(query.text or bounded or narrowed or query.order is not Order.BEST)


def _known(form: SearchForm) -> dict[str, object]:
    return form.model_dump(exclude_defaults=True, mode="json")


def _again(known: Mapping[str, object], **more: object) -> Start:
    return start("search", {**known, **more})
