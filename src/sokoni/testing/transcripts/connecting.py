"""What it takes to put a fake provider beside an app: an account, and the way to its webhook."""

import secrets
from collections.abc import Mapping

import orjson
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.bootstrap import App
from sokoni.kit.http import HttpClient, Response
from sokoni.kit.ids import AccountId, MerchantId, new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.testing.asgi import AsgiClient


class AsgiHttp(HttpClient):
    """Sends to an app inside the process what would go to its address."""

    def __init__(self, web: AsgiClient) -> None:
        self._web = web

    @override
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: object = None,
        timeout: float | None = None,
    ) -> Response:
        content = (body or b"") if json is None else orjson.dumps(json)
        answer = await self._web.request(method, url, body=content, headers=headers)
        return Response(answer.status, answer.headers, answer.body)

    @override
    async def close(self) -> None:
        """Nothing is open."""


async def connected(
    app: App, merchant_id: MerchantId, channel: str, key: str, config: Mapping[str, object]
) -> str:
    """Give the merchant a number whose provider is a fake; return its account."""
    row_id = AccountId(new_id())
    account = ChannelAccount(
        id=row_id,
        merchant_id=merchant_id,
        channel=channel,
        account=secrets.token_urlsafe(24),
        key=key,
        config=app.vault.seal("channel_accounts.config", row_id, orjson.dumps(config)),
        created_at=app.clock(),
    )
    async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
        session.add(account)
    await app.accounts.refresh()
    return account.account
