"""Alerting sellers of a buyer's request: in waves, each seller once, up to a cap."""

from datetime import datetime, time, timedelta
from typing import Annotated, ClassVar, Final

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.models import BuyRequest
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.alerts import Audience, Wave
from sokoni.capabilities.marketplace.service.buy_requests import wished_place
from sokoni.capabilities.marketplace.wording import wish_of
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

WAVE: Final = "marketplace.wave"
ALERTED: Final = "marketplace.alerted"
_ALERT_HOURS: Final = 48


class RequestForm(Form):
    """Do something about a buy request."""

    request: Annotated[str, Slot(early=False, editable=False)]


class AlertFlow(AtOnceFlow):
    """Tells the first sellers; a timer sees to the next."""

    name: ClassVar[str] = "marketplace.alert"
    form: ClassVar[type[RequestForm]] = RequestForm

    async def complete(self, form: RequestForm) -> Outcome:
        request = await self._desk.requests.find(form.request)
        if request is None or request.contact_id != self._desk.me:
            return Outcome(Prompt("marketplace.request.gone"))
        wave = await send_wave(self._desk, request)
        return Outcome(Prompt(_came_of(wave), {"thing": request.thing}))


class KeepFlow(AtOnceFlow):
    """The buyer wants nobody asked: the request waits for a listing that fits."""

    name: ClassVar[str] = "marketplace.keep"
    form: ClassVar[type[RequestForm]] = RequestForm

    async def complete(self, form: RequestForm) -> Outcome:
        request = await self._desk.requests.find(form.request)
        if request is None or request.contact_id != self._desk.me:
            return Outcome(Prompt("marketplace.request.gone"))
        return Outcome(Prompt("marketplace.keep.done", {"thing": request.thing}))


class PassForm(Form):
    """Tell that one does not have what a buyer looks for."""

    request: Annotated[str, Slot(early=False, editable=False)] = ""


class PassFlow(AtOnceFlow):
    """A seller does not have it."""

    name: ClassVar[str] = "marketplace.pass"
    form: ClassVar[type[PassForm]] = PassForm

    async def complete(self, form: PassForm) -> Outcome:
        request = await self._desk.requests.find(form.request) if form.request else None
        if request is not None:
            await self._desk.alerts.answered(request.id, self._desk.me)
        return Outcome(Prompt("marketplace.pass.done"))


async def next_wave(context: TurnContext, timer: Timer) -> Prompt | None:
    """Go on with a request that is still open. The buyer is told nothing of it."""
    desk = Desk(context)
    request = await desk.requests.find(timer.data.get("request", ""))
    if request is not None and request.contact_id == desk.me:
        await send_wave(desk, request)
    return None


async def still_wanted(context: TurnContext, timer: Timer) -> Prompt | None:
    """Tell a seller of a request that is still open: none once it is closed."""
    request = await Desk(context).requests.find(timer.data["request"])
    return None if request is None else _alert(request)


async def send_wave(desk: Desk, request: BuyRequest) -> Wave:
    """Have the next sellers told, and wake up for those after them."""
    settings, meaning = desk.settings, meaning_of(request.thing)
    audience = Audience(
        trades=meaning.trades,
        place=wished_place(request, desk.context.merchant.country),
        within_km=settings.alert_km,
        exact=meaning.required,
    )
    wave = await desk.alerts.next_wave(
        request,
        audience,
        size=settings.alert_wave,
        cap=settings.alert_cap,
        per_day=settings.alerts_a_day,
        today=_local(desk).date().isoformat(),
    )
    data = {"request": request.reference}
    for contact_id in wave.contact_ids:
        desk.tell(
            contact_id,
            _alert(request),
            once=f"alert:{request.id.hex}",
            purpose=Purpose.ALERT,
            hours=_ALERT_HOURS,
            instead=Timer(name=ALERTED, data=data),
        )
    if wave.more or wave.tomorrow:
        desk.context.later(
            Timer(name=WAVE, data=data),
            once=f"wave:{request.id.hex}:{wave.number}",
            delay_seconds=_pause(desk, wave),
        )
    return wave


def _pause(desk: Desk, wave: Wave) -> float:
    """Return how many seconds to wait for the next wave; nobody is told in the night."""
    if wave.more:
        return desk.settings.alert_pause_minutes * 60
    now = _local(desk)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return (desk.context.merchant.daytime(tomorrow) - now).total_seconds()


def _local(desk: Desk) -> datetime:
    return desk.context.now.astimezone(desk.context.merchant.zone)


def _came_of(wave: Wave) -> str:
    if wave.contact_ids or wave.tomorrow:
        return "marketplace.alert.sent"
    return "marketplace.alert.nobody" if wave.number == 1 else "marketplace.alert.sent_before"


def _alert(request: BuyRequest) -> Prompt:
    known = {"request": request.reference}
    have, not_me = start("sell", {"thing": request.thing, **known}), start("pass", known)
    choices = (
        Choice("have_it", Worded("marketplace.choice.have_it"), command=have, means="yes"),
        Choice("not_me", Worded("marketplace.choice.not_me"), command=not_me, means="no"),
    )
    wish = wish_of(request)
    if not request.place_name:
        return Prompt("marketplace.alert.told", {"thing": wish}, choices)
    told: Params = {"thing": wish, "place": request.place_name}
    return Prompt("marketplace.alert.told_place", told, choices)
