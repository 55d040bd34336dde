"""Looking around: the shelves of the shop, one below the other."""

from typing import Annotated, ClassVar
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.models.catalogue import CategoryId
from sokoni.capabilities.store.service.cards import CategoryCard
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Choice, Prompt, Start, Worded


class BrowseForm(Form):
    """See what the shop sells, by category."""

    category: Annotated[UUID | None, Slot(early=False, editable=False)] = None


class BrowseFlow(AtOnceFlow):
    """Lists the shelves of a shelf; one without any shows what stands on it."""

    name: ClassVar[str] = "store.browse"
    form: ClassVar[type[BrowseForm]] = BrowseForm

    @override
    async def results(self, form: BrowseForm, window: Window) -> Results | None:
        showcase = self._desk.showcase
        parent = CategoryId(form.category) if form.category else None
        shelves = await showcase.categories(parent)
        items = window.of([_choice(one) for one in shelves])
        above = await showcase.category(parent) if parent else None
        if above is None:
            return Results(Prompt("store.browse.shown", catalogue=True), items)
        all_of_it = Choice("all", Worded("store.choice.all"), command=_search(above))
        return Results(Prompt("store.browse.below", {"name": above.name}, (all_of_it,)), items)

    async def complete(self, form: BrowseForm) -> Outcome:
        if form.category is None:
            return Outcome(Prompt("store.browse.none"))
        return Outcome(then=start("search", {"category": str(form.category), "whole": True}))


def _choice(shelf: CategoryCard) -> Choice:
    count = Worded("store.browse.count", {"count": shelf.count})
    known = {"category": str(shelf.id)}
    command = start("browse", known) if shelf.has_children else _search(shelf)
    return Choice(shelf.id.hex, shelf.name, count, command)


def _search(shelf: CategoryCard) -> Start:
    return start("search", {"category": str(shelf.id), "whole": True})
