"""Buy requests: what buyers look for that nobody offered yet, kept until somebody does."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    BuyRequest,
    BuyRequestId,
    RequestState,
    RequestToken,
)
from sokoni.capabilities.marketplace.nouns import Meaning
from sokoni.capabilities.marketplace.service.distance import kilometres
from sokoni.capabilities.marketplace.service.offers import CONTACTS, REACHABLE, NewListing
from sokoni.db.base import UtcDateTime
from sokoni.db.prepared import Prepared
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_reference
from sokoni.kit.money import Money
from sokoni.language.reading import KnownPlace, Quantity

_TOKENS: Final = cast("Table", RequestToken.__table__)
_REQUESTS: Final = cast("Table", BuyRequest.__table__)
_LONGEST_MEANING: Final = 191
_ADD_TOKENS: Final = insert(_TOKENS)
_MINE: Final = Prepared(
    select(_REQUESTS.c.reference, _REQUESTS.c.thing)
    .where(
        _REQUESTS.c.merchant_id == bindparam("merchant", type_=Uuid()),
        _REQUESTS.c.contact_id == bindparam("contact", type_=Uuid()),
        _REQUESTS.c.state == RequestState.OPEN,
        _REQUESTS.c.expires_at > bindparam("now", type_=UtcDateTime()),
    )
    .order_by(_REQUESTS.c.id.desc())
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)


class RequestGoneError(AppError):
    """It was closed, expired, or is somebody else's."""

    code = "buy_request_gone"
    http_status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a buyer wants kept."""

    thing: str
    meaning: Meaning
    quantity: Quantity | None = None
    max_each: Money | None = None
    place: KnownPlace | None = None

    @property
    def canonical(self) -> str:
        return " ".join(sorted(self.meaning.required))[:_LONGEST_MEANING]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A buyer who waits for what was just listed."""

    id: BuyRequestId
    contact_id: ContactId
    reference: str
    thing: str
    max_price: Decimal | None
    currency: str
    latitude: float | None
    longitude: float | None

    @classmethod
    def of(cls, request: BuyRequest) -> "Waiting":
        return cls(*(getattr(request, field.name) for field in fields(cls)))

    def fits(self, new: NewListing, reach_km: int) -> bool:
        """Tell whether price and distance suit the buyer; what they left open does."""
        return self.affordable(new.each) and self._near(new.place, reach_km)

    def affordable(self, each: Money) -> bool:
        """Tell whether the buyer would pay so much for one."""
        if self.max_price is None:
            return True
        return self.currency == each.currency and each.amount <= self.max_price

    def _near(self, place: KnownPlace, reach_km: int) -> bool:
        if self.latitude is None or self.longitude is None:
            return True
        return kilometres(place, self.latitude, self.longitude) <= reach_km


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a buyer still looks for, as it is shown to them."""

    reference: str
    thing: str


class BuyRequests:
    """One merchant's buy requests."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def keep(self, contact_id: ContactId, new: NewRequest, *, days: int) -> BuyRequest:
        """Remember the request; the same wish of the same buyer is renewed, not doubled."""
        request = await self._same(contact_id, new) or await self._create(contact_id, new)
        _put(request, new)
        request.expires_at = request.remind_at = self._now + timedelta(days=days)
        await self._session.flush()
        return request

    async def find(self, reference: str) -> BuyRequest | None:
        """Return an open request by its reference, whoever asked."""
        statement = self._open().where(BuyRequest.reference == reference.strip().upper())
        return await self._session.scalar(statement)

    async def of(self, contact_id: ContactId, *, limit: int, offset: int = 0) -> list[Wanted]:
        """Return what the contact still looks for, newest first."""
        bound = {
            "merchant": self._merchant_id,
            "now": self._now,
            "contact": contact_id,
            "limit": limit,
            "offset": offset,
        }
        return [Wanted(*row) for row in await _MINE.rows(self._session, bound)]

    async def page(self, *, after: BuyRequestId | None, limit: int) -> Sequence[BuyRequest]:
        """Return open requests, oldest first, for the API and pages."""
        statement = self._open().order_by(BuyRequest.id).limit(limit)
        if after is not None:
            statement = statement.where(BuyRequest.id > after)
        return (await self._session.scalars(statement)).all()

    async def waiting_for(
        self, seller_id: ContactId, tokens: Sequence[str], *, limit: int
    ) -> list[Waiting]:
        """Return who waits for something with these tokens, the longest first."""
        bound = {
            "merchant": self._merchant_id,
            "now": self._now,
            "seller": seller_id,
            "limit": limit,
            **{f"token_{number}": token for number, token in enumerate(tokens)},
        }
        rows = await _waiting(len(tokens)).rows(self._session, bound)
        return [Waiting(*row) for row in rows]

    async def close(self, contact_id: ContactId, reference: str) -> None:
        """Stop looking, or raise `RequestGoneError`."""
        request = await self.find(reference)
        if request is None or request.contact_id != contact_id:
            raise RequestGoneError(reference)
        closing = (
            update(BuyRequest)
            .where(*self._scope(), BuyRequest.id == request.id)
            .values(state=RequestState.CLOSED)
        )
        if not await rows_changed(self._session, closing):
            raise RequestGoneError(reference)
        await self._session.execute(delete(_TOKENS).where(_TOKENS.c.request_id == request.id))

    async def _same(self, contact_id: ContactId, new: NewRequest) -> BuyRequest | None:
        statement = self._open().where(
            BuyRequest.contact_id == contact_id, BuyRequest.meaning == new.canonical
        )
        return (await self._session.scalars(statement.limit(1))).first()

    async def _create(self, contact_id: ContactId, new: NewRequest) -> BuyRequest:
        request = BuyRequest(
            merchant_id=self._merchant_id,
            contact_id=contact_id,
            reference=new_reference("REQ"),
            thing=new.thing,
            meaning=new.canonical,
            needed=len(new.meaning.required),
            created_at=self._now,
            expires_at=self._now,
        )
        self._session.add(request)
        await self._session.flush()
        await self._session.execute(
            _ADD_TOKENS,
            [
                {"merchant_id": self._merchant_id, "token": token, "request_id": request.id}
                for token in new.meaning.required
            ],
        )
        return request

    def _open(self) -> Select[BuyRequest]:
        return select(BuyRequest).where(*self._scope())

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here: this merchant's requests that still stand."""
        return (
            BuyRequest.merchant_id == self._merchant_id,
            BuyRequest.state == RequestState.OPEN,
            BuyRequest.expires_at > self._now,
        )


def wished_place(request: BuyRequest, country: str) -> KnownPlace | None:
    """Return where the buyer wants it, as a reader would."""
    if request.place_id is None or request.latitude is None or request.longitude is None:
        return None
    return KnownPlace(
        id=request.place_id,
        name=request.place_name,
        town=request.place_name,
        country=country,
        latitude=request.latitude,
        longitude=request.longitude,
    )


def _put(request: BuyRequest, new: NewRequest) -> None:
    """Write what the buyer said this time; a place they said before stays."""
    if new.quantity is not None:
        request.quantity = Decimal(str(new.quantity.amount))
        request.unit = new.quantity.unit
    request.max_price = None if new.max_each is None else new.max_each.amount
    request.currency = "" if new.max_each is None else new.max_each.currency
    if new.place is not None:
        request.place_id, request.place_name = new.place.id, new.place.name
        request.latitude, request.longitude = new.place.latitude, new.place.longitude


@cache
def _waiting(tokens: int) -> Prepared:
    """Build once what runs with every listing: open requests whose tokens are all among these."""
    # Token by token, not IN: so PostgreSQL never reads all of a merchant's tokens to find a few.
    shared = union_all(*(_requests_with(number) for number in range(tokens))).subquery("shared")
    fitting = (
        select(shared.c.request_id, func.count().label("tokens"))
        .group_by(shared.c.request_id)
        .subquery("fitting")
    )
    columns = (_REQUESTS.c[field.name] for field in fields(Waiting))
    return Prepared(
        select(*columns)
        .join_from(fitting, _REQUESTS, _REQUESTS.c.id == fitting.c.request_id)
        .join(CONTACTS, CONTACTS.c.id == _REQUESTS.c.contact_id)
        .where(
            _REQUESTS.c.needed == fitting.c.tokens,
            # Read by their ids: no index on anything else may look as good (see `STILL_OPEN`).
            (_REQUESTS.c.state == RequestState.OPEN).is_(true()),
            (_REQUESTS.c.expires_at > bindparam("now", type_=UtcDateTime())).is_(true()),
            _REQUESTS.c.contact_id != bindparam("seller", type_=Uuid()),
            *REACHABLE,
        )
        .order_by(_REQUESTS.c.id)
        .limit(bindparam("limit", type_=Integer()))
    )


def _requests_with(number: int) -> Select[*tuple[Any, ...]]:
    """Select the merchant's requests that have a token: the scope of `_waiting`."""
    return select(_TOKENS.c.request_id).where(
        _TOKENS.c.merchant_id == bindparam("merchant", type_=Uuid()),
        _TOKENS.c.token == bindparam(f"token_{number}"),
    )
