"""Stripe's SDK on our own HTTP client, which knows what was never sent from what was lost."""

from collections.abc import Mapping
from typing import ClassVar, Final

import stripe
from typing_extensions import override

from sokoni.kit.http import HttpClient

VERSION: Final = "2026-10-28.endive"
"""Of the API. A newer SDK does not change by itself what we are answered."""
_SECONDS: Final = 25.0


class OurClient(stripe.HTTPClient):
    """What the SDK sends goes out by `kit.http`; nothing is sent again by itself."""

    name: ClassVar[str] = "sokoni"

    def __init__(self, http: HttpClient, seconds: float) -> None:
        super().__init__()
        self._http = http
        self._seconds = seconds

    @override
    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: str | bytes | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body = post_data.encode() if isinstance(post_data, str) else post_data
        answer = await self._http.request(
            method.upper(), url, headers=headers, body=body, timeout=self._seconds
        )
        return answer.body, answer.status, answer.headers


def connected(
    key: str, base_url: str, http: HttpClient, *, seconds: float = _SECONDS
) -> stripe.StripeClient:
    """Return the SDK's client. We ask again ourselves, with the same key, later."""
    return stripe.StripeClient(
        key,
        stripe_version=VERSION,
        base_addresses={"api": base_url},
        max_network_retries=0,
        http_client=OurClient(http, seconds),
    )
