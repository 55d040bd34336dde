"""Messages on their way to providers, and how each of them landed."""

import asyncio
import logging
from typing import Final

import structlog

from sokoni.channels.base import Sent
from sokoni.channels.errors import SendError, UnknownOutcomeError
from sokoni.channels.outbound import Outbound
from sokoni.messaging.addresses import AddressBook
from sokoni.messaging.lanes import Lane
from sokoni.messaging.numbers import Number
from sokoni.messaging.outbox import Outgoing
from sokoni.workers.verdicts import Landed

_LAST_WORDS_SECONDS: Final = 15.0
_log = structlog.get_logger(__name__)
_switch: Final = logging.getLogger(__name__)
"""Asked before a line that nearly nobody wants is put together."""


class Wire:
    """One task per message in flight. `wake` is set whenever one lands."""

    def __init__(self, addresses: AddressBook, wake: asyncio.Event) -> None:
        self._addresses = addresses
        self._wake = wake
        self._flying: set[asyncio.Task[None]] = set()
        self._landed: list[Landed] = []

    def __len__(self) -> int:
        return len(self._flying)

    @property
    def has_landed(self) -> bool:
        return bool(self._landed)

    def dispatch(self, lane: Lane, outgoing: Outgoing, number: Number) -> None:
        """Hand the message to its number's channel."""
        task = asyncio.create_task(self._send(lane, outgoing, number))
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    def take_landed(self) -> list[Landed]:
        landed, self._landed = self._landed, []
        return landed

    async def one_landed(self) -> None:
        """Wait until something lands, where anything is on its way."""
        if self._flying and not self._landed:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)

    async def all_landed(self) -> None:
        """Wait for everything, but not for ever."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=_LAST_WORDS_SECONDS)

    async def _send(self, lane: Lane, outgoing: Outgoing, number: Number) -> None:
        outcome: Sent | SendError
        try:
            outcome = await self._sent(outgoing, number)
        except SendError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001 -- a bug may strike after the message was taken
            _log.error(
                "send_broke", trace=outgoing.trace, message_id=str(outgoing.id), exc_info=error
            )
            outcome = UnknownOutcomeError(type(error).__name__)
        if _switch.isEnabledFor(logging.DEBUG):
            how, message_id = type(outcome).__name__, str(outgoing.id)
            _log.debug("landed", trace=outgoing.trace, message_id=message_id, how=how)
        number.on_wire -= 1
        self._landed.append(Landed(lane, number, outcome))
        self._wake.set()

    async def _sent(self, outgoing: Outgoing, number: Number) -> Sent:
        address = self._addresses.find(outgoing.contact_id)
        if address is None or number.live is None:
            raise SendError("nowhere to send it to", provider_code="no_address")
        return await number.live.channel.send(
            Outbound(outbox_id=outgoing.id, to=address, content=outgoing.content)
        )
