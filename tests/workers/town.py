"""A merchant with one simulated number and a dialogue that does as it is told."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import Accounts
from sokoni.channels.base import Limits
from sokoni.channels.inbound import Address, Inbound, Message
from sokoni.channels.outbound import Content, Neutral, Template, Text
from sokoni.channels.registry import Registry
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.heard import Heard, Said
from sokoni.dialogue.state import DialogueState
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import AccountId, ContactId, MerchantId, PhoneNumber, new_id
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.dialects import turn_sql
from sokoni.messaging.events import OwnEvent, Tell, TellStaff, Timer
from sokoni.messaging.inbox import Arrival, Inbox, Own
from sokoni.messaging.merging import Merging
from sokoni.messaging.models import Conversation, InboxEvent
from sokoni.messaging.models import Message as Logged
from sokoni.messaging.models import Template as TemplateRow
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Tells
from sokoni.messaging.templates import TemplateBook
from sokoni.messaging.turn_rows import Claimed, NewMessage
from sokoni.messaging.wakeups import LocalHints
from sokoni.places.book import PlaceBook
from sokoni.places.gazetteer import Gazetteer
from sokoni.testing.clock import StoppedClock
from sokoni.workers.aftermath import Aftermath
from sokoni.workers.parts import TurnParts
from sokoni.workers.read_marks import ReadMarks
from sokoni.workers.turns import TurnWorker

ANA = PhoneNumber("+263771000001")
BEN = PhoneNumber("+263772000002")


class Died(BaseException):
    """Stands for the end of the process: nothing below catches it."""


@dataclass
class Parrot:
    """Repeats what it hears, in one message, and obeys a few words."""

    bursts: list[list[str]] = field(default_factory=list)
    remembered: list[DialogueState] = field(default_factory=list)
    """What it was told of the conversation, each time."""
    tell: tuple[Tell, str] | None = None
    settles: bool = False
    patient: Collection[str] = ()
    cures: bool = False
    """What made it fail is mended."""

    async def respond(
        self, state: DialogueState, heard: Sequence[Heard], context: TurnContext, limits: Limits
    ) -> Said:
        words = [_words(one) for one in heard]
        self.bursts.append(words)
        self.remembered.append(state)
        said = " / ".join(words)
        if "boom" in said and not self.cures:
            raise RuntimeError("boom")
        if "die" in said:
            raise Died
        if "report it" in said:
            told = TellStaff(prompt=Prompt("staff.report", {"reference": "RPT-1"}), once="k")
            context.for_staff.append(told)
        if "look it up" in said:
            context.ask("test.look_up", {"what": said}, once="k")
        if "remind" in said:
            context.later(Timer(name="dialogue"), once="k", delay_seconds=60)
        if "bad sql" in said:
            await context.session.execute(select(Merchant).where(Merchant.name / 0 == "no such"))
        prompts = [one.prompt for one in heard if isinstance(one, Tell)]
        return Said(
            state=replaced(state, len(words)),
            neutral=Neutral(text=said),
            contents=[Text(said)],
            prompts=prompts,
            hand_over="person" in said,
            opt_out=said == "stop",
            opt_in=said == "start",
            language="sn" if "mhoro" in said else "",
        )

    def settles_at_once(self, state: DialogueState, message: Message) -> bool:
        return self.settles


def replaced(state: DialogueState, by: int) -> DialogueState:
    return msgspec.structs.replace(state, misses=state.misses + by)


def _words(heard: Heard) -> str:
    match heard:
        case Message():
            return heard.text
        case Tell():
            return heard.prompt.key
        case _:
            return type(heard).__name__


@dataclass
class Town:
    """Everything a test needs to say something and see what came of it."""

    engine: AsyncEngine
    vault: Vault
    clock: StoppedClock
    inbox: Inbox
    worker: TurnWorker
    parrot: Parrot
    account: "Owner"
    accounts: Accounts
    parts: TurnParts
    fed: list[NewMessage]
    moved: list[ContactId]
    """Whose addresses were said to have changed."""

    async def hear(self, *texts: str, sender: PhoneNumber = ANA) -> None:
        """Store what a contact said, a millisecond apart."""
        for text in texts:
            await self.happen(
                Message(
                    provider_id=str(new_id()),
                    sender=Address(phone=sender),
                    sent_at=self.clock(),
                    text=text,
                )
            )

    async def happen(self, item: Inbound) -> None:
        self.clock.advance(timedelta(milliseconds=1))
        now = self.clock()
        await self.inbox.store(
            [Arrival(account=self.account, item=item, received_at=now, due_at=now)]
        )

    async def happen_to(self, event: OwnEvent, key: str = "k") -> None:
        """Store an event of our own in the only conversation."""
        now = self.clock()
        async with writing(self.engine) as connection:
            conversation_id = await connection.scalar(select(Conversation.id))
            assert conversation_id is not None
            own = Own(
                merchant_id=self.account.merchant_id,
                account_id=self.account.id,
                conversation_id=conversation_id,
                key=key,
                event=event,
                received_at=now,
                due_at=now,
            )
            await self.inbox.store_own(connection, [own])

    async def turn(self) -> None:
        """Turn until nothing is due."""
        while await self.worker.run_once():
            pass

    async def later(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        await self.turn()

    def said(self) -> list[str]:
        """Return what was given to the sender."""
        return [_body(message) for message in self.fed]

    async def events(self) -> list[InboxEvent]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(InboxEvent.__table__).order_by(InboxEvent.received_at, InboxEvent.id)
            )
            return [InboxEvent(**row) for row in rows.mappings()]

    async def log(self) -> list[Logged]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(Logged.__table__).order_by(Logged.id))
            return [Logged(**row) for row in rows.mappings()]

    async def conversation(self) -> Conversation:
        async with self.engine.connect() as connection:
            row = (await connection.execute(select(Conversation.__table__))).mappings().one()
            return Conversation(**row)


@dataclass(frozen=True, slots=True)
class Owner:
    id: AccountId
    merchant_id: MerchantId


def _body(message: NewMessage) -> str:
    content = msgspec.json.decode(message.content, type=Content)
    match content:
        case Text():
            return content.body
        case Template():
            return content.rendered
        case _:
            return type(content).__name__


@asynccontextmanager
async def town(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, *, rate: int = 0, quiet_ms: int = 0
) -> AsyncIterator[Town]:
    """Settle a merchant, connect its number, and employ a worker."""
    owner = await _settle(engine, vault, clock, quiet_ms)
    async with ReqwestClient() as http:
        accounts = Accounts(engine, vault, Registry(), http, clock)
        await accounts.refresh()
        templates = TemplateBook(engine, lambda _profile, prompt, _language: dict(_plain(prompt)))
        await templates.refresh()
        parrot, fed, moved = Parrot(), list[NewMessage](), list[ContactId]()
        parts = TurnParts(
            vault=vault,
            clock=clock,
            merchants=MerchantDirectory(engine, clock),
            accounts=accounts,
            dialogue_of=lambda _: parrot,
            places=PlaceBook(engine, Gazetteer(())),
            templates=templates,
            contact_rate_per_minute=rate,
        )
        inbox = Inbox(engine, vault, clock)
        worker = employ(engine, parts, inbox, fed, lambda one: moved.append(one.contact_id))
        yield Town(engine, vault, clock, inbox, worker, parrot, owner, accounts, parts, fed, moved)


def employ(
    engine: AsyncEngine,
    parts: TurnParts,
    inbox: Inbox,
    fed: list[NewMessage],
    moved: Callable[[Claimed], None] = lambda _: None,
) -> TurnWorker:
    return TurnWorker(
        engine=engine,
        sql=turn_sql(engine),
        parts=parts,
        aftermath=Aftermath(
            parts.vault, Tells(inbox), Merging(parts.vault), StaffAlerts(parts.vault)
        ),
        hints=LocalHints(),
        feed=fed.extend,
        marks=ReadMarks(parts.accounts),
        batch=50,
        attempts=5,
        moved=moved,
    )


def _plain(prompt: Prompt) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in prompt.params.items()]


async def _settle(engine: AsyncEngine, vault: Vault, clock: StoppedClock, quiet_ms: int) -> Owner:
    merchant_id, account_id = MerchantId(new_id()), AccountId(new_id())
    merchant = {
        "id": merchant_id,
        "slug": "market",
        "name": "Market",
        "country": "ZW",
        "currency": "USD",
        "timezone": str(ZoneInfo("Africa/Harare")),
        "languages": ["en", "sn"],
        "capabilities": {},
        "settings": {"quiet_ms": quiet_ms},
        "created_at": clock(),
    }
    account = {
        "id": account_id,
        "merchant_id": merchant_id,
        "channel": "simulator",
        "account": "secret-door",
        "key": "market",
        "config": vault.seal("channel_accounts.config", account_id, b'{"merchant":"market"}'),
        "paused_reason": "",
        "created_at": clock(),
    }
    async with writing(engine) as connection:
        await connection.execute(insert(Merchant).values(merchant))
        await connection.execute(insert(ChannelAccount).values(account))
    return Owner(account_id, merchant_id)


async def add_template(place: Town, key: str, body: str, variables: str = "") -> None:
    """Have the channel approve a template for a prompt."""
    row = TemplateRow(
        merchant_id=place.account.merchant_id,
        channel="simulator",
        purpose=key,
        language="en",
        name=key.replace(".", "_"),
        category="UTILITY",
        body=body,
        variables=variables,
    )
    async with AsyncSession(place.engine) as session, session.begin():
        session.add(row)
    await place.parts.templates.refresh()


__all__ = ["ANA", "BEN", "Died", "Town", "add_template", "employ", "replace", "town"]
