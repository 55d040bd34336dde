"""What inbox tests share: an account, items, and a look at the rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.inbound import Address, Inbound, Message
from sokoni.db.base import Base
from sokoni.db.engine import READING
from sokoni.kit.ids import AccountId, MerchantId, PhoneNumber, new_id
from sokoni.messaging.inbox import Arrival
from sokoni.testing.clock import NOON

Model = TypeVar("Model", bound=Base)


@dataclass(frozen=True)
class Owner:
    id: AccountId = field(default_factory=lambda: AccountId(new_id()))
    merchant_id: MerchantId = field(default_factory=lambda: MerchantId(new_id()))


def arrival(account: Owner, item: Inbound, at: datetime = NOON) -> Arrival:
    return Arrival(account=account, item=item, received_at=at, due_at=at)


def message(
    name: str,
    *,
    phone: str = "",
    user_id: str = "",
    text: str = "hello",
    sender_name: str = "",
    kind: str = "text",
) -> Message:
    sender = Address(user_id=user_id, phone=PhoneNumber(phone) if phone else None)
    return Message(
        provider_id=name,
        sender=sender,
        sent_at=NOON,
        kind=kind,
        text=text,
        sender_name=sender_name,
    )


async def count(engine: AsyncEngine, table: str) -> int:
    async with reading(engine).connect() as connection:
        found = await connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
    return int(found.scalar_one())


async def every(engine: AsyncEngine, model: type[Model]) -> list[Model]:
    """Return all rows of a table, as they were inserted."""
    async with AsyncSession(reading(engine)) as session:
        found = await session.scalars(select(model).order_by(literal_column("id")))
        return list(found.all())


def reading(engine: AsyncEngine) -> AsyncEngine:
    return engine.execution_options(**{READING: True})
