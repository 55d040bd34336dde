"""What staff do in a conversation, from a page, a command or the API: take it, give it back, say.

Nothing is done here: an event of the conversation is stored, and its own turn acts on it.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId, new_id
from sokoni.kit.text import clean, units
from sokoni.messaging.events import StaffAct
from sokoni.messaging.history import Overview
from sokoni.messaging.inbox import Inbox, Own

Act: TypeAlias = Literal["take", "back", "say"]
LONGEST: Final = 4096
"""What fits one text message where the channel takes the most; elsewhere it goes in parts."""


class NothingSaidError(AppError):
    code = "nothing_said"
    http_status = 422


class TextTooLongError(AppError):
    code = "text_too_long"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDesk:
    """One merchant's staff at work."""

    inbox: Inbox
    clock: Clock
    merchant_id: MerchantId
    staff: str
    """Who it is, for the log."""

    async def do(
        self,
        connection: AsyncConnection,
        conversation: Overview,
        act: Act,
        *,
        text: str = "",
        once: str = "",
    ) -> str:
        """Store the act in the caller's transaction; return its key.

        The same `once` stores it only once, however often it is asked for.
        """
        said = _checked(text) if act == "say" else ""
        key = f"staff:{conversation.id.hex}:{once or new_id().hex}"
        now = self.clock()
        own = Own(
            merchant_id=self.merchant_id,
            account_id=conversation.account_id,
            conversation_id=conversation.id,
            key=key,
            event=StaffAct(act=act, staff=self.staff, text=said),
            received_at=now,
            due_at=now,
        )
        await self.inbox.store_own(connection, [own])
        return key


def _checked(text: str) -> str:
    said = clean(text).strip()
    if not said:
        raise NothingSaidError("there is nothing to say")
    if units(said) > LONGEST:
        raise TextTooLongError(f"a message has {LONGEST} letters at most")
    return said
