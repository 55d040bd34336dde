"""A merchant with a WhatsApp number at a fake Graph server, and contacts to write to."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import App, kinds, running
from sokoni.capabilities.broadcast.desk import BroadcastDesk
from sokoni.capabilities.broadcast.lines import lines_of
from sokoni.capabilities.broadcast.models import Broadcast, Recipient
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.capabilities.broadcast.service import Broadcasts
from sokoni.config import Settings
from sokoni.contacts.models import Consent, Contact, ContactAddress
from sokoni.contacts.register import address_row
from sokoni.db.vault import new_key
from sokoni.db.writing import writing
from sokoni.dialogue.manifest import facts_of, tasks_of
from sokoni.edge import Side, edge
from sokoni.kit.ids import ContactId, new_id
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.file import read_merchant_file
from sokoni.merchants.models import Merchant
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.messaging.models import Conversation
from sokoni.messaging.seats import new_conversation
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones, whatsapp_phones
from sokoni.workers.crew import Crew

MERCHANT: Final = """
merchant: hall
name: The Hall
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en, sn]
quiet_ms: 0
capabilities:
  store: {}
  broadcast: {prices: {marketing: 0.02, utility: 0.004}, stop_after: 3, most_marketing: 2,
              backlog: 4}
staff:
  - {name: Olga, role: owner, phone: "+263772999999"}
templates:
  - channel: whatsapp_cloud
    purpose: hall.sale
    language: en
    name: hall_sale
    category: MARKETING
    body: "Hello {{1}}, a sale is on."
    variables: [name]
  - channel: whatsapp_cloud
    purpose: broadcast.message
    language: en
    name: hall_message
    body: "The Hall says: {{1}}"
    variables: [text]
  - channel: whatsapp_cloud
    purpose: hall.link
    language: en
    name: hall_link
    category: MARKETING
    body: "Hello {{1}}, have a look."
    variables: [name]
    buttons: [{title: Open, url: "https://hall.example/r/{{1}}", variable: link_end}]
"""
OWNER: Final = "+263772999999"
SALE: Final = {
    "name": "Sale",
    "texts": {"en": "Hi {name|there}, a sale is on.", "sn": "Mhoro {name|shamwari}."},
    "template": "hall.sale",
    "buttons": [{"id": "look", "labels": {"en": "Look around"}, "task": "store.browse"}],
    "reply": "store.browse",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Everything a test needs."""

    app: App
    crew: Crew
    clock: StoppedClock
    phones: WhatsAppPhones
    web: AsgiClient
    profile: MerchantProfile

    @property
    def desk(self) -> BroadcastDesk:
        app = self.app
        return BroadcastDesk(
            engine=app.engine,
            vault=app.vault,
            clock=app.clock,
            inbox=app.inbox,
            merchant=self.profile,
            facts=facts_of(app.capabilities, self.profile),
            lines=lines_of(app.accounts.known(), self.profile.id),
            tasks=tasks_of(app.capabilities, self.profile),
            by="test",
        )

    async def contact(
        self,
        phone: str,
        *,
        agreed: bool = True,
        wrote_hours_ago: float | None = 1,
        **columns: object,
    ) -> ContactId:
        """Make a contact who wrote so long ago, if ever."""
        now, contact_id = self.clock(), ContactId(new_id())
        scope: dict[str, Any] = {"merchant_id": self.profile.id}
        person = {
            "id": contact_id,
            "name_given": False,
            "language": "en",
            "created_at": now,
            **scope,
            **columns,
        }
        line = next(iter(self.desk.lines))
        async with writing(self.app.engine) as connection:
            await connection.execute(insert(Contact).values(person))
            address = address_row(self.app.vault, self.profile.id, contact_id, "phone", phone, now)
            await connection.execute(insert(ContactAddress).values(address))
            if agreed:
                said = {"purpose": "marketing", "given": True, "source": "staff", "at": now}
                row = {"id": new_id(), "contact_id": contact_id, **said, **scope}
                await connection.execute(insert(Consent).values(row))
            if wrote_hours_ago is not None:
                talk = new_conversation(self.profile.id, line, contact_id, now)
                await connection.execute(insert(Conversation).values(talk))
                last = now - timedelta(hours=wrote_hours_ago)
                wrote = update(Conversation).where(Conversation.id == talk["id"])
                until = last + timedelta(hours=24)
                await connection.execute(wrote.values(last_inbound_at=last, window_until=until))
        return contact_id

    async def proved(self, **said: object) -> tuple[Broadcast, str]:
        """Draft a broadcast and prove it."""
        row = await self.desk.draft(BroadcastSaid.model_validate({**SALE, **said}))
        proof = await self.desk.prove(row.reference)
        return row, proof.hash

    async def sent(self, **said: object) -> Broadcast:
        """Draft, prove and send, and do all that is due."""
        row, proof = await self.proved(**said)
        await self.desk.send(row.reference, proof)
        await self.settle()
        return row

    async def settle(self, **later: float) -> None:
        """Do all that is due, now and until that much later."""
        end = self.clock() + timedelta(**(later or {"seconds": 10}))
        await self._run()
        while (due := await self.crew.next_due()) is not None and due <= end:
            self.clock.set(max(due, self.clock() + timedelta(milliseconds=1)))
            await self._run()
        self.clock.set(max(end, self.clock()))
        await self._run()

    async def _run(self) -> None:
        await self.crew.run_until_idle()
        while await self.phones.settle():
            await self.crew.run_until_idle()

    async def state(self, row: Broadcast) -> Broadcast:
        async with AsyncSession(self.app.engine, expire_on_commit=False) as session:
            return await Broadcasts(session, self.profile, self.clock()).get(row.reference)

    async def recipients(self, row: Broadcast) -> dict[ContactId, Recipient]:
        async with AsyncSession(self.app.engine, expire_on_commit=False) as session:
            found = select(Recipient).where(Recipient.broadcast_id == row.id)
            return {one.contact_id: one for one in await session.scalars(found)}

    async def staff(self) -> None:
        """Have the owner be somebody who can be written to."""
        await self.contact(OWNER, agreed=False)

    def staff_told(self) -> list[str]:
        taken = (one for one in self.phones.graph.taken if one.to == OWNER)
        return [str(one.payload) for one in taken]

    def told(self) -> list[str]:
        """Return to whom something went, in order."""
        return [one.to for one in self.phones.graph.taken]

    async def news(self, field: str, value: dict[str, Any]) -> None:
        """Have the provider tell something of the business."""
        await self.phones._post(self.phones._webhooks.news(field, value))

    async def configure(self, **settings: object) -> None:
        """Have the merchant set these of its settings about broadcasts."""
        async with AsyncSession(self.app.engine) as session, session.begin():
            row = await session.get_one(Merchant, self.profile.id)
            known = row.capabilities
            row.capabilities = {**known, "broadcast": {**known["broadcast"], **settings}}
        await self.app.refresh()
        profile = await self.app.merchants.find("hall")
        assert profile is not None
        object.__setattr__(self, "profile", profile)

    async def client(self, *scopes: str) -> AsgiClient:
        async with AsyncSession(self.app.engine) as session, session.begin():
            issued = await ApiKeys(session, self.clock).issue(self.profile.id, "shop", scopes)
        return AsgiClient(self.web._app, {"authorization": f"Bearer {issued}"})


@asynccontextmanager
async def hall(
    url: str, clock: StoppedClock, folder: Path, **settings: str
) -> AsyncIterator[Hall]:
    """Open the hall on an empty database."""
    said = Settings.model_validate(
        {
            **settings,
            "database_url": url,
            "secret_keys": SecretStr(new_key()),
            "redis_url": "",
            "media_dir": folder,
            "pairwise_pacing": False,
            "media_private_hosts": "127.0.0.1",
        }
    )
    async with running(said, clock) as app:
        text = read_merchant_file(MERCHANT, kinds(production=False), {}, source="hall")
        async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
            await apply_merchant_file(session, app.vault, clock, text)
        await app.refresh()
        profile = await app.merchants.find("hall")
        assert profile is not None
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        async with whatsapp_phones(app, profile.id, web) as phones:
            await app.refresh()
            yield Hall(
                app=app,
                crew=Crew.of(app),
                clock=clock,
                phones=phones,
                web=web,
                profile=profile,
            )


def verdicts(found: Iterable[Recipient]) -> list[str]:
    return sorted(one.verdict for one in found)
