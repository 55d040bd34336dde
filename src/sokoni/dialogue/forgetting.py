"""The request by which a contact has all erased that is kept of them, and who performs it.

A turn writes only its own conversation, and erasing takes that conversation away: so it is asked
for like something of the outside world, and done once the last word to the contact has gone.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.writing import reading, write_patiently
from sokoni.dialogue.erasing import Erasing
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.manifest import EraseContact
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Conversation, Message, MessageState
from sokoni.messaging.requests import Asked, Done, RequestDelayedError

ERASE: Final = "contacts.erase"
_UNSENT: Final = (MessageState.WAITING.value, MessageState.SENDING.value)
_PATIENCE: Final = timedelta(hours=24)
_SOON: Final = 5.0


class EraseWish(msgspec.Struct, frozen=True, kw_only=True):
    """The request's payload."""

    contact_id: ContactId
    latest: datetime
    """Until then what is still to be said to them is waited for."""


def erase(context: TurnContext) -> None:
    """Have all erased that is kept of the turn's contact, after what the turn says has gone."""
    wish = EraseWish(contact_id=context.person.id, latest=context.now + _PATIENCE)
    once = f"erase:{context.now.isoformat()}"
    context.ask(ERASE, wish, once=once, delay_seconds=_SOON)


class ErasePerformer:
    """Erases one contact. Who is erased already stays so."""

    repeatable = True
    tries = 100_000
    """Time ends them."""
    seconds = 60.0

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        inbox: Inbox,
        clock: Clock,
        hooks: Collection[EraseContact],
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._clock = clock
        self._hooks = hooks

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=EraseWish)
        if self._clock() < wish.latest and await self._is_spoken_to(wish.contact_id):
            raise RequestDelayedError("still_spoken_to", retry_after=_SOON)
        erasing = Erasing(
            inbox=self._inbox,
            clock=self._clock,
            merchant_id=request.merchant_id,
            hooks=self._hooks,
        )
        await write_patiently(self._engine, lambda one: erasing.erase(one, wish.contact_id))
        return Done()

    async def _is_spoken_to(self, contact_id: ContactId) -> bool:
        unsent = (
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Conversation.contact_id == contact_id, Message.state.in_(_UNSENT))
            .limit(1)
        )
        async with reading(self._engine) as connection:
            return await connection.scalar(unsent) is not None
