"""What the server asks of the outside world: rows whose answers come back as events.

A turn asks by inserting a row in its own transaction; a worker performs it afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol, cast

import msgspec
from sqlalchemy import Table, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import AccountId, ConversationId, MerchantId, RequestId, new_id
from sokoni.messaging.events import AskFor
from sokoni.messaging.models import Request
from sokoni.messaging.seats import Seated

PLACE: Final = "requests.payload"
_REQUESTS: Final = cast("Table", Request.__table__)
_R: Final = _REQUESTS.c
_LEASE_MARGIN: Final = timedelta(seconds=30)
_KICKED_AGAIN: Final = timedelta(seconds=30)


class RequestRefusedError(AppError):
    """The other side said no, and will say it again. `code` of the answer is `reason`."""

    code = "request_refused"

    def __init__(self, reason: str, data: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.data = data


class RequestDelayedError(AppError):
    """It did not happen this time; safe to try again, after `retry_after` seconds if named."""

    code = "request_delayed"

    def __init__(self, reason: str, *, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class RequestOutcomeUnknownError(AppError):
    """It may have happened: only a repeatable performer tries again."""

    code = "request_outcome_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request to be made, by the turn of the conversation that wants its answer."""

    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId
    kind: str
    """Whose performer does it, such as "payments.link"."""
    idempotency_key: str
    """Asked once per kind and key in the whole installation: build it from ids."""
    payload: object
    """What the performer needs to know, as msgspec writes it in JSON."""
    delay: timedelta = timedelta(0)
    request_id: RequestId = field(default_factory=lambda: RequestId(new_id()))

    @classmethod
    def of(cls, one: Seated, kind: str, payload: object, *, once: str) -> "Asking":
        """Return the request that a conversation makes now."""
        return cls(
            merchant_id=one.merchant_id,
            account_id=one.account_id,
            conversation_id=one.id,
            kind=kind,
            idempotency_key=once,
            payload=payload,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as its performer sees it."""

    id: RequestId
    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId
    kind: str
    idempotency_key: str
    """To be passed on to the other side wherever it takes one."""
    payload: bytes
    attempt: int
    """1 the first time."""


@dataclass(frozen=True, slots=True)
class Done:
    """The other side did it; `data` is what the answer event carries, as msgspec writes it."""

    data: object = None


class Performer(Protocol):
    """Does requests of one kind. Registered by kind; it holds no transaction."""

    repeatable: bool
    """Doing it twice does no harm, or the other side knows the idempotency key."""
    tries: int
    """How often it is tried before its answer is "failed"."""
    seconds: float
    """How long one try may take."""

    async def perform(self, request: Asked) -> Done:
        """Do it, or raise one of the errors above."""


Performers = Mapping[str, Performer]


def asking(one: Seated, wanted: AskFor) -> Asking:
    """Return the request of a turn, asked once per conversation, kind and key."""
    return Asking(
        merchant_id=one.merchant_id,
        account_id=one.account_id,
        conversation_id=one.id,
        kind=wanted.kind,
        idempotency_key=f"{one.id.hex}:{wanted.once}",
        payload=wanted.payload,
        delay=timedelta(seconds=wanted.delay_seconds),
        request_id=wanted.request_id,
    )


async def ask(
    connection: AsyncConnection | AsyncSession, vault: Vault, asking: Asking, now: datetime
) -> None:
    """Insert the request in the caller's transaction, once per kind and key."""
    request_id = asking.request_id
    row = {
        "id": request_id,
        "merchant_id": asking.merchant_id,
        "account_id": asking.account_id,
        "conversation_id": asking.conversation_id,
        "kind": asking.kind,
        "idempotency_key": asking.idempotency_key,
        "payload": vault.seal(PLACE, request_id, msgspec.json.encode(asking.payload)),
        "state": "waiting",
        "attempts": 0,
        "due_at": now + asking.delay,
        "error": "",
        "created_at": now,
    }
    await insert_once(connection, _REQUESTS, [row])


class Kick(NamedTuple):
    """Says "run this request for the so-manieth time"; void when it was run meanwhile."""

    request_id: RequestId
    attempts: int
    """How often it was tried before."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that is this worker's to perform until `until`; its payload is sealed still."""

    request: Asked
    left_behind: bool
    """A worker took it before and was never heard of again: it may have happened."""
    until: datetime


async def take(
    connection: AsyncConnection, kick: Kick, now: datetime, performers: Performers
) -> Taken | None:
    """Lease the request by a guarded update, or return None where it is not to be had."""
    request_id, attempts = kick
    row = (await connection.execute(select(_REQUESTS).where(_R.id == request_id))).one_or_none()
    if row is None or row.attempts != attempts or not _to_be_had(row, now):
        return None
    performer = performers.get(row.kind)
    until = now + timedelta(seconds=performer.seconds if performer else 0) + _LEASE_MARGIN
    unchanged = and_(_R.id == row.id, _R.state == row.state, _R.attempts == row.attempts)
    leased = update(_REQUESTS).where(unchanged)
    values = {"state": "running", "attempts": row.attempts + 1, "lease_until": until}
    if not await rows_changed(connection, leased.values(values)):
        return None
    return Taken(_asked(row), row.state == "running", until)


def _to_be_had(row: Any, now: datetime) -> bool:  # noqa: ANN401 -- a row of the table
    if row.state == "running":
        return row.lease_until is None or bool(row.lease_until <= now)
    return bool(row.state == "waiting")


def _asked(row: Any) -> Asked:  # noqa: ANN401 -- a row of the table
    return Asked(
        id=row.id,
        merchant_id=row.merchant_id,
        account_id=row.account_id,
        conversation_id=row.conversation_id,
        kind=row.kind,
        idempotency_key=row.idempotency_key,
        payload=row.payload,
        attempt=row.attempts + 1,
    )


async def end(connection: AsyncConnection, request: Asked, state: str, error: str = "") -> bool:
    """Write the end of the run; False where the lease ended before and another has it."""
    mine = _mine(request)
    ended = update(_REQUESTS).where(mine).values(state=state, error=error, lease_until=None)
    return bool(await rows_changed(connection, ended))


async def postpone(
    connection: AsyncConnection, request: Asked, due_at: datetime, error: str
) -> None:
    """Have the request wait for its next try."""
    values = {"state": "waiting", "due_at": due_at, "error": error, "lease_until": None}
    await connection.execute(update(_REQUESTS).where(_mine(request)).values(values))


def _mine(request: Asked) -> Any:  # noqa: ANN401 -- a condition
    return and_(_R.id == request.id, _R.state == "running", _R.attempts == request.attempt)


async def due_requests(connection: AsyncConnection, now: datetime, limit: int = 200) -> list[Kick]:
    """Return requests whose time has come, and those whose worker was never heard of again."""
    waiting = and_(_R.state == "waiting", _R.due_at <= now)
    left = and_(_R.state == "running", _R.lease_until <= now)
    rows = await connection.execute(
        select(_R.id, _R.attempts).where(or_(waiting, left)).order_by(_R.due_at).limit(limit)
    )
    return [Kick(*row) for row in rows]


async def put_off_kick(connection: AsyncConnection, kick: Kick, now: datetime) -> bool:
    """Have the request fall due again in a while, where nobody else just did so."""
    mine = and_(_R.id == kick.request_id, _R.attempts == kick.attempts, _R.due_at <= now)
    later = update(_REQUESTS).where(mine).values(due_at=now + _KICKED_AGAIN)
    return bool(await rows_changed(connection, later))


def opened(vault: Vault, request: Asked) -> Asked:
    """Decrypt the payload. Raises what the vault raises."""
    return replace(request, payload=vault.open(PLACE, request.id, request.payload))
