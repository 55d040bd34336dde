"""A town whose sellers have habits of their own, on a real server with a stopped clock.

Nothing here knows how sellers are chosen. People see what is sent to their phones, and write or
tap; what is counted is counted in the log of what was said.
"""

import heapq
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from statistics import median
from time import monotonic
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.capabilities.marketplace.models import (
    Alert,
    AlertId,
    BuyRequest,
    BuyRequestId,
    RequestOffer,
)
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.capabilities.marketplace.settings import MarketplaceSettings
from sokoni.config import Settings
from sokoni.contacts.models import Contact
from sokoni.db.writing import writing
from sokoni.demo.loading import Loading
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace
from sokoni.messaging.models import InboxEvent, Message, MessageState, Purpose
from sokoni.places.gazetteer import Gazetteer
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.matching import Shown, labelled
from sokoni.testing.transcripts.playing import Picked
from sokoni.testing.transcripts.steps import Words

_BEGIN: Final = datetime(2026, 3, 2, 7, 0)  # noqa: DTZ001 -- where the merchant is
_THINGS: Final = (
    *("goats", "sheep", "cattle", "donkeys", "pigs", "rabbits"),
    *("chickens", "turkeys", "ducks", "guinea fowls"),
    *("maize", "wheat", "sorghum", "rice", "barley"),
    *("tomatoes", "onions", "potatoes", "cabbages", "carrots"),
    *("ploughs", "wheelbarrows", "hoes", "scotch carts"),
    *("tyres", "engine oil", "bicycles"),
    *("cement", "bricks", "roofing sheets", "timber"),
    *("fertiliser", "beds", "sofas", "blankets", "shoes"),
)
_PLACES: Final = ("Gokwe", "Kadoma", "Kwekwe", "Gweru", "Chegutu", "Sanyati", "Nembudziya")
_KINDS: Final = ((0.05, 0.25), (0.5, 0.5), (0.9, 0.25))
"""How often a seller answers, and the share of such sellers."""
_IN_STOCK, _ELSEWHERE_IN_STOCK = 0.4, 0.01
"""How likely a seller has what they once sold, and something else."""
_WRITES, _SAYS_NO, _HAD_ENOUGH = 0.6, 0.6, 0.01
_GONE_AFTER: Final = timedelta(hours=30)
_ENOUGH: Final = MarketplaceSettings().offers_enough

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of it."""

    sellers: int
    requests: int
    fillable: int
    """Requests for which somebody who could be told had it, and would have answered."""
    offered: int
    """Of those, the ones that got an offer."""
    alerts: float
    """For each request, on average."""
    most_alerts: int
    most_a_day: int
    """Alerts that one seller got in one day, at most."""
    after_opt_out: int
    after_closing: int
    first_offer_minutes: float
    """Until the first offer, for half of the requests that got one."""
    closed_by_offers: int
    seconds: float

    @property
    def share(self) -> float:
        return self.offered / max(self.fillable, 1)

    @override
    def __str__(self) -> str:
        lines = (
            f"sellers                                   {self.sellers}",
            f"requests of which sellers were told       {self.requests}",
            f"  that somebody could fill                {self.fillable}",
            f"  of those, with an offer                 {self.offered} ({self.share:.1%})",
            f"  closed by enough offers                 {self.closed_by_offers}",
            f"alerts a request, on average and at most  {self.alerts:.1f}, {self.most_alerts}",
            f"alerts a seller and day, at most          {self.most_a_day}",
            f"alerts after an opt-out                   {self.after_opt_out}",
            f"alerts after closing                      {self.after_closing}",
            f"minutes to the first offer, median        {self.first_offer_minutes:.0f}",
            f"seconds it took                           {self.seconds:.0f}",
        )
        return "\n".join(lines)


@dataclass(slots=True)
class Townsman:
    """A seller and their habits."""

    phone: str
    answers: float
    patience: float
    """Half of their answers come within so many minutes."""
    contact_id: ContactId
    has: frozenset[str] = frozenset()


@dataclass(slots=True)
class Wanted:
    """A request, and what the town knows of it."""

    thing: str
    buyer: str
    reference: str = ""
    closed_at: datetime | None = None
    began_at: datetime | None = None
    fillable: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """An alert that went out."""

    seller: ContactId
    request: BuyRequestId
    at: datetime


class Town:
    """People who write to one server, by their habits and by chance with a fixed seed."""

    def __init__(self, place: Server, seed: int) -> None:
        self._server = place
        self._seed = seed
        self._chance = Random(seed)
        self._sellers: dict[ContactId, Townsman] = {}
        self._plan: list[tuple[datetime, int, Act]] = []
        self._wanted: list[Wanted] = []
        self._places = Gazetteer()
        self._planned = 0
        self._seen: set[AlertId] = set()
        self._looked_at = place.clock()
        self._left: dict[ContactId, datetime] = {}

    # --- who lives there ------------------------------------------------------------------------

    async def settle_in(self, sellers: int) -> None:
        """Have so many sellers join; those of the demo are away."""
        app = self._server.app
        async with writing(app.engine) as connection, AsyncSession(connection) as session:
            await session.execute(update(Contact).values(blocked_at=self._server.clock()))
            for number in range(sellers):
                await self._join(session, number)
            await session.flush()

    async def _join(self, session: AsyncSession, number: int) -> None:
        app, profile, clock = self._server.app, self._server.profile, self._server.clock
        loading = Loading(session=session, vault=app.vault, merchant=profile, clock=clock)
        phone = f"+26377{2000000 + number}"
        contact_id = await loading.contact(phone, f"Seller {number}", "en")
        services = Sellers(session, profile.id, clock())
        stall = await services.enrol(contact_id, self._place())
        deals = self._chance.sample(_THINGS, self._chance.choice((1, 2, 2, 3)))
        trades = {trade for thing in deals for trade in meaning_of(thing).trades}
        await services.deals_in(stall.id, sorted(trades))
        has = [
            thing
            for thing in _THINGS
            if self._chance.random() < (_IN_STOCK if thing in deals else _ELSEWHERE_IN_STOCK)
        ]
        (answers,) = self._chance.choices(
            [often for often, _ in _KINDS], [share for _, share in _KINDS]
        )
        self._sellers[contact_id] = Townsman(
            phone, answers, self._chance.choice((5.0, 25.0, 90.0)), contact_id, frozenset(has)
        )
        if self._chance.random() < 0.05:
            self._left[contact_id] = clock()
            gone = update(Contact).where(Contact.id == contact_id)
            await session.execute(gone.values(opted_out_at=clock()))

    def _place(self) -> KnownPlace:
        place = self._places.named(self._chance.choice(_PLACES), "ZW")
        assert place is not None
        return place

    # --- what happens ---------------------------------------------------------------------------

    async def live(self, days: int, requests_a_day: int) -> None:
        """Have buyers look for things by day, and everybody do as they use to."""
        for day in range(days):
            for number in range(requests_a_day):
                at = self._server.clock() + timedelta(days=day, hours=12 * self._chance.random())
                buyer = f"+26378{3000000 + day * requests_a_day + number}"
                wanted = Wanted(self._chance.choice(_THINGS), buyer)
                self._later(at, partial(self._look, wanted))
        end = self._server.clock() + timedelta(days=days + 2)
        while self._plan and self._plan[0][0] <= end:
            await self._step(self._plan[0][0])
            if self._plan[0][0] <= self._server.clock():
                await heapq.heappop(self._plan)[2]()
        await self._step(end)

    def _later(self, at: datetime, act: Act) -> None:
        self._planned += 1
        heapq.heappush(self._plan, (at, self._planned, act))

    async def _step(self, until: datetime) -> None:
        """Go on to the next moment of the server's, or of the town's."""
        place = self._server
        due = await place.crew.next_due()
        at = until if due is None else min(until, max(due, place.clock()))
        await place.wait(max(at - place.clock(), timedelta(milliseconds=1)))
        await self._notice()

    async def _say(self, who: str, *lines: str) -> None:
        for line in lines:
            await self._server.write(who, Words(line))
            await self._server.settle()

    async def _tap(self, who: str, label: str) -> bool:
        """Tap the choice in the latest message that has it."""
        for message in reversed(await self._server.sent_to(who)):
            if found := labelled(message.offers, label):
                await self._server.write(who, Picked(found[0], message))
                await self._server.settle()
                return True
        return False

    async def _look(self, wanted: Wanted) -> None:
        self._wanted.append(wanted)
        await self._say(wanted.buyer, f"Looking for {wanted.thing} in {self._place().name}")
        await self._tap(wanted.buyer, "None of these")
        wanted.began_at = self._server.clock()
        wanted.fillable = any(self._would_offer(one, wanted) for one in self._sellers.values())
        await self._tap(wanted.buyer, "Yes")
        latest = select(BuyRequest.reference).order_by(BuyRequest.id.desc()).limit(1)
        (row,) = await self._rows(latest)
        known = {one.reference for one in self._wanted}
        wanted.reference = "" if row.reference in known else row.reference
        if self._chance.random() < 0.1:
            self._later(
                self._server.clock() + timedelta(minutes=self._chance.uniform(5, 180)),
                partial(self._lose_interest, wanted),
            )

    async def _lose_interest(self, wanted: Wanted) -> None:
        await self._say(wanted.buyer, "my requests")
        await self._tap(wanted.buyer, wanted.thing)
        wanted.closed_at = self._server.clock()

    def _would_offer(self, one: Townsman, wanted: Wanted) -> bool:
        told = one.contact_id not in self._left
        return told and wanted.thing in one.has and self._answers(one, wanted)

    def _answers(self, one: Townsman, wanted: Wanted) -> bool:
        """Tell whether the seller will answer this one: the same whenever it is asked."""
        return Random(f"{self._seed}:{one.phone}:{wanted.buyer}").random() < one.answers

    async def _notice(self) -> None:
        """Have who was told of something answer in their own time."""
        new = select(Alert.id, Alert.contact_id, BuyRequest.reference).join(
            BuyRequest, BuyRequest.id == Alert.request_id
        )
        for row in await self._rows(new.where(Alert.created_at >= self._looked_at)):
            one = self._sellers.get(row.contact_id)
            if row.id in self._seen or one is None:
                continue
            self._seen.add(row.id)
            wanted = next(each for each in self._wanted if each.reference == row.reference)
            minutes = self._chance.lognormvariate(0, 1) * one.patience
            at = self._server.clock() + timedelta(minutes=min(minutes, 1200))
            if self._chance.random() < _HAD_ENOUGH:
                self._later(at, partial(self._leave, one))
            elif self._answers(one, wanted):
                self._later(at, partial(self._reply, one, wanted))
        self._looked_at = self._server.clock() - timedelta(minutes=1)

    async def _leave(self, one: Townsman) -> None:
        await self._say(one.phone, "stop")
        self._left[one.contact_id] = self._server.clock()

    async def _reply(self, one: Townsman, wanted: Wanted) -> None:
        message = await self._alert(one, wanted)
        if message is None or one.contact_id in self._left:
            return
        if wanted.thing not in one.has:
            if self._chance.random() < _SAYS_NO:
                await self._pick(one, message, "I do not have it")
            return
        price = f"${self._chance.randint(5, 90)} each"
        if self._chance.random() < _WRITES:
            await self._say(one.phone, f"I have {self._chance.randint(2, 30)} at {price}", "yes")
        else:
            await self._pick(one, message, "I have it")
            await self._say(one.phone, str(self._chance.randint(2, 30)), price, "yes")
        self._later(self._server.clock() + _GONE_AFTER, partial(self._sell_out, one))

    async def _alert(self, one: Townsman, wanted: Wanted) -> Shown | None:
        """Return the message by which the seller was told, where it is the latest they got."""
        for message in reversed(await self._server.sent_to(one.phone)):
            if f"looking for {wanted.thing}" in message.body:
                return message
        return None

    async def _pick(self, one: Townsman, message: Shown, label: str) -> None:
        await self._server.write(one.phone, Picked(labelled(message.offers, label)[0], message))
        await self._server.settle()

    async def _sell_out(self, one: Townsman) -> None:
        """Take down what was offered: it is sold, to this buyer or another."""
        app, profile = self._server.app, self._server.profile
        async with writing(app.engine) as connection, AsyncSession(connection) as session:
            listings = Listings(session, profile.id, self._server.clock())
            for offer in await listings.of(one.contact_id, limit=50):
                await listings.withdraw(one.contact_id, offer)

    # --- what came of it ------------------------------------------------------------------------

    async def figures(self, seconds: float) -> Figures:
        """Count in the log of what was said."""
        said = await self._said()
        zone, closings, offers = (
            self._server.profile.zone,
            await self._closings(),
            await self._offers(),
        )
        days = Counter((one.seller, one.at.astimezone(zone).date()) for one in said)
        told = Counter(one.request for one in said)
        asked = [one for one in self._wanted if one.reference]
        fillable = [one for one in asked if one.fillable and one.closed_at is None]
        first = [
            (offers[one.reference][0] - one.began_at).total_seconds() / 60
            for one in asked
            if one.reference in offers and one.began_at is not None
        ]
        return Figures(
            sellers=len(self._sellers),
            requests=len(asked),
            fillable=len(fillable),
            offered=sum(one.reference in offers for one in fillable),
            alerts=told.total() / max(len(asked), 1),
            most_alerts=max(told.values(), default=0),
            most_a_day=max(days.values(), default=0),
            after_opt_out=sum(self._left.get(one.seller, one.at) < one.at for one in said),
            after_closing=sum(closings.get(one.request, one.at) < one.at for one in said),
            first_offer_minutes=median(first) if first else 0.0,
            closed_by_offers=sum(len(times) >= _ENOUGH for times in offers.values()),
            seconds=seconds,
        )

    async def _said(self) -> list[_Told]:
        """Return the alerts that went out: whom they told, of which request, when."""
        sent = (
            select(InboxEvent.key, Message.created_at)
            .join(InboxEvent, InboxEvent.id == Message.event_id)
            .where(
                Message.purpose == Purpose.ALERT,
                Message.state.not_in([MessageState.FAILED, MessageState.CANCELLED]),
            )
        )
        rows = [(row.key.split(":"), row.created_at) for row in await self._rows(sent)]
        return [_Told(ContactId(UUID(key[1])), BuyRequestId(UUID(key[3])), at) for key, at in rows]

    async def _offers(self) -> dict[str, list[datetime]]:
        """Return when offers came, by the reference of the request."""
        came = select(BuyRequest.reference, RequestOffer.created_at).join(
            BuyRequest, BuyRequest.id == RequestOffer.request_id
        )
        found: dict[str, list[datetime]] = {}
        for row in await self._rows(came.order_by(RequestOffer.created_at)):
            found.setdefault(row.reference, []).append(row.created_at)
        return found

    async def _closings(self) -> dict[BuyRequestId, datetime]:
        """Return when requests closed, be it by enough offers or by word."""
        offers, closings = await self._offers(), {}
        said = {one.reference: one.closed_at for one in self._wanted if one.closed_at}
        for row in await self._rows(select(BuyRequest.id, BuyRequest.reference)):
            ends = offers.get(row.reference, [])[_ENOUGH - 1 : _ENOUGH]
            ends += [said[row.reference]] if row.reference in said else []
            if ends:
                closings[row.id] = min(ends)
        return closings

    async def _rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        async with AsyncSession(self._server.app.engine) as session:
            return list((await session.execute(statement)).all())


async def lived(
    database_url: str, *, sellers: int, days: int, requests_a_day: int, seed: int = 1
) -> Figures:
    """Have a town live for some days; return what came of it."""
    began = monotonic()
    settings = Settings(database_url=database_url)
    async with server(settings, ChannelName.SIMULATOR, "gokwe-market", _BEGIN) as place:
        town = Town(place, seed)
        await town.settle_in(sellers)
        await town.live(days, requests_a_day)
        return await town.figures(monotonic() - began)
