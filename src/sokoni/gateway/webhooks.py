"""The webhook: verify, store, wake a worker, answer 200. Nothing of a framework is on its way."""

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

import structlog
from structlog.contextvars import bind_contextvars

from sokoni.channels.accounts import AccountNotFoundError, LiveAccount
from sokoni.channels.bodies import read_items
from sokoni.channels.errors import InvalidSignatureError
from sokoni.channels.inbound import Message, Status, WebhookRequest
from sokoni.errors import AppError
from sokoni.gateway.asgi import (
    Answer,
    DisconnectedError,
    Receive,
    Scope,
    Send,
    TooLargeError,
    read_body,
    refusal,
)
from sokoni.gateway.batcher import Batcher, NotStoredError
from sokoni.gateway.doors import Door, Doors
from sokoni.gateway.metrics import GatewayMetrics
from sokoni.gateway.rate import OverloadedError, RateLimit
from sokoni.kit.clock import Clock
from sokoni.kit.logs import Seldom
from sokoni.messaging.inbox import Arrival
from sokoni.messaging.strays import shown, stray
from sokoni.messaging.wakeups import INBOX, STATUSES, Hints

_FORBIDDEN: Final = Answer(403, b'{"status":"error","code":"challenge_refused"}')
_NOT_ALLOWED: Final = Answer(
    405, b'{"status":"error","code":"method_not_allowed"}', headers=((b"allow", b"GET, POST"),)
)
_RESULTS: Final[Mapping[type[AppError], str]] = {
    AccountNotFoundError: "unknown_account",
    InvalidSignatureError: "bad_signature",
    NotStoredError: "not_stored",
    OverloadedError: "overloaded",
    TooLargeError: "too_large",
}
_log = structlog.get_logger(__name__)
_switch: Final = logging.getLogger(__name__)
"""Asked before a line that nearly nobody wants is put together."""


class Webhooks:
    """Answers `GET|POST /webhook/{platform}[/{account}]` and the seeds' addresses."""

    def __init__(  # noqa: PLR0913 -- the collaborators of the one fast path
        self,
        *,
        doors: Doors,
        batcher: Batcher,
        hints: Hints,
        metrics: GatewayMetrics,
        limit: RateLimit,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._doors = doors
        self._batcher = batcher
        self._hints = hints
        self._metrics = metrics
        self._limit = limit
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._seldom = Seldom(clock)

    async def handle(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        bind_contextvars(trace=secrets.token_hex(8))
        try:
            answer = await self._answer(door, scope, receive)
        except DisconnectedError:
            return
        except AppError as error:
            answer = self._refused(door, error)
        for event in answer.events():
            await send(event)

    async def _answer(self, door: Door, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] == "POST":
            return await self._take(door, scope, receive)
        if scope["method"] == "GET":
            return await self._challenge(door, scope)
        return _NOT_ALLOWED

    async def _challenge(self, door: Door, scope: Scope) -> Answer:
        account = await self._doors.get(door)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if door.alias:
            # The fourth seed's address was asked without a mode.
            query.setdefault("hub.mode", "subscribe")
        challenge = account.channel.challenge(query)
        self._metrics.answered(door.platform, "challenge")
        return _FORBIDDEN if challenge is None else Answer(200, challenge.encode(), b"text/plain")

    async def _take(self, door: Door, scope: Scope, receive: Receive) -> Answer:
        account = await self._doors.get(door)
        request = self._request(scope, await read_body(scope, receive))
        account.channel.verify(request)
        arrivals = await self._arrivals(door, account, request)
        if arrivals:
            self._limit.check(sum(isinstance(one.item, Message) for one in arrivals))
            # From here on the turn's lines have it, too.
            bind_contextvars(trace=arrivals[0].trace)
            await self._batcher.add(arrivals)
            self._wake(arrivals)
            if _switch.isEnabledFor(logging.DEBUG):
                _log.debug("webhook stored", traces=[one.trace for one in arrivals])
        self._metrics.answered(door.platform, "stored" if arrivals else "empty")
        thanks = self._doors.acknowledgement(account)
        return Answer(200, thanks.body, thanks.kind)

    def _request(self, scope: Scope, body: bytes) -> WebhookRequest:
        headers = {
            key.decode("latin-1").lower(): value.decode("latin-1")
            for key, value in scope["headers"]
        }
        query = scope["query_string"]
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        url = f"{self._public_url}{path}" + (f"?{query.decode('latin-1')}" if query else "")
        return WebhookRequest(url=url, headers=headers, body=body)

    async def _arrivals(
        self, door: Door, account: LiveAccount, request: WebhookRequest
    ) -> list[Arrival]:
        now = self._clock()
        body = account.channel.content(request)
        sorted_items = await self._doors.sort(account, read_items(account.channel, body), request)
        arrivals = [
            Arrival(account=owner, item=one.item, received_at=now, due_at=now)
            for owner, one in sorted_items
            if owner is not None
        ]
        strays = [one.account_key for owner, one in sorted_items if owner is None]
        if strays and not arrivals and self._doors.names_account(account):
            self._metrics.stray(door.platform, len(strays))
            raise AccountNotFoundError(door.platform)
        for arrival in arrivals:
            self._metrics.arrived(arrival)
        return [*arrivals, *self._strayed(door, account, body, strays)]

    def _strayed(
        self, door: Door, account: LiveAccount, body: bytes, strays: Sequence[str]
    ) -> Iterator[Arrival]:
        """Keep the first body a day that names a number which is not ours: it may be mistyped."""
        now = self._clock()
        if strays:
            self._metrics.stray(door.platform, len(strays))
        for named in dict.fromkeys(strays):
            if self._seldom.due(f"stray {account.id}"):
                _log.warning("webhook_for_nobody", account=str(account.id), named=shown(named))
            kept = stray(named, body, now)
            yield Arrival(account=account, item=kept, received_at=now, due_at=now)

    def _wake(self, arrivals: Sequence[Arrival]) -> None:
        statuses = sum(isinstance(one.item, Status) for one in arrivals)
        if statuses:
            self._hints.notify(STATUSES)
        if statuses < len(arrivals):
            self._hints.notify(INBOX)

    def _refused(self, door: Door, error: AppError) -> Answer:
        result = _RESULTS.get(type(error), "refused")
        # Whoever guesses addresses must not be able to make a label of each.
        platform = "unknown" if isinstance(error, AccountNotFoundError) else door.platform
        self._metrics.answered(platform, result)
        if isinstance(error, InvalidSignatureError):
            self._metrics.forged(platform)
        if self._seldom.due(f"{platform} {result}"):
            _log.warning("webhook refused", platform=platform, why=error.code)
        return refusal(error)
