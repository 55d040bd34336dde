"""A merchant's server as its contacts and gateways see it, for tests of the whole way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import App
from sokoni.kit.ids import MerchantId
from sokoni.merchants.api_keys import ApiKeys
from sokoni.payments.models import Payment, PaymentEntry
from sokoni.reviews.models import Report
from sokoni.testing.asgi import Answer, AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.workers.crew import Crew

ANA: Final = "+263771000001"


@dataclass
class Front:
    """A server with one merchant: Ana writes, gateways tell, the clock stands still."""

    app: App
    crew: Crew
    web: AsgiClient
    clock: StoppedClock
    slug: str
    merchant_id: MerchantId
    _seen: int = 0

    async def say(self, text: str, *, run: bool = True) -> str:
        """Write to the merchant; return what is said to it."""
        written = {"merchant": self.slug, "from": ANA, "text": text}
        await self.web.post("/webhook/simulator", written)
        return await self.run() if run else ""

    async def run(self) -> str:
        """Do all that is due; return what was said meanwhile."""
        await self.crew.run_until_idle()
        path = f"/api/v1/simulator/{self.slug}/{ANA}/messages?after={self._seen}"
        messages = (await self.web.get(path)).json()["messages"]
        self._seen = max([self._seen, *(one["n"] for one in messages)])
        return "\n".join(_text(one) for one in messages)

    async def wait(self, by: timedelta) -> str:
        """Let time pass, from due time to due time."""
        end = self.clock() + by
        said = [await self.run()]
        while (due := await self.crew.next_due()) is not None and due <= end:
            self.clock.set(max(due, self.clock() + timedelta(milliseconds=1)))
            said.append(await self.run())
        self.clock.set(end)
        return "\n".join([*said, await self.run()])

    async def program(self, *scopes: str) -> AsgiClient:
        """Return a client of the API with a key of its own."""
        async with AsyncSession(self.app.engine) as session, session.begin():
            key = await ApiKeys(session, self.clock).issue(self.merchant_id, "desk", scopes)
        return AsgiClient(self.web._app, {"authorization": f"Bearer {key}"})

    async def payments(self) -> Sequence[Payment]:
        async with AsyncSession(self.app.engine) as session:
            return (await session.scalars(select(Payment).order_by(Payment.id))).all()

    async def payment(self) -> Payment:
        """Return the only payment there is."""
        (payment,) = await self.payments()
        return payment

    async def history(self) -> list[tuple[str, str, str]]:
        async with AsyncSession(self.app.engine) as session:
            rows = await session.scalars(select(PaymentEntry).order_by(PaymentEntry.id))
            return [(one.source, one.said, one.outcome) for one in rows]

    async def reports(self) -> list[tuple[str, str]]:
        async with AsyncSession(self.app.engine) as session:
            rows = await session.scalars(select(Report).order_by(Report.id))
            return [(one.kind, one.reason) for one in rows]

    async def choose(self, choice: str, payment: Payment | None = None) -> Answer:
        """Press a button of the sandbox's page."""
        token = (payment or await self.payment()).token
        return await self.web.request(
            "POST", f"/payments/sandbox/pay/{token}", body=f"choice={choice}".encode()
        )


def _text(message: dict[str, Any]) -> str:
    return " ".join([message["text"], *(one.get("label", "") for one in message["choices"])])
