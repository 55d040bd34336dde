"""A buyer's request ran out: they are told, and may go on looking."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.models import BuyRequest
from sokoni.capabilities.marketplace.wording import wish_of
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Choice, Lines, Params, Prompt, Worded

OVER: Final = "marketplace.over"


class KeepLookingForm(Form):
    """Go on looking for something."""

    requests: Annotated[str, Slot(early=False, editable=False)]
    """References of the requests."""


class KeepLookingFlow(AtOnceFlow):
    """Opens requests again."""

    name: ClassVar[str] = "marketplace.keep_looking"
    form: ClassVar[type[KeepLookingForm]] = KeepLookingForm

    async def complete(self, form: KeepLookingForm) -> Outcome:
        days = self._desk.settings.request_days
        references = form.requests.split()
        opened = await self._desk.endings.open_again(self._desk.me, references, days=days)
        if not opened:
            return Outcome(Prompt("marketplace.request.gone"))
        if len(opened) == 1:
            told: Params = {"thing": opened[0].thing, "count": days}
            return Outcome(Prompt("marketplace.keep_looking.done", told))
        return Outcome(Prompt("marketplace.keep_looking.done_many", {"count": days}))


async def ran_out(context: TurnContext, timer: Timer) -> Prompt | None:  # noqa: ARG001
    """Tell the buyer what is not looked for any more: all of it in one message."""
    desk = Desk(context)
    over = await desk.endings.run_out(desk.me)
    if not over:
        return None
    if len(over) == 1:
        keep = (keep_looking(over, "marketplace.choice.keep_looking"),)
        return Prompt("marketplace.request.over", {"thing": wish_of(over[0])}, keep)
    told: Params = {"things": Lines(tuple(wish_of(one) for one in over)), "number": len(over)}
    return Prompt("marketplace.request.over_many", told, _of_many(over))


def keep_looking(requests: Sequence[BuyRequest], label: str) -> Choice:
    these = start("keep_looking", {"requests": " ".join(one.reference for one in requests)})
    return Choice(label.rpartition(".")[2], Worded(label), command=these, means="yes")


def _of_many(requests: Sequence[BuyRequest]) -> tuple[Choice, ...]:
    keep_all = keep_looking(requests, "marketplace.choice.keep_all")
    return (keep_all, *(_keep_one(one) for one in requests))


def _keep_one(request: BuyRequest) -> Choice:
    known = {"requests": request.reference}
    return Choice(request.reference, request.thing, command=start("keep_looking", known))
