"""Makes the rows of the message log, sealed, and kept open in memory for the sender."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from sokoni.channels.inbound import Echo, Message
from sokoni.channels.outbound import Content, Text
from sokoni.contacts.consent import WORDING
from sokoni.db.vault import Vault
from sokoni.kit.ids import EventId, new_id
from sokoni.messaging.models import EventKind, MessageState, Purpose
from sokoni.messaging.turn_rows import Claimed, NewMessage, WaitingEvent

BODY: Final = "messages.body"
_ENCODER: Final = msgspec.json.Encoder()


class LogBook:
    """Writes down what one conversation hears and says in a turn."""

    def __init__(self, vault: Vault, claimed: Claimed, now: datetime) -> None:
        self._vault = vault
        self._one = claimed
        self._now = now
        self._heard_at = {
            event.id: event.received_at
            for event in claimed.events
            if event.kind == EventKind.MESSAGE
        }

    def heard(self, event: WaitingEvent, message: Message) -> NewMessage:
        row = self._row(event.id, 0, message, MessageState.RECEIVED, author="contact")
        row.provider_id = message.provider_id
        row.created_at = event.received_at
        return row

    def echoed(self, event: WaitingEvent, echo: Echo) -> NewMessage:
        """Log what the owner sent from their own phone: it needs no sending."""
        row = self._row(event.id, 1, Text(echo.text), MessageState.SENT, author="owner")
        row.provider_id = echo.provider_id
        row.purpose = Purpose.STAFF.value
        return row

    def said(
        self, event_id: EventId, contents: Sequence[Content], purpose: Purpose, *, author: str
    ) -> list[NewMessage]:
        """Put down what is to be sent, in order."""
        rows = [
            self._row(event_id, part, content, MessageState.WAITING, author=author)
            for part, content in enumerate(contents, 1)
        ]
        for row in rows:
            row.purpose = purpose.value
        if rows:
            rows[0].heard_at = self._heard_at.get(event_id)
        return rows

    def unsaid(
        self,
        event_id: EventId,
        content: Content,
        purpose: Purpose,
        reason: str,
        *,
        author: str = "bot",
    ) -> NewMessage:
        """Put down what may not be sent, for staff to see."""
        row = self._row(event_id, 1, content, MessageState.CANCELLED, author=author)
        row.purpose, row.error = purpose.value, reason
        return row

    def consent(
        self, purpose: str, *, given: bool, source: str, wording: str = ""
    ) -> dict[str, Any]:
        """Note an opt-in or opt-out as it happened, in the words that were written or read."""
        consent_id = new_id()
        return {
            "id": consent_id,
            "merchant_id": self._one.merchant_id,
            "contact_id": self._one.contact_id,
            "purpose": purpose,
            "given": given,
            "source": source,
            "wording": self._vault.seal_said(WORDING, consent_id, wording),
            "at": self._now,
        }

    def _row(
        self,
        event_id: EventId,
        part: int,
        content: Content | Message,
        state: MessageState,
        *,
        author: str,
    ) -> NewMessage:
        one, row_id, plain = self._one, new_id(), _ENCODER.encode(content)
        return NewMessage(
            id=row_id,
            merchant_id=one.merchant_id,
            account_id=one.account_id,
            conversation_id=one.id,
            contact_id=one.contact_id,
            outbound=part > 0,
            event_id=event_id,
            part=part,
            purpose="",
            author=author,
            body=self._vault.seal(BODY, row_id, plain),
            content=plain,
            provider_id=None,
            state=state,
            shard=one.shard,
            due_at=self._now,
            created_at=self._now,
            language=one.language,
            address_version=one.address_version,
        )
