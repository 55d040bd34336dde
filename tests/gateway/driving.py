"""What gateway tests share: accounts without a database, a signed webhook, an ASGI call."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.accounts import LiveAccount
from sokoni.channels.registry import Registry
from sokoni.channels.simulator.channel import SimulatorChannel
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.channels.whatsapp_cloud.channel import WhatsAppCloudChannel
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig
from sokoni.config import Settings
from sokoni.db.vault import Vault
from sokoni.gateway.app import GatewayParts, build_gateway
from sokoni.gateway.asgi import AsgiApp, Event, Scope
from sokoni.gateway.doors import Accounts
from sokoni.kit.http import HttpClient, Response
from sokoni.kit.ids import AccountId, MerchantId, new_id
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.wakeups import Hints, LocalHints
from sokoni.testing.clock import NOON, StoppedClock

SECRET = "first-secret"
NUMBER = "555000111222333"
CLOCK = StoppedClock()


class NoHttp:
    """The gateway sends nothing."""

    async def request(self, *_: object, **__: object) -> Response:
        raise AssertionError

    async def close(self) -> None:
        """Nothing is open."""


def whatsapp(
    number: str = NUMBER, secret: str = SECRET, merchant: MerchantId | None = None
) -> LiveAccount:
    config = WhatsAppCloudConfig(
        phone_number_id=number,
        access_token=SecretStr("t"),
        app_secrets=(SecretStr("old"), SecretStr(secret)),
        verify_token=SecretStr("verify-me"),
    )
    http: HttpClient = NoHttp()
    return LiveAccount(
        id=AccountId(new_id()),
        merchant_id=merchant or MerchantId(new_id()),
        channel=WhatsAppCloudChannel(config, http, CLOCK),
        key=number,
        account=f"token-{number}",
    )


def simulator(merchant: str) -> LiveAccount:
    return LiveAccount(
        id=AccountId(new_id()),
        merchant_id=MerchantId(new_id()),
        channel=SimulatorChannel(SimulatorConfig(merchant=merchant), CLOCK),
        key=merchant,
        account=f"token-{merchant}",
    )


class FixedAccounts:
    """The accounts of a test."""

    def __init__(self, *accounts: LiveAccount) -> None:
        self._accounts = accounts
        self._registry = Registry()

    async def by_token(self, platform: str, token: str) -> LiveAccount | None:
        return self._first(self._registry.find_platform(platform), "account", token)

    async def by_key(self, channel: str, key: str) -> LiveAccount | None:
        return self._first(channel, "key", key)

    async def only(self, platform: str) -> LiveAccount | None:
        channel = self._registry.find_platform(platform)
        found = [one for one in self._accounts if one.channel.name == channel]
        return found[0] if len(found) == 1 or platform == "simulator" else None

    def _first(self, channel: str | None, name: str, value: str) -> LiveAccount | None:
        found = (
            one
            for one in self._accounts
            if one.channel.name == channel and getattr(one, name) == value
        )
        return next(found, None)


@dataclass
class Gateway:
    """A gateway, and what a test looks at."""

    app: AsgiApp
    figures: CollectorRegistry
    hints: Hints
    inbox: Inbox

    def figure(self, name: str, **labels: str) -> float:
        return self.figures.get_sample_value(name, labels) or 0.0


def parts(
    engine: AsyncEngine, vault: Vault, accounts: Accounts, settings: Settings | None = None
) -> GatewayParts:
    return GatewayParts(
        settings=settings or Settings(),
        engine=engine,
        clock=CLOCK,
        accounts=accounts,
        registry=Registry(),
        inbox=Inbox(engine, vault, CLOCK),
        hints=LocalHints(),
        figures=CollectorRegistry(),
    )


def gateway(
    engine: AsyncEngine, vault: Vault, *accounts: LiveAccount, settings: Settings | None = None
) -> Gateway:
    made = parts(engine, vault, FixedAccounts(*accounts), settings)
    return Gateway(build_gateway(made), made.figures, made.hints, made.inbox)


def text_item(name: str, sender: str = "263771000001", text: str = "hello") -> dict[str, Any]:
    return {
        "from": sender,
        "id": name,
        "timestamp": str(int(NOON.timestamp())),
        "type": "text",
        "text": {"body": text},
    }


def status_item(name: str, status: str) -> dict[str, Any]:
    return {
        "id": name,
        "status": status,
        "timestamp": str(int(NOON.timestamp())),
        "recipient_id": "263771000001",
    }


def change(
    *messages: Mapping[str, Any], number: str = NUMBER, statuses: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "263", "phone_number_id": number},
    }
    if messages:
        value["messages"] = messages
    if statuses:
        value["statuses"] = statuses
    return {"field": "messages", "value": value}


def webhook(*changes: Mapping[str, Any]) -> bytes:
    entry = [{"id": "1", "changes": [one]} for one in changes]
    return msgspec.json.encode({"object": "whatsapp_business_account", "entry": entry})


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str]


async def call(
    app: AsgiApp,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    chunks: Sequence[bytes] | None = None,
) -> Reply:
    """Make one request in this process, its body in one piece or in `chunks`."""
    path, _, query = path.partition("?")
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in (headers or {}).items()
        ],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    said: list[Event] = []
    incoming = _pieces([body] if chunks is None else chunks)

    async def send(event: Event) -> None:
        said.append(event)

    await app(scope, incoming.__anext__, send)
    start = said[0]
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], b"".join(one.get("body", b"") for one in said[1:]), told)


async def _pieces(pieces: Sequence[bytes]) -> AsyncIterator[Event]:
    for place, piece in enumerate(pieces, 1):
        yield {"type": "http.request", "body": piece, "more_body": place < len(pieces)}
    yield {"type": "http.disconnect"}
