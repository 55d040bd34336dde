"""What commands about money work with: the gateways, and a till in a transaction of its own."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.cli.parts import Parts
from sokoni.db.writing import writing
from sokoni.dialogue.cashing import StaffPayments
from sokoni.kit.http import ReqwestClient
from sokoni.merchants.directory import profile_of
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import Merchants
from sokoni.messaging.inbox import Inbox
from sokoni.payments.gateways import GatewayBook
from sokoni.payments.registry import Registry


@asynccontextmanager
async def gateways_of(parts: Parts) -> AsyncIterator[GatewayBook]:
    """Open the gateways of all merchants."""
    async with ReqwestClient() as http:
        book = GatewayBook(
            parts.engine,
            parts.vault,
            Registry.installed(),
            http,
            parts.clock,
            public_url=parts.settings.public_url,
            production=parts.settings.production,
        )
        await book.refresh()
        yield book


async def merchant_of(parts: Parts, slug: str) -> MerchantProfile:
    async with parts.session() as session:
        return profile_of(await Merchants(session, parts.vault, parts.clock).get(slug))


@asynccontextmanager
async def till(parts: Parts, slug: str, by: str) -> AsyncIterator[StaffPayments]:
    """Open a transaction in which a member of staff does something about money."""
    merchant = await merchant_of(parts, slug)
    async with (
        gateways_of(parts) as book,
        writing(parts.engine) as connection,
        session_on(connection) as session,
    ):
        yield till_on(parts, merchant, book, connection, session, by=by)
        await session.flush()


def till_on(
    parts: Parts,
    merchant: MerchantProfile,
    book: GatewayBook,
    connection: AsyncConnection,
    session: AsyncSession,
    *,
    by: str,
) -> StaffPayments:
    return StaffPayments(
        connection=connection,
        session=session,
        inbox=Inbox(parts.engine, parts.vault, parts.clock),
        vault=parts.vault,
        clock=parts.clock,
        merchant=merchant,
        gateways=book,
        staff=by or getpass.getuser(),
    )


def session_on(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
