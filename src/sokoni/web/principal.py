"""Who asks: an API key names one merchant and what may be done for it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.profile import MerchantProfile
from sokoni.web.parts import Parts, reading_session
from sokoni.web.problems import Mistake, MistakenError

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    description="A key from `sokoni apikey add`, as `Authorization: Bearer sk_…`.",
)


class Scope(StrEnum):
    """What a key may do. `admin` may do everything."""

    READ = "read"
    """See what is on offer: listings, buy requests, search, providers."""
    WRITE = "write"
    """Put up, change and take down what contacts offer, look for and book, on their behalf."""
    CONVERSATIONS = "conversations"
    """See conversations, contacts and their bookings, export and opt out, take over, write."""
    EVENTS = "events"
    """See and replay events that were set aside."""
    PLACES = "places"
    """See, add, check and remove the places that were registered."""
    REVIEWS = "reviews"
    """See reports of listings, people and reviews, and decide on them."""
    PAYMENTS = "payments"
    """See payments, say that they were paid by hand, give money back."""
    BROADCASTS = "broadcasts"
    """Draft, prove and send what is said to many, and see who got it and what came of it."""
    ADMIN = "admin"


class KeyMissingError(AppError):
    """No `Authorization: Bearer …` header."""

    code = "api_key_missing"
    http_status = 401


class ScopeMissingError(MistakenError):
    """The key is good, but not for this: the scope that it lacks is named."""

    code = "scope_missing"
    http_status: ClassVar[int] = 403

    def __init__(self, scope: Scope) -> None:
        super().__init__([Mistake(where=scope, problem="missing")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, and for which merchant."""

    merchant: MerchantProfile
    name: str
    """The key's name."""
    scopes: frozenset[str]

    @property
    def merchant_id(self) -> MerchantId:
        return self.merchant.id

    def check(self, scope: Scope) -> None:
        if not self.scopes & {scope, Scope.ADMIN}:
            raise ScopeMissingError(scope)


async def _principal(
    parts: Parts,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Principal:
    if given is None:
        raise KeyMissingError("no bearer token")
    # Its connection goes back before the endpoint takes one: else a crowd waits for itself.
    async with reading_session(parts) as session:
        holder = await ApiKeys(session, parts.clock).check_key(given.credentials)
    merchant = await parts.merchants.get(holder.merchant_id)
    return Principal(merchant=merchant, name=holder.name, scopes=holder.scopes)


Anyone = Annotated[Principal, Depends(_principal)]
"""Whoever has a key, whatever its scopes."""


def _with(scope: Scope) -> Callable[[Anyone], Coroutine[Any, Any, Principal]]:
    async def checked(principal: Anyone) -> Principal:
        principal.check(scope)
        return principal

    return checked


Reader = Annotated[Principal, Depends(_with(Scope.READ))]
Writer = Annotated[Principal, Depends(_with(Scope.WRITE))]
Agent = Annotated[Principal, Depends(_with(Scope.CONVERSATIONS))]
Keeper = Annotated[Principal, Depends(_with(Scope.EVENTS))]
Arbiter = Annotated[Principal, Depends(_with(Scope.REVIEWS))]
Cashier = Annotated[Principal, Depends(_with(Scope.PAYMENTS))]
Surveyor = Annotated[Principal, Depends(_with(Scope.PLACES))]
Crier = Annotated[Principal, Depends(_with(Scope.BROADCASTS))]
