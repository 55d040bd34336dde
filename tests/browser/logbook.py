"""Puts messages into the log of the running server, as a turn would, to see how they are drawn."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

from sqlalchemy import select

from sokoni.channels.outbound import Content
from sokoni.config import Settings
from sokoni.contacts.models import ContactAddress
from sokoni.contacts.register import PHONE
from sokoni.db.engine import open_engine
from sokoni.db.keys import open_vault
from sokoni.kit.ids import ConversationId
from sokoni.messaging.models import Conversation, MessageState
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market


def send(
    folder: Path,
    phone: str,
    contents: Sequence[Content],
    state: MessageState = MessageState.DELIVERED,
) -> None:
    """Log these as sent to a phone that wrote before. The browser's loop runs in this thread."""
    settings = Settings(database_url=f"sqlite:///{folder}/sokoni.db")
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, _send(settings, phone, contents, state)).result()


async def _send(
    settings: Settings, phone: str, contents: Sequence[Content], state: MessageState
) -> None:
    engine = open_engine(settings.database_url)
    vault = await open_vault(engine, settings)
    async with engine.connect() as connection:
        found = await connection.scalar(
            select(Conversation.id)
            .join(ContactAddress, ContactAddress.contact_id == Conversation.contact_id)
            .where(ContactAddress.value_hash == vault.hash(PHONE, phone))
        )
    market = Market(engine, vault, StoppedClock())
    for content in contents:
        await market.said(cast("ConversationId", found), content, state)
    await engine.dispose()
