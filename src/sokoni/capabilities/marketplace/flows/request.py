"""A buyer's own requests: seeing them, and looking no more."""

from typing import ClassVar

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.alert import RequestForm
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.service.buy_requests import RequestGoneError
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form
from sokoni.messaging.prompts import Choice, Prompt, Worded


class MyRequestsForm(Form):
    """See what one is looking for."""


class MyRequestsFlow(AtOnceFlow):
    """Shows what the contact still looks for; picking one stops it."""

    name: ClassVar[str] = "marketplace.my_requests"
    form: ClassVar[type[MyRequestsForm]] = MyRequestsForm

    @override
    async def results(self, form: MyRequestsForm, window: Window) -> Results:
        me, requests = self._desk.me, self._desk.requests
        wanted = await requests.of(me, limit=window.limit, offset=window.offset)
        shown = tuple(
            Choice(
                one.reference,
                one.thing,
                command=start("close_request", {"request": one.reference}),
            )
            for one in wanted
        )
        return Results(Prompt("marketplace.my_requests.shown"), shown)

    async def complete(self, form: MyRequestsForm) -> Outcome:  # noqa: ARG002
        buy = Choice("buy", Worded("menu.marketplace.buy"), command=start("buy"))
        return Outcome(Prompt("marketplace.my_requests.none", {}, (buy,)))


class CloseRequestFlow(AtOnceFlow):
    """Looks no more for something."""

    name: ClassVar[str] = "marketplace.close_request"
    form: ClassVar[type[RequestForm]] = RequestForm

    async def complete(self, form: RequestForm) -> Outcome:
        try:
            await self._desk.requests.close(self._desk.me, form.request)
        except RequestGoneError:
            return Outcome(Prompt("marketplace.request.gone"))
        return Outcome(Prompt("marketplace.close_request.done"))
