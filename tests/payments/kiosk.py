"""A kiosk that sells bread for whatever it is told: a capability that asks for money."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final
from uuid import UUID

from prometheus_client import CollectorRegistry
from pydantic import BaseModel, SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.bootstrap import App, kinds, running, worded
from sokoni.config import Settings
from sokoni.db.vault import new_key
from sokoni.dialogue.dialogues import Dialogues
from sokoni.dialogue.flow import AtOnce, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form
from sokoni.dialogue.manifest import Capability, Task
from sokoni.dialogue.paying import NewsKind, PaymentHandler, PaymentNews, Wish, pay
from sokoni.edge import Side, edge
from sokoni.kit.ids import new_id
from sokoni.kit.money import Money
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.messaging.models import InboxEvent
from sokoni.messaging.prompts import Prompt
from sokoni.payments.models import Payment
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.workers.crew import Crew
from tests.payments.front import Front

_PARTS: Final = Path(__file__).parent / "kiosk_parts"
_FILE: Final = """
merchant: kiosk
name: The Kiosk
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en, sn, nd]
quiet_ms: 0
capabilities:
  kiosk: {}
channels:
  - channel: simulator
"""
SANDBOX: Final = "payments: [{gateway: sandbox}]\n"


class KioskSettings(BaseModel):
    """It has none."""


@dataclass
class Kiosk:
    """What it sells for, and what it heard of payments."""

    price: Money = field(default_factory=lambda: Money(Decimal("2.50"), "USD"))
    gateway: str = ""
    wanted: bool = True
    news: list[tuple[NewsKind, str]] = field(default_factory=list)
    sales: list[tuple[UUID, str]] = field(default_factory=list)

    def capability(self) -> Capability:
        kiosk = self

        class BuyForm(Form):
            """Buy bread."""

        class BuyFlow(AtOnce, SimpleFlow):
            """Sells bread at once."""

            name: ClassVar[str] = "kiosk.buy"
            form: ClassVar[type[Form]] = BuyForm

            def __init__(self, context: TurnContext) -> None:
                self._context = context

            async def complete(self, form: Form) -> Outcome:
                sale, reference = new_id(), f"BRD-{len(kiosk.sales) + 1:04}"
                kiosk.sales.append((sale, reference))
                paying = await pay(self._context, kiosk.wish(sale, reference))
                return Outcome(paying.onto(Prompt("kiosk.sold", {"reference": reference})))

        async def heard(context: TurnContext, news: PaymentNews) -> Prompt | None:
            kiosk.news.append((news.kind, news.payment.state))
            if news.is_paid:
                return Prompt("kiosk.paid", {"reference": news.payment.reference})
            return news.prompt

        async def wanted(context: TurnContext, payment: Payment) -> bool:
            return kiosk.wanted

        return Capability(
            name="kiosk",
            tasks=(Task(name="kiosk.buy", form=BuyForm, make=BuyFlow, in_menu=True),),
            settings=KioskSettings,
            phrases=_PARTS / "phrases",
            locales=_PARTS / "locales",
            payments={"kiosk.sale": PaymentHandler(heard, wanted)},
        )

    def wish(self, sale: UUID, reference: str) -> Wish:
        return Wish(
            subject="kiosk.sale",
            subject_id=sale,
            reference=reference,
            money=self.price,
            gateway=self.gateway,
        )


@dataclass
class Till(Front):
    """A server with one kiosk."""

    kiosk: Kiosk = field(default_factory=Kiosk)


@asynccontextmanager
async def till(
    database_url: str,
    payments: str = SANDBOX,
    *,
    kiosk: Kiosk | None = None,
    clock: StoppedClock | None = None,
) -> AsyncIterator[Till]:
    """Open a server whose only merchant is a kiosk."""
    kiosk, clock = kiosk or Kiosk(), clock or StoppedClock()
    settings = Settings(
        database_url=database_url,
        secret_keys=SecretStr(new_key()),
        public_url="http://127.0.0.1:8000",
        redis_url="",
    )
    async with running(settings, clock) as plain:
        app = _with(plain, kiosk.capability())
        known = kinds(production=False)
        known = replace(known, capabilities={**known.capabilities, "kiosk": KioskSettings})
        file = read_merchant_file(_FILE + payments, known, {})
        async with AsyncSession(app.engine) as session, session.begin():
            await apply_merchant_file(session, app.vault, clock, file)
        await app.refresh()
        profile = await app.merchants.find("kiosk")
        assert profile is not None
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        yield Till(app, Crew.of(app), web, clock, "kiosk", profile.id, kiosk=kiosk)


def _with(app: App, capability: Capability) -> App:
    known = {**app.capabilities, capability.name: capability}
    catalogues = worded(known.values())
    dialogues = Dialogues(known, catalogues, app.places, app.settings.key_file)
    return replace(app, capabilities=known, catalogues=catalogues, dialogues=dialogues)


async def events(engine: AsyncEngine) -> list[tuple[str, int]]:
    """Return kind and state of everything in the inbox."""
    async with AsyncSession(engine) as session:
        rows = await session.execute(
            select(InboxEvent.kind, InboxEvent.state).order_by(InboxEvent.id)
        )
        return [(kind, state) for kind, state in rows]
