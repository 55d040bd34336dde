"""How a booking stands, as each side is told: catalogue keys and values, never sentences."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sokoni.capabilities.booking.desk import Desk, start
from sokoni.capabilities.booking.machine import FINAL, Move, Party, Status, may
from sokoni.capabilities.booking.models import Booking, ProviderAbsence
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.hours import Stretch, day_of
from sokoni.capabilities.booking.service.week import Spans, days_alike, week_of
from sokoni.capabilities.booking.settings import NAME
from sokoni.capabilities.booking.whereabouts import place_of
from sokoni.language.readers.week import DAY
from sokoni.language.reading import Moment
from sokoni.messaging.prompts import (
    Choice,
    Consent,
    Instant,
    Lines,
    Param,
    Params,
    Prompt,
    Start,
    Worded,
)

PRIVACY: Final = "privacy"
NOBODY = Worded("booking.somebody")
_A_MOMENT: Final = timedelta(seconds=1)
_UNITS: Final = {"days": DAY, "hours": 60, "minutes": 1}


def privacy(desk: Desk) -> Consent:
    """Return what is agreed to with a first yes: what is kept of the contact, and who sees it."""
    return Consent(PRIVACY, Worded("booking.privacy", {"merchant": desk.context.merchant.name}))


def at(moment: datetime, style: str = "full") -> Instant:
    return Instant(moment.isoformat(), style)


async def news(desk: Desk, booking: Booking, side: Party) -> Prompt:
    """Return how a booking stands, with what this side may do about it."""
    status = Status(booking.status)
    key = f"booking.news.{status}.{side}"
    if status is Status.RESCHEDULING:
        asked = "asked" if booking.proposed_by != side else "asks"
        key = f"booking.news.rescheduling.{asked}"
    elif status is Status.CANCELLED:
        key = f"booking.news.cancelled.{'own' if booking.ended_by == side else 'other'}"
    choices = [*_choices(desk, booking, side), *await rating(desk, booking)]
    return Prompt(key, await words_of(desk, booking), tuple(choices))


async def rating(desk: Desk, booking: Booking) -> tuple[Choice, ...]:
    """Return the choice that rates the other side of a job that is done."""
    done = booking.status == Status.COMPLETED
    deal = await desk.deals.of(NAME, booking.id.hex) if done else None
    if deal is None:
        return ()
    command = start("rate", {"deal": str(deal.id)})
    return (Choice("rate", Worded("booking.choice.rate"), command=command, means="yes"),)


def listed(desk: Desk, booking: Booking, command: Start) -> Choice:
    """Return a booking as one of several: what that says stands in its row."""
    told: Params = {
        "service": desk.service_named(booking.service),
        "place": booking.place_name,
        "status": Worded(f"booking.status.{booking.status}"),
        "reference": booking.reference,
    }
    label = Worded("booking.time", {"time": at(booking.starts_at)})
    return Choice(booking.reference, label, Worded("booking.line", told), command)


async def words_of(desk: Desk, booking: Booking) -> Params:
    """Return all that may be said of a booking."""
    provider = await desk.provider_of(booking)
    customer = await desk.directory.name_of(booking.customer_id)
    numbers = [
        await desk.directory.reached_on(one) for one in (booking.doer_id, booking.customer_id)
    ]
    note = desk.bookings.note_of(booking)
    return {
        "reference": booking.reference,
        "service": desk.service_named(booking.service),
        "provider": desk.providers.name_of(provider),
        "customer": customer or NOBODY,
        "provider_phone": numbers[0] or Worded("booking.no_number"),
        "customer_phone": numbers[1] or Worded("booking.no_number"),
        "issue": desk.bookings.issue_of(booking) or Worded("booking.no_issue"),
        "place": place_of(desk, booking),
        "time": at(booking.starts_at),
        "new_time": at(booking.proposed_at or booking.starts_at),
        "status": Worded(f"booking.status.{booking.status}"),
        "note": note or Worded("booking.no_note"),
    }


def _choices(desk: Desk, booking: Booking, side: Party) -> list[Choice]:
    status = Status(booking.status)
    customer = side is Party.CUSTOMER
    if status is Status.PENDING and not customer:
        counter = start("counter", {"booking": booking.reference})
        other = Choice("counter", Worded("booking.choice.counter"), command=counter)
        return [move(booking, Move.ACCEPT), move(booking, Move.DECLINE), other]
    if status is Status.COUNTERED and customer:
        return [move(booking, Move.AGREE), move(booking, Move.REFUSE)]
    if status is Status.RESCHEDULING and booking.proposed_by != side:
        return [move(booking, Move.AGREE), move(booking, Move.KEEP)]
    if status in {Status.DECLINED, Status.EXPIRED, Status.UNREACHED} and customer:
        return [_others(desk, booking)]
    if status is Status.CANCELLED and customer and booking.ended_by == Party.PROVIDER:
        return [_others(desk, booking)]
    return []


_MEANS = {Move.ACCEPT: "yes", Move.AGREE: "yes", Move.DECLINE: "no", Move.REFUSE: "no"}


def move(booking: Booking, how: Move) -> Choice:
    """Return the choice that moves a booking."""
    command = start("move", {"booking": str(booking.id), "how": str(how)})
    label = Worded(f"booking.choice.{how}")
    return Choice(str(how), label, command=command, means=_MEANS.get(how, ""))


def again(desk: Desk, booking: Booking) -> tuple[Choice, ...]:
    """Return the choice that books the same anew, where it is the customer who looks at it."""
    if booking.status not in FINAL or desk.side(booking) is not Party.CUSTOMER:
        return ()
    command = start("again", {"booking": booking.reference})
    return (Choice("again", Worded("booking.choice.again"), command=command),)


def _others(desk: Desk, booking: Booking) -> Choice:
    """Return the choice that asks somebody else for the same: there, and then if it is to come."""
    known: dict[str, object] = {"service": booking.service, "not_by": str(booking.provider_id)}
    known |= {"issue": desk.bookings.issue_of(booking)}
    place = desk.place_was(booking)
    if place is not None:
        known["place"], known["address"] = place
    if booking.starts_at > desk.context.now:
        then = booking.starts_at.astimezone(desk.context.merchant.zone)
        known["when"] = Moment(then, booking.time_words)
    command = start("book", {slot: value for slot, value in known.items() if value})
    return Choice("others", Worded("booking.choice.others"), command=command, means="yes")


def changes(desk: Desk, booking: Booking) -> tuple[Choice, ...]:
    """Return the choices that ask for another time and call it off, as far as this side may."""
    if booking.starts_at <= desk.context.now:
        return ()
    wanted = ((Move.PROPOSE, "move_one"), (Move.CANCEL, "cancel_one"))
    its = {"booking": str(booking.id)}
    return tuple(
        Choice(str(how), Worded(f"booking.choice.{how}"), command=start(task, its))
        for how, task in wanted
        if may(Status(booking.status), how, desk.side(booking))
    )


def rating_told(stars: float | None, ratings: int) -> Worded:
    """Return how good a provider is; None: nobody has rated them."""
    if stars is None:
        return Worded("booking.provider.new")
    return Worded("booking.provider.rated", {"stars": f"{stars:.1f}", "ratings": ratings})


def several_told(names: Iterable[str]) -> Param:
    """Return one name, or several on lines of their own."""
    every = tuple(names)
    return every[0] if len(every) == 1 else Lines(every)


def areas_told(areas: Iterable[Area]) -> Param:
    return several_told(one.place_name for one in areas)


def week_told(stretches: Iterable[Stretch]) -> Lines:
    """Return a working week, days that are alike on one line."""
    return Lines(tuple(_days_told(*alike) for alike in days_alike(week_of(stretches))))


def _days_told(first: int, last: int, spans: Spans) -> Worded:
    ends: Params = {"first": _weekday(first), "last": _weekday(last)}
    days = _weekday(first) if first == last else Worded("booking.hours.days", ends)
    if not spans:
        return Worded("booking.hours.closed", {"days": days})
    hours = ", ".join(f"{_clock(opens)}\u2013{_clock(closes)}" for opens, closes in spans)
    return Worded("booking.hours.open", {"days": days, "hours": hours})


def _weekday(day: int) -> Worded:
    return Worded(f"booking.weekday.{day}")


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes if minutes == DAY else minutes % DAY, 60)
    return f"{hour:02}:{minute:02}"


def duration_told(minutes: int) -> Worded:
    """Return how long something takes, in the largest unit of which there are whole ones."""
    if not minutes:
        return Worded("booking.duration.none")
    for unit, size in _UNITS.items():
        if minutes % size == 0:
            return Worded(f"booking.duration.{unit}", {"count": minutes // size})
    return Worded("booking.duration.minutes", {"count": minutes})


def span_told(start: datetime, end: datetime, zone: ZoneInfo) -> Params:
    """Return from when until when something lasts; of whole days, the first and the last."""
    clocks = {one.astimezone(zone).time() for one in (start, end)}
    if clocks == {time()}:
        return {"start": at(start, "day"), "end": at(end - _A_MOMENT, "day")}
    return {"start": at(start), "end": at(end)}


def off_told(absence: ProviderAbsence, zone: ZoneInfo) -> Param:
    """Return a day off, or from when until when it is."""
    told = span_told(absence.starts_at, absence.ends_at, zone)
    same = day_of(absence.starts_at.astimezone(zone).date(), zone)
    if (same.start, same.end) == (absence.starts_at, absence.ends_at):
        return told["start"]
    return Worded("booking.days_off.line", told)
